package server_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"golang.org/x/net/html"

	"hisn/locales"
	"hisn/server/web"
	"hisn/server/web/gallery"
)

// TestReminders reads the calendar files back with a parser of another house:
// three whole days, on days 7, 30 and 150, with titles that tell nothing.
func TestReminders(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	today := s.Site().Current().Day.UTC().Truncate(24 * time.Hour)
	for _, l := range locales.All() {
		w := get(s.Public(), "/"+string(l)+"/later.ics")
		if got := w.Header().Get("Content-Type"); got != "text/calendar; charset=utf-8" {
			t.Errorf("%s: the type is %s", l, got)
		}
		raw := w.Body.String()
		for line := range strings.SplitSeq(strings.TrimSuffix(raw, "\r\n"), "\r\n") {
			if len(line) > 75 {
				t.Errorf("%s: a line of %d octets, RFC 5545 allows 75: %q", l, len(line), line)
			}
			if strings.ContainsAny(line, "\r\n") || !strings.HasPrefix(strings.ToValidUTF8(line, "\x00"), line) {
				t.Errorf("%s: a line is broken or cuts a letter: %q", l, line)
			}
		}
		cal, err := ical.NewDecoder(strings.NewReader(raw)).Decode()
		if err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		events := cal.Events()
		if len(events) != 3 {
			t.Fatalf("%s: %d events", l, len(events))
		}
		uids := map[string]bool{}
		for i, days := range []int{7, 30, 150} {
			e := events[i]
			start, err := e.DateTimeStart(time.UTC)
			if err != nil || !start.Equal(today.AddDate(0, 0, days)) {
				t.Errorf("%s: event %d starts on %v (%v), want day %d", l, i, start, err, days)
			}
			end, err := e.DateTimeEnd(time.UTC)
			if err != nil || end.Sub(start) != 24*time.Hour {
				t.Errorf("%s: event %d lasts until %v (%v)", l, i, end, err)
			}
			uid, _ := e.Props.Text(ical.PropUID)
			uids[uid] = true
			title, _ := e.Props.Text(ical.PropSummary)
			text, _ := e.Props.Text(ical.PropDescription)
			if title == "" || text == "" {
				t.Errorf("%s: event %d has no words", l, i)
			}
			for _, tells := range []string{"hisn", "http", "ابتز", "حصن", "حِصن", "بلاکمەیل", "قەڵا", "blackmail", "extort", "police", "127.0.0.1"} {
				if strings.Contains(strings.ToLower(raw), tells) {
					t.Errorf("%s: the calendar says %q", l, tells)
				}
			}
		}
		if len(uids) != 3 {
			t.Errorf("%s: the events share a UID", l)
		}
	}
}

// TestGallery: the gallery exists in development only, shows every state in
// every language, and its frames may be framed by itself alone.
func TestGallery(t *testing.T) {
	t.Parallel()
	if w := get(newServer(t, io.Discard).Public(), gallery.Path); w.Code != http.StatusNotFound {
		t.Errorf("without --dev the gallery answers %d", w.Code)
	}
	s := newServer(t, io.Discard, "--dev")
	body := get(s.Public(), gallery.Path).Body.String()
	frames := 0
	for _, n := range nodes(t, body) {
		if n.Type != html.ElementNode || n.Data != "iframe" {
			continue
		}
		frames++
		src, _ := attr(n, "src")
		w := get(s.Public(), src)
		if !strings.Contains(w.Body.String(), `class="l-top"`) {
			t.Errorf("%s shows no page", src)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s has the policy %s", src, csp)
		}
	}
	if want := len(gallery.States()) * len(locales.All()); frames != want {
		t.Errorf("%d frames, want %d", frames, want)
	}
	if w := get(s.Public(), gallery.Path+"/en/9999"); w.Code != http.StatusNotFound {
		t.Errorf("a state that does not exist answers %d", w.Code)
	}
	if !strings.Contains(web.Policy().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("the gallery loosened the policy of the site")
	}
}

var codeOnPage = regexp.MustCompile(`class="c-code">.*?<bdi dir="ltr">([0-9 ]+)</bdi>`)

// TestCode_carriesAPlan takes the code of a plan to another language and in
// other digits, and finds the same open steps; nothing of it is in an address.
func TestCode_carriesAPlan(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	plan := postForm(s.Public(), "/en/check",
		"step=plan&for=young&phone=android&shared=yes&app=telegram&app=whatsapp&whatsapp-two-step=yes&whatsapp-groups=cannot").Body.String()
	code := codeOnPage.FindStringSubmatch(plan)
	if code == nil {
		t.Fatal("the plan has no code")
	}
	open := regexp.MustCompile(`name="done" value="([a-z-]+)"`)
	want := open.FindAllStringSubmatch(plan, -1)
	for _, typed := range []string{
		code[1], strings.ReplaceAll(code[1], " ", ""), locales.Digits(locales.Arabic, code[1]),
		locales.Digits(locales.Sorani, strings.ReplaceAll(code[1], " ", "-")), strings.NewReplacer("1", "۱", "2", "۲", "7", "۷").Replace(code[1]),
	} {
		w := postForm(s.Public(), "/ckb/check", url.Values{"step": {"code"}, "code": {typed}}.Encode())
		if w.Code != http.StatusOK {
			t.Errorf("%q answers %d", typed, w.Code)
			continue
		}
		got := open.FindAllStringSubmatch(w.Body.String(), -1)
		if len(got) != len(want) {
			t.Errorf("%q opens a plan with %d steps, want %d", typed, len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if got[i][1] != want[i][1] {
				t.Errorf("%q: step %d is %s, want %s", typed, i, got[i][1], want[i][1])
			}
		}
		if again := codeOnPage.FindStringSubmatch(w.Body.String()); again == nil || again[1] != code[1] {
			t.Errorf("%q came back as another code", typed)
		}
	}
	if strings.Contains(plan, "?code") || strings.Contains(plan, "?step") {
		t.Error("an answer stands in an address")
	}
}

// TestShared says before each step what others may notice, and only then.
func TestShared(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	form := "step=plan&for=young&phone=android&app=whatsapp&app=instagram"
	for _, l := range locales.All() {
		alone := postForm(s.Public(), "/"+string(l)+"/check", form).Body.String()
		shared := postForm(s.Public(), "/"+string(l)+"/check", form+"&shared=yes").Body.String()
		if n := strings.Count(alone, `class="c-noticed"`); n != 0 {
			t.Errorf("%s: %d notes on a phone of one's own", l, n)
		}
		notes, steps := strings.Count(shared, `class="c-noticed"`), strings.Count(shared, `name="done"`)
		if notes == 0 || notes != steps {
			t.Errorf("%s: %d notes for %d steps", l, notes, steps)
		}
		if i, j := strings.Index(shared, `class="c-noticed"`), strings.Index(shared, `class="c-steps"`); i > j {
			t.Errorf("%s: the note stands after the steps", l)
		}
	}
}
