package limit_test

import (
	"testing"
	"time"

	"hisn/server/limit"
)

func TestNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7":            "192.0.2.7",
		"::ffff:192.0.2.7":     "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1": "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"":                     "none",
		"@":                    "none",
	} {
		if got := limit.Network(address); got != want {
			t.Errorf("Network(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestAllow_countsNetworks(t *testing.T) {
	t.Parallel()
	l, err := limit.New("3-H", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	allow := func(address string) bool {
		t.Helper()
		ok, wait, err := l.Allow(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if !ok && wait <= 0 {
			t.Errorf("refused without saying for how long: %v", wait)
		}
		return ok
	}
	for i := range 3 {
		if !allow("2001:db8::1") {
			t.Errorf("request %d of three was refused", i+1)
		}
	}
	if allow("2001:db8::2") {
		t.Error("the same /64 got a fourth request")
	}
	if !allow("2001:db8:0:1::1") || !allow("192.0.2.1") {
		t.Error("another network was refused")
	}
}

func TestAllow_keyRotates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l, err := limit.New("1-D", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	for hour, want := range []bool{true, true} {
		now = now.Add(time.Duration(hour) * 2 * time.Hour)
		if ok, _, err := l.Allow(t.Context(), "192.0.2.1"); err != nil || ok != want {
			t.Errorf("after %d hours: %v, %v; yesterday's count must not follow an address", hour*2, ok, err)
		}
	}
	if ok, _, _ := l.Allow(t.Context(), "192.0.2.1"); ok {
		t.Error("a second request under the same key was allowed")
	}
}

func TestNew_refusesNonsense(t *testing.T) {
	t.Parallel()
	for _, rate := range []string{"", "many", "5-15M"} {
		if _, err := limit.New(rate, time.Now); err == nil {
			t.Errorf("the rate %q was accepted", rate)
		}
	}
}
