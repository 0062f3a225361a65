package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// planOf makes a plan with taps.
func planOf(tb *tab, lang string, answers []string, apps ...string) {
	tb.t.Helper()
	tb.goTo("/" + lang + "/check")
	choose(tb, "young", "android", apps...)
	finish(tb, answers...)
}

const openSteps = `[...document.querySelectorAll("input[name=done]")].map(i => i.value).join()`

// TestCarry_code writes a plan's code down and types it on another phone, in
// another language and other digits.
func TestCarry_code(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		planOf(tb, lang, []string{"no", "yes", "cannot"}, "whatsapp", "telegram")
		code := eval[string](tb, `document.querySelector(".c-code bdi").textContent`)
		before := eval[string](tb, openSteps)

		other := map[string]string{"ar": "ckb", "ckb": "en", "en": "ar"}[lang]
		digits := map[string]string{"ckb": "٠١٢٣٤٥٦٧٨٩", "en": "0123456789", "ar": "۰۱۲۳۴۵۶۷۸۹"}[other]
		typed := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return []rune(digits)[r-'0']
			}
			return r
		}, code)
		phone := tb.lab.tab(t, screen{width: 360, height: 740, noScript: !tb.scripted})
		phone.goTo("/" + other + "/check")
		phone.do(chromedp.SendKeys(chromedp.CSS("#code-field"), typed))
		phone.load(func() { phone.click("form#code button[type=submit]") })
		if got := phone.path(); got != "/"+other+"/check" {
			t.Errorf("the plan has the address %s", got)
		}
		if after := eval[string](phone, openSteps); after != before || before == "" {
			t.Errorf("the plan %s came as %s", before, after)
		}

		// A step is ticked and sent: it is open no longer, and the code is another.
		phone.click(".c-now .c-tick")
		phone.load(func() { phone.click("form#plan .c-carry button[type=submit]") })
		if after := eval[string](phone, openSteps); strings.Count(after, ",") != strings.Count(before, ",")-1 {
			t.Errorf("after one tick %s is open", after)
		}
		if eval[string](phone, `document.querySelector(".c-code bdi").textContent`) == code {
			t.Error("a tick does not change the code")
		}
	})
}

// TestCarry_keep keeps ticks only after it is asked, shows them again, and
// forgets them with one tap and by leaving quickly.
func TestCarry_keep(t *testing.T) {
	l := open(t)
	kept := `Object.keys(localStorage).length`
	for _, lang := range []string{"ar", "ckb", "en"} {
		t.Run(lang, func(t *testing.T) {
			tb := l.tab(t, phone)
			planOf(tb, lang, []string{"no"}, "whatsapp")
			tb.wait(`!document.querySelector(".c-keep").hidden`)
			tb.click(".c-now .c-tick")
			if n := eval[int](tb, kept); n != 0 {
				t.Fatalf("%d things are kept before it was asked", n)
			}
			tb.asked()
			tb.click("label:has([data-keep])")
			tb.click(".c-item .c-tick")
			if asked := tb.askedBeyondFiles(); len(asked) > 0 {
				t.Errorf("keeping asked for %v", asked)
			}
			if n := eval[int](tb, kept); n != 1 {
				t.Fatalf("%d things are kept", n)
			}
			if name := eval[string](tb, `Object.keys(localStorage)[0]`); name != "p" {
				t.Errorf("the name in the storage is %q", name)
			}
			open := eval[int](tb, `document.querySelectorAll("input[name=done]").length`)

			tb.goTo("/" + lang + "/check")
			tb.wait(`!document.querySelector(".c-kept").hidden`)
			tb.load(func() { tb.click(".c-kept [data-open]") })
			if after := eval[int](tb, `document.querySelectorAll("input[name=done]").length`); after != open-2 {
				t.Errorf("%d of %d steps are open after two ticks", after, open)
			}
			tb.wait(`!document.querySelector("[data-kept]").hidden`)
			tb.click(".c-keep [data-wipe]")
			if n := eval[int](tb, kept); n != 0 {
				t.Errorf("%d things are kept after wiping", n)
			}

			tb.click("label:has([data-keep])")
			tb.goTo("/" + lang + "/learn")
			tb.arrive(func() { tb.click(".c-exit") })
			tb.goTo("/" + lang + "/about")
			if n := eval[int](tb, kept); n != 0 {
				t.Errorf("%d things are kept after leaving quickly", n)
			}
		})
	}
}

var pdfPages = regexp.MustCompile(`/Type\s*/Page[^s]`)

// TestCarry_paper: a plan is one page, A4 with every service and A6 with one.
func TestCarry_paper(t *testing.T) {
	l := open(t)
	tb := l.tab(t, desktop)
	every := []string{"whatsapp", "instagram", "facebook", "tiktok", "snapchat", "telegram", "google", "phone", "apple", "x", "viber", "discord", "games"}
	for _, lang := range []string{"ar", "ckb", "en"} {
		for name, c := range map[string]struct {
			paper chromedp.PaperSize
			apps  []string
		}{
			"A4": {chromedp.PaperA4, every},
			"A6": {chromedp.PaperSize{Width: 4.13, Height: 5.83}, []string{"whatsapp", "instagram"}},
		} {
			planOf(tb, lang, []string{"no"}, c.apps...)
			pdf, err := chromedp.Run(tb.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(c.paper)))
			if err != nil {
				t.Fatal(err)
			}
			if n := len(pdfPages.FindAll(pdf, -1)); n != 1 {
				t.Errorf("%s: the plan takes %d pages of %s", lang, n, name)
			}
			if *shots != "" {
				if err := os.WriteFile(filepath.Join(*shots, "plan-"+lang+"-"+name+".pdf"), pdf, 0o644); err != nil { //nolint:gosec // pictures for all
					t.Fatal(err)
				}
			}
		}
	}
}
