package officer_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"hisn/server/fault"
	"hisn/server/officer"
)

func TestConfirm_oneStepIsForgiven(t *testing.T) {
	t.Parallel()
	for steps, ok := range map[int]bool{-3: false, -2: false, -1: true, 0: true, 1: true, 2: false, 3: false} {
		p := newDesk(t).hire("sara", "IQ-BG")
		p.pass(time.Hour)
		if _, err := p.confirm(p.must(p.try()), p.code(steps)); (err == nil) != ok {
			t.Errorf("a code %d steps away: %v", steps, err)
		}
	}
}

func TestConfirm_codeIsGoodOnce(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	code := p.code(0)
	p.must(p.confirm(p.must(p.try()), code))
	half := p.must(p.try())
	for range 2 {
		_, err := p.confirm(half, code)
		want(t, err, fault.Unauthorized)
	}
	_, err := p.confirm(half, "000 000") // a wrong one in between forgets nothing
	want(t, err, fault.Unauthorized)
	_, err = p.confirm(half, code)
	want(t, err, fault.Unauthorized)
	p.pass(30 * time.Second)
	p.must(p.confirm(half, p.code(0)))
}

func TestConfirm_olderCodeThanTheLastIsRefused(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	before, next := p.code(0), p.code(1)
	p.must(p.confirm(p.must(p.try()), next))
	_, err := p.confirm(p.must(p.try()), before)
	want(t, err, fault.Unauthorized)
}

func TestConfirm_enrolmentUsesTheCodeUp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p := &person{desk: d, login: "sara"}
	p.password, _ = d.Add(d.ctx(), "sara", "IQ-BG")
	half := p.must(p.try())
	p.secret = half.Secret
	p.must(p.confirm(half, p.code(0)))
	_, err := p.confirm(p.must(p.try()), p.code(0))
	want(t, err, fault.Unauthorized)
}

// TestConfirm_usedEvenIfTheSessionIsGone: the code was given, so it is used
// up, whatever became of the session.
func TestConfirm_usedEvenIfTheSessionIsGone(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	half := p.must(p.try())
	v, err := p.Visit(p.ctx(), half.Token)
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.db.Officers(p.ctx())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.db.Change(p.ctx(), func(tx officer.Tx) error {
		return tx.EndSessions(all[0].ID, [32]byte{})
	}); err != nil {
		t.Fatal(err)
	}
	_, err = p.Confirm(p.ctx(), v, p.code(0), "")
	want(t, err, fault.Unauthorized)
	_, err = p.confirm(p.must(p.try()), p.code(0))
	want(t, err, fault.Unauthorized)
}

func TestConfirm_atTheSameMomentOnlyOnce(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	code := p.code(0)
	var visits []officer.Visit
	for range 4 {
		v, err := p.Visit(p.ctx(), p.must(p.try()).Token)
		if err != nil {
			t.Fatal(err)
		}
		visits = append(visits, v)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for _, v := range visits {
		wg.Go(func() {
			if _, err := p.Confirm(p.ctx(), v, code, ""); err == nil {
				mu.Lock()
				in++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if in != 1 {
		t.Errorf("one code opened %d sessions", in)
	}
}

func TestConfirm_digitsOfAnyScript(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	for _, write := range []func(string) string{
		func(s string) string { return s[:3] + " " + s[3:] },
		func(s string) string { return moved(s, '٠') },
		func(s string) string { return " " + moved(s[:3], '۰') + "-" + moved(s[3:], '۰') + "\u200f" },
	} {
		p.must(p.confirm(p.must(p.try()), write(p.code(0))))
		p.pass(time.Minute)
	}
	half := p.must(p.try())
	for _, typed := range []string{"", "12345", "1234567", "abcdef", "123x456", p.code(0) + "0", strings.Repeat(" ", 100) + p.code(0)} {
		if _, err := p.confirm(half, typed); err == nil {
			t.Errorf("%q was accepted", typed)
		}
		p.pass(time.Hour) // or the wrong tries would be delayed
		half = p.must(p.try())
	}
}

func moved(s string, zero rune) string {
	return strings.Map(func(r rune) rune { return r - '0' + zero }, s)
}

func TestEnrol_onlyOneAuthenticator(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p := &person{desk: d, login: "sara"}
	p.password, _ = d.Add(d.ctx(), "sara", "IQ-BG")
	first, second := p.must(p.try()), p.must(p.try())
	if first.Secret == second.Secret {
		t.Error("a secret was shown twice")
	}
	p.secret = second.Secret
	_, err := p.confirm(first, p.code(0))
	want(t, err, fault.Unauthorized)
	p.must(p.confirm(second, p.code(0)))
	p.secret = first.Secret
	_, err = p.confirm(first, p.code(0))
	want(t, err, fault.Unauthorized)
}

func TestEnrol_whileAnotherIsUnderWay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p := &person{desk: d, login: "sara"}
	p.password, _ = d.Add(d.ctx(), "sara", "IQ-BG")
	first, second := p.must(p.try()), p.must(p.try())
	v, err := p.Visit(p.ctx(), second.Token) // read before the other is done
	if err != nil {
		t.Fatal(err)
	}
	p.secret = first.Secret
	p.must(p.confirm(first, p.code(0)))
	p.secret = second.Secret
	_, err = p.Confirm(p.ctx(), v, p.code(0), "")
	want(t, err, fault.Conflict)
}
