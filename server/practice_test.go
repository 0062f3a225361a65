package server_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"hisn/content"
	"hisn/locales"
	"hisn/server/quiz"
	"hisn/server/rehearsal"
)

// TestChats_asPages walks every story over its pages as a reader without
// scripts does: from every screen help is one tap away, every reply has its
// feedback, and a safe ending can be reached.
func TestChats_asPages(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	lib := s.Site().Current().Library
	next := regexp.MustCompile(`class="c-button" href="([^"]+)"`)
	for _, c := range lib.Chats {
		for _, l := range locales.All() {
			start := "/" + string(l) + "/learn/chat/" + c.ID + "/" + c.Start
			met, ends := map[string]bool{}, 0
			var walk func(path string)
			walk = func(path string) {
				if met[path] {
					return
				}
				met[path] = true
				w := get(s.Public(), path)
				body := w.Body.String()
				if w.Code != http.StatusOK || !strings.Contains(body, `class="c-helpline"><a href="/`+string(l)+`/now"`) {
					t.Errorf("%s answers %d, or has no way to help", path, w.Code)
				}
				if strings.Contains(body, `class="c-ending"`) {
					ends++
					return
				}
				replies := next.FindAllStringSubmatch(body, -1)
				if len(replies) == 0 {
					t.Errorf("%s is a dead end", path)
				}
				for _, r := range replies {
					walk(r[1])
				}
			}
			walk(start)
			if len(met) != len(c.Nodes) || ends < 2 {
				t.Errorf("%s in %s: %d of %d screens, %d endings", c.ID, l, len(met), len(c.Nodes), ends)
			}
		}
	}
}

func TestChats_breadth(t *testing.T) {
	t.Parallel()
	lib := newServer(t, io.Discard).Site().Current().Library
	honest := 0
	for _, c := range lib.Chats {
		if c.Honest {
			honest++
		}
		if c.Honest {
			continue
		}
		stages := map[content.Stage]bool{}
		for _, n := range c.Nodes {
			stages[n.Stage] = true
		}
		if len(stages) < 4 {
			t.Errorf("%s goes through %v only", c.ID, stages)
		}
	}
	if len(lib.Chats)-honest < 8 || honest < 3 || len(lib.Quizzes) < 4 {
		t.Errorf("%d stories, %d of them honest, %d quizzes", len(lib.Chats), honest, len(lib.Quizzes))
	}
}

// TestQuiz_overForms answers every form of every quiz rightly over HTTP: five
// traps seen, nobody accused.
func TestQuiz_overForms(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	for _, q := range s.Site().Current().Library.Quizzes {
		for _, form := range content.QuizForms() {
			items, _ := q.Items(form)
			fields := url.Values{"show": {"result"}}
			for _, it := range items {
				switch {
				case it.Kind == content.PutOrder:
					for i, o := range it.Right {
						fields.Set(it.ID+"."+o, locales.Western(locales.Number(locales.English, i+1)))
					}
				case len(it.Right) == 0:
					fields.Set(it.ID, "-")
				default:
					fields[it.ID] = it.Right
				}
				if _, err := quiz.Of(it, it.Right); err != nil {
					t.Errorf("%s %s: the right answer is none", q.ID, it.ID)
				}
			}
			body := postForm(s.Public(), "/en/learn/quiz/"+q.ID+"/"+form, fields.Encode()).Body.String()
			for _, want := range []string{
				`<span data-caught>5</span> / <span data-traps>5</span>`, `<span data-accused>0</span> / <span data-honest>3</span>`, `data-advice hidden`,
			} {
				if !strings.Contains(body, want) {
					t.Errorf("%s %s: the result of right answers lacks %s", q.ID, form, want)
				}
			}
		}
	}
}

var (
	sealedField = regexp.MustCompile(`name="practice" value="([^"]+)"`)
	secretText  = regexp.MustCompile(`<p class="c-code"><bdi dir="ltr">([A-Z2-7 ]+)</bdi>`)
	verdictBox  = regexp.MustCompile(`c-verdictbox--([a-z]+)"`)
)

// rehearse sends one code and returns the verdict and the field for the next.
func rehearse(t *testing.T, h http.Handler, lang, sealed, code string) (verdict, next string) {
	t.Helper()
	body := postForm(h, "/"+lang+"/learn/two-step", url.Values{"step": {"try"}, "practice": {sealed}, "code": {code}}.Encode()).Body.String()
	v, f := verdictBox.FindStringSubmatch(body), sealedField.FindStringSubmatch(body)
	if v == nil || f == nil {
		t.Fatalf("no verdict on %q", code)
	}
	return v[1], f[1]
}

// TestTwoStep goes through the rehearsal as a phone with an app does.
func TestTwoStep(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	for _, l := range locales.All() {
		lang := string(l)
		body := postForm(s.Public(), "/"+lang+"/learn/two-step", "step=start").Body.String()
		secret := strings.ReplaceAll(secretText.FindStringSubmatch(body)[1], " ", "")
		sealed := sealedField.FindStringSubmatch(body)[1]
		if strings.Count(body, secret) != 1 { // the address for an app on this phone
			t.Errorf("%s: the secret stands %d times on the page in one piece", lang, strings.Count(body, secret))
		}
		at := func(d time.Duration) string {
			code, err := totp.GenerateCodeCustom(secret, time.Now().Add(d), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		var got string
		for _, c := range []struct {
			code string
			want rehearsal.Verdict
		}{
			{"12 34", rehearsal.Unclear},
			{locales.Digits(l, at(0)[:3]+" "+at(0)[3:]), rehearsal.Accepted},
			{at(0), rehearsal.Used},
			{at(-9 * time.Minute), rehearsal.Clock},
			{at(9 * time.Minute), rehearsal.Clock},
		} {
			if got, sealed = rehearse(t, s.Public(), lang, sealed, c.code); got != string(c.want) {
				t.Errorf("%s: %q is %s, want %s", lang, c.code, got, c.want)
			}
		}
		for _, b := range regexp.MustCompile(`<li><bdi dir="ltr">([0-9]{4} [0-9]{4})</bdi>`).FindAllStringSubmatch(body, -1)[:1] {
			if got, sealed = rehearse(t, s.Public(), lang, sealed, b[1]); got != string(rehearsal.Backup) {
				t.Errorf("%s: a backup code is %s", lang, got)
			}
			if got, _ = rehearse(t, s.Public(), lang, sealed, b[1]); got != string(rehearsal.Spent) {
				t.Errorf("%s: a backup code is %s the second time", lang, got)
			}
		}
		other := postForm(s.Public(), "/en/learn/two-step", url.Values{"step": {"show", "try"}, "practice": {sealed}, "code": {"1"}}.Encode())
		if other.Code != http.StatusOK || !strings.Contains(other.Body.String(), secretText.FindStringSubmatch(body)[1]) {
			t.Errorf("%s: the language switch loses the practice", lang)
		}
	}
}

// TestTwoStep_limited: one network cannot try codes without end.
func TestTwoStep_limited(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	refused := 0
	for range 320 {
		if postForm(s.Public(), "/en/learn/two-step", "step=try&practice=x&code=000000").Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 15 || refused > 25 {
		t.Errorf("%d of 320 tries were refused", refused)
	}
	if w := postForm(s.Public(), "/en/check", "step=questions"); w.Code != 422 {
		t.Errorf("the check is refused too: %d", w.Code)
	}
}
