package content_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hisn/content"
	"hisn/locales"
)

func library(t testing.TB) *content.Library {
	t.Helper()
	lib, problems := content.Load(content.Embedded())
	for _, p := range problems {
		t.Error(p)
	}
	if lib == nil {
		t.FailNow()
	}
	return lib
}

func TestEmbedded_isWholeAndClean(t *testing.T) {
	t.Parallel()
	if _, problems := content.Check(content.Embedded()); len(problems) > 0 {
		for _, p := range problems {
			t.Error(p)
		}
	}
}

func TestEmbedded_noStaleTranslation(t *testing.T) {
	t.Parallel()
	for _, s := range library(t).Status() {
		if len(s.Stale) > 0 {
			t.Errorf("%s: the words in %v are older than what they translate; read them again, then: hisn content stamp content", s.Path, s.Stale)
		}
	}
}

func TestEmbedded_breadth(t *testing.T) {
	t.Parallel()
	lib := library(t)
	for _, id := range []string{"whatsapp", "instagram", "facebook", "tiktok", "snapchat", "telegram", "google"} {
		if n := len(lib.FixesOf(id)); n < 5 {
			t.Errorf("%s has %d fixes, five are promised", id, n)
		}
	}
	if len(lib.FixesOf("phone")) == 0 || len(lib.Fixes) < 40 {
		t.Errorf("%d fixes, %d of them for the phone; 40 are promised", len(lib.Fixes), len(lib.FixesOf("phone")))
	}
	for _, f := range lib.Fixes {
		if f.Service == "whatsapp" && f.Link != "" {
			t.Errorf("%s carries a direct link", f.ID)
		}
	}
}

func TestDirectory_governorates(t *testing.T) {
	t.Parallel()
	d := library(t).Directory
	want := map[string]int{"federal": 15, "krg": 4}
	for _, r := range d.Regions {
		if len(r.Governorates) != want[r.ID] {
			t.Errorf("region %s has %d governorates, want %d", r.ID, len(r.Governorates), want[r.ID])
		}
		for _, g := range r.Governorates {
			if len(d.For(r.ID, g)) == 0 {
				t.Errorf("nobody can be reached from %s", g)
			}
		}
	}
	for id, iso := range map[string]string{"qadisiyah": "IQ-QA", "duhok": "IQ-DA", "dhi-qar": "IQ-DQ", "halabja": ""} {
		if got := d.Governorates[id].ISO; got != iso {
			t.Errorf("%s has the code %q, want %q", id, got, iso)
		}
	}
}

func TestDirectory_oldNumbersAreReplaced(t *testing.T) {
	t.Parallel()
	d := library(t).Directory
	for _, number := range []string{"497", "533"} {
		found := false
		for _, c := range d.Channels {
			if c.Number == number {
				found = true
				if c.Status != content.Replaced || c.ReplacedBy != "emergency-911" {
					t.Errorf("%s is %s by %q", number, c.Status, c.ReplacedBy)
				}
			}
		}
		if !found {
			t.Errorf("%s is not in the directory", number)
		}
	}
}

func TestTriage_graph(t *testing.T) {
	t.Parallel()
	tr := library(t).Triage
	if len(tr.Sections) < 3 || !tr.Questions[tr.Sections[0]].Urgent || !tr.Questions[tr.Sections[1]].Urgent {
		t.Errorf("the first two of %v are not the safety questions", tr.Sections)
	}
	for id := range tr.Nodes {
		if n := tr.ToHuman(id); n > 2 {
			t.Errorf("from %s a human is %d steps away", id, n)
		}
	}
	for _, s := range tr.Sections {
		if !tr.Questions[s].Urgent {
			continue
		}
		for _, o := range tr.Questions[s].Options {
			if n := tr.ToHuman(o); n != 1 {
				t.Errorf("urgent: from %s a human is %d steps away", o, n)
			}
		}
	}
}

// TestTriage_keepBeforeBlock holds the order of action: wherever both are
// told, keeping evidence stands before blocking.
func TestTriage_keepBeforeBlock(t *testing.T) {
	t.Parallel()
	tr := library(t).Triage
	q := tr.Questions["next-hour"]
	if got := strings.Join(q.Options, " "); got != "keep secure tell report block" {
		t.Errorf("the order of action is %q", got)
	}
}

func TestDraw(t *testing.T) {
	t.Parallel()
	lib := library(t)
	for _, l := range locales.All() {
		var out bytes.Buffer
		if err := lib.Draw(&out, l); err != nil {
			t.Fatal(err)
		}
		dec := xml.NewDecoder(bytes.NewReader(out.Bytes()))
		circles := 0
		for {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: the drawing is no XML: %v", l, err)
			}
			if el, ok := token.(xml.StartElement); ok && el.Name.Local == "circle" {
				circles++
			}
		}
		if circles < len(lib.Triage.Nodes) {
			t.Errorf("%s: %d answers drawn of %d", l, circles, len(lib.Triage.Nodes))
		}
	}
}

// copyPack writes the built-in pack into a folder that a test may spoil.
func copyPack(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, content.Embedded()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func edit(t testing.TB, dir, name, from, to string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if from != "" && !strings.Contains(string(raw), from) {
		t.Fatalf("%s holds no %q", name, from)
	}
	if quoted := from + `"`; strings.HasSuffix(from, ": ") && strings.Contains(string(raw), quoted) {
		from, to = quoted, from+`"`+strings.TrimPrefix(to, from)
	}
	out := strings.Replace(string(raw), from, to, 1)
	if from == "" {
		out = string(raw) + to
	}
	if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheck_refuses(t *testing.T) {
	t.Parallel()
	const fix, chat, quiz = "fixes/whatsapp-two-step/", "chats/the-vote/chat.yaml", "quizzes/messages/quiz.yaml"
	for _, tc := range []struct {
		name, file, from, to string
		wantFile, want       string
		line                 bool
	}{
		{"an unknown key", fix + "fix.yaml", "minutes:", "minuets:", fix + "fix.yaml", "minuets", true},
		{"a repeated key", fix + "fix.yaml", "", "\nminutes: 3\n", fix + "fix.yaml", "minutes", true},
		{"a wrong type", fix + "fix.yaml", "minutes: 2", "minutes: two", fix + "fix.yaml", "two", true},
		{"a day that is none", fix + "fix.yaml", "2026-11-23", "2026-11-33", fix + "fix.yaml", "is not a day", true},
		{"an unknown harm", fix + "fix.yaml", "takeover", "take-over", fix + "fix.yaml", "take-over", false},
		{"an unknown label", fix + "fix.yaml", "two-step, turn-on", "two-stepp, turn-on", fix + "fix.yaml", "two-stepp", false},
		{"an unknown source", fix + "fix.yaml", "wa-", "wx-", fix + "fix.yaml", "no source is called", false},
		{"a foreign host", fix + "fix.yaml", "https://faq.whatsapp.com", "https://example.org", fix + "fix.yaml", "example.org", false},
		{"a direct WhatsApp link", fix + "fix.yaml", `link: ""`, `link: "https://faq.whatsapp.com/x"`, fix + "fix.yaml", "never a direct link", false},
		{"a missing word", fix + "ckb.yaml", "\nsee:", "\n#see:", fix + "ckb.yaml", "see is missing", false},
		{"a word nobody asked for", fix + "ar.yaml", "", "\nextra: كلمة.\n", fix + "ar.yaml", "extra", true},
		{"an imperative in Arabic", fix + "ar.yaml", "see: ", "see: اضغط هنا. ", fix + "ar.yaml", "اضغط", true},
		{"an Arabic letter in Sorani", fix + "ckb.yaml", "see: ", "see: كتێب. ", fix + "ckb.yaml", "Arabic letter", true},
		{"blame", fix + "en.yaml", "see: ", "see: Do not be careless. ", fix + "en.yaml", "blames", true},
		{"a promise", fix + "en.yaml", "see: ", "see: This is 100% safe. ", fix + "en.yaml", "promises", true},
		{"a phone number", fix + "en.yaml", "see: ", "see: Call 0770 123 4567. ", fix + "en.yaml", "phone number", true},
		{"an endless sentence", fix + "en.yaml", "see: ", "see: " + strings.Repeat("word ", 40) + "end. ", fix + "en.yaml", "words", true},
		{"an invisible mark", fix + "ar.yaml", "see: ", "see: \u200f", fix + "ar.yaml", "invisible", true},
		{"a node nobody reaches", "triage/triage.yaml", "nodes:\n", "nodes:\n  lonely: {blocks: [{call: danger}]}\n", "triage/triage.yaml", "never reached", false},
		{"an unknown call set", "triage/triage.yaml", "call: danger", "call: dinner", "triage/triage.yaml", "dinner", false},
		{"a screen nobody reaches", chat, "nodes:\n", "nodes:\n  lonely: {say: [{by: note, id: b1}], end: safe}\n", chat, "lonely cannot be reached", false},
		{"a reply into nothing", chat, "{id: r1, to: site}", "{id: r1, to: nowhere}", chat, "no screen", false},
		{"a circle", chat, "{id: r1, to: code}", "{id: r1, to: hello}", chat, "leads back to itself", false},
		{"a story without a safe ending", chat, "end: safe", "end: late", chat, "no safe ending", false},
		{"a stranger to the story", chat, "by: lana", "by: nobody", chat, `nobody is called "nobody"`, false},
		{"a misread trap", chat, "end: late", "end: misread", chat, "do not fit", false},
		{"an unknown stage", chat, "stage: contact", "stage: end", chat, `stage "end"`, false},
		{"a form with too many traps", quiz, "harmful: false", "harmful: true", quiz, "traps", false},
		{"an item that is always right", quiz, "right: [o2, o3, o5]", "right: [o1, o2, o3, o4, o5]", quiz, "does not make an item", false},
		{"a right answer that cannot be picked", quiz, "right: [o2, o3, o5]", "right: [o2, o9]", quiz, `"o9" cannot be picked`, false},
		{"an unknown kind of item", quiz, "kind: many", "kind: any", quiz, "does not make an item", false},
		{"an unknown skill", quiz, "skill: code", "skill: magic", quiz, `skill "magic"`, false},
		{"a real address in a message", "quizzes/messages/en.yaml", "vote.example/draw", "vote.com/draw", "quizzes/messages/en.yaml", "not under .example", true},
		{"a path into nothing", "paths/paths.yaml", "quiz/messages", "quiz/nothing", "paths/paths.yaml", "quiz/nothing", false},
		{"a word twice in the list", "passphrase/en.yaml", "list: |\n  ", "list: |\n  tree tree ", "passphrase/en.yaml", "words, 216 are needed", false},
		{"a number that two fixes have", fix + "fix.yaml", "no: 7", "no: 6", "fixes/whatsapp-profile-photo/fix.yaml", "belongs to", false},
		{"an unknown trace", fix + "fix.yaml", "noticed: [lock]", "noticed: [luck]", fix + "fix.yaml", "luck", false},
		{"an unknown obstacle", fix + "fix.yaml", "says: [code-late", "says: [code-lost", fix + "fix.yaml", "code-lost", false},
		{"a way back without its service", "access/whatsapp/access.yaml", "service: whatsapp", "service: whatsup", "access/whatsapp/access.yaml", "whatsup", true},
		{"a dead link in a text", "pages/about/en.md", "", "\n[here](/nowhere)\n", "pages/about/en.md", "/nowhere", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := copyPack(t)
			edit(t, dir, tc.file, tc.from, tc.to)
			_, problems := content.Check(os.DirFS(dir))
			for _, p := range problems {
				if p.File == tc.wantFile && strings.Contains(p.String(), tc.want) {
					if tc.line && (p.Line == 0 || p.Excerpt == "") {
						t.Errorf("the problem names no line: %v", p)
					}
					return
				}
			}
			t.Errorf("no problem in %s speaks of %q; got %v", tc.wantFile, tc.want, problems)
		})
	}
}

func TestStamp_marksTranslations(t *testing.T) {
	t.Parallel()
	dir := copyPack(t)
	edit(t, dir, "fixes/whatsapp-two-step/en.yaml", "see: ", "see: Look. ")
	stale := func() []string {
		lib, problems := content.Load(os.DirFS(dir))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		var out []string
		for _, s := range lib.Status() {
			if len(s.Stale) > 0 {
				out = append(out, s.Path)
			}
		}
		return out
	}
	if got := stale(); len(got) != 1 || got[0] != "fixes/whatsapp-two-step" {
		t.Fatalf("stale after changing one English text: %v", got)
	}
	changed, err := content.Stamp(dir)
	if err != nil || len(changed) != 2 {
		t.Fatalf("Stamp changed %v, %v", changed, err)
	}
	if got := stale(); len(got) != 0 {
		t.Errorf("stale after the stamp: %v", got)
	}
}

func TestDue_stale(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	d := content.Due{Checked: content.Date{Time: day}, Expires: 10}
	for after, want := range map[int]bool{0: false, 10: false, 12: true} {
		if got := d.Stale(day.AddDate(0, 0, after)); got != want {
			t.Errorf("stale after %d days: %v, want %v", after, got, want)
		}
	}
}

func FuzzLoad_fix(f *testing.F) {
	names := []string{"fix.yaml", "ar.yaml"}
	for i, name := range names {
		raw, err := fs.ReadFile(content.Embedded(), "fixes/whatsapp-two-step/"+name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i == 0, raw)
	}
	f.Fuzz(func(_ *testing.T, structure bool, raw []byte) {
		pack := fstest.MapFS{"sources/x.yaml": {Data: []byte("{}")}}
		for i, name := range names {
			data := []byte("{}")
			if structure == (i == 0) {
				data = raw
			}
			pack["fixes/whatsapp-two-step/"+name] = &fstest.MapFile{Data: data}
		}
		_, _ = content.Load(pack) // must refuse or accept, and never panic
		_ = content.Lint(pack)
	})
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		"One. Two? Three!": 3, "جملة واحدة؟ نعم.": 2, "No end": 1, "Version 2.5 is one.": 1, "": 0, "…": 0,
	} {
		if got := len(content.Sentences(in)); got != want {
			t.Errorf("Sentences(%q) gives %d, want %d", in, got, want)
		}
	}
}

func TestGrade_plainAndHard(t *testing.T) {
	t.Parallel()
	plain := "Keep the chat. Tell one person."
	hard := "Institutional accountability necessitates comprehensive documentation of organizational responsibilities."
	grade := func(s string) float64 {
		return content.Grade(len(strings.Fields(s)), len(content.Sentences(s)), content.Syllables(s))
	}
	if g := grade(plain); g > 3 {
		t.Errorf("a plain text has grade %.1f", g)
	}
	if g := grade(hard); g < 15 {
		t.Errorf("a hard text has grade %.1f", g)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, problems := content.Load(content.Embedded()); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}
