package private

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hisn/server/desks"
	"hisn/server/seal"
)

func TestHasPicture(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"هو يهدّدني كل يوم": false,
		"https://www.example.com/groups/123456789/permalink/987654321/?comment_id=1122334455&notif_t=x": false,
		strings.Repeat("ab ", 2000):                           false,
		strings.Repeat("ھەڕەشە", 300):                         false,
		"data:image/png;base64,AAAA":                          true,
		"look: DATA:IMAGE/jpeg":                               true,
		"/9j/4AAQSkZJRgABAQEAYABgAAD":                         true,
		"iVBORw0KGgoAAAANSUhEUgAA":                            true,
		"UklGRiQAAABXRUJQVlA4IBgAAAAwAQCd":                    true,
		"it says " + strings.Repeat("Qk1", 140) + " and more": true,
	} {
		if hasPicture(text) != want {
			t.Errorf("%.40q: %v, want %v", text, !want, want)
		}
	}
}

func directory() (*desks.Directory, map[string]bool) {
	d := &desks.Directory{Desks: []desks.Desk{
		{ID: "IQ-BG", Status: desks.Open}, {ID: "IQ-BA", Status: desks.Open}, {ID: "IQ-NA", Status: desks.HotlineOnly},
	}}
	return d, map[string]bool{"IQ-BG": true, "IQ-NA": true}
}

func TestDraft_check(t *testing.T) {
	t.Parallel()
	dir, open := directory()
	for form, want := range map[string]string{
		"desk=IQ-BG&what=chat&reach=none":                                        "",
		"desk=IQ-BG&text=x&reach=way&how=aunt":                                   "",
		"what=chat&reach=none":                                                   "desk",
		"desk=IQ-BA&what=chat&reach=none":                                        "desk", // nobody looks in
		"desk=IQ-NA&what=chat&reach=none":                                        "desk", // its key is lost
		"desk=IQ-XX&what=chat&reach=none":                                        "desk",
		"desk=IQ-BG&reach=none":                                                  "text",
		"desk=IQ-BG&text=+%0A+&reach=none":                                       "text",
		"desk=IQ-BG&what=chat":                                                   "reach",
		"desk=IQ-BG&what=chat&reach=perhaps":                                     "reach",
		"desk=IQ-BG&what=chat&reach=way":                                         "how",
		"desk=IQ-BG&reach=none&text=" + strings.Repeat("x+", 3001):               "text",
		"desk=IQ-BG&reach=none&what=chat&handles=data:image/gif":                 "handles",
		"desk=IQ-BG&reach=way&what=chat&how=x&when=" + strings.Repeat("x+", 151): "when",
		"": "desk text reach",
	} {
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		d, err := readDraft(values)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range d.check(dir, open) {
			got = append(got, p.Field)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%.60s: %v, want %s", form, got, want)
		}
	}
}

func TestPass(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	p, err := newPass(zeros{}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	stamp := p.stamp()
	if age, ok := p.age(stamp); !ok || age != 0 {
		t.Errorf("a fresh stamp: %v, %v", age, ok)
	}
	now = now.Add(5 * time.Hour)
	if age, ok := p.age(stamp); !ok || age != 5*time.Hour {
		t.Errorf("after five hours: %v, %v", age, ok)
	}
	for name, bad := range map[string]string{"none": "", "words": "hello", "cut": stamp[:20], "another": "B" + stamp[1:]} {
		if _, ok := p.age(bad); ok {
			t.Errorf("%s: taken", name)
		}
	}
	now = now.Add(2 * time.Hour)
	if _, ok := p.age(stamp); ok {
		t.Error("a stamp of seven hours ago is taken")
	}
	now = now.Add(-10 * time.Hour)
	if _, ok := p.age(stamp); ok {
		t.Error("a stamp of the future is taken")
	}
}

// zeros is chance for a test.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// FuzzDraft: whatever is typed, a draft that has no problem becomes a report
// that can be sealed, and nothing of ours is lost on the way.
func FuzzDraft(f *testing.F) {
	f.Add("desk=IQ-BG&what=chat&reach=none&text=hello")
	f.Add("desk=IQ-BG&reach=way&how=%E2%80%AEx&text=%D9%87%D9%88&what=chat&what=chat&woman=yes")
	f.Add("what=nothing")
	f.Add("desk=IQ-BG&reach=none&text=" + strings.Repeat("%3C", 5900))
	f.Add("desk=IQ-BG&reach=way&how=x&text=" + strings.Repeat("%22", 5900) + "&handles=" + strings.Repeat("%5C", 1400))
	f.Add("desk=IQ-BG&reach=none&text=a%00b%1Bc")
	dir, open := directory()
	keys := seal.Secret{1}.Keys()
	_, _, capability := keys.Drop(0)
	f.Fuzz(func(t *testing.T, form string) {
		values, err := url.ParseQuery(form)
		if err != nil {
			return
		}
		for _, list := range values { // what web.LongForm refuses before
			if slices.ContainsFunc(list, func(v string) bool { return !utf8.ValidString(v) }) {
				return
			}
		}
		d, err := readDraft(values)
		if err != nil || len(d.check(dir, open)) > 0 {
			return
		}
		r := d.report(desks.Desk{ID: "IQ-BG", Epoch: "2026Q4"}, keys, capability, time.Unix(1e9, 0))
		raw, err := seal.Encode(r)
		if err != nil {
			t.Fatalf("a draft without a problem cannot be sealed: %v", err)
		}
		if back, err := seal.Decode(raw); err != nil || back.F.Text != d.Value("text") {
			t.Fatalf("the words changed: %v", err)
		}
	})
}
