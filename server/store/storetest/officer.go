package storetest

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"hisn/server/fault"
	"hisn/server/officer"
)

// Officers holds an empty store to the contract of officer.Store.
func Officers(t *testing.T, s officer.Store) {
	t.Run("accounts", func(t *testing.T) { accounts(t, s) })
	t.Run("sessions", func(t *testing.T) { sessions(t, s) })
	t.Run("trail", func(t *testing.T) { trail(t, s) })
	t.Run("one transaction", func(t *testing.T) { together(t, s) })
	t.Run("many at once", func(t *testing.T) { atOnce(t, s) })
}

func change(t testing.TB, s officer.Store, do func(officer.Tx) error) error {
	t.Helper()
	return s.Change(t.Context(), do)
}

func want(t testing.TB, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Errorf("got %v, want %v", err, k)
	}
}

func account(n byte, login, desk string) officer.Officer {
	return officer.Officer{
		ID: officer.ID{0: n, 15: 0xff}, Login: login, Desk: desk,
		Password: "$argon2id$", State: officer.Fresh, Due: 20_780,
	}
}

func accounts(t *testing.T, s officer.Store) {
	_, err := s.Officer(t.Context(), "sara")
	want(t, err, fault.NotFound)
	sara := account(1, "sara", "IQ-BG")
	must(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(sara) }))
	want(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(account(2, "sara", "IQ-NA")) }), fault.Conflict)
	want(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(account(1, "other", "IQ-NA")) }), fault.Conflict)
	same(t, s, sara)

	for step, err := range map[string]error{
		"code before enrolment":     change(t, s, func(tx officer.Tx) error { return tx.UseStep(sara.ID, 5) }),
		"password before enrolment": change(t, s, func(tx officer.Tx) error { return tx.SetPassword(sara.ID, "x") }),
		"unknown account":           change(t, s, func(tx officer.Tx) error { return tx.UseStep(officer.ID{9}, 5) }),
	} {
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", step, err)
		}
	}
	must(t, change(t, s, func(tx officer.Tx) error { return tx.Enrol(sara.ID, []byte("sealed"), 100) }))
	sara.Secret, sara.Step, sara.State, sara.Due = []byte("sealed"), 100, officer.Active, 0
	same(t, s, sara)
	want(t, change(t, s, func(tx officer.Tx) error { return tx.Enrol(sara.ID, []byte("other"), 101) }), fault.Conflict)

	for _, step := range []int64{99, 100} {
		want(t, change(t, s, func(tx officer.Tx) error { return tx.UseStep(sara.ID, step) }), fault.Conflict)
	}
	must(t, change(t, s, func(tx officer.Tx) error { return tx.UseStep(sara.ID, 101) }))
	want(t, change(t, s, func(tx officer.Tx) error { return tx.UseStep(sara.ID, 101) }), fault.Conflict)
	must(t, change(t, s, func(tx officer.Tx) error { return tx.SetPassword(sara.ID, "new") }))
	sara.Step, sara.Password = 101, "new"
	same(t, s, sara)

	must(t, change(t, s, func(tx officer.Tx) error { return tx.Reset(sara.ID, "first", 20_999) }))
	sara.Secret, sara.Step, sara.State, sara.Password, sara.Due = nil, 0, officer.Fresh, "first", 20_999
	same(t, s, sara)
	must(t, change(t, s, func(tx officer.Tx) error { return tx.Disable(sara.ID) }))
	sara.State, sara.Password, sara.Due = officer.Disabled, "", 0
	same(t, s, sara)
	for _, do := range []func(tx officer.Tx) error{
		func(tx officer.Tx) error { return tx.Disable(sara.ID) },
		func(tx officer.Tx) error { return tx.Reset(sara.ID, "x", 1) },
		func(tx officer.Tx) error { return tx.Enrol(sara.ID, []byte("x"), 1) },
		func(tx officer.Tx) error { return tx.SetPassword(sara.ID, "x") },
		func(tx officer.Tx) error { return tx.UseStep(sara.ID, 999) },
	} {
		want(t, change(t, s, do), fault.Conflict)
	}
	must(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(account(3, "aram", "IQ-SU")) }))
	all, err := s.Officers(t.Context())
	if err != nil || len(all) != 2 || all[0].Login != "aram" || all[1].Login != "sara" {
		t.Errorf("all accounts: %+v, %v", all, err)
	}
}

func same(t *testing.T, s officer.Store, want officer.Officer) {
	t.Helper()
	got, err := s.Officer(t.Context(), want.Login)
	must(t, err)
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("stored %+v, want %+v", got, want)
	}
}

func sessions(t *testing.T, s officer.Store) {
	who := account(10, "omid", "IQ-AR")
	must(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(who) }))
	session := func(n byte, stage officer.Stage, born int64) officer.Session {
		return officer.Session{Hash: [32]byte{n}, Officer: who.ID, Stage: stage, Seen: born, Born: born}
	}
	add := func(x officer.Session, most int) {
		t.Helper()
		must(t, change(t, s, func(tx officer.Tx) error { return tx.AddSession(x, most) }))
	}
	alive := func(want ...byte) {
		t.Helper()
		for n := range byte(20) {
			got, o, err := s.Session(t.Context(), [32]byte{n})
			if is := bytes.IndexByte(want, n) >= 0; is != (err == nil) {
				t.Errorf("session %d: %v", n, err)
			} else if is && (o.Login != "omid" || got.Officer != who.ID || got.Hash != [32]byte{n}) {
				t.Errorf("session %d is %+v of %q", n, got, o.Login)
			}
			if err != nil && fault.KindOf(err) != fault.NotFound {
				t.Errorf("no session is %v", err)
			}
		}
	}
	enrol := session(1, officer.StageEnrol, 100)
	enrol.Pending = []byte("sealed")
	add(enrol, 3)
	if got, _, err := s.Session(t.Context(), enrol.Hash); err != nil || fmt.Sprint(got) != fmt.Sprint(enrol) {
		t.Errorf("stored %+v, %v", got, err)
	}
	add(session(2, officer.StageIn, 50), 3)
	add(session(3, officer.StageCode, 101), 3)
	add(session(4, officer.StageCode, 102), 3)
	alive(1, 2, 3, 4)
	add(session(5, officer.StageCode, 103), 3) // the oldest half-way session ends, not the signed-in one
	alive(2, 3, 4, 5)
	must(t, change(t, s, func(tx officer.Tx) error { return tx.Touch([32]byte{2}, 200) }))
	must(t, change(t, s, func(tx officer.Tx) error { return tx.Touch([32]byte{2}, 150) }))
	must(t, change(t, s, func(tx officer.Tx) error { return tx.Touch([32]byte{19}, 150) }))
	if got, _, err := s.Session(t.Context(), [32]byte{2}); err != nil || got.Seen != 200 || got.Born != 50 {
		t.Errorf("after two touches: %+v, %v", got, err)
	}
	must(t, change(t, s, func(tx officer.Tx) error { return tx.EndSession([32]byte{3}) }))
	want(t, change(t, s, func(tx officer.Tx) error { return tx.EndSession([32]byte{3}) }), fault.NotFound)
	alive(2, 4, 5)
	must(t, change(t, s, func(tx officer.Tx) error { return tx.EndOld(103, 51) }))
	alive(5)
	add(session(6, officer.StageIn, 300), 3)
	add(session(7, officer.StageIn, 300), 3)
	must(t, change(t, s, func(tx officer.Tx) error { return tx.EndSessions(who.ID, [32]byte{6}) }))
	alive(6)
	must(t, change(t, s, func(tx officer.Tx) error { return tx.EndSessions(who.ID, [32]byte{}) }))
	alive()
	nobodys := session(8, officer.StageIn, 1)
	nobodys.Officer = officer.ID{99}
	want(t, change(t, s, func(tx officer.Tx) error { return tx.AddSession(nobodys, 3) }), fault.Internal)
}

func row(seq, hour int64, who officer.ID) officer.Row {
	fill := func(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }
	return officer.Row{Seq: seq, Hour: hour, Officer: who, Action: "put", Object: fill(1), Prev: fill(2), Hash: fill(byte(seq))}
}

func trail(t *testing.T, s officer.Store) {
	must(t, change(t, s, func(tx officer.Tx) error {
		_, err := tx.LastRow()
		want(t, err, fault.NotFound)
		return nil
	}))
	one, two := account(20, "dana", "IQ-KI"), account(21, "hawre", "IQ-DA")
	must(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(one) }))
	must(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(two) }))
	for seq := range int64(10) {
		who := one.ID
		if seq%2 == 1 {
			who = two.ID
		}
		must(t, change(t, s, func(tx officer.Tx) error { return tx.AddRow(row(seq+1, 1000+seq, who)) }))
	}
	want(t, change(t, s, func(tx officer.Tx) error { return tx.AddRow(row(10, 1, one.ID)) }), fault.Conflict)
	rows, err := s.Rows(t.Context(), 7, 2)
	if err != nil || len(rows) != 2 || fmt.Sprint(rows[0]) != fmt.Sprint(row(8, 1007, two.ID)) || rows[1].Seq != 9 {
		t.Errorf("two rows after 7: %+v, %v", rows, err)
	}
	rows, err = s.DeskRows(t.Context(), "IQ-KI", 3)
	if err != nil || len(rows) != 3 || rows[0].Seq != 9 || rows[1].Seq != 7 || rows[2].Seq != 5 {
		t.Errorf("rows of a desk: %+v, %v", rows, err)
	}
	drop := func(before, want int64) {
		t.Helper()
		must(t, change(t, s, func(tx officer.Tx) error {
			got, err := tx.DropRows(before)
			if got != want {
				t.Errorf("dropped up to %d, want %d", got, want)
			}
			return err
		}))
	}
	drop(1000, 0)
	drop(1003, 3)
	if rows, err := s.Rows(t.Context(), 0, 100); err != nil || len(rows) != 7 || rows[0].Seq != 4 {
		t.Errorf("%d rows are left, %v", len(rows), err)
	}
	drop(5000, 9)
	must(t, change(t, s, func(tx officer.Tx) error {
		last, err := tx.LastRow()
		if last.Seq != 10 {
			t.Errorf("the newest row was dropped: %+v", last)
		}
		return err
	}))
}

// together: what fails leaves nothing, and other transactions do not notice.
func together(t *testing.T, s officer.Store) {
	reason := fault.New(fault.TooMany, nil)
	err := change(t, s, func(tx officer.Tx) error {
		must(t, tx.AddOfficer(account(30, "half", "IQ-BG")))
		return reason
	})
	if err != error(reason) {
		t.Errorf("the reason came back as %v", err)
	}
	_, err = s.Officer(t.Context(), "half")
	want(t, err, fault.NotFound)
	plain := fmt.Errorf("a reason of another kind")
	if err := change(t, s, func(officer.Tx) error { return plain }); err != plain {
		t.Errorf("the reason came back as %v", err)
	}
	must(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(account(30, "half", "IQ-BG")) }))
}

// atOnce: of many who use one step, one wins.
func atOnce(t *testing.T, s officer.Store) {
	who := account(40, "many", "IQ-BG")
	must(t, change(t, s, func(tx officer.Tx) error { return tx.AddOfficer(who) }))
	must(t, change(t, s, func(tx officer.Tx) error { return tx.Enrol(who.ID, []byte("sealed"), 0) }))
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 16 {
		wg.Go(func() {
			err := change(t, s, func(tx officer.Tx) error { return tx.UseStep(who.ID, 7) })
			if err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d used the same step", won)
	}
}
