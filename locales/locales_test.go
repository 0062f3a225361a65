package locales_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"hisn/locales"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]locales.Lang{
		"":                                 locales.Arabic,
		"ar":                               locales.Arabic,
		"ar-IQ,ar;q=0.9,en;q=0.5":          locales.Arabic,
		"ckb":                              locales.Sorani,
		"ckb-IQ":                           locales.Sorani,
		"ku":                               locales.Sorani,
		"ku-IQ":                            locales.Sorani,
		"kmr":                              locales.Sorani,
		"ku-Arab-IQ, ar;q=0.8":             locales.Sorani,
		"en-US,en;q=0.9":                   locales.English,
		"fr":                               locales.Arabic,
		"fr, en;q=0.4":                     locales.English,
		"en;q=0, ckb;q=0.1":                locales.Sorani,
		"en;q=0.2, ar;q=0.9":               locales.Arabic,
		"*":                                locales.Arabic,
		"x-nonsense;;;":                    locales.Arabic,
		strings.Repeat("en,", 400):         locales.Arabic,
		"\x00\xff":                         locales.Arabic,
		"tr-TR,tr;q=0.9,ku;q=0.8,en;q=0.7": locales.Sorani,
	} {
		if got := locales.Match(header); got != want {
			t.Errorf("Match(%.40q) = %s, want %s", header, got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("ckb-IQ,ku;q=0.5")
	f.Fuzz(func(t *testing.T, header string) {
		if l := locales.Match(header); !slices.Contains(locales.All(), l) {
			t.Errorf("Match(%q) = %q, which is no language of ours", header, l)
		}
	})
}

func TestDigits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lang locales.Lang
		want string
	}{{locales.Arabic, "٢٠٢٦"}, {locales.Sorani, "٢٠٢٦"}, {locales.English, "2026"}} {
		got := locales.Number(tc.lang, 2026)
		if got != tc.want {
			t.Errorf("Number(%s, 2026) = %q, want %q", tc.lang, got, tc.want)
		}
		if back := locales.Western(got); back != "2026" {
			t.Errorf("Western(%q) = %q", got, back)
		}
	}
	if got := locales.Western("۱۲۳٤٥٦"); got != "123456" {
		t.Errorf("Western of Persian and Arabic digits = %q", got)
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for l, want := range map[locales.Lang]string{
		locales.Arabic:  "٢٣ تشرين الثاني ٢٠٢٦",
		locales.Sorani:  "٢٣ی تشرینی دووەمی ٢٠٢٦",
		locales.English: "23 November 2026",
	} {
		if got := locales.Date(l, day); got != want {
			t.Errorf("Date(%s) = %q, want %q", l, got, want)
		}
	}
}

// messages reads a words file as id → plural form → text; a message without
// plural forms has the one form "other".
func messages(t *testing.T, l locales.Lang) map[string]map[string]string {
	t.Helper()
	raw, err := locales.ReadFile(l)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for id, v := range file {
		out[id] = map[string]string{}
		switch v := v.(type) {
		case string:
			out[id]["other"] = v
		case map[string]any:
			for form, text := range v {
				s, ok := text.(string)
				if !ok {
					t.Fatalf("%s: %s.%s is no text", l, id, form)
				}
				out[id][form] = s
			}
		default:
			t.Fatalf("%s: %s is neither text nor plural forms", l, id)
		}
	}
	return out
}

func TestMessages_complete(t *testing.T) {
	t.Parallel()
	english := messages(t, locales.English)
	for _, l := range locales.All() {
		own := messages(t, l)
		for id := range english {
			if _, ok := own[id]; !ok {
				t.Errorf("%s: %s is missing", l, id)
			}
		}
		for id, forms := range own {
			if _, ok := english[id]; !ok {
				t.Errorf("%s: %s does not exist in English", l, id)
			}
			for form, text := range forms {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s: %s.%s is empty", l, id, form)
				}
			}
		}
	}
}

func TestMessages_pluralForms(t *testing.T) {
	t.Parallel()
	want := map[locales.Lang][]string{
		locales.Arabic:  {"few", "many", "one", "other", "two", "zero"},
		locales.Sorani:  {"one", "other"},
		locales.English: {"one", "other"},
	}
	english := messages(t, locales.English)
	for _, l := range locales.All() {
		for id, forms := range messages(t, l) {
			if len(english[id]) == 1 {
				if len(forms) != 1 {
					t.Errorf("%s: %s has plural forms, English has none", l, id)
				}
				continue
			}
			var names []string
			for f := range forms {
				names = append(names, f)
			}
			slices.Sort(names)
			if !slices.Equal(names, want[l]) {
				t.Errorf("%s: %s has the forms %v, want %v", l, id, names, want[l])
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{\{\.\w+\}\}|\{\w+\}`)

func TestMessages_placeholders(t *testing.T) {
	t.Parallel()
	english := messages(t, locales.English)
	for _, l := range locales.All() {
		for id, forms := range messages(t, l) {
			want := placeholder.FindAllString(english[id]["other"], -1)
			got := placeholder.FindAllString(forms["other"], -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has the placeholders %v, English %v", l, id, got, want)
			}
		}
	}
}

func TestMessages_letters(t *testing.T) {
	t.Parallel()
	for _, l := range locales.All() {
		for id, forms := range messages(t, l) {
			for form, text := range forms {
				if !norm.NFC.IsNormalString(text) {
					t.Errorf("%s: %s.%s is not in normal form C", l, id, form)
				}
				for _, r := range placeholder.ReplaceAllString(text, "") {
					switch {
					case unicode.Is(unicode.Cf, r) && r != '\u200c':
						t.Errorf("%s: %s.%s holds the invisible character %U", l, id, form, r)
					case l != locales.English && r < unicode.MaxASCII && unicode.IsLetter(r):
						t.Errorf("%s: %s.%s holds a Latin letter: %s", l, id, form, text)
					case l == locales.Sorani && strings.ContainsRune("كيىة", r):
						t.Errorf("ckb: %s.%s holds the Arabic letter %c", id, form, r)
					}
				}
			}
		}
	}
}

// TestMessages_used reads the templates and the Go code for message ids. Ids
// that are put together ("answer.%s") count for all that start alike.
func TestMessages_used(t *testing.T) {
	t.Parallel()
	english := messages(t, locales.English)
	exact, prefixes := map[string]bool{}, []string{}
	literal := regexp.MustCompile(`"([a-z]+(?:[./][a-z_/-]+)+)"`)
	joined := regexp.MustCompile(`"([a-z]+\.(?:[a-z]+\.)*)%[sd](\.[a-z]+)?"|"([a-z]+\.(?:[a-z]+\.)*)"\s*\+|"(now\.page)%s"`)
	err := fs.WalkDir(os.DirFS("../server"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		raw, err := os.ReadFile("../server/" + name)
		for _, m := range literal.FindAllSubmatch(raw, -1) {
			exact[string(m[1])] = true
		}
		for _, m := range joined.FindAllSubmatch(raw, -1) {
			prefixes = append(prefixes, string(m[1])+string(m[3])+string(m[4]))
		}
		for _, m := range regexp.MustCompile(`"(minutes)"`).FindAllSubmatch(raw, -1) {
			exact[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range english {
		joinedUse := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(id, p) })
		if !exact[id] && !joinedUse {
			t.Errorf("%s is used nowhere", id)
		}
	}
}

func TestCatalog_text(t *testing.T) {
	t.Parallel()
	c, err := locales.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "دقيقة واحدة", 2: "دقيقتان", 5: "٥ دقائق", 11: "١١ دقيقة", 100: "١٠٠ دقيقة"} {
		if got, err := c.Text(locales.Arabic, "minutes", "Count", n); err != nil || got != want {
			t.Errorf("minutes %d = %q, %v, want %q", n, got, err, want)
		}
	}
	if got, err := c.Text(locales.Sorani, "no.such.message"); err == nil || got != "[no.such.message]" {
		t.Errorf("a missing message gives %q and the error %v", got, err)
	}
}

func TestTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"123456": "123456", "123 456": "123456", "١٢٣-٤٥٦": "123456", " ۱۲۳\u00a0۴۵۶\u200f ": "123456", "1.2.3": "123", "": "",
	} {
		if got, ok := locales.Typed(typed); !ok || got != want {
			t.Errorf("%q is read as %q, %t", typed, got, ok)
		}
	}
	for _, typed := range []string{"12a", "١٢x", "1/2", "<1>"} {
		if got, ok := locales.Typed(typed); ok || got != "" {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
}
