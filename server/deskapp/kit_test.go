package deskapp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hisn/locales"
	"hisn/server/deskapp"
	"hisn/server/deskapp/deskapptest"
)

const host = "127.0.0.1:4000"

// browser is the officer's browser.
type browser struct {
	t       testing.TB
	app     *deskapp.App
	handler http.Handler
	cookie  *http.Cookie
	at      string // the address of the page that is shown
	page    string // its HTML
	code    int
	header  http.Header
}

// open starts the program in a browser.
func open(t testing.TB, app *deskapp.App) *browser {
	t.Helper()
	b := &browser{t: t, app: app, handler: app.Handler()}
	b.get(strings.TrimPrefix(app.Start(), "http://"+host))
	next := strings.TrimPrefix(b.header.Get("Refresh"), "0; url=")
	if b.code != http.StatusOK || next == "" {
		t.Fatalf("the start answers %d", b.code)
	}
	b.get(next)
	return b
}

// ask sends one request as this browser does, and does not follow.
func (b *browser) ask(method, at string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, at, body)
	r.Host = host
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://"+host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c
	}
	return w
}

// show takes an answer as the page, and follows where it leads.
func (b *browser) show(at string, w *httptest.ResponseRecorder) {
	b.t.Helper()
	for range 5 {
		if w.Code != http.StatusSeeOther {
			break
		}
		at = w.Header().Get("Location")
		w = b.ask(http.MethodGet, at, nil)
	}
	b.at, b.page, b.code, b.header = at, w.Body.String(), w.Code, w.Header()
}

func (b *browser) get(at string) {
	b.t.Helper()
	b.show(at, b.ask(http.MethodGet, at, nil))
}

// path is the address without the secret of this run and the language.
func (b *browser) path() string {
	parts := strings.SplitN(b.at, "/", 4)
	if len(parts) < 4 {
		return b.at
	}
	return "/" + parts[3]
}

// to goes to a page by its address without the secret.
func (b *browser) to(path string) {
	b.t.Helper()
	b.get(strings.TrimSuffix(b.at, b.path()) + path)
}

var revision = regexp.MustCompile(`name="rev" value="([0-9]+)"`)

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token returns the token that the forms of the page carry.
func (b *browser) token() string {
	b.t.Helper()
	m := csrf.FindStringSubmatch(b.page)
	if m == nil {
		b.t.Fatalf("no form at %s: %d", b.path(), b.code)
	}
	return m[1]
}

// post sends a form to a page. Fields are names and values.
func (b *browser) post(path string, fields ...string) {
	b.t.Helper()
	form := url.Values{"csrf": {b.token()}}
	if strings.HasSuffix(path, "/reply") || strings.HasSuffix(path, "/note") {
		page := b.page
		if !strings.Contains(page, `name="rev"`) { // the thread has been looked at before
			page = b.ask(http.MethodGet, strings.TrimSuffix(b.at, b.path())+strings.TrimSuffix(path, "/note"), nil).Body.String()
		}
		if m := revision.FindStringSubmatch(page); m != nil {
			form.Set("rev", m[1])
		}
	}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	at := strings.TrimSuffix(b.at, b.path()) + path
	b.show(at, b.ask(http.MethodPost, at, form))
}

// says checks that the page holds a text.
func (b *browser) says(texts ...string) {
	b.t.Helper()
	shown := text(b.t, b.page)
	for _, want := range texts {
		if !strings.Contains(shown, want) {
			b.t.Errorf("%s does not say %q:\n%s", b.path(), want, shown)
		}
	}
}

// text returns what a reader of a page reads.
func text(t testing.TB, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "script" {
			out.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// fetch lets the program look at the pool and waits until it has.
func (b *browser) fetched() {
	b.t.Helper()
	for range 2000 {
		if b.path() != "/fetch" {
			return
		}
		b.to("/fetch")
	}
	b.t.Fatal("the fetch does not end")
}

// enter signs an officer in who has an authenticator.
func (b *browser) enter(o *deskapptest.Officer) {
	b.t.Helper()
	b.post("/in", "login", o.Login, "password", o.Password)
	b.post("/code", "code", o.Code())
	b.fetched()
}

// day is when the tests play.
func day() time.Time { return time.Date(2026, 11, 23, 9, 0, 15, 0, time.UTC) }

// atWork is an officer of Baghdad at the list, and what stands behind it.
func atWork(t testing.TB, write func(h *deskapptest.House)) (*deskapptest.House, *browser) {
	t.Helper()
	h := deskapptest.New(t, day)
	if write != nil {
		write(h)
	}
	b := open(t, h.App(host, locales.English, h.KeyOf("IQ-BG")))
	o := h.Hire("sara", "IQ-BG")
	b.enroll(h, o)
	return h, b
}

var secret = regexp.MustCompile(`(?s)class="d-secret"><bdi dir="ltr">(.*?)</bdi>`)

// enroll signs an officer in for the first time.
func (b *browser) enroll(h *deskapptest.House, o *deskapptest.Officer) {
	b.t.Helper()
	b.post("/in", "login", o.Login, "password", o.Password)
	m := secret.FindStringSubmatch(b.page)
	if m == nil {
		b.t.Fatalf("no secret is shown at %s", b.path())
	}
	o.Secret = strings.Join(strings.Fields(text(b.t, m[1])), "")
	b.post("/code", "code", o.Code())
	h.Pass(30 * time.Second) // the next code
	b.fetched()
}
