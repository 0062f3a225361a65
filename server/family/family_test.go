package family

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"hisn/content"
	"hisn/locales"
)

func agreement(t testing.TB) *content.Agreement {
	t.Helper()
	lib, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return lib.Agreement
}

func today() time.Time { return time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC) }

func TestRead(t *testing.T) {
	a := agreement(t)
	two := a.Lines[0].ID + "&line=" + a.Lines[1].ID
	many := ""
	for _, line := range a.Lines {
		many += "&line=" + line.ID
	}
	long := strings.Repeat("ا", LineMost+1)
	for name, c := range map[string]struct {
		form     string
		ours     bool
		count    int
		problems string // fields
		next     string
	}{
		"empty":            {"", true, 0, "", ""},
		"two lines":        {"line=" + two, true, 2, "", ""},
		"reworded":         {"line=" + two + "&own-" + a.Lines[0].ID + "=mine", true, 2, "", ""},
		"emptied":          {"line=" + two + "&own-" + a.Lines[0].ID + "=++", true, 1, "", ""},
		"free":             {"free=one&free=&free=two", true, 2, "", ""},
		"too many":         {many[1:], true, len(a.Lines), "lines", ""},
		"long line":        {"free=" + long, true, 1, "free-1", ""},
		"long adult":       {"adult=&adult=" + long, true, 0, "adult-2", ""},
		"in a week":        {"when=week", true, 0, "", "2026-12-01"},
		"in four weeks":    {"when=month", true, 0, "", "2026-12-22"},
		"a day":            {"when=day&day=5&month=12&year=2026", true, 0, "", "2026-12-05"},
		"arabic digits":    {"when=day&day=٥&month=١٢&year=٢٠٢٦", true, 0, "", "2026-12-05"},
		"persian digits":   {"when=day&day=۵&month=۱۲&year=۲۰۲۶", true, 0, "", "2026-12-05"},
		"today":            {"when=day&day=24&month=11&year=2026", true, 0, "", "2026-11-24"},
		"yesterday":        {"when=day&day=23&month=11&year=2026", true, 0, "day", ""},
		"no such day":      {"when=day&day=31&month=2&year=2027", true, 0, "day", ""},
		"far":              {"when=day&day=1&month=1&year=2099", true, 0, "day", ""},
		"letters":          {"when=day&day=x&month=y&year=z", true, 0, "day", ""},
		"unknown line":     {"line=steal", false, 0, "", ""},
		"unknown field":    {"punish=no", false, 0, "", ""},
		"unknown when":     {"when=never", false, 0, "", ""},
		"own of no line":   {"own-steal=x", false, 0, "", ""},
		"own twice":        {"own-" + a.Lines[0].ID + "=x&own-" + a.Lines[0].ID + "=y", false, 0, "", ""},
		"too many free":    {strings.Repeat("free=x&", FreeLines+1) + "when=", false, 0, "", ""},
		"too many adults":  {"adult=a&adult=b&adult=c", false, 0, "", ""},
		"promise as field": {"promises=none", false, 0, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			form, err := url.ParseQuery(c.form)
			if err != nil {
				t.Fatal(err)
			}
			d, problems, ok := Read(a, form, today())
			if ok != c.ours {
				t.Fatalf("ours: %t", ok)
			}
			if !ok {
				return
			}
			var fields []string
			for _, p := range problems {
				fields = append(fields, p.Field)
			}
			if got := strings.Join(fields, " "); got != c.problems {
				t.Errorf("problems at %q, want %q", got, c.problems)
			}
			if d.Count() != c.count {
				t.Errorf("%d lines, want %d", d.Count(), c.count)
			}
			next := ""
			if !d.Next.IsZero() {
				next = d.Next.Format(time.DateOnly)
			}
			if next != c.next {
				t.Errorf("next talk %q, want %q", next, c.next)
			}
		})
	}
}

// A line left as the pack has it follows the language of the page.
func TestRead_packLinesFollowTheLanguage(t *testing.T) {
	a := agreement(t)
	id := a.Lines[0].ID
	for _, from := range locales.All() {
		d, _, ok := Read(a, url.Values{"line": {id}, Own(id): {a.Words.For(from).Lines[id]}}, today())
		if !ok {
			t.Fatal("not ours")
		}
		for _, to := range locales.All() {
			if got := d.Texts(a, to); len(got) != 1 || got[0] != a.Words.For(to).Lines[id] {
				t.Errorf("%s to %s: %q", from, to, got)
			}
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  two   words ":                        "two words",
		"line\nline\ttab":                       "line line tab",
		"a\u202eb\u2066c\u200fd":                "abcd", // overrides, isolates and marks of direction
		"\u0000\u001b[31m":                      "[31m",
		"می\u200cخوێنم":                         "می\u200cخوێنم", // the joiner inside a word stays
		"\u200c\u200cx\u200c":                   "x",
		"a\u0301\u0301\u0301\u0301\u0301\u0301": "\u00e1\u0301\u0301\u0301",
		"\ufdfa":                                "صلى الله عليه وسلم",
		"smile 😀":                               "smile",
		"<b>&amp;":                              "<b>&amp;", // escaped where it is shown
		"\xff\xfe":                              "",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "نور", "a\u202eb", "\u200c", "e\u0301\u0301\u0301\u0301", "\ufdfa\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if Clean(got) != got {
			t.Errorf("%q becomes %q, and that %q", s, got, Clean(got))
		}
		for _, r := range got {
			if unicode.In(r, unicode.Bidi_Control) || unicode.IsControl(r) || r > 0xFFFF {
				t.Errorf("%q keeps %U", s, r)
			}
		}
	})
}
