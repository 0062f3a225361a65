package officer_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"hisn/server/fault"
	"hisn/server/officer"
	"hisn/server/store"
)

// edited is the store with some rows of the trail changed by a hand that has
// the database and not the key.
type edited struct {
	officer.Store
	edit func([]officer.Row) []officer.Row
}

func (e edited) Rows(ctx ctxT, above int64, most int) ([]officer.Row, error) {
	rows, err := e.Store.Rows(ctx, 0, 1<<20)
	rows = e.edit(rows)
	for len(rows) > 0 && rows[0].Seq <= above {
		rows = rows[1:]
	}
	return rows[:min(most, len(rows))], err
}

func TestVerify_seesEveryChange(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	v := p.in()
	for n := range 6 {
		if err := p.Note(p.ctx(), v, officer.ActPut, []byte{byte(n)}); err != nil {
			t.Fatal(err)
		}
	}
	proof, err := p.Verify(p.ctx())
	if err != nil || proof.Rows != 10 || proof.First != 1 || proof.Last != 10 || len(proof.Head) != 64 {
		t.Fatalf("the untouched trail: %+v, %v", proof, err)
	}
	flip := func(p *[]byte) { *p = append([]byte{}, *p...); (*p)[3] ^= 1 }
	for name, edit := range map[string]func([]officer.Row) []officer.Row{
		"an hour":            func(r []officer.Row) []officer.Row { r[4].Hour++; return r },
		"an officer":         func(r []officer.Row) []officer.Row { r[4].Officer[0]++; return r },
		"an action":          func(r []officer.Row) []officer.Row { r[4].Action = officer.ActRemove; return r },
		"an object":          func(r []officer.Row) []officer.Row { flip(&r[4].Object); return r },
		"a hash":             func(r []officer.Row) []officer.Row { flip(&r[4].Hash); return r },
		"a link":             func(r []officer.Row) []officer.Row { flip(&r[4].Prev); return r },
		"the first link":     func(r []officer.Row) []officer.Row { flip(&r[0].Prev); return r },
		"a row taken out":    func(r []officer.Row) []officer.Row { return append(r[:4], r[5:]...) },
		"two rows swapped":   func(r []officer.Row) []officer.Row { r[4].Hash, r[5].Hash = r[5].Hash, r[4].Hash; return r },
		"a row twice":        func(r []officer.Row) []officer.Row { c := r[9]; c.Seq++; return append(r, c) },
		"the first rows cut": func(r []officer.Row) []officer.Row { return r[3:] },
		"renumbered": func(r []officer.Row) []officer.Row {
			for i := range r[3:] {
				r[3+i].Seq = int64(i + 1)
			}
			return r[3:]
		},
	} {
		other, err := officer.New(edited{p.db, edit}, p.key, p.now, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Verify(p.ctx()); err == nil {
			t.Errorf("%s: not seen", name)
		}
	}
	cut, err := officer.New(edited{p.db, func(r []officer.Row) []officer.Row { return r[:7] }}, p.key, p.now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if short, err := cut.Verify(p.ctx()); err != nil || short.Rows == proof.Rows || short.Head == proof.Head {
		t.Errorf("the end cut off shows in count and head only: %+v, %v", short, err)
	}
	foreign, err := officer.New(p.db, bytes.Repeat([]byte{8}, 32), p.now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := foreign.Verify(p.ctx()); err == nil {
		t.Error("another key verifies the trail")
	}
	if p.Fits(p.ctx()) != nil || foreign.Fits(p.ctx()) == nil {
		t.Error("Fits does not tell the right key from another")
	}
}

func TestTidy_dropsWhatIsOlderThanTwoYears(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	for range 5 {
		p.in()
		p.pass(100 * 24 * time.Hour)
	}
	before, _ := p.Verify(p.ctx())
	p.pass(500 * 24 * time.Hour)
	if err := p.Tidy(p.ctx()); err != nil {
		t.Fatal(err)
	}
	after, err := p.Verify(p.ctx())
	if err != nil || after.First <= before.First || after.Last != before.Last+1 || after.Rows >= before.Rows {
		t.Errorf("before %+v, after %+v, %v", before, after, err)
	}
	rows, err := p.db.Rows(p.ctx(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	hour := p.now().Unix() / 3600
	for _, r := range rows[:len(rows)-1] {
		if age := hour - r.Hour; age > 733*24 {
			t.Errorf("row %d is %d days old", r.Seq, age/24)
		}
	}
	if last := rows[len(rows)-1]; last.Action != officer.ActDropped {
		t.Errorf("the trail does not say that rows were dropped: %q", last.Action)
	}
	if err := p.Tidy(p.ctx()); err != nil { // nothing more to do
		t.Fatal(err)
	}
	if again, err := p.Verify(p.ctx()); err != nil || again != after {
		t.Errorf("tidied twice: %+v, %v", again, err)
	}
	p.pass(3 * 366 * 24 * time.Hour) // all of it is old: the newest row stays, and the trail goes on
	if err := p.Tidy(p.ctx()); err != nil {
		t.Fatal(err)
	}
	if last, err := p.Verify(p.ctx()); err != nil || last.Rows != 2 || last.Last != after.Last+1 {
		t.Errorf("after three silent years: %+v, %v", last, err)
	}
}

func TestTidy_notesWrongTriesOnceAndEndsSessions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sara, aram := d.hire("sara", "IQ-BG"), d.hire("aram", "IQ-BG")
	token := sara.must(sara.confirm(sara.must(sara.try()), sara.code(0))).Token
	_ = aram.wrongly(20, "")
	known := aram.must(aram.tryOn(aram.device))
	for range 3 {
		_, _ = aram.confirm(known, "000000")
	}
	_ = (&person{desk: d, login: "nobody"}).wrongly(20, "")
	for range 2 {
		if err := d.Tidy(d.ctx()); err != nil {
			t.Fatal(err)
		}
	}
	count := map[string]int{}
	v, err := d.Visit(d.ctx(), token)
	if err != nil {
		t.Fatalf("tidying ended a session that is alive: %v", err)
	}
	lines, err := d.DeskLines(d.ctx(), v)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		count[l.Login+" "+l.Action]++
	}
	if count["aram wrong-passwords"] != 1 || count["aram wrong-codes"] != 1 ||
		count["sara wrong-passwords"] != 0 || count[" wrong-passwords"] != 0 {
		t.Errorf("the trail counts %v", count)
	}
	d.pass(16 * time.Minute)
	if err := d.Tidy(d.ctx()); err != nil {
		t.Fatal(err)
	}
	if err := d.db.Change(d.ctx(), func(tx officer.Tx) error { return tx.EndOld(1<<60, 1<<60) }); err != nil {
		t.Fatal(err)
	}
	_, err = d.Visit(d.ctx(), token)
	want(t, err, fault.Unauthorized)
}

func TestDeskLines_ownDeskOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sara, aram := d.hire("sara", "IQ-BG"), d.hire("aram", "IQ-SU")
	v := aram.in()
	if err := d.Note(d.ctx(), v, officer.ActReply, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := d.Note(d.ctx(), v, officer.ActReply, []byte("x")); err != nil {
		t.Fatal(err)
	}
	lines, err := d.DeskLines(d.ctx(), sara.in())
	if err != nil || len(lines) == 0 {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Login != "sara" {
			t.Errorf("another desk's row: %+v", l)
		}
	}
	lines, err = d.DeskLines(d.ctx(), v)
	if err != nil || lines[0].Object != lines[1].Object || lines[0].Object == lines[2].Object || lines[0].Seq <= lines[1].Seq {
		t.Errorf("newest first, the same object alike: %+v, %v", lines, err)
	}
}

func TestExport_holdsAllRows(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	p.in()
	var out bytes.Buffer
	if err := p.Export(p.ctx(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	proof, err := p.Verify(p.ctx())
	if err != nil || len(lines) != proof.Rows {
		t.Fatalf("%d lines of %d rows, %v", len(lines), proof.Rows, err)
	}
	prev := strings.Repeat("0", 64)
	for i, l := range lines {
		var e officer.Export
		if err := json.Unmarshal([]byte(l), &e); err != nil || e.Seq != int64(i+1) || e.Prev != prev || e.Login != "sara" || len(e.Mac) != 64 {
			t.Errorf("line %d: %s, %v", i+1, l, err)
		}
		prev = e.Hash
	}
	if prev != proof.Head {
		t.Error("the last line is not the head")
	}
}

// TestTrail_manyWriters: the site and the host's command write at the same
// time, each with its own connection.
func TestTrail_manyWriters(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	v := p.in()
	db, err := store.Open(t.Context(), "sqlite:"+p.file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	host, err := officer.New(db, p.key, p.now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := range 8 {
		for _, book := range []*officer.Book{p.Book, host} {
			all.Go(func() {
				for i := range 10 {
					if err := book.Note(p.ctx(), v, officer.ActPut, []byte(fmt.Sprint(n, i))); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	if proof, err := p.Verify(p.ctx()); err != nil || proof.Rows != 4+160 {
		t.Errorf("%+v, %v", proof, err)
	}
}

func TestTrail_holdsNoObject(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	if err := p.Note(p.ctx(), p.in(), officer.ActPut, []byte("canary-object")); err != nil {
		t.Fatal(err)
	}
	for _, side := range []string{"", "-wal"} {
		raw, err := os.ReadFile(p.file + side)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("canary-object")) {
			t.Errorf("the object stands in the database%s", side)
		}
	}
}
