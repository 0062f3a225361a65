package server_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hisn/content"
	"hisn/locales"
	"hisn/server"
	"hisn/server/family"
)

const agreementForm = "step=sheet&line=no-codes&when=week&free="

// TestAgreement_whatIsTypedIsHarmless holds that nothing typed can turn the
// page, run, or be kept: not in a cache, not in an address, not in the log.
func TestAgreement_whatIsTypedIsHarmless(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newServer(t, &log)
	for name, typed := range map[string]string{
		"markup":      `"><script>alert("Sentinelword")</script>`,
		"override":    "Sentinelword \u202e\u2066 reversed",
		"template":    `{{.Sentinelword}}`,
		"link":        `javascript:Sentinelword`,
		"tower":       "Sentinelword" + strings.Repeat("\u0300", 80),
		"invisible":   "Sentinelword\u0000\ufeff\u200b\u00ad",
		"line breaks": "Sentinelword\r\nSet-Cookie: a=b",
	} {
		for _, l := range locales.All() {
			w := postForm(s.Public(), "/"+string(l)+"/family/agreement", agreementForm+url.QueryEscape(typed))
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(body, "Sentinelword") {
				t.Errorf("%s in %s: %d, printed %t", name, l, w.Code, strings.Contains(body, "Sentinelword"))
			}
			if strings.Contains(body, "<script>") || strings.ContainsAny(body, "\u202e\u2066\u0000\ufeff\u200b") || strings.Contains(body, "\u0300\u0300\u0300\u0300") {
				t.Errorf("%s in %s is not harmless", name, l)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("%s in %s may be kept: %q", name, l, got)
			}
			if len(w.Header().Values("Set-Cookie")) > 0 || w.Header().Get("Location") != "" {
				t.Errorf("%s in %s: headers %v", name, l, w.Header())
			}
		}
	}
	if strings.Contains(log.String(), "Sentinel") {
		t.Error("the log holds what was typed")
	}
}

// TestAgreement_promisesStay holds that no form makes a sheet without the six
// promises of the adults and the four steps.
func TestAgreement_promisesStay(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard)
	a := s.Site().Current().Library.Agreement
	for _, form := range []string{"step=sheet&when=", agreementForm, "step=sheet&line=no-codes&own-no-codes=&when="} {
		for _, l := range locales.All() {
			body := postForm(s.Public(), "/"+string(l)+"/family/agreement", form).Body.String()
			for _, id := range a.Promises {
				if !strings.Contains(body, a.Words.For(l).Promises[id]) {
					t.Errorf("%q in %s: without the promise %s", form, l, id)
				}
			}
			for _, id := range content.AgreementSteps() {
				if !strings.Contains(body, a.Words.For(l).Steps[id]) {
					t.Errorf("%q in %s: without the step %s", form, l, id)
				}
			}
		}
	}
}

// TestAgreement_badInputLosesNothing holds that a sheet that cannot be printed
// comes back as the form, with the words still in it.
func TestAgreement_badInputLosesNothing(t *testing.T) {
	t.Parallel()
	h := newServer(t, io.Discard).Public()
	long := strings.Repeat("kept ", family.LineMost/5+1)
	for name, c := range map[string]struct{ form, keeps string }{
		"long":        {agreementForm + url.QueryEscape(long), strings.TrimSpace(long)},
		"no such day": {"step=sheet&when=day&day=31&month=2&year=2027&adult=Aunt", `value="Aunt"`},
	} {
		w := postForm(h, "/en/family/agreement", c.form)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.keeps) || !strings.Contains(w.Body.String(), `name="own-`) && name == "long" {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	for name, form := range map[string]string{"no step": "line=no-codes", "not ours": "step=sheet&name=x", "no day": "step=calendar&when="} {
		if w := postForm(h, "/ckb/family/agreement", form); w.Code != http.StatusBadRequest && w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

// TestAgreement_calendarTellsNothing: whoever looks into the calendar reads an
// ordinary family hour.
func TestAgreement_calendarTellsNothing(t *testing.T) {
	t.Parallel()
	h := newServer(t, io.Discard).Public()
	for _, l := range locales.All() {
		w := postForm(h, "/"+string(l)+"/family/agreement", "step=calendar&when=week")
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/calendar") || strings.Count(body, "BEGIN:VEVENT") != 1 {
			t.Fatalf("%s: %d %s", l, w.Code, w.Header())
		}
		for _, word := range []string{"hisn", "حصن", "قەڵا", "agreement", "http", "extort", "اتفاق", "ابتزاز", "ڕێککەوتن", "بلاکمەیل"} {
			if strings.Contains(strings.ToLower(body), word) {
				t.Errorf("%s: the calendar says %q", l, word)
			}
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: the calendar may be kept: %q", l, got)
		}
	}
}

// TestFamily_links: what to do when a child has told is one tap from every
// family page, and no family page leads to the page for a home that is not safe.
func TestFamily_links(t *testing.T) {
	t.Parallel()
	seen := 0
	for page, body := range bodies(t, newServer(t, io.Discard, "--demo")) {
		l, _ := locales.Of(page)
		rest := strings.TrimPrefix(page, "/"+string(l))
		refuge, told := "/"+string(l)+"/family/people", "/"+string(l)+"/family/told"
		// The language menu leads to the page itself in other languages.
		toRefuge := strings.Contains(body, `href="`+refuge+`"`)
		switch {
		case strings.HasPrefix(rest, "/now") && !strings.Contains(rest, " "):
			if !toRefuge {
				t.Errorf("%s does not lead to the people to turn to", page)
			}
		case strings.HasPrefix(rest, "/family/people"):
			if !strings.Contains(body, `href="`+told+`"`) {
				t.Errorf("%s does not lead to what adults do", page)
			}
		case strings.HasPrefix(rest, "/family"):
			seen++
			if toRefuge {
				t.Errorf("%s leads to the page for a home that is not safe", page)
			}
			if !strings.HasPrefix(rest, "/family/told") && !strings.Contains(body, `href="`+told+`"`) {
				t.Errorf("%s has no way to what to do when a child has told", page)
			}
		}
	}
	if seen < 3*30 {
		t.Errorf("only %d family pages were looked at", seen)
	}
}

// TestCards_oldOnesAreFolded: a card that nobody checked for half a year says
// so first, and its words wait behind a line that one has to open.
func TestCards_oldOnesAreFolded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after time.Duration
		old   bool
	}{"fresh": {0, false}, "old": {200 * 24 * time.Hour, true}} {
		cfg, err := server.FromFlags([]string{"--data", t.TempDir()}, noEnv, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		day := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC).Add(c.after)
		s, err := server.New(cfg, slog.New(slog.DiscardHandler), func() time.Time { return day })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		for _, card := range s.Site().Current().Library.Cards {
			for _, l := range locales.All() {
				body := get(s.Public(), "/"+string(l)+"/family/settings/"+card.ID).Body.String()
				if got := strings.Contains(body, "c-fold--old"); got != c.old {
					t.Errorf("%s: %s in %s folded: %t", name, card.ID, l, got)
				}
			}
		}
	}
}
