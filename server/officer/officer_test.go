package officer_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"hisn/server/fault"
	"hisn/server/officer"
	"hisn/server/store"
)

// desk is a register on a real database, with a clock that tests turn.
type desk struct {
	*officer.Book
	t    testing.TB
	db   *store.DB
	file string
	key  []byte

	mu     sync.Mutex
	clock  time.Time
	hashes int
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock
}

func (d *desk) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = d.clock.Add(by)
}

// start is the middle of a time step, so that a test knows where it is.
var start = time.Date(2026, 11, 23, 9, 0, 15, 0, time.UTC)

// newDesk returns a register whose hashes are cheap and counted.
func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, clock: start, file: filepath.Join(t.TempDir(), "hisn.db"), key: bytes.Repeat([]byte{7}, officer.KeySize)}
	var err error
	if d.db, err = store.Open(t.Context(), "sqlite:"+d.file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.db.Close() })
	if d.Book, err = officer.New(d.db, d.key, d.now, rand.Reader); err != nil {
		t.Fatal(err)
	}
	d.Hashing(func(inner func() []byte) []byte {
		d.mu.Lock()
		d.hashes++
		d.mu.Unlock()
		return inner()
	}, true)
	return d
}

// person is an officer and what this person holds.
type person struct {
	*desk
	login, password, secret, device string
}

// hire takes on an officer and signs in for the first time.
func (d *desk) hire(login, at string) *person {
	d.t.Helper()
	p := &person{desk: d, login: login}
	var err error
	if p.password, err = d.Add(d.ctx(), login, at); err != nil {
		d.t.Fatal(err)
	}
	half := p.must(p.try())
	if half.Stage != officer.StageEnrol || half.Secret == "" || !strings.Contains(half.Address, half.Secret) {
		d.t.Fatalf("the first sign-in gives %+v", half.Stage)
	}
	p.secret = half.Secret
	p.device = p.must(p.confirm(half, p.code(0))).Device
	d.pass(time.Minute)
	return p
}

func (d *desk) ctx() context.Context { return context.Background() }

func (p *person) must(t officer.Ticket, err error) officer.Ticket {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	return t
}

// try gives the password on a device nobody knows.
func (p *person) try() (officer.Ticket, error) { return p.tryOn("") }

func (p *person) tryOn(device string) (officer.Ticket, error) {
	return p.Login(p.ctx(), officer.Credentials{Login: p.login, Password: p.password, Device: device})
}

func (p *person) confirm(half officer.Ticket, code string) (officer.Ticket, error) {
	return p.confirmOn(half, code, "")
}

func (p *person) confirmOn(half officer.Ticket, code, device string) (officer.Ticket, error) {
	v, err := p.Visit(p.ctx(), half.Token)
	if err != nil {
		return officer.Ticket{}, err
	}
	return p.Confirm(p.ctx(), v, code, device)
}

// code returns the code of the authenticator, some steps from now.
func (p *person) code(steps int) string {
	p.t.Helper()
	code, err := totp.GenerateCodeCustom(p.secret, p.now().Add(time.Duration(steps)*30*time.Second),
		totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		p.t.Fatal(err)
	}
	return code
}

// in signs in fully.
func (p *person) in() officer.Visit {
	p.t.Helper()
	t := p.must(p.confirm(p.must(p.try()), p.code(0)))
	p.pass(time.Minute)
	v, err := p.Visit(p.ctx(), t.Token)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

func want(t testing.TB, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Errorf("got %v, want %v", err, k)
	}
}

func TestLogin_takesTwoSteps(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	half := p.must(p.try())
	if half.Stage != officer.StageCode || half.Secret != "" || half.Address != "" || half.Device != "" {
		t.Errorf("after the password: %+v", half)
	}
	v, err := p.Visit(p.ctx(), half.Token)
	if err != nil || v.Stage() != officer.StageCode {
		t.Fatalf("the half session: %v, %v", v.Stage(), err)
	}
	if _, err := p.DeskLines(p.ctx(), v); fault.KindOf(err) != fault.Unauthorized {
		t.Errorf("half a session reads the trail: %v", err)
	}
	want(t, p.Note(p.ctx(), v, officer.ActPut, nil), fault.Unauthorized)
	full := p.must(p.confirm(half, p.code(0)))
	if full.Stage != officer.StageIn || full.Token == half.Token || full.Guard == half.Guard || full.Device == "" {
		t.Errorf("signing in did not rotate: %+v", full)
	}
	_, err = p.Visit(p.ctx(), half.Token)
	want(t, err, fault.Unauthorized)
	v, err = p.Visit(p.ctx(), full.Token)
	if err != nil || v.Login() != "sara" || v.Desk() != "IQ-BG" || !v.Guarded(full.Guard) || v.Guarded(half.Guard) || v.Guarded("") {
		t.Errorf("the session: %q %q %v", v.Login(), v.Desk(), err)
	}
	_, err = p.Confirm(p.ctx(), v, p.code(1), "")
	want(t, err, fault.Unauthorized)
}

func TestLogin_sameAnswerAndSameWorkForAll(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sara := d.hire("sara", "IQ-BG")
	gone := d.hire("omid", "IQ-BG")
	if err := d.Disable(d.ctx(), "omid"); err != nil {
		t.Fatal(err)
	}
	late := &person{desk: d, login: "late"}
	late.password, _ = d.Add(d.ctx(), "late", "IQ-BG")
	d.pass(9 * 24 * time.Hour)
	for name, c := range map[string]officer.Credentials{
		"wrong password":          {Login: "sara", Password: "wrong password"},
		"unknown login":           {Login: "nobody", Password: "wrong password"},
		"no possible login":       {Login: "no body\x00" + strings.Repeat("x", 5000), Password: "wrong password"},
		"disabled, right before":  {Login: "omid", Password: gone.password},
		"first password too late": {Login: "late", Password: late.password},
	} {
		before := d.hashes
		ticket, err := d.Login(d.ctx(), c)
		want(t, err, fault.Unauthorized)
		if err.Error() != "unauthorized" || ticket != (officer.Ticket{}) {
			t.Errorf("%s: says %q", name, err)
		}
		if d.hashes != before+1 {
			t.Errorf("%s: %d hashes, want 1", name, d.hashes-before)
		}
	}
	for _, password := range []string{"", strings.Repeat("x", 129)} {
		before := d.hashes
		_, err := d.Login(d.ctx(), officer.Credentials{Login: "sara", Password: password})
		want(t, err, fault.Invalid)
		if d.hashes != before {
			t.Errorf("a password of %d bytes was hashed", len(password))
		}
	}
	if _, err := d.Login(d.ctx(), officer.Credentials{Login: " SARA ", Password: sara.password}); err != nil {
		t.Errorf("capitals and spaces in the login: %v", err)
	}
}

func TestLogin_sameLettersTypedElsewhere(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	if err := p.SetPassword(p.ctx(), p.in(), p.password, "caf\u00e9 li\u00e8vre n\u00f8tte"); err != nil {
		t.Fatal(err)
	}
	p.password = "cafe\u0301 lie\u0300vre n\u00f8tte"
	p.must(p.try())
}

func TestReset_newPasswordAndNewSecret(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	full := p.must(p.confirm(p.must(p.try()), p.code(0)))
	old := *p
	var err error
	if p.password, err = p.Reset(p.ctx(), "sara"); err != nil {
		t.Fatal(err)
	}
	_, err = p.Visit(p.ctx(), full.Token)
	want(t, err, fault.Unauthorized)
	_, err = old.try()
	want(t, err, fault.Unauthorized)
	half := p.must(p.try())
	_, err = p.confirm(half, old.code(1))
	want(t, err, fault.Unauthorized)
	if half.Secret == old.secret || half.Stage != officer.StageEnrol {
		t.Error("the old secret was shown again")
	}
	p.secret = half.Secret
	p.must(p.confirm(half, p.code(0)))
	all, err := p.db.Officers(p.ctx())
	if err != nil || len(all) != 1 || p.DeviceMark(all[0], p.device) != "" {
		t.Errorf("the old device cookie lives on: %v", err)
	}
}

func TestDisable_isForGood(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	full := p.must(p.confirm(p.must(p.try()), p.code(0)))
	if err := p.Disable(p.ctx(), "sara"); err != nil {
		t.Fatal(err)
	}
	_, err := p.Visit(p.ctx(), full.Token)
	want(t, err, fault.Unauthorized)
	if _, err := p.Reset(p.ctx(), "sara"); err != officer.ErrDisabled {
		t.Errorf("reset of a disabled account: %v", err)
	}
	if err := p.Disable(p.ctx(), "sara"); err != officer.ErrDisabled {
		t.Errorf("disabled twice: %v", err)
	}
	if _, err := p.Add(p.ctx(), "sara", "IQ-NA"); err != officer.ErrTaken {
		t.Errorf("the login was given to somebody else: %v", err)
	}
	list, err := p.List(p.ctx())
	if err != nil || len(list) != 1 || list[0].State != officer.Disabled {
		t.Errorf("the list: %+v, %v", list, err)
	}
}

func TestAdd_refusesWhatIsNoLoginOrDesk(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, login := range []string{"", "a", "9x", "sara ali", "سارة", "a/b", strings.Repeat("a", 33)} {
		if _, err := d.Add(d.ctx(), login, "IQ-BG"); err != officer.ErrLogin {
			t.Errorf("%q: %v", login, err)
		}
	}
	for _, at := range []string{"", "iq", "IQ", "IQ-", "Baghdad", "IQ-BG; --", "بغداد"} {
		if _, err := d.Add(d.ctx(), "sara", at); (err == nil) != (at == "iq") {
			t.Errorf("%q: %v", at, err)
		}
		_ = d
	}
	for _, login := range []string{"reber", "a.b-c_9"} {
		for _, at := range []string{"IQ-KR", "IQ-SU"} {
			if _, err := d.Add(d.ctx(), login+strings.ToLower(at[3:]), at); err != nil {
				t.Errorf("%q at %q: %v", login, at, err)
			}
		}
	}
	for _, login := range []string{"nat1", "NAT1 "} {
		_, err := d.Add(d.ctx(), login, "national")
		if (login == "nat1") != (err == nil) {
			t.Errorf("%q: %v", login, err)
		}
	}
}

// TestAtRest_nothingOpens searches the database files for everything that
// would let somebody in.
func TestAtRest_nothingOpens(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	half := p.must(p.try())
	full := p.must(p.confirm(half, p.code(0)))
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(p.secret)
	if err != nil || len(secret) != 20 {
		t.Fatalf("the secret has %d bytes: %v", len(secret), err)
	}
	files, err := filepath.Glob(p.file + "*")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found = found || bytes.Contains(raw, []byte("$argon2id$v=19$m=65536,t=3,p=2$"))
		for what, mark := range map[string]string{
			"password": p.password, "secret": p.secret, "raw secret": string(secret), "token": full.Token,
			"half token": half.Token, "guard": full.Guard, "device cookie": full.Device, "key": string(p.key),
		} {
			if bytes.Contains(raw, []byte(mark)) {
				t.Errorf("the %s stands in %s", what, filepath.Base(name))
			}
		}
	}
	if !found {
		t.Error("the search found not even the hash: it looks in the wrong place")
	}
	all, err := p.db.Officers(p.ctx())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Open(all[0].ID, all[0].Secret); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("the sealed secret does not open: %v", err)
	}
	if _, err := p.Open(officer.ID{1}, all[0].Secret); err == nil {
		t.Error("the sealed secret opens for another account")
	}
}
