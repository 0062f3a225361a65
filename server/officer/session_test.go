package officer_test

import (
	"context"
	"encoding/base64"
	"testing"
	"time"

	"hisn/server/fault"
	"hisn/server/officer"
)

type ctxT = context.Context

func TestVisit_endsWhenIdleAndInAnyCase(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	enter := func() string { return p.must(p.confirm(p.must(p.try()), p.code(0))).Token }
	alive := func(token string) bool {
		_, err := p.Visit(p.ctx(), token)
		if err != nil && fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("a session that is over is %v", err)
		}
		return err == nil
	}
	token := enter()
	p.pass(14 * time.Minute)
	if !alive(token) {
		t.Error("ended before a quarter of an hour")
	}
	p.pass(14 * time.Minute)
	if !alive(token) {
		t.Error("use did not prolong it")
	}
	p.pass(15 * time.Minute)
	if alive(token) {
		t.Error("idle for a quarter of an hour, and alive")
	}
	token = enter()
	for range 47 {
		p.pass(10 * time.Minute)
		if !alive(token) {
			t.Fatal("ended in use before eight hours")
		}
	}
	p.pass(10 * time.Minute)
	if alive(token) {
		t.Error("alive after eight hours")
	}
	half := p.must(p.try()).Token
	for range 3 {
		p.pass(9 * time.Minute)
		if !alive(half) {
			t.Error("the half session ended early")
		}
	}
	p.pass(3 * time.Minute)
	if alive(half) {
		t.Error("half a session is alive after half an hour")
	}
	token = enter()
	p.pass(-time.Hour)
	if alive(token) {
		t.Error("alive before it was born")
	}
}

func TestVisit_onlyItsOwnToken(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	token := p.must(p.confirm(p.must(p.try()), p.code(0))).Token
	if raw, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(raw) != 32 {
		t.Errorf("the token has %d bytes: %v", len(raw), err)
	}
	for _, other := range []string{"", token[:42], token + "=", token + "A", token[1:] + token[:1]} {
		_, err := p.Visit(p.ctx(), other)
		want(t, err, fault.Unauthorized)
	}
}

func TestSessions_areFewAndTheOldestEnds(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	in := p.must(p.confirm(p.must(p.try()), p.code(0))).Token
	var halves []string
	for range 12 { // somebody has the password and nothing else
		p.pass(time.Second)
		halves = append(halves, p.must(p.try()).Token)
	}
	if _, err := p.Visit(p.ctx(), in); err != nil {
		t.Error("half sessions pushed the officer's own out")
	}
	alive := 0
	for _, token := range halves {
		if _, err := p.Visit(p.ctx(), token); err == nil {
			alive++
		}
	}
	if _, err := p.Visit(p.ctx(), halves[11]); err != nil || alive != 8 {
		t.Errorf("%d half sessions are alive, want the 8 newest: %v", alive, err)
	}
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	elsewhere := p.must(p.confirm(p.must(p.try()), p.code(0))).Token
	p.pass(time.Minute)
	v := p.in()
	want(t, p.SetPassword(p.ctx(), v, "a wrong password", "quiet rivers bend north"), fault.Unauthorized)
	want(t, p.SetPassword(p.ctx(), v, p.password, "short"), fault.Invalid)
	want(t, p.SetPassword(p.ctx(), v, p.password, "sarasarasara1"), fault.Invalid)
	want(t, p.SetPassword(p.ctx(), v, "", "quiet rivers bend north"), fault.Invalid)
	if err := p.SetPassword(p.ctx(), v, p.password, "quiet rivers bend north"); err != nil {
		t.Fatal(err)
	}
	_, err := p.Visit(p.ctx(), elsewhere)
	want(t, err, fault.Unauthorized)
	want(t, p.Note(p.ctx(), officer.Visit{}, officer.ActPut, nil), fault.Unauthorized)
	if err := p.Note(p.ctx(), v, officer.ActPut, nil); err != nil {
		t.Errorf("the officer's own session ended too: %v", err)
	}
	_, err = p.try()
	want(t, err, fault.Unauthorized)
	p.password = "quiet rivers bend north"
	p.must(p.try())
	for range 5 {
		want(t, p.SetPassword(p.ctx(), v, "a wrong password", "quiet rivers bend south"), fault.Unauthorized)
	}
	want(t, p.SetPassword(p.ctx(), v, p.password, "quiet rivers bend south"), fault.TooMany)
	p.must(p.try()) // whoever sits at an open session delays that session only
}

func TestLogout_endsTheSession(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	token := p.must(p.confirm(p.must(p.try()), p.code(0))).Token
	v, err := p.Visit(p.ctx(), token)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Logout(p.ctx(), v); err != nil {
		t.Fatal(err)
	}
	want(t, p.Logout(p.ctx(), v), fault.Unauthorized)
	_, err = p.Visit(p.ctx(), token)
	want(t, err, fault.Unauthorized)
}

// TestVisit_needsAnAccountThatMaySignIn: even a session that was forgotten when
// its account was closed opens nothing.
func TestVisit_needsAnAccountThatMaySignIn(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(officer.Tx, officer.ID) error{
		"disabled": func(tx officer.Tx, id officer.ID) error { return tx.Disable(id) },
		"reset":    func(tx officer.Tx, id officer.ID) error { return tx.Reset(id, "", 1<<40) },
	} {
		p := newDesk(t).hire("sara", "IQ-BG")
		half := p.must(p.try()).Token
		in := p.must(p.confirm(p.must(p.try()), p.code(0))).Token
		all, err := p.db.Officers(p.ctx())
		if err != nil {
			t.Fatal(err)
		}
		if err := p.db.Change(p.ctx(), func(tx officer.Tx) error { return do(tx, all[0].ID) }); err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{half, in} {
			if _, err := p.Visit(p.ctx(), token); fault.KindOf(err) != fault.Unauthorized {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
