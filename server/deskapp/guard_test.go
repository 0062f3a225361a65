package deskapp_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"hisn/locales"
	"hisn/server/deskapp"
	"hisn/server/deskapp/deskapptest"
	"hisn/server/seal"
)

func TestApp_strangersAreKeptOut(t *testing.T) {
	t.Parallel()
	_, b := atWork(t, nil)
	form := url.Values{"csrf": {b.token()}}
	for name, tc := range map[string]struct {
		method, at string
		form       url.Values
		headers    []string
		want       int
	}{
		"the page itself":          {http.MethodGet, b.at, nil, nil, 200},
		"another host name":        {http.MethodGet, b.at, nil, []string{"Host", "evil.example:4000"}, 403},
		"another port":             {http.MethodGet, b.at, nil, []string{"Host", "127.0.0.1:4001"}, 403},
		"the name localhost":       {http.MethodGet, b.at, nil, []string{"Host", "localhost:4000"}, 403},
		"without the cookie":       {http.MethodGet, b.at, nil, []string{"Cookie", ""}, 403},
		"with another cookie":      {http.MethodGet, b.at, nil, []string{"Cookie", "hisn-desk=x"}, 403},
		"with two cookies":         {http.MethodGet, b.at, nil, []string{"Cookie", "hisn-desk=x; " + b.cookie.String()}, 403},
		"without the path":         {http.MethodGet, "/en/list", nil, nil, 404},
		"a form from another site": {http.MethodPost, b.at, form, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a form from another port": {http.MethodPost, b.at, form, []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:9"}, 403},
		"a form without its token": {http.MethodPost, strings.TrimSuffix(b.at, "/list") + "/fetch", url.Values{}, nil, 403},
		"a used start address":     {http.MethodGet, "/start?t=used", nil, nil, 403},
	} {
		w := b.ask(tc.method, tc.at, tc.form, tc.headers...)
		if w.Code != tc.want {
			t.Errorf("%s: answered %d, want %d", name, w.Code, tc.want)
		}
		own := name == "without the path" || name == "a form without its token" // the officer's browser may know
		if tc.want != 200 && !own && (strings.Contains(w.Body.String(), "csrf") || strings.Contains(w.Body.String(), strings.Split(b.at, "/")[1])) {
			t.Errorf("%s: the refusal tells something of this run", name)
		}
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy is %q", name, csp)
		}
	}
	if c := b.cookie; c.SameSite != http.SameSiteStrictMode || !c.HttpOnly || c.Path != "/"+strings.Split(b.at, "/")[1] {
		t.Errorf("the cookie is %v", c)
	}
}

func TestApp_aStartAddressOpensOnce(t *testing.T) {
	t.Parallel()
	h := deskapptest.New(t, day)
	app := h.App(host, locales.English, h.KeyOf("IQ-BG"))
	at := strings.TrimPrefix(app.Start(), "http://"+host)
	first, second := &browser{t: t, app: app, handler: app.Handler()}, &browser{t: t, app: app, handler: app.Handler()}
	if w := first.ask(http.MethodGet, at, nil); w.Code != 200 {
		t.Errorf("the first time: %d", w.Code)
	}
	if w := second.ask(http.MethodGet, at, nil); w.Code != 403 || second.cookie != nil {
		t.Errorf("the second time: %d", w.Code)
	}
}

// TestApp_noPageWithoutSigningIn tries every address with a browser that is
// known and with nobody signed in.
func TestApp_noPageWithoutSigningIn(t *testing.T) {
	t.Parallel()
	h := deskapptest.New(t, day)
	h.Reporter().Write("IQ-BG", func(x *seal.Report) { x.F.Text = "secret words" })
	b := open(t, h.App(host, locales.English, h.KeyOf("IQ-BG")))
	if b.path() != "/in" {
		t.Fatalf("the program opens at %s", b.path())
	}
	token := b.token()
	for _, path := range []string{
		"/", "/list", "/fetch", "/export", "/password", "/code", "/t/1", "/t/1/reply", "/t/1/move", "/t/1/print", "/t/1/export", "/t/1/open",
		"/t/1/note", "/keep",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			var form url.Values
			if method == http.MethodPost {
				form = url.Values{"csrf": {token}}
			}
			w := b.ask(method, strings.TrimSuffix(b.at, "/in")+path, form)
			if w.Code == 200 || strings.Contains(w.Body.String(), "secret words") {
				t.Errorf("%s %s answers %d without signing in", method, path, w.Code)
			}
		}
	}
}

// TestApp_lookingChangesNothing replays every page by GET and compares what the
// server holds.
func TestApp_lookingChangesNothing(t *testing.T) {
	t.Parallel()
	var r *deskapptest.Reporter
	h, b := atWork(t, func(h *deskapptest.House) {
		r = h.Reporter()
		r.Write("IQ-BG", func(x *seal.Report) { x.F.Text, x.Flags.MoveOK = "x", true })
	})
	b.post("/t/1/open")
	before, mail := pool(t, h), r.Mail()
	for _, path := range []string{
		"/", "/list", "/list?state=all&label=urgent", "/export", "/password", "/lock", "/t/1", "/t/1/reply", "/t/1/reply?close=1",
		"/t/1/move", "/t/1/print", "/t/1/export", "/t/1/open", "/t/1/note", "/out", "/keep", "/t/99", "/t/x", "/t/-1/reply",
	} {
		w := b.ask(http.MethodGet, strings.TrimSuffix(b.at, b.path())+path, nil)
		if w.Code >= 500 {
			t.Errorf("GET %s answers %d", path, w.Code)
		}
	}
	if b.to("/list"); b.path() != "/list" || !slices.Equal(pool(t, h), before) || !slices.Equal(r.Mail(), mail) {
		t.Errorf("looking changed something; now at %s", b.path())
	}
}

func pool(t *testing.T, h *deskapptest.House) [][16]byte {
	t.Helper()
	ids, err := h.Pool.IDs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestApp_aHostileReportIsTextAndNothingElse shows a report that tries
// everything on every page that shows one.
func TestApp_aHostileReportIsTextAndNothingElse(t *testing.T) {
	t.Parallel()
	hostile := "<script>alert(1)</script><img src=x onerror=alert(2)>{{.Token}} \u202Etxt.exe\u2066 https://evil.example/a javascript:alert(3)\u200b"
	_, b := atWork(t, func(h *deskapptest.House) {
		h.Reporter().Write("IQ-BG", func(x *seal.Report) {
			x.F.Text, x.F.Handles, x.F.Reach, x.F.When = hostile, hostile, hostile, hostile
			x.Hashes = []seal.FileHash{{SHA256: strings.Repeat("ab", 32), Size: 12345, Mime: "image/jpeg"}}
		})
	})
	b.post("/t/1/open")
	b.post("/t/1/note", "note", hostile, "assignee", "\"><b>x")
	outside := regexp.MustCompile(`(?i)(src|href|action)="?(https?:|//|javascript:)`)
	for _, path := range []string{"/t/1", "/t/1/reply", "/t/1/print", "/t/1/move", "/t/1/export", "/list"} {
		b.to(path)
		for _, never := range []string{"<script>alert", "<img src=x", "<b>x"} {
			if strings.Contains(b.page, never) {
				t.Errorf("%s holds %q", path, never)
			}
		}
		inForm := regexp.MustCompile(`(?s)<textarea.*?</textarea>`).ReplaceAllString(b.page, "")
		for _, r := range []rune{0x202E, 0x2066, 0x200B} {
			if strings.ContainsRune(inForm, r) {
				t.Errorf("%s lets %U through", path, r)
			}
		}
		if m := outside.FindString(b.page); m != "" {
			t.Errorf("%s leads outside: %s", path, m)
		}
	}
	b.to("/t/1")
	b.says("<script>alert(1)</script>", "U+202E", "U+2066", "U+200B", "hxxps://evil.example/a", "12345 bytes")
	if n := strings.Count(b.page, `dir="auto"`); n < 6 {
		t.Errorf("%d fields find their own direction", n)
	}
}

func TestApp_exportsToOnePerson(t *testing.T) {
	t.Parallel()
	h, b := atWork(t, func(h *deskapptest.House) {
		h.Reporter().Write("IQ-BG", func(x *seal.Report) { x.F.Text = "=1+1" })
	})
	judge, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	to := judge.Recipient().String()
	b.to("/export")
	b.post("/export", "name", "The judge", "recipient", "age1x", "step", "export")
	b.says("This is not the public key of a person.")
	b.post("/export", "name", "The judge", "recipient", " "+to[:100]+"\n"+to[100:], "step", "check")
	words, err := seal.Fingerprint(to, "en")
	if err != nil {
		t.Fatal(err)
	}
	b.says("Compare these words by telephone with The judge", strings.Join(words, " "))
	b.post("/export", "name", "The judge", "recipient", to, "step", "export")
	if got := b.header.Get("Content-Disposition"); got != `attachment; filename="hisn-2026-11-23-1.age"` {
		t.Errorf("the file is called %s", got)
	}
	if _, err := age.Decrypt(strings.NewReader(b.page), judge); err != nil {
		t.Errorf("the judge cannot open it: %v", err)
	}
	if _, err := age.Decrypt(strings.NewReader(b.page), h.Keys["IQ-BG"]); err == nil {
		t.Error("the desk's key opens it, too")
	}
}

func TestApp_aLockedKeyAsksForItsPassphrase(t *testing.T) {
	t.Parallel()
	h := deskapptest.New(t, day)
	for _, armored := range []bool{false, true} {
		file := deskapp.KeyFile{Name: "desk.age", Raw: lock(t, h.KeyOf("IQ-BG").Raw, "seven words", armored)}
		b := open(t, h.App(host, locales.English, file, h.KeyOf("IQ-BA")))
		if b.path() != "/keys" {
			t.Fatalf("the program opens at %s", b.path())
		}
		b.says("desk.age")
		b.post("/keys", "passphrase", "other words")
		b.says("The passphrase does not fit this file.")
		b.to("/list")
		if b.path() != "/keys" {
			t.Errorf("without the key at %s", b.path())
		}
		b.post("/keys", "passphrase", "seven words")
		if b.path() != "/in" {
			t.Errorf("with the key at %s: %s", b.path(), text(t, b.page))
		}
	}
}

func lock(t *testing.T, raw []byte, passphrase string, armored bool) []byte {
	t.Helper()
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	to.SetWorkFactor(10)
	var out bytes.Buffer
	a := armor.NewWriter(&out)
	if !armored {
		a = nopCloser{&out}
	}
	w, err := age.Encrypt(a, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type nopCloser struct{ *bytes.Buffer }

func (nopCloser) Close() error { return nil }

func TestKeyFile_refusesWhatIsNoKeyOfADesk(t *testing.T) {
	t.Parallel()
	old, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"nothing": "", "comments only": "# a key\n", "another kind of key": old.String(), "a public key": old.Recipient().String(),
	} {
		if ids, err := (deskapp.KeyFile{Raw: []byte(raw)}).Open(""); err == nil || len(ids) > 0 {
			t.Errorf("%s passes for a key", name)
		}
	}
}

// TestApp_everyPageInEveryLanguage renders what an officer meets, in all
// languages: a missing message fails the page.
func TestApp_everyPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range locales.All() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			h := deskapptest.New(t, day)
			locked := deskapp.KeyFile{Name: "desk.age", Raw: []byte("age-encryption.org/v1\n")}
			b := open(t, h.App(host, l, locked))
			b.post("/keys", "passphrase", "x")
			if b.code != 200 || b.path() != "/keys" {
				t.Errorf("a locked key: %d at %s", b.code, b.path())
			}
			b = open(t, h.App(host, l, h.KeyOf("IQ-BG")))
			if b.to("/nowhere"); b.code != 404 {
				t.Errorf("a page that is not there answers %d", b.code)
			}
			b.to("/in")
			b.post("/in", "login", "x", "password", "x")
			b.enroll(h, h.Hire("sara", "IQ-BG"))
			h.Fill()
			b.post("/fetch")
			b.fetched()
			for n := range 3 {
				b.to("/list")
				open := regexp.MustCompile(`/t/[0-9]+/open`).FindAllString(b.page, -1)
				if len(open) < 3-n {
					t.Fatalf("%d threads to open", len(open))
				}
				b.post(open[0])
			}
			for _, path := range deskapptest.Pages() {
				b.to(path)
				if b.code != 200 || strings.Contains(b.page, "[desk.") {
					t.Errorf("%s answers %d", path, b.code)
				}
			}
		})
	}
}
