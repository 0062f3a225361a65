package desk_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/totp"

	"hisn/server/limit"
	"hisn/server/officer"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/store"
	"hisn/server/web/desk"
)

// house is a desk listener with all that stands behind it.
type house struct {
	t        testing.TB
	e        *echo.Echo
	officers *officer.Book
	drops    *report.Dropbox
	file     string
	log      bytes.Buffer

	mu    sync.Mutex
	clock time.Time
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) pass(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(by)
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func build(t testing.TB, rate string) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{t: t, file: filepath.Join(dir, "hisn.db"), clock: time.Date(2026, 11, 23, 9, 0, 15, 0, time.UTC)}
	db := must[*store.DB](t)(store.Open(t.Context(), "sqlite:"+h.file))
	t.Cleanup(func() { _ = db.Close() })
	key := must[[]byte](t)(officer.LoadKey(dir, rand.Reader))
	h.officers = must[*officer.Book](t)(officer.New(db, key, h.now, rand.Reader))
	ring := must[*report.Ring](t)(report.OpenRing(filepath.Join(dir, "ring.json")))
	drops, pool, _ := report.New(db, ring, h.now, rand.Reader)
	h.drops = drops
	t.Cleanup(drops.Wait)
	d := must[*desk.Desk](t)(desk.New(desk.Deps{
		Officers: h.officers, Pool: pool, Logins: must[*limit.Limiter](t)(limit.New(rate, h.now)),
		Log: slog.New(slog.NewTextHandler(&h.log, nil)), Now: h.now,
	}))
	h.e = echo.New()
	d.Routes(h.e)
	return h
}

// client is an officer's program: it keeps cookies and the token.
type client struct {
	*house
	login, password, secret string
	session, device, token  string
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	fields map[string]any
}

func (a answer) text(name string) string {
	s, _ := a.fields[name].(string)
	return s
}

// send sends one request. Headers are pairs; they override the program's own.
func (c *client) send(method, path, media string, body []byte, headers ...string) answer {
	c.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	var cookies []string
	if c.session != "" {
		cookies = append(cookies, "__Host-d="+c.session)
	}
	if c.device != "" {
		cookies = append(cookies, "__Host-dev="+c.device)
	}
	if len(cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	if method != http.MethodGet && c.token != "" {
		r.Header.Set("X-Desk-Token", c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	c.e.ServeHTTP(w, r)
	a := answer{ResponseRecorder: w}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(w.Body.Bytes(), &a.fields); err != nil {
			c.t.Errorf("%s %s: the answer is no JSON: %v", method, path, err)
		}
	}
	return a
}

func (c *client) get(path string, headers ...string) answer {
	c.t.Helper()
	return c.send(http.MethodGet, path, "", nil, headers...)
}

func (c *client) post(path string, form url.Values, headers ...string) answer {
	c.t.Helper()
	return c.send(http.MethodPost, path, "application/x-www-form-urlencoded", []byte(form.Encode()), headers...)
}

func (c *client) octets(path string, parts ...[]byte) answer {
	c.t.Helper()
	return c.send(http.MethodPost, path, "application/octet-stream", bytes.Join(parts, nil))
}

// keep takes over cookies and token of an answer.
func (c *client) keep(a answer) answer {
	for _, cookie := range a.Result().Cookies() {
		switch cookie.Name {
		case "__Host-d":
			c.session = cookie.Value
		case "__Host-dev":
			c.device = cookie.Value
		}
	}
	if token := a.text("token"); token != "" {
		c.token = token
	}
	return a
}

func (c *client) try() answer {
	c.t.Helper()
	return c.keep(c.post("/desk/login", url.Values{"login": {c.login}, "password": {c.password}}))
}

func (c *client) code() string {
	c.t.Helper()
	return must[string](c.t)(totp.GenerateCode(c.secret, c.now()))
}

func (c *client) confirm() answer {
	c.t.Helper()
	return c.keep(c.post("/desk/totp", url.Values{"code": {c.code()}}))
}

// hire takes on an officer, who signs in for the first time.
func (h *house) hire(login, at string) *client {
	h.t.Helper()
	c := &client{house: h, login: login}
	c.password = must[string](h.t)(h.officers.Add(h.t.Context(), login, at))
	first := c.try()
	c.secret = first.text("secret")
	if first.Code != 200 || first.text("stage") != "enrol" || c.secret == "" {
		h.t.Fatalf("the first sign-in: %d %s", first.Code, first.Body)
	}
	if in := c.confirm(); in.Code != 200 || in.text("stage") != "in" {
		h.t.Fatalf("the first code: %d %s", in.Code, in.Body)
	}
	h.pass(30 * time.Second)
	return c
}

// half returns the same officer's program after the password and before the code.
func (c *client) half() *client {
	c.t.Helper()
	other := &client{house: c.house, login: c.login, password: c.password, secret: c.secret}
	if a := other.try(); a.text("stage") != "totp" {
		c.t.Fatalf("the password gave %d %s", a.Code, a.Body)
	}
	return other
}

// A report is a frame and what gives the right to it.
type sealed struct {
	frame seal.Frame
	cap   [32]byte
}

func (s sealed) proof() []byte { return append(append([]byte{}, s.frame.ID[:]...), s.cap[:]...) }
func (s sealed) path() string  { return "/desk/pool/" + hex.EncodeToString(s.frame.ID[:]) }

// sealed returns a blob sealed to keys that nobody holds.
func (h *house) sealed() sealed {
	h.t.Helper()
	var s sealed
	var del [32]byte
	for _, p := range [][]byte{s.cap[:], del[:]} {
		_, _ = rand.Read(p)
	}
	to := must[seal.Recipient](h.t)(seal.ThrowAway())
	second := must[seal.Recipient](h.t)(seal.ThrowAway())
	raw := seal.Report{
		V: 1, Kind: "report", Desk: "IQ-BG", Epoch: "2026Q4", Day: "2026-11-23",
		Thread: strings.Repeat("ab", 16), Cap: s.cap[:], Hashes: []seal.FileHash{},
	}
	body := must[[]byte](h.t)(seal.Seal(raw, to, second))
	var id [16]byte
	_, _ = rand.Read(id[:])
	s.frame = seal.NewFrame(id, s.cap, del, body)
	return s
}

func (a answer) want(t testing.TB, code int, kind string) {
	t.Helper()
	if a.Code != code || a.text("error") != kind {
		t.Errorf("answered %d %s, want %d %q", a.Code, strings.TrimSpace(a.Body.String()), code, kind)
	}
}

func TestDesk_aDayAtWork(t *testing.T) {
	t.Parallel()
	h := build(t, "100-M")
	c := h.hire("sara", "IQ-BG")
	me := c.get("/desk/")
	if me.text("login") != "sara" || me.text("desk") != "IQ-BG" || me.text("stage") != "in" || me.text("day") != "2026-11-23" {
		t.Errorf("who: %s", me.Body)
	}
	first, second := h.sealed(), h.sealed()
	c.octets("/desk/put", first.frame.Bytes()).want(t, 200, "")
	c.octets("/desk/put", first.frame.Bytes()).want(t, 200, "") // the network was lost, and it is sent again
	list := c.get("/desk/pool")
	if ids, _ := list.fields["ids"].([]any); len(ids) != 1 || ids[0] != strings.TrimPrefix(first.path(), "/desk/pool/") {
		t.Errorf("the pool: %s", list.Body)
	}
	whole := c.get(first.path())
	if !bytes.Equal(whole.Body.Bytes(), first.frame.Body) || whole.Header().Get("Content-Type") != "application/octet-stream" {
		t.Error("the blob came back otherwise")
	}
	c.octets("/desk/put", second.frame.Bytes(), first.proof()).want(t, 200, "")
	c.get(first.path()).want(t, 404, "not_found")
	third := h.sealed()
	c.octets("/desk/put", third.frame.Bytes(), first.proof()).want(t, 409, "conflict")
	wrong := second.proof()
	wrong[20] ^= 1
	c.octets("/desk/remove", wrong).want(t, 403, "forbidden")
	c.octets("/desk/remove", second.proof()).want(t, 200, "")
	c.octets("/desk/remove", second.proof()).want(t, 404, "not_found")

	addr := sha256.Sum256([]byte("mailbox"))
	letter := seal.DummyReply(rand.Reader)
	c.octets("/desk/put", third.frame.Bytes()).want(t, 200, "")
	c.octets("/desk/ack", third.proof(), addr[:], letter).want(t, 200, "")
	c.octets("/desk/ack", first.proof(), addr[:], letter).want(t, 404, "not_found")
	for range seal.Slots {
		c.octets("/desk/reply", addr[:], []byte{0}, seal.DummyReply(rand.Reader)).want(t, 200, "")
	}
	c.octets("/desk/reply", addr[:], []byte{0}, letter).want(t, 409, "conflict")
	c.octets("/desk/reply", addr[:], []byte{2}, letter).want(t, 400, "invalid")
	c.post("/desk/beat", nil).want(t, 200, "")
	if staffed := must[map[string]bool](t)(h.drops.Staffed(t.Context(), h.now())); !staffed["IQ-BG"] || len(staffed) != 1 {
		t.Errorf("staffed: %v", staffed)
	}

	var trail struct{ Rows []officer.Line }
	if err := json.Unmarshal(c.get("/desk/audit").Body.Bytes(), &trail); err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, l := range trail.Rows {
		if l.Login != "sara" || l.Hour != "2026-11-23T09Z" || len(l.Object) != 16 {
			t.Errorf("a row of the trail: %+v", l)
		}
		acts = append([]string{l.Action}, acts...)
	}
	want := "host:added enrolled signed-in put put replace replace remove remove remove put ack ack" +
		strings.Repeat(" reply", seal.Slots+1)
	if got := strings.Join(acts, " "); got != want {
		t.Errorf("the trail is %q, want %q", got, want)
	}

	out := c.post("/desk/logout", nil)
	out.want(t, 200, "")
	if out.Header().Get("Clear-Site-Data") != `"cache", "storage"` {
		t.Errorf("signing out clears %q", out.Header().Get("Clear-Site-Data"))
	}
	c.get("/desk/").want(t, 401, "unauthorized")
	if _, err := h.officers.Verify(t.Context()); err != nil {
		t.Errorf("the trail: %v", err)
	}
}

func TestDesk_cookiesAndPolicy(t *testing.T) {
	t.Parallel()
	h := build(t, "100-M")
	c := h.hire("sara", "IQ-BG").half()
	answers := map[string]answer{
		"signing in": c.confirm(), "who": c.get("/desk/"), "pool": c.get("/desk/pool"),
		"nothing there": c.get("/desk/nothing"), "the root": c.get("/"), "wrong method": c.send("PUT", "/desk/put", "", nil),
		"no session": (&client{house: h}).get("/desk/"), "signing out": c.post("/desk/logout", nil),
		"too large": c.send("POST", "/desk/put", "", make([]byte, 70_000)),
	}
	for name, a := range answers {
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		if !strings.HasPrefix(a.Header().Get("Content-Security-Policy"), "default-src 'none'") || a.Header().Get("Server") != "" {
			t.Errorf("%s: policy %q", name, a.Header().Get("Content-Security-Policy"))
		}
	}
	for _, line := range answers["signing in"].Header().Values("Set-Cookie") {
		for _, part := range []string{"; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict"} {
			if !strings.Contains(line, part) {
				t.Errorf("a cookie without %q", part)
			}
		}
		if name, _, _ := strings.Cut(line, "="); (name == "__Host-dev") != strings.Contains(line, "Max-Age=") || strings.Contains(line, "Domain") {
			t.Errorf("the life of %s is wrong", name)
		}
	}
	if got := answers["signing out"].Header().Values("Set-Cookie"); len(got) != 1 || !strings.HasPrefix(got[0], "__Host-d=; ") || !strings.Contains(got[0], "Max-Age=0") {
		t.Errorf("signing out sets %q", got)
	}
	answers["nothing there"].want(t, 404, "not_found")
	answers["wrong method"].want(t, 405, "wrong_method")
	answers["too large"].want(t, 413, "too_large")
}

func TestDesk_rangeOfABlob(t *testing.T) {
	t.Parallel()
	h := build(t, "100-M")
	c := h.hire("sara", "IQ-BG")
	s := h.sealed()
	c.octets("/desk/put", s.frame.Bytes()).want(t, 200, "")
	whole := s.frame.Body
	for spec, want := range map[string][2]int{
		"bytes=0-3183": {0, 3184}, "bytes=5-5": {5, 6}, "bytes=19000-": {19000, 19600}, "bytes=0-99999": {0, 19600},
		"bytes=19599-": {19599, 19600},
	} {
		a := c.get(s.path(), "Range", spec)
		if a.Code != 206 || !bytes.Equal(a.Body.Bytes(), whole[want[0]:want[1]]) {
			t.Errorf("%s: %d, %d bytes, %s", spec, a.Code, a.Body.Len(), a.Header().Get("Content-Range"))
		}
	}
	if a := c.get(s.path(), "Range", "bytes=0-3183"); a.Header().Get("Content-Range") != "bytes 0-3183/19600" || a.Header().Get("Accept-Ranges") != "bytes" {
		t.Errorf("said of the range: %v", a.Header())
	}
	for _, spec := range []string{"", "bytes=", "bytes=-5", "bytes=9-5", "bytes=19600-", "bytes=0-1,3-4", "bytes=+1-2", "lines=1-2", "bytes=0-999999999999999999999"} {
		if a := c.get(s.path(), "Range", spec); a.Code != 200 || !bytes.Equal(a.Body.Bytes(), whole) {
			t.Errorf("%q: %d, %d bytes; want the whole", spec, a.Code, a.Body.Len())
		}
	}
	for _, path := range []string{strings.ToUpper(s.path()[11:]), "x", s.path()[11:] + "00", "../audit", "%2e%2e"} {
		a := c.get("/desk/pool/" + path)
		a.want(t, 404, "not_found")
	}
}

// TestDesk_saysNothingBack sends marks wherever something can be sent: none
// comes back, and none is logged.
func TestDesk_saysNothingBack(t *testing.T) {
	t.Parallel()
	h := build(t, "100-M")
	c := h.hire("sara", "IQ-BG")
	half := c.half()
	const mark = "canary7"
	stranger := &client{house: h, session: mark, device: mark, token: mark}
	for _, a := range []answer{
		stranger.post("/desk/login", url.Values{"login": {mark}, "password": {mark + mark}}),
		stranger.post("/desk/login?login="+mark, url.Values{mark: {mark}}),
		stranger.get("/desk/" + mark), stranger.get("/desk/pool/" + mark),
		stranger.send(mark, "/desk/", mark, []byte(mark), mark, mark),
		half.post("/desk/totp", url.Values{"code": {mark}}),
		half.post("/desk/totp", url.Values{"code": {"1", mark}}),
		c.post("/desk/password", url.Values{"old": {mark}, "new": {mark}}),
		c.post("/desk/password", url.Values{"old": {mark}, "new": {mark + " quite long enough"}}),
		c.send("POST", "/desk/put", mark, []byte(mark)), c.octets("/desk/put", []byte(mark)),
		c.get("/desk/pool/"+mark, "Range", mark), c.get("/desk/audit?" + mark), c.send("POST", "/desk/beat", "", []byte(mark)),
	} {
		if strings.Contains(a.Body.String(), mark) || a.Code >= 500 {
			t.Errorf("answered %d %s", a.Code, a.Body)
		}
		for name, values := range a.Header() {
			if strings.Contains(strings.Join(values, " "), mark) {
				t.Errorf("the header %s holds the mark", name)
			}
		}
	}
	if h.log.Len() > 0 {
		t.Errorf("logged: %s", h.log.String())
	}
	if _, err := io.ReadAll(&h.log); err != nil {
		t.Error(err)
	}
}
