package rehearsal_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"hisn/locales"
	"hisn/server/rehearsal"
)

// clock is a clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// desk starts a practice at the beginning of a step.
func desk(t testing.TB) (*rehearsal.Desk, *clock, rehearsal.Practice) {
	t.Helper()
	c := &clock{time.Unix(1_790_000_010, 0)} // 10 seconds into a step of 30
	c.at = c.at.Truncate(30 * time.Second)
	d, err := rehearsal.New(rand.Reader, c.now)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Start()
	if err != nil {
		t.Fatal(err)
	}
	return d, c, p
}

// app is what an authenticator app shows at a moment.
func app(t testing.TB, p rehearsal.Practice, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(p.Text(), " ", ""), at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestTry_atTheEdgesOfSteps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		phone   time.Duration // how far the phone's code is from now
		want    rehearsal.Verdict
		minutes int
	}{
		"now":                        {0, rehearsal.Accepted, 0},
		"the last second":            {29 * time.Second, rehearsal.Accepted, 0},
		"the step before":            {-1 * time.Second, rehearsal.Accepted, 0},
		"the step before, its start": {-30 * time.Second, rehearsal.Accepted, 0},
		"two steps before":           {-31 * time.Second, rehearsal.Late, 0},
		"three steps before":         {-90 * time.Second, rehearsal.Late, 0},
		"four steps before":          {-91 * time.Second, rehearsal.Clock, -2},
		"five minutes before":        {-5 * time.Minute, rehearsal.Clock, -5},
		"the next step":              {30 * time.Second, rehearsal.Accepted, 0},
		"the next step's end":        {59 * time.Second, rehearsal.Accepted, 0},
		"two steps ahead":            {60 * time.Second, rehearsal.Clock, 1},
		"a quarter of an hour ahead": {15 * time.Minute, rehearsal.Clock, 15},
		"twenty minutes":             {20 * time.Minute, rehearsal.Clock, 20},
		"an hour":                    {time.Hour, rehearsal.Wrong, 0},
	} {
		d, clock, p := desk(t)
		_, got, minutes := d.Try(p, app(t, p, clock.at.Add(c.phone)))
		if got != c.want || minutes != c.minutes {
			t.Errorf("%s: %s by %d minutes, want %s by %d", name, got, minutes, c.want, c.minutes)
		}
	}
}

func TestTry_aCodeWorksOnce(t *testing.T) {
	t.Parallel()
	d, clock, p := desk(t)
	code := app(t, p, clock.at)
	p, got, _ := d.Try(p, code)
	if got != rehearsal.Accepted {
		t.Fatalf("the first time it is %s", got)
	}
	p, got, _ = d.Try(p, code)
	if got != rehearsal.Used {
		t.Errorf("the second time it is %s", got)
	}
	clock.at = clock.at.Add(45 * time.Second)
	if _, got, _ = d.Try(p, code); got != rehearsal.Used {
		t.Errorf("a step later it is %s", got)
	}
	if _, got, _ = d.Try(p, app(t, p, clock.at.Add(-30*time.Second))); got != rehearsal.Used {
		t.Errorf("an earlier code after a later one is %s", got)
	}
	if _, got, _ = d.Try(p, app(t, p, clock.at)); got != rehearsal.Accepted {
		t.Errorf("the next code is %s", got)
	}
}

func TestTry_digitsAndSpaces(t *testing.T) {
	t.Parallel()
	d, clock, p := desk(t)
	code := app(t, p, clock.at)
	persian := strings.Map(func(r rune) rune { return r - '0' + '۰' }, code)
	for _, typed := range []string{
		code, code[:3] + " " + code[3:], " " + code + " ", code[:3] + "-" + code[3:],
		locales.Digits(locales.Arabic, code), locales.Digits(locales.Sorani, code[:3]+" "+code[3:]), persian,
	} {
		if _, got, _ := d.Try(p, typed); got != rehearsal.Accepted {
			t.Errorf("%q is %s", typed, got)
		}
	}
	for typed, want := range map[string]rehearsal.Verdict{
		"": rehearsal.Unclear, "12345": rehearsal.Unclear, "1234567": rehearsal.Unclear, "abcdef": rehearsal.Unclear,
		code + "x": rehearsal.Unclear, strings.Repeat("1", 5000): rehearsal.Unclear,
	} {
		if _, got, _ := d.Try(p, typed); got != want {
			t.Errorf("%.20q is %s, want %s", typed, got, want)
		}
	}
}

func TestTry_backupCodes(t *testing.T) {
	t.Parallel()
	d, _, p := desk(t)
	codes := p.BackupCodes()
	seen := map[string]bool{}
	for _, c := range codes {
		if len(c) != 8 || seen[c] {
			t.Errorf("backup codes are %v", codes)
		}
		seen[c] = true
		var got rehearsal.Verdict
		if p, got, _ = d.Try(p, c[:4]+" "+c[4:]); got != rehearsal.Backup {
			t.Errorf("%s is %s", c, got)
		}
		if p, got, _ = d.Try(p, locales.Digits(locales.Arabic, c)); got != rehearsal.Spent {
			t.Errorf("%s the second time is %s", c, got)
		}
	}
	other := "00000000"
	for seen[other] {
		other = "00000001"
	}
	if _, got, _ := d.Try(p, other); got != rehearsal.Wrong {
		t.Errorf("a code of nobody is %s", got)
	}
}

func TestSeal_tellsNothingAndEnds(t *testing.T) {
	t.Parallel()
	d, clock, p := desk(t)
	sealed, err := d.Seal(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Seal(p)
	if err != nil || again == sealed {
		t.Error("the same practice is sealed the same way twice")
	}
	if strings.Contains(sealed, strings.ReplaceAll(p.Text(), " ", "")) {
		t.Error("the secret stands in the form")
	}
	back, err := d.Open(sealed)
	if err != nil || back.Text() != p.Text() {
		t.Errorf("came back as %q: %v", back.Text(), err)
	}
	changed := []byte(sealed)
	changed[len(changed)/2] ^= 1
	for _, bad := range []string{"", "x", string(changed), sealed + "AAAA", strings.Repeat("A", 4000)} {
		if _, err := d.Open(bad); !errors.Is(err, rehearsal.ErrOver) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	other, err := rehearsal.New(rand.Reader, clock.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed); !errors.Is(err, rehearsal.ErrOver) {
		t.Errorf("another run of the server opens it: %v", err)
	}
	guesses := p
	for range 60 {
		guesses, _, _ = d.Try(guesses, "000000")
	}
	worn, _ := d.Seal(guesses)
	if _, err := d.Open(worn); !errors.Is(err, rehearsal.ErrOver) {
		t.Error("guessing has no end")
	}
	clock.at = clock.at.Add(31 * time.Minute)
	if _, err := d.Open(sealed); !errors.Is(err, rehearsal.ErrOver) {
		t.Errorf("after half an hour: %v", err)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	_, _, p := desk(t)
	for _, name := range []string{"تمرين", "مەشق", "Practice"} {
		key, err := p.Key(name, name)
		if err != nil || key.Issuer() != name || key.AccountName() != name || key.Secret() != strings.ReplaceAll(p.Text(), " ", "") || key.Period() != 30 {
			t.Errorf("%s: %v, %v", name, key, err)
		}
		pic, err := rehearsal.Draw(key.URL())
		if err != nil || pic.Size < 30 || !strings.HasPrefix(pic.Path, "M4 4h7") {
			t.Errorf("%s: a drawing of %d modules, %.20q, %v", name, pic.Size, pic.Path, err)
		}
	}
}

func FuzzTry(f *testing.F) {
	d, _, p := desk(f)
	f.Add("123 456")
	f.Add("١٢٣٤٥٦")
	f.Fuzz(func(t *testing.T, typed string) {
		next, v, _ := d.Try(p, typed)
		if v == "" || next.Tries != p.Tries+1 {
			t.Errorf("%q gives %q", typed, v)
		}
	})
}
