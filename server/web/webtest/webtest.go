// Package webtest runs conversations with a handler that are written down as
// plain text, so that a test of a page can be read without knowing Go:
//
//	# comment
//	GET /ar/check
//	Accept-Language: ckb
//	code == 200
//	header Cache-Control contains must-revalidate
//	body contains فحص
//	body !contains [
//
//	POST /ar/check
//	form step=questions&for=young
//	code == 422
//
// A conversation is a request line, its headers, an optional form line and the
// checks; an empty line ends it. {lang} stands for each language in turn.
package webtest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hisn/locales"
)

// Run plays every *.txt file of a folder against h and returns the request
// lines it has played, with {lang} as written.
func Run(t *testing.T, h http.Handler, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	var played []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		line := 1
		for block := range strings.SplitSeq(string(raw), "\n\n") {
			at := line
			line += strings.Count(block, "\n") + 2
			c := parse(block)
			if c.method == "" {
				continue
			}
			played = append(played, c.method+" "+c.path)
			for _, l := range languages(block) {
				c.play(t, h, filepath.Base(file)+":"+strconv.Itoa(at), l)
			}
		}
	}
	return played
}

func languages(block string) []string {
	if !strings.Contains(block, "{lang}") {
		return []string{""}
	}
	var out []string
	for _, l := range locales.All() {
		out = append(out, string(l))
	}
	return out
}

type conversation struct {
	method, path string
	headers      [][2]string
	form         *string
	checks       []string
}

func parse(block string) conversation {
	var c conversation
	for line := range strings.SplitSeq(block, "\n") {
		line = strings.TrimSpace(line)
		first, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case c.method == "":
			c.method, c.path = first, rest
		case first == "form":
			c.form = &rest
		case first == "code" || first == "header" || first == "body":
			c.checks = append(c.checks, line)
		default:
			name, value, _ := strings.Cut(line, ": ")
			c.headers = append(c.headers, [2]string{name, value})
		}
	}
	return c
}

func (c conversation) play(t *testing.T, h http.Handler, where, lang string) {
	t.Helper()
	fill := func(s string) string { return strings.ReplaceAll(s, "{lang}", lang) }
	var r *http.Request
	if c.form != nil {
		r = httptest.NewRequest(c.method, fill(c.path), strings.NewReader(fill(*c.form)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		r = httptest.NewRequest(c.method, fill(c.path), nil)
	}
	for _, kv := range c.headers {
		r.Header.Set(kv[0], kv[1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	for _, check := range c.checks {
		if problem := verify(fill(check), w); problem != "" {
			t.Errorf("%s: %s %s: %s", where, c.method, fill(c.path), problem)
		}
	}
}

// verify returns what is wrong, or "".
func verify(check string, w *httptest.ResponseRecorder) string {
	kind, rest, _ := strings.Cut(check, " ")
	got := ""
	switch kind {
	case "code":
		got = strconv.Itoa(w.Code)
	case "header":
		var name string
		name, rest, _ = strings.Cut(rest, " ")
		got = w.Header().Get(name)
	case "body":
		got = w.Body.String()
	}
	op, want, _ := strings.Cut(rest, " ")
	ok := false
	switch op {
	case "==":
		ok = got == want
	case "!=":
		ok = got != want
	case "contains":
		ok = strings.Contains(got, want)
	case "!contains":
		ok = !strings.Contains(got, want)
	default:
		return "no such check: " + check
	}
	if ok {
		return ""
	}
	if len(got) > 200 {
		got = got[:200] + "…"
	}
	return check + ": got " + got
}
