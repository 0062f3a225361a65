package server_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hisn/content"
	"hisn/locales"
	"hisn/server"
	"hisn/server/fault"
	"hisn/server/view"
	"hisn/server/web"
	"hisn/server/web/gallery"
	"hisn/server/web/webtest"
)

func noEnv(string) string { return "" }

// newServer returns a whole site that writes its log to log.
func newServer(t testing.TB, log io.Writer, args ...string) *server.Server {
	t.Helper()
	cfg, err := server.FromFlags(append([]string{"--data", t.TempDir()}, args...), noEnv, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(cfg, slog.New(slog.NewJSONHandler(log, nil)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func postForm(h http.Handler, path, form string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestScripts(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	played := webtest.Run(t, s.Public(), "web/site/testdata")
	for _, route := range []string{
		"GET /", "GET /{lang}/", "GET /{lang}/check", "POST /{lang}/check", "GET /{lang}/now", "GET /{lang}/contact",
		"GET /{lang}/learn", "GET /{lang}/access", "GET /{lang}/check/sheet", "GET /{lang}/learn/chat/the-vote", "GET /{lang}/learn/quiz/messages/a",
		"POST /{lang}/learn/quiz/messages/a", "POST /{lang}/learn/two-step", "GET /{lang}/learn/passphrase", "GET /{lang}/privacy", "GET /{lang}/about", "GET /robots.txt", "GET /.well-known/security.txt",
	} {
		if !slices.Contains(played, route) {
			t.Errorf("no script plays %s", route)
		}
	}
}

// TestPolicy_onEveryAnswer holds the headers, errors included, and that no
// answer sets a cookie.
func TestPolicy_onEveryAnswer(t *testing.T) {
	t.Parallel()
	h := newServer(t, io.Discard).Public()
	answers := map[string]*httptest.ResponseRecorder{
		"front door": get(h, "/"), "page": get(h, "/ar/"), "missing": get(h, "/ar/x"), "asset": get(h, "/static/x/css/app.css"),
		"text": get(h, "/robots.txt"), "plan": postForm(h, "/ckb/check", "step=plan&for=young&phone=both&app=whatsapp"),
		"bad form": postForm(h, "/en/check", "%zz"), "moved": get(h, "/ar"), "foreign": postForm(h, "/ar/check", "", "Sec-Fetch-Site", "cross-site"),
	}
	for name, w := range answers {
		for header, want := range web.Policy() {
			if got := w.Header()[http.CanonicalHeaderKey(header)]; !slices.Equal(got, want) {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		for _, header := range []string{"Set-Cookie", "Server", "X-Request-Id"} {
			if w.Header().Get(header) != "" {
				t.Errorf("%s sets %s", name, header)
			}
		}
		if w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s does not say whether it may be kept", name)
		}
	}
	csp := web.Policy().Get("Content-Security-Policy")
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") || strings.Contains(csp, "*") {
		t.Errorf("the policy has a hole: %s", csp)
	}
}

// node walks a parsed page.
func nodes(t testing.TB, body string) []*html.Node {
	t.Helper()
	root, err := html.ParseWithOptions(strings.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(root.Descendants())
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// bodies returns every public page and every kind of answer, by name.
func bodies(t testing.TB, s *server.Server) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range s.Site().Current().Paths() {
		if path.Ext(p) == ".ics" {
			continue // a file for calendars, looked at by TestReminders
		}
		w := get(s.Public(), p)
		if w.Code != http.StatusOK {
			t.Errorf("%s answers %d", p, w.Code)
		}
		out[p] = w.Body.String()
	}
	for _, l := range locales.All() {
		for _, st := range gallery.States() {
			if st.Form != nil {
				raw, err := io.ReadAll(gallery.Answer(s.Public(), l, st).Body)
				if err != nil {
					t.Fatal(err)
				}
				out["/"+string(l)+st.Path+" "+st.Name] = string(raw)
			}
		}
		check := "/" + string(l) + "/check"
		for name, form := range map[string]string{
			"problems":  "step=questions",
			"questions": "step=questions&for=young&phone=both&app=whatsapp&app=instagram&app=facebook&app=tiktok&app=snapchat&app=telegram&app=google&app=phone",
			"plan":      "step=plan&for=young&phone=both&app=whatsapp&app=tiktok&app=google&whatsapp-two-step=cannot&whatsapp-groups=yes&whatsapp-backup=yes",
			"safe":      "step=plan&for=young&phone=both&app=phone&phone-screen-lock=yes&phone-passphrase=yes&phone-updates=yes&phone-sim-name=yes&phone-number-alive=yes&phone-repair=yes&phone-notifications=yes&phone-iphone-safety-check=yes",
		} {
			out[check+" "+name] = postForm(s.Public(), check, form).Body.String()
		}
		for _, k := range fault.Kinds() {
			out["/"+string(l)+"/error "+k.String()] = string(s.Site().ErrorPage(l, k).Identity())
		}
	}
	return out
}

// TestCrawl looks at every link of every page.
func TestCrawl(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard, "--demo")
	all := bodies(t, s)
	seen := map[string]int{}
	for name, body := range all {
		ids := map[string]bool{}
		for _, n := range nodes(t, body) {
			if id, ok := attr(n, "id"); ok {
				if ids[id] {
					t.Errorf("%s: the id %q stands twice", name, id)
				}
				ids[id] = true
			}
		}
		for _, n := range nodes(t, body) {
			for _, key := range []string{"href", "src", "action"} {
				if to, ok := attr(n, key); ok {
					follow(t, s, name, n, to, ids, seen)
				}
			}
		}
	}
	if len(seen) < 200 {
		t.Errorf("only %d inner addresses were met", len(seen))
	}
}

func follow(t *testing.T, s *server.Server, page string, n *html.Node, to string, ids map[string]bool, seen map[string]int) {
	t.Helper()
	switch {
	case strings.HasPrefix(to, "#"):
		if !ids[to[1:]] {
			t.Errorf("%s: the link %s leads nowhere", page, to)
		}
	case strings.HasPrefix(to, "/"):
		to, _, _ = strings.Cut(to, "#")
		if _, known := seen[to]; !known {
			seen[to] = get(s.Public(), to).Code
		}
		if seen[to] != http.StatusOK {
			t.Errorf("%s: %s answers %d", page, to, seen[to])
		}
	case strings.HasPrefix(to, "tel:"), strings.HasPrefix(to, "otpauth://totp/"):
	case strings.HasPrefix(to, "tg://settings/"), strings.HasPrefix(to, "https://"), strings.HasPrefix(to, "http://"):
		if rel, _ := attr(n, "rel"); rel != "noreferrer" || n.Data != "a" {
			t.Errorf("%s: the outside link %s has rel %q on %s", page, to, rel, n.Data)
		}
	default:
		t.Errorf("%s: what is %q?", page, to)
	}
}

// TestPages_frame holds what every page must have: language, direction, the
// exit first, help one tap away, the other languages, no inline code.
func TestPages_frame(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard, "--demo")
	for name, body := range bodies(t, s) {
		lang, _ := locales.Of(name)
		if !strings.Contains(body, `<html lang="`+string(lang)+`" dir="`+lang.Dir()+`"`) {
			t.Errorf("%s: language or direction is wrong", name)
		}
		if i := strings.Index(body, "[no."); i >= 0 || strings.Contains(body, "<no value>") || strings.Contains(body, "%!") {
			t.Errorf("%s holds a hole", name)
		}
		var links []*html.Node
		help := false
		for _, n := range nodes(t, body) {
			if n.Data == "a" && n.Type == html.ElementNode {
				links = append(links, n)
				href, _ := attr(n, "href")
				help = help || href == "/"+string(lang)+"/now"
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: inline %s on %s", name, a.Key, n.Data)
				}
			}
			if src, ok := attr(n, "src"); n.Data == "script" && (!ok || !strings.HasPrefix(src, "/static/")) || n.Data == "style" || n.Data == "iframe" || n.Data == "img" {
				t.Errorf("%s: a %s that has no place here", name, n.Data)
			}
			if typ, _ := attr(n, "type"); n.Data == "input" && (typ == "file" || typ == "password") {
				t.Errorf("%s asks for a %s", name, typ)
			}
		}
		if class, _ := attr(links[0], "class"); class != "c-exit" {
			t.Errorf("%s: the first link is %q, not the exit", name, class)
		}
		if !help {
			t.Errorf("%s: help is not one tap away", name)
		}
		for _, l := range locales.All() {
			if !strings.Contains(body, `lang="`+string(l)+`"`) || !strings.Contains(body, `>`+l.Name()+`</`) {
				t.Errorf("%s does not lead to %s", name, l)
			}
		}
	}
}

var latinWord = regexp.MustCompile(`[A-Za-z]{2,}`)

// TestPages_noStrayEnglish holds that Arabic and Sorani pages are in their
// language: Latin letters stand only in parts that are marked as such.
func TestPages_noStrayEnglish(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	fine := []string{"QR", "PIN", "SMS", "SIM", "VPN", "PDF", "AI", "UC", "UID", "iCloud"}
	for name, body := range bodies(t, s) {
		if l, _ := locales.Of(name); l == locales.English {
			continue
		}
		for _, n := range nodes(t, body) {
			if n.Type == html.TextNode && !latinAllowed(n) {
				for _, w := range latinWord.FindAllString(n.Data, -1) {
					if !slices.Contains(fine, w) {
						t.Errorf("%s: %q in %.60q", name, w, strings.TrimSpace(n.Data))
					}
				}
			}
			for _, key := range []string{"aria-label", "title", "alt", "placeholder", "data-progress", "data-next", "data-back"} {
				if v, ok := attr(n, key); ok {
					for _, w := range latinWord.FindAllString(strings.NewReplacer("{n}", "", "{of}", "").Replace(v), -1) {
						t.Errorf("%s: %q in the attribute %s", name, w, key)
					}
				}
			}
		}
	}
}

func latinAllowed(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if lang, ok := attr(p, "lang"); ok {
			// Menu words stand in both languages, as the apps print them.
			class, _ := attr(p, "class")
			return lang == "en" || class == "c-path"
		}
		if dir, ok := attr(p, "dir"); ok && p.Data == "bdi" && dir == "ltr" {
			return true
		}
		if p.Data == "script" || p.Data == "style" {
			return true
		}
	}
	return false
}

// TestTriage_oneTapToAHuman walks the page itself: under every answer of the
// urgent questions a telephone link is inside that answer, not deeper.
func TestTriage_oneTapToAHuman(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	for _, l := range locales.All() {
		body := get(s.Public(), "/"+string(l)+"/now").Body.String()
		urgent := 0
		for _, n := range nodes(t, body) {
			class, _ := attr(n, "class")
			if n.Data != "section" || !strings.Contains(class, "c-ask--urgent") {
				continue
			}
			for c := range n.ChildNodes() {
				if c.Data != "details" {
					continue
				}
				urgent++
				if !telephoneWithin(c) {
					t.Errorf("%s: an urgent answer has no telephone in it", l)
				}
			}
		}
		if urgent < 4 {
			t.Errorf("%s: %d urgent answers", l, urgent)
		}
	}
}

// telephoneWithin looks for a telephone link without opening anything else,
// and for the line before it that says what a call leaves on the phone.
func telephoneWithin(details *html.Node) bool {
	noticed := false
	var look func(n *html.Node) bool
	look = func(n *html.Node) bool {
		for c := range n.ChildNodes() {
			if class, _ := attr(c, "class"); class == "c-call__trace" {
				noticed = true
			}
			if href, _ := attr(c, "href"); strings.HasPrefix(href, "tel:") && noticed {
				return true
			}
			if c.Data != "details" && look(c) {
				return true
			}
		}
		return false
	}
	return look(details)
}

// TestTelephone_onlyFromTheDirectory holds that no number stands on a page that
// the directory does not know.
func TestTelephone_onlyFromTheDirectory(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	known := map[string]bool{}
	for _, c := range s.Site().Current().Library.Directory.Channels {
		known["tel:"+c.Dial] = true
	}
	for name, body := range bodies(t, s) {
		for _, n := range nodes(t, body) {
			if href, _ := attr(n, "href"); strings.HasPrefix(href, "tel:") && !known[href] {
				t.Errorf("%s offers %s", name, href)
			}
		}
	}
}

// TestLog_holdsNothingOfAPerson sends markers in every place that a request
// has and looks for them in everything that was written.
func TestLog_holdsNothingOfAPerson(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newServer(t, &log, "--limit", "3-H")
	h := s.Public()
	const marker = "zqmarker"
	with := []string{
		"User-Agent", marker + "-agent", "Referer", "https://" + marker + ".example/", "X-Forwarded-For", "203.0.113.77",
		"X-Real-Ip", "203.0.113.78", "Cookie", marker + "=1", "Accept-Language", "en-" + marker, "X-Request-Id", marker,
	}
	for _, path := range []string{"/" + marker, "/ar/?" + marker + "=1", "/ar/fix/" + marker, "/static/" + marker + "/x", "/ar/%ff" + marker} {
		get(h, path, with...)
	}
	for _, form := range []string{
		"step=plan&for=young&phone=both&app=whatsapp&whatsapp-two-step=cannot", "step=" + marker, marker + "=%zz",
		"step=plan&for=" + marker, "step=plan&for=young&phone=both&app=" + marker, strings.Repeat(marker, 9000),
	} {
		postForm(h, "/ckb/check?"+marker+"=1", form, with...)
	}
	for _, forbidden := range []string{marker, "203.0.113", "192.0.2.1", "whatsapp-two-step", "cannot", "User-Agent"} {
		if strings.Contains(log.String(), forbidden) {
			t.Errorf("the log holds %q: %s", forbidden, log.String())
		}
	}
}

func TestLimit_pagesAreFreeAndFormsAreCounted(t *testing.T) {
	t.Parallel()
	h := newServer(t, io.Discard, "--limit", "5-M").Public()
	for range 1500 {
		if w := get(h, "/ar/"); w.Code != http.StatusOK {
			t.Fatalf("a page was refused: %d", w.Code)
		}
	}
	const form = "step=questions&for=young&phone=both&app=whatsapp"
	for i := range 5 {
		if w := postForm(h, "/ckb/check", form); w.Code != http.StatusOK {
			t.Fatalf("form %d was refused: %d", i+1, w.Code)
		}
	}
	w := postForm(h, "/ckb/check", form)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `<html lang="ckb"`) {
		t.Errorf("over the limit: %d, retry after %q", w.Code, w.Header().Get("Retry-After"))
	}
}

// TestForwardedAddress_isNotBelieved: a client cannot choose its address.
func TestForwardedAddress_isNotBelieved(t *testing.T) {
	t.Parallel()
	form := "step=questions&for=young&phone=both&app=whatsapp"
	direct := newServer(t, io.Discard, "--limit", "1-H").Public()
	postForm(direct, "/ar/check", form, "X-Forwarded-For", "203.0.113.1")
	if w := postForm(direct, "/ar/check", form, "X-Forwarded-For", "203.0.113.2"); w.Code != http.StatusTooManyRequests {
		t.Errorf("another forwarded address got through: %d", w.Code)
	}
	// httptest sends from 192.0.2.1; declared as a proxy, it is believed.
	behind := newServer(t, io.Discard, "--limit", "1-H", "--proxies", "192.0.2.0/24").Public()
	postForm(behind, "/ar/check", form, "X-Forwarded-For", "203.0.113.1")
	if w := postForm(behind, "/ar/check", form, "X-Forwarded-For", "203.0.113.2"); w.Code != http.StatusOK {
		t.Errorf("a declared proxy is not believed: %d", w.Code)
	}
}

func TestDemo_marksEveryPage(t *testing.T) {
	t.Parallel()
	demo, real := bodies(t, newServer(t, io.Discard, "--demo")), bodies(t, newServer(t, io.Discard))
	for name := range demo {
		if !strings.Contains(demo[name], `class="c-demo"`) || strings.Contains(real[name], `class="c-demo"`) {
			t.Errorf("%s: marked %v in the demonstration, %v outside", name,
				strings.Contains(demo[name], "c-demo"), strings.Contains(real[name], "c-demo"))
		}
	}
}

func TestSealedForm_isAbsentWithoutADirectory(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	for _, l := range locales.All() {
		for _, n := range nodes(t, get(s.Public(), "/"+string(l)+"/contact").Body.String()) {
			if class, _ := attr(n, "class"); n.Data == "form" || class == "c-button" {
				t.Errorf("%s: the contact page offers a %s that leads nowhere yet", l, n.Data)
			}
		}
	}
}

func TestSamePage_forEverybody(t *testing.T) {
	t.Parallel()
	h := newServer(t, io.Discard).Public()
	a := get(h, "/ckb/now", "User-Agent", "a", "Cookie", "x=1", "Accept-Language", "en")
	b := get(h, "/ckb/now", "User-Agent", "b")
	if !bytes.Equal(a.Body.Bytes(), b.Body.Bytes()) || a.Header().Get("ETag") != b.Header().Get("ETag") {
		t.Error("two readers got two pages")
	}
}

func TestOps_saysNothingOfPeople(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "hisn_pages"} {
		if w := get(s.Ops(), path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d", path, w.Code)
		}
		if w := get(s.Public(), path); w.Code != http.StatusNotFound {
			t.Errorf("the public listener answers %s with %d", path, w.Code)
		}
	}
}

func TestPublic_hasNoDeskRoute(t *testing.T) {
	t.Parallel()
	h := newServer(t, io.Discard).Public()
	for _, path := range []string{"/desk", "/desk/", "/desk/login", "/desk/pool", "/ar/desk", "/admin"} {
		if w := get(h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, w.Code)
		}
		if w := postForm(h, path, "a=1"); w.Code != http.StatusNotFound {
			t.Errorf("POST %s answers %d", path, w.Code)
		}
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	env := map[string]string{"HISN_ADDR": "127.0.0.1:1", "HISN_SITE_URL": "https://example.org/", "HISN_DEMO": "true"}
	cfg, err := server.FromFlags([]string{"--addr", "127.0.0.1:2"}, func(k string) string { return env[k] }, io.Discard)
	if err != nil || cfg.Addr != "127.0.0.1:2" || cfg.SiteURL != "https://example.org/" || !cfg.Demo {
		t.Errorf("flags over environment: %+v, %v", cfg, err)
	}
	for _, args := range [][]string{
		{"--addr", "nowhere"}, {"--site-url", "example.org"}, {"--exit-url", "javascript:x"}, {"--db", "mysql://x"},
		{"--valkey", "redis://x"}, {"--content", "/no/such/folder"}, {"--proxies", "everybody"}, {"--nonsense"}, {"extra"},
	} {
		if _, err := server.FromFlags(args, noEnv, io.Discard); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}

func TestExit_goesWhereTheOperatorSays(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard, "--exit-url", "https://example.org/weather")
	if body := get(s.Public(), "/ar/now").Body.String(); !strings.Contains(body, `href="https://example.org/weather" rel="noreferrer"`) {
		t.Error("the exit does not lead to the given address")
	}
}

// TestAlternates_withThePublishedAddress: search engines want whole addresses,
// and a site that does not know its own stays without a host.
func TestAlternates_withThePublishedAddress(t *testing.T) {
	t.Parallel()
	for site, want := range map[string]string{"": `href="/ckb/check"`, "https://hisn.example/": `href="https://hisn.example/ckb/check"`} {
		s := newServer(t, io.Discard, "--site-url", site)
		if body := get(s.Public(), "/ar/check").Body.String(); !strings.Contains(body, `<link rel="alternate" hreflang="ckb" `+want+`>`) {
			t.Errorf("with %q the alternate is not %s", site, want)
		}
	}
}

func TestLibrary_isWhatIsShown(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	lib, _ := content.Load(content.Embedded())
	// Five doors, the list of ways back, the sheet, the two lessons, the calendar
	// file, and three short looks back.
	each := 5 + 2 + 2 + 1 + 3 + len(lib.Pages) + len(lib.Services) + len(lib.Access) + len(lib.Guides) + len(lib.Fixes)
	each += len(lib.Quizzes) * (1 + len(content.QuizForms()))
	for _, c := range lib.Chats {
		each += 1 + len(c.Nodes)
	}
	each += 10 + len(lib.Evenings) + len(lib.Cards) // the family pages
	want := 3 * each
	if got := len(s.Site().Current().Paths()); got != want {
		t.Errorf("%d pages, want %d", got, want)
	}
}

// TestTemplates_allShown holds that no page template lies about unused, and so
// unseen: each leaves its mark on at least one of the pages and answers.
func TestTemplates_allShown(t *testing.T) {
	t.Parallel()
	marks := map[string]string{
		"home": `class="c-doors"`, "check": `value="questions"`, "questions": `data-module="stepper"`, "plan": `class="c-now"`,
		"service": `class="c-checklist"`, "fix": `class="c-nextfix"`, "now": `class="c-sheet"`, "contact": `class="c-governorates"`,
		"access": `id="rules"`, "wayback": `id="helpers"`, "paper": `class="c-boxes"`,
		"quiz": `id="rounds"`, "quizform": `data-module="quiz"`, "chat": `id="before"`, "node": `data-module="chat"`,
		"twostep": `class="c-qr"`, "passphrase": `class="c-words"`, "learn": `id="for-young"`, "guide": `id="related"`, "plain": `id="reviews"`, "error": `class="c-error"`,
		"private/form": `data-part="files"`, "private/code": `data-module="mailbox"`, "private/mailbox": `name="do" value="withdraw"`,
		"family/hub": `c-familyhub"`, "family/tonight": `id="age-6-9"`, "family/evening": `class="c-story__text"`, "family/agreement": `class="c-promises"`,
		"family/words": `name="own-`, "family/sheet": `class="c-leaf c-agreement"`, "family/settings": `class="c-list c-consent"`, "family/card": `class="c-seeing"`,
		"family/signs": `class="c-signlist"`, "family/told": `class="c-toldsteps"`, "family/people": `class="c-people"`, "family/pack": `class="c-packparts"`,
		"family/start": `name="for" value="parent"`, "family/simple": `class="c-pictures"`,
		"private/closed": `<p><a class="c-button" href="/`,
	}
	all := bodies(t, newServer(t, io.Discard, "--demo"))
	for _, l := range locales.All() {
		all["/"+string(l)+"/ closed"] = postForm(newServer(t, io.Discard).Public(), "/"+string(l)+"/", "s=2").Body.String()
	}
	files, err := view.TemplateFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name, ok := strings.CutPrefix(strings.TrimSuffix(file, ".html"), "templates/pages/")
		if !ok || name == "gallery" || strings.HasPrefix(name, "desk/") { // for builders and officers, see TestGallery and package deskapp
			continue
		}
		shown := map[locales.Lang]bool{}
		for page, body := range all {
			if l, _ := locales.Of(page); marks[name] != "" && strings.Contains(body, marks[name]) {
				shown[l] = true
			}
		}
		if len(shown) != len(locales.All()) {
			t.Errorf("the template %s is shown in %d languages", name, len(shown))
		}
	}
}

// discard is a writer that costs nothing, so that the benchmark counts what
// the site itself allocates.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkCachedPage is the promise of five allocations for a cached page.
func BenchmarkCachedPage(b *testing.B) {
	h := newServer(b, io.Discard).Public()
	r := httptest.NewRequest(http.MethodGet, "/ar/now", nil)
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	w := &discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

// BenchmarkPlan is the dearest answer: the plan over all services.
func BenchmarkPlan(b *testing.B) {
	h := newServer(b, io.Discard, "--limit", "100000000-S").Public()
	const form = "step=plan&for=young&phone=both&app=whatsapp&app=instagram&app=facebook&app=tiktok&app=snapchat&app=telegram&app=google&app=phone"
	b.ReportAllocs()
	for b.Loop() {
		if w := postForm(h, "/ar/check", form); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

// BenchmarkStart is the time from nothing to a site that can answer, and what
// it holds in memory then.
func BenchmarkStart(b *testing.B) {
	var s *server.Server
	for b.Loop() {
		s = newServer(b, io.Discard)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MiB-heap")
	runtime.KeepAlive(s)
}
