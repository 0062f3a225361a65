package server_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hisn/locales"
	"hisn/server"
	"hisn/server/desks"
	"hisn/server/seal"
)

// demoAt starts a demonstration whose clock the test holds.
func demoAt(t *testing.T, log io.Writer, now *time.Time) (*server.Server, string) {
	t.Helper()
	dir := t.TempDir()
	cfg, err := server.FromFlags([]string{"--demo", "--data", dir}, noEnv, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(cfg, slog.New(slog.NewJSONHandler(log, nil)), func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// sendFrame posts a frame and reads the answer.
func sendFrame(t *testing.T, h http.Handler, raw []byte) seal.Answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/ckb/", bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/octet-stream")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a, err := seal.ParseAnswer(w.Body.Bytes())
	if err != nil || w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Set-Cookie") != "" {
		t.Fatalf("a frame of %d bytes: %d, %v, %v", len(raw), w.Code, err, w.Header())
	}
	return a
}

// sealedFrame is a report as a phone would send it.
func sealedFrame(t *testing.T, s *server.Server, keys seal.Keys, text string) seal.Frame {
	t.Helper()
	note := get(s.Public(), "/d/desks").Body.Bytes()
	d, err := desks.Parse(note[:bytes.LastIndex(note, []byte("\n\n"))+1])
	if err != nil {
		t.Fatal(err)
	}
	to, err := seal.ParseRecipient(d.Desks[0].Recipient)
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := seal.ThrowAway()
	if err != nil {
		t.Fatal(err)
	}
	id, del, capability := keys.Drop(0)
	body, err := seal.Seal(seal.Report{
		V: 1, Kind: seal.KindReport, Desk: d.Desks[0].ID, Epoch: d.Desks[0].Epoch, Day: "2026-11-24", Thread: keys.Thread,
		Cap: capability[:], Reply: keys.ReplyTo(), F: seal.Fields{Text: text},
	}, to, nobody)
	if err != nil {
		t.Fatal(err)
	}
	f := seal.NewFrame(id, capability, del, body)
	f.Nonce = seal.Work(body, 16)
	return f
}

func newSecret(t *testing.T) seal.Secret {
	t.Helper()
	s, err := seal.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealed_frames(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := demoAt(t, io.Discard, &now)
	h, keys := s.Public(), newSecret(t).Keys()
	f := sealedFrame(t, s, keys, "words")
	lazy := f
	lazy.Nonce = [8]byte{0xff, 1}
	if a := sendFrame(t, h, lazy.Bytes()); a.Status != seal.NeedWork || a.Need != 16 {
		t.Errorf("without work: %v, %d bits; want 16 asked for", a.Status, a.Need)
	}
	for range 3 { // a phone that got no answer asks again
		if a := sendFrame(t, h, f.Bytes()); a.Status != seal.Stored {
			t.Fatalf("a report: %v", a.Status)
		}
	}
	if ids, err := s.Pool().IDs(t.Context()); err != nil || len(ids) != 1 {
		t.Errorf("%d blobs for one report, %v", len(ids), err)
	}
	if a := sendFrame(t, h, sealedFrame(t, s, keys, "other words").Bytes()); a.Status != seal.Conflict {
		t.Errorf("other words under the same id: %v", a.Status)
	}
	plain := seal.Frame{Op: seal.Drop, Body: bytes.Repeat([]byte("a word "), seal.BodySize/7+1)[:seal.BodySize]}
	if a := sendFrame(t, h, plain.Bytes()); a.Status != seal.Refused {
		t.Errorf("words that are not sealed: %v", a.Status)
	}
	if a := sendFrame(t, h, seal.Frame{Op: seal.Cover}.Bytes()); a.Status != seal.Done {
		t.Errorf("a cover: %v", a.Status)
	}
	stranger := newSecret(t).Keys()
	for name, k := range map[string]seal.Keys{"own": keys, "unknown": stranger} {
		a := sendFrame(t, h, seal.Frame{Op: seal.Mailbox, Body: k.MboxKey[:]}.Bytes())
		for _, slot := range a.Slots {
			if _, _, err := seal.OpenReply(slot, k); err == nil || a.Status != seal.Done {
				t.Errorf("%s mailbox, nothing in it: %v, a reply opens", name, a.Status)
			}
		}
	}
	id, del, _ := keys.Drop(0)
	withdraw := append(append([]byte{1}, id[:]...), del[:]...)
	wrong := append(append([]byte{1}, id[:]...), make([]byte, 32)...)
	for i, payload := range [][]byte{wrong, withdraw} {
		if a := sendFrame(t, h, seal.Frame{Op: seal.Withdraw, Body: payload}.Bytes()); a.Status != seal.Done {
			t.Errorf("withdrawing: %v", a.Status)
		}
		if ids, _ := s.Pool().IDs(t.Context()); len(ids) != 1-i {
			t.Errorf("after withdrawal %d there are %d blobs", i, len(ids))
		}
	}
}

func TestSealed_refusesWhatIsNoFrame(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := demoAt(t, io.Discard, &now)
	frame := seal.Frame{Op: seal.Cover}.Bytes()
	for name, c := range map[string]struct {
		kind string
		body []byte
		from string
		want int
	}{
		"short":           {"application/octet-stream", frame[1:], "", http.StatusBadRequest},
		"long":            {"application/octet-stream", append(bytes.Clone(frame), 0), "", http.StatusBadRequest},
		"another version": {"application/octet-stream", append([]byte{9}, frame[1:]...), "", http.StatusBadRequest},
		"an unknown wish": {"application/octet-stream", append([]byte{1, 77}, frame[2:]...), "", http.StatusBadRequest},
		"a picture":       {"image/jpeg", frame, "", http.StatusUnsupportedMediaType},
		"an upload":       {"multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.jpg\"\r\n\r\nx\r\n--x--"), "", http.StatusUnsupportedMediaType},
		"another site":    {"application/octet-stream", frame, "cross-site", http.StatusForbidden},
		"an unknown step": {"application/x-www-form-urlencoded", []byte("s=9"), "", http.StatusBadRequest},
		"an unknown tap":  {"application/x-www-form-urlencoded", []byte("s=3&what=murder"), "", http.StatusBadRequest},
		"no code":         {"application/x-www-form-urlencoded", []byte("s=3&text=hello"), "", http.StatusBadRequest},
	} {
		r := httptest.NewRequest(http.MethodPost, "/ar/", bytes.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		if c.from != "" {
			r.Header.Set("Sec-Fetch-Site", c.from)
		}
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
}

// TestSealed_wordsAreAnsweredElsewhere: whatever becomes of a form with words or
// a code in it, the answer is an address, because then no browser keeps the body.
// It shows its page once.
func TestSealed_wordsAreAnsweredElsewhere(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := demoAt(t, io.Discard, &now)
	code := url.QueryEscape(newSecret(t).Digits())
	page := postForm(s.Public(), "/ar/", "s=2").Body.String()
	_, rest, _ := strings.Cut(page, `name="t" value="`)
	stamp, _, _ := strings.Cut(rest, `"`)
	good := "s=3&t=" + stamp + "&code=" + code + "&desk=IQ-BG&what=chat&reach=none&text=marker"
	for name, form := range map[string]string{
		"stored":            good,
		"without a desk":    "s=3&t=" + stamp + "&code=" + code + "&text=marker",
		"too long":          good + strings.Repeat("x", 7000),
		"a picture":         good + "&handles=data:image/png",
		"an old page":       strings.Replace(good, "t="+stamp, "t=old", 1),
		"another language":  good + "&step=show",
		"a machine":         good + "&website=x",
		"a mailbox":         "s=4&code=" + code,
		"a wrong code":      "s=4&code=marker",
		"a deletion":        "s=6&code=" + code + "&delete=" + strings.Repeat("ab", 32),
		"a withdrawal":      "s=6&code=" + code + "&do=withdraw",
		"a message":         "s=6&code=" + code + "&do=write&desk=IQ-BG&text=marker",
		"an empty message":  "s=6&code=" + code + "&do=write&desk=IQ-BG",
		"a mailbox in ckb":  "s=6&code=" + code + "&step=show",
		"a desk unheard of": "s=3&t=" + stamp + "&code=" + code + "&desk=IQ-XX&what=chat&reach=none",
	} {
		w := postForm(s.Public(), "/ckb/", form)
		to := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || w.Header().Get("Cache-Control") != "no-store" || w.Body.Len() > 0 ||
			to != "/ckb/#ok" && !strings.HasPrefix(to, "/ckb/?k=") || strings.Contains(to, "marker") {
			t.Errorf("%s: %d to %q with %d bytes", name, w.Code, to, w.Body.Len())
			continue
		}
		if to == "/ckb/#ok" {
			continue
		}
		first, second := get(s.Public(), to), get(s.Public(), to)
		home := get(s.Public(), "/ckb/").Body.String()
		if first.Code != http.StatusOK || first.Header().Get("Cache-Control") != "no-store" || first.Body.String() == home {
			t.Errorf("%s: its page is %d, %s", name, first.Code, first.Header().Get("Cache-Control"))
		}
		if n := first.Body.Len(); n%(32<<10) != 0 || first.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: its page has %d bytes, %q; its size tells what is in it", name, n, first.Header().Get("Content-Encoding"))
		}
		if second.Body.String() != home {
			t.Errorf("%s: its page can be seen twice", name)
		}
	}
}

// TestSealed_leavesNothing writes, reads and withdraws in every way, and then
// looks for it in the log, in every file of the host and in every answer's head.
func TestSealed_leavesNothing(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var log bytes.Buffer
	s, dir := demoAt(t, &log, &now)
	secret := newSecret(t)
	code := secret.Digits()
	markers := []string{"kz-words-7781", "kz-way-1102", code, strings.ReplaceAll(code, " ", ""), strings.Join(secret.Words("ar"), " "), "198.51.100.77", "KZAgent"}
	send := func(body string, kind string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/en/", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("User-Agent", "KZAgent")
		r.RemoteAddr = "198.51.100.77:4000"
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, r)
		return w
	}
	const form = "application/x-www-form-urlencoded"
	_, rest, _ := strings.Cut(send("s=2", form).Body.String(), `name="t" value="`)
	stamp, _, _ := strings.Cut(rest, `"`)
	q := url.QueryEscape(code)
	w := send("s=3&t="+stamp+"&code="+q+"&desk=IQ-SU&what=chat&reach=way&how=kz-way-1102&text=kz-words-7781", form)
	if w.Header().Get("Location") != "/en/#ok" {
		t.Fatalf("the report was not stored: %d, %s", w.Code, w.Header())
	}
	send("s=4&code="+q, form)
	send("s=4&code="+url.QueryEscape(strings.Join(secret.Words("ar"), " ")), form)
	send("s=3&code="+q+"&text=kz-words-7781", form)
	send("kz-words-7781", "text/plain")
	send("kz-words-7781", "application/octet-stream")
	f := sealedFrame(t, s, newSecret(t).Keys(), "kz-words-7781")
	send(string(f.Bytes()), "application/octet-stream")
	get(s.Public(), "/en/?k=kz-words-7781")
	if ids, err := s.Pool().IDs(t.Context()); err != nil || len(ids) != 2 {
		t.Fatalf("%d reports are stored, %v; want both", len(ids), err)
	}
	addr := secret.Keys().Addr()
	hidden := append([]string{hex.EncodeToString(addr[:]), string(addr[:]), "age-encryption.org"}, markers...)
	for _, m := range hidden {
		if strings.Contains(log.String(), m) {
			t.Errorf("the log holds %q", m)
		}
	}
	files := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(name)
		files++
		for _, m := range hidden {
			if bytes.Contains(raw, []byte(m)) {
				t.Errorf("%s holds %q", filepath.Base(name), m)
			}
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("looked at %d files, %v", files, err)
	}
}

func TestSealed_closesByItself(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := demoAt(t, io.Discard, &now)
	offered := func() int { return strings.Count(postForm(s.Public(), "/en/", "s=2").Body.String(), `name="desk"`) }
	free := func() int {
		page := postForm(s.Public(), "/en/", "s=2").Body.String()
		return offered() - strings.Count(page, " disabled>")
	}
	if offered() != 2 || free() != 2 {
		t.Fatalf("%d desks, %d of them staffed; want two", offered(), free())
	}
	now = now.AddDate(0, 0, 4)
	if offered() != 2 || free() != 0 {
		t.Errorf("four days after anybody looked: %d desks, %d of them offered", offered(), free())
	}
	if got := get(s.Public(), "/d/staffed").Body.String(); strings.TrimSpace(got) != `{"desks":[]}` {
		t.Errorf("staffed: %s", got)
	}
	if err := s.Pool().Beat(t.Context(), "IQ-BG"); err != nil {
		t.Fatal(err)
	}
	if free() != 1 {
		t.Errorf("after one desk looked in %d are offered", free())
	}
	now = now.AddDate(0, 2, 0)
	for _, l := range locales.All() {
		page := postForm(s.Public(), "/"+string(l)+"/", "s=2").Body.String()
		if strings.Contains(page, `<textarea`) || !strings.Contains(page, "911") || !strings.Contains(page, "/"+string(l)+"/contact") {
			t.Errorf("%s: with an expired directory there is a form, or no number", l)
		}
	}
	for step, form := range map[string]string{"5": "s=5", "4": "s=4&code=" + url.QueryEscape(newSecret(t).Digits())} {
		w := postForm(s.Public(), "/en/", form)
		if step == "5" && !strings.Contains(w.Body.String(), `name="code"`) || step == "4" && !strings.HasPrefix(w.Header().Get("Location"), "/en/?k=") {
			t.Errorf("with an expired directory answers cannot be read: step %s, %d", step, w.Code)
		}
	}
	if w := get(s.Public(), "/d/desks"); w.Code != http.StatusNotFound {
		t.Errorf("an expired directory is handed out: %d", w.Code)
	}
}

// TestSealed_slowsAndNeverBlocks: far beyond the usual, sending costs more work;
// nobody is refused.
func TestSealed_slowsAndNeverBlocks(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := demoAt(t, io.Discard, &now)
	frame := seal.Frame{Op: seal.Drop, Body: make([]byte, seal.BodySize)}.Bytes()
	first, last := sendFrame(t, s.Public(), frame), seal.Answer{}
	for range 130 {
		last = sendFrame(t, s.Public(), frame)
	}
	if first.Need != 16 || last.Need != 20 {
		t.Errorf("%d bits at first, %d after 130 reports of one network; want 16 and 20", first.Need, last.Need)
	}
	_, rest, _ := strings.Cut(postForm(s.Public(), "/en/", "s=2").Body.String(), `name="t" value="`)
	stamp, _, _ := strings.Cut(rest, `"`)
	form := "s=3&t=" + stamp + "&code=" + url.QueryEscape(newSecret(t).Digits()) + "&desk=IQ-BG&what=chat&reach=none"
	w := postForm(s.Public(), "/en/", form)
	page := get(s.Public(), w.Header().Get("Location")).Body.String()
	if !strings.Contains(page, "in a minute") || !strings.Contains(page, `value="chat" checked`) {
		t.Error("in a flood a quick form is not asked to wait, or lost what was tapped")
	}
	now = now.Add(61 * time.Second)
	if w := postForm(s.Public(), "/en/", form); w.Header().Get("Location") != "/en/#ok" {
		t.Errorf("a minute later it leads to %s", w.Header().Get("Location"))
	}
}

// TestSealed_warnsOfWhatStandsBetween: before the first word, and only there.
func TestSealed_warnsOfWhatStandsBetween(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := demoAt(t, io.Discard, &now)
	for name, c := range map[string]struct{ header, value, want string }{
		"a plain browser":       {"User-Agent", "Mozilla/5.0 Chrome/140", ""},
		"a proxy browser":       {"X-OperaMini-Phone", "x", "another company"},
		"inside a social app":   {"User-Agent", "Mozilla/5.0 [FBAN/FBIOS;FBAV/1]", "inside an app"},
		"inside another of the": {"User-Agent", "Mozilla/5.0 Instagram 300", "inside an app"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/en/", strings.NewReader("s=2"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(c.header, c.value)
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, r)
		found := ""
		for _, warning := range []string{"another company", "inside an app"} {
			if strings.Contains(w.Body.String(), warning) {
				found = warning
			}
		}
		if found != c.want {
			t.Errorf("%s: warned of %q, want %q", name, found, c.want)
		}
	}
}
