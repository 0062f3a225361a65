package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// onePage are the family pages that are handed out as a sheet.
func onePage() []string {
	return []string{
		"/family/told", "/family/signs", "/family/simple",
		"/family/tonight/lamp-in-the-game", "/family/tonight/the-strange-picture", "/family/tonight/secret-that-feels-heavy",
		"/family/tonight/code-from-cousin", "/family/tonight/noors-group", "/family/tonight/free-diamonds",
		"/family/tonight/screenshot-on-thursday", "/family/tonight/the-goalkeeper", "/family/tonight/my-friend-hadeel",
		"/family/tonight/job-in-erbil", "/family/tonight/after-the-engagement", "/family/tonight/two-hundred-dollars",
		"/family/settings/family-link", "/family/settings/apple-family", "/family/settings/instagram", "/family/settings/tiktok",
		"/family/settings/snapchat", "/family/settings/youtube", "/family/settings/discord", "/family/settings/roblox",
		"/family/settings/whatsapp", "/family/settings/telegram",
	}
}

// paper is as wide as what is printed on A4 within its margins: 182 mm.
var paper = screen{width: 688, height: 1030}

// packPages is what the parents' evening takes: the plan, what to know, what to hand out.
const packPages = 3

func TestPrint_familySheets(t *testing.T) {
	tb := open(t).tab(t, paper)
	for _, lang := range []string{"ar", "ckb", "en"} {
		for _, path := range onePage() {
			tb.goTo("/" + lang + path)
			printed(t, tb, lang+path, 1)
		}
		tb.goTo("/" + lang + "/family/evening")
		printed(t, tb, lang+"/family/evening", packPages)
	}
}

// TestPrint_agreement fills in as much as the form takes: it is one page still.
func TestPrint_agreement(t *testing.T) {
	tb := open(t).tab(t, paper)
	words := map[string]string{"ar": "وعد طويل ", "ckb": "بەڵێنێکی درێژ ", "en": "a long promise "}
	for _, lang := range []string{"ar", "ckb", "en"} {
		tb.goTo("/" + lang + "/family/agreement")
		tb.load(func() {
			eval[bool](tb, `([...document.querySelectorAll("[name=line]")].slice(-6).forEach(e => e.checked = true), document.querySelector("main form").requestSubmit(), true)`)
		})
		full := strings.Repeat(words[lang], 10)
		tb.load(func() {
			eval[bool](tb, `(document.querySelectorAll("[name=free], [name=adult]").forEach(e => e.value = "`+full+`".slice(0, e.maxLength)), document.querySelector("main form").requestSubmit(), true)`)
		})
		if n := eval[int](tb, `document.querySelectorAll(".c-agreement .c-checks li").length`); n != 16 {
			t.Errorf("%s: %d promises on the fullest sheet, want 16", lang, n)
		}
		printed(t, tb, lang+" agreement", 1)
	}
}

// printed holds how many pages of A4 the page takes, that nothing on it is cut,
// and that no ink is spent on colour.
func printed(t *testing.T, tb *tab, name string, pages int) {
	t.Helper()
	tb.print(true)
	const cut = `[...document.querySelectorAll("main *")].filter(e => e.checkVisibility() && !e.closest(".u-hidden") && e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflow !== "visible").map(e => e.className || e.tagName).join(" ")`
	if got := eval[string](tb, cut); got != "" {
		t.Errorf("%s: cut on paper: %s", name, got)
	}
	if over := eval[int](tb, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("%s: %d pixels wider than the paper", name, over)
	}
	const coloured = `[...document.querySelectorAll("main *")].filter(e => e.checkVisibility() && getComputedStyle(e).color.match(/\d+/g).slice(0, 3).some((v, i, a) => v !== a[0])).map(e => e.className || e.tagName).join(" ")`
	if got := eval[string](tb, coloured); got != "" {
		t.Errorf("%s: in colour on paper: %.200s", name, got)
	}
	tb.print(false)
	pdf, err := chromedp.Run(tb.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(pdfPages.FindAll(pdf, -1)); n != pages {
		t.Errorf("%s takes %d pages of A4, want %d", name, n, pages)
	}
	if *shots != "" {
		file := filepath.Join(*shots, "print-"+strings.ReplaceAll(strings.ReplaceAll(name, "/", "-"), " ", "-")+".pdf")
		if err := os.WriteFile(file, pdf, 0o644); err != nil { //nolint:gosec // pictures for all
			t.Fatal(err)
		}
	}
}

// TestAgreement_withoutScripts walks the way to the sheet on a phone whose
// browser runs no scripts: tick, reword, sheet, and back with nothing lost.
func TestAgreement_withoutScripts(t *testing.T) {
	tb := open(t).tab(t, screen{width: 360, height: 740, noScript: true})
	for _, lang := range []string{"ar", "ckb", "en"} {
		tb.goTo("/" + lang + "/family/agreement")
		eval[bool](tb, `(document.querySelector("[value=show-strange]").checked = true)`)
		tb.load(func() { tb.click("#agreement > button") })
		if tb.path() != "/"+lang+"/family/agreement" || eval[int](tb, `document.querySelectorAll("[name=own-show-strange]").length`) != 1 {
			t.Fatalf("%s: the line is not there to reword", lang)
		}
		eval[bool](tb, `(document.querySelector("[name=own-show-strange]").value = "Typedword", true)`)
		tb.load(func() { tb.click("#agreement > button") })
		if got := eval[string](tb, `document.querySelector(".c-checks--own").textContent.trim()`); got != "Typedword" {
			t.Errorf("%s: the sheet has %q", lang, got)
		}
		tb.load(func() { tb.click(`.c-printbar button[form="agreement"]`) })
		if got := eval[string](tb, `document.querySelector("[name=own-show-strange]").value`); got != "Typedword" {
			t.Errorf("%s: back from the sheet there is %q", lang, got)
		}
		if got := tb.path(); got != "/"+lang+"/family/agreement" {
			t.Errorf("%s: the address is %s", lang, got)
		}
	}
}
