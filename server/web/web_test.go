package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"io"

	"hisn/server/fault"
	"hisn/server/web"
)

func TestAccepts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		header, coding string
		want           bool
	}{
		{"gzip, deflate, br", "br", true},
		{"gzip, deflate, br", "gzip", true},
		{"GZIP", "gzip", true},
		{"gzip;q=0", "gzip", false},
		{"br;q=0.0, gzip;q=0.5", "br", false},
		{"br ; q=0.3", "br", true},
		{"brotli", "br", false},
		{"", "br", false},
		{"br;q=x", "br", false},
	} {
		if got := web.Accepts(tc.header, tc.coding); got != tc.want {
			t.Errorf("Accepts(%q, %q) = %v, want %v", tc.header, tc.coding, got, tc.want)
		}
	}
}

func serve(b *web.Body, method string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.Serve(w, r)
	return w
}

func TestBody_encodings(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("سلام ", 500)
	b := web.NewBody(http.StatusOK, "text/html; charset=utf-8", web.CachePublic, []byte(page))

	early := serve(b, "GET", "Accept-Encoding", "br")
	if got, err := io.ReadAll(brotli.NewReader(early.Body)); err != nil || string(got) != page {
		t.Errorf("the quick brotli of a fresh site is not the page: %v", err)
	}
	b.SetBrotli(web.Brotli([]byte(page)))
	tags := map[string]bool{early.Header().Get("ETag"): true}
	for accept, open := range map[string]func(io.Reader) (io.Reader, error){
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
	} {
		w := serve(b, "GET", "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding"); got != accept {
			t.Errorf("asked for %q, got %q", accept, got)
		}
		r, err := open(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != page {
			t.Errorf("%q: the page did not come back whole: %v", accept, err)
		}
		tag := w.Header().Get("ETag")
		if tags[tag] || strings.HasPrefix(tag, "W/") || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: tag %q, vary %q; every encoding has a strong tag of its own", accept, tag, w.Header().Get("Vary"))
		}
		tags[tag] = true
		again := serve(b, "GET", "Accept-Encoding", accept, "If-None-Match", `"x", `+tag)
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%q: known page answered with %d and %d bytes", accept, again.Code, again.Body.Len())
		}
		head := serve(b, "HEAD", "Accept-Encoding", accept)
		if head.Body.Len() != 0 || head.Header().Get("Content-Length") != w.Header().Get("Content-Length") {
			t.Errorf("%q: HEAD sent %d bytes and the length %s", accept, head.Body.Len(), head.Header().Get("Content-Length"))
		}
	}
}

func TestBody_neverKeptHasNoTag(t *testing.T) {
	t.Parallel()
	w := serve(web.NewBody(http.StatusOK, "text/html", web.CacheNever, []byte("x")), "GET")
	if w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("headers of an answer for one person: %v", w.Header())
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	const plain = "application/x-www-form-urlencoded"
	for _, tc := range []struct {
		name, media, body string
		want              fault.Kind
		ok                bool
	}{
		{"an ordinary form", plain, "a=1&b=%D8%B3", 0, true},
		{"with a charset", plain + "; charset=UTF-8", "a=1", 0, true},
		{"empty", plain, "", 0, true},
		{"multipart", "multipart/form-data; boundary=x", "--x--", fault.WrongType, false},
		{"json", "application/json", "{}", fault.WrongType, false},
		{"no type", "", "a=1", fault.WrongType, false},
		{"another charset", plain + "; charset=utf-16", "a=1", fault.WrongType, false},
		{"broken escape", plain, "a=%zz", fault.Invalid, false},
		{"a semicolon", plain, "a=1;b=2", fault.Invalid, false},
		{"no text", plain, "a=%ff%fe", fault.Invalid, false},
		{"a huge value", plain, "a=" + strings.Repeat("x", 5000), fault.Invalid, false},
		{"many fields", plain, strings.Repeat("a=1&", 500), fault.Invalid, false},
		{"a huge body", plain, "a=" + strings.Repeat("x", 70_000), fault.TooLarge, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/?a=from-the-query", strings.NewReader(tc.body))
			if tc.media != "" {
				r.Header.Set("Content-Type", tc.media)
			}
			values, err := web.Form(r)
			if (err == nil) != tc.ok || (!tc.ok && fault.KindOf(err) != tc.want) {
				t.Errorf("Form: %v, %v", values, err)
			}
			if values.Get("a") == "from-the-query" {
				t.Error("the query of the address was read")
			}
			if err != nil && err.Error() != tc.want.String() {
				t.Errorf("the error says more than its kind: %v", err)
			}
		})
	}
}

func FuzzForm(f *testing.F) {
	f.Add("for=young&app=whatsapp", "application/x-www-form-urlencoded")
	f.Fuzz(func(t *testing.T, body, media string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header = http.Header{"Content-Type": {media}}
		values, err := web.Form(r)
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Errorf("a bad form is our fault: %v", err)
		}
		if err == nil {
			if _, perr := url.ParseQuery(body); perr != nil {
				t.Errorf("accepted %q: %v", body, values)
			}
		}
	})
}

func TestStatus_everyKindHasOne(t *testing.T) {
	t.Parallel()
	seen := map[int]fault.Kind{}
	for _, k := range fault.Kinds() {
		s := web.Status(k)
		if s < 400 || (s >= 500) != (k == fault.Internal || k == fault.Unavailable) {
			t.Errorf("%s has the status %d", k, s)
		}
		if other, twice := seen[s]; twice {
			t.Errorf("%s and %s share %d", k, other, s)
		}
		seen[s] = k
	}
}
