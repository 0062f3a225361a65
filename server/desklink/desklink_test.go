package desklink_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hisn/server/desklink"
	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
)

func TestNew_takesSafeAddressesOnly(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://desk.example.org":      true,
		"https://desk.example.org/":     true,
		"http://127.0.0.1:8081":         true,
		"http://[::1]:8081":             true,
		"http://localhost:8081":         true,
		"http://abcdefgh.onion":         true,
		"http://desk.example.org":       false,
		"http://10.8.0.1:8081":          false,
		"http://127.0.0.1.example.org":  false,
		"https://user@desk.example.org": false,
		"https://desk.example.org/desk": false,
		"https://desk.example.org?a=b":  false,
		"desk.example.org":              false,
		"ftp://desk.example.org":        false,
		"":                              false,
	} {
		if _, err := desklink.New(address, nil); (err == nil) != want {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// door is a server that answers as a test says.
func door(t *testing.T, answer http.HandlerFunc) *desklink.Link {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	l, err := desklink.New(s.URL, s.Client().Transport)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLink_knowsEveryKindOfRefusal(t *testing.T) {
	t.Parallel()
	for _, k := range fault.Kinds() {
		l := door(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write([]byte(`{"error":"` + k.String() + `"}`))
		})
		_, err := l.IDs(t.Context())
		if fault.KindOf(err) != k || fault.AfterOf(err) != 7*time.Second {
			t.Errorf("%s came out as %v after %s", k, err, fault.AfterOf(err))
		}
	}
}

func TestLink_believesNoNonsense(t *testing.T) {
	t.Parallel()
	var id [16]byte
	for name, body := range map[string]string{
		"no JSON": "<html>", "ids of a wrong length": `{"ids":["ab"]}`, "ids that are none": `{"ids":["zz000000000000000000000000000000"]}`,
	} {
		l := door(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		if _, err := l.IDs(t.Context()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := l.Header(t.Context(), id); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s as a header: %v", name, err)
		}
		if _, err := l.Login(t.Context(), "a", "b"); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s as an answer to a login: %v", name, err)
		}
	}
	away := door(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://evil.example/")
		w.WriteHeader(http.StatusFound)
	})
	if _, err := away.IDs(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a redirect: %v", err)
	}
}

// TestLink_sendsTheSessionToItsOwnServer: cookies and token of a sign-in come
// back with every call, and nothing else does.
func TestLink_sendsTheSessionToItsOwnServer(t *testing.T) {
	t.Parallel()
	var cookie, token, part string
	body := bytes.Repeat([]byte{7}, seal.BodySize)
	l := door(t, func(w http.ResponseWriter, r *http.Request) {
		cookie, token, part = r.Header.Get("Cookie"), r.Header.Get("X-Desk-Token"), r.Header.Get("Range")
		switch {
		case r.URL.Path == "/desk/login":
			http.SetCookie(w, &http.Cookie{Name: "__Host-d", Value: "session", Path: "/", Secure: true})
			http.SetCookie(w, &http.Cookie{Name: "__Host-dev", Value: "device", Path: "/", Secure: true})
			http.SetCookie(w, &http.Cookie{Name: "other", Value: "x", Path: "/"})
			_, _ = w.Write([]byte(`{"stage":"totp","token":"tok"}`))
		case strings.HasPrefix(r.URL.Path, "/desk/pool/"):
			_, _ = w.Write(body) // a server may always send the whole
		default:
			_, _ = w.Write([]byte("{}"))
		}
	})
	if _, err := l.Login(t.Context(), "a", "b"); err != nil || cookie != "" || token != "" {
		t.Fatalf("the login went with %q, %q: %v", cookie, token, err)
	}
	if err := l.Remove(t.Context(), report.Proof{}); err != nil || cookie != "__Host-d=session; __Host-dev=device" || token != "tok" {
		t.Errorf("a call went with %q, %q: %v", cookie, token, err)
	}
	header, err := l.Header(t.Context(), [16]byte{})
	if err != nil || len(header) != seal.HeaderSize || token != "" || part != "bytes=0-3183" {
		t.Errorf("a header of %d bytes for %q: %v", len(header), part, err)
	}
	if rest, err := l.Rest(t.Context(), [16]byte{}); err != nil || len(rest) != seal.BodySize-seal.HeaderSize {
		t.Errorf("a rest of %d bytes: %v", len(rest), err)
	}
	l.Drop()
	if err := l.Beat(t.Context()); err != nil || strings.Contains(cookie, "session") || token != "" {
		t.Errorf("after dropping the session a call went with %q, %q: %v", cookie, token, err)
	}
}

func TestLink_errorsHoldNothingThatWasSent(t *testing.T) {
	t.Parallel()
	l, err := desklink.New("http://127.0.0.1:1", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = l.Login(ctx, "sara", "her password")
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Unavailable || strings.ContainsAny(err.Error(), "/:") {
		t.Errorf("the error is %v", err)
	}
}
