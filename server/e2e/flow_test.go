package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"context"
)

// screens are the ways in which every flow is walked.
func screens() map[string]screen {
	noScript := func(s screen) screen { s.noScript = true; return s }
	return map[string]screen{
		"phone": phone, "desktop": desktop, "phone without scripts": noScript(phone), "desktop without scripts": noScript(desktop),
	}
}

// each runs a flow in every language and on every screen.
func each(t *testing.T, flow func(t *testing.T, tb *tab, lang string)) {
	t.Helper()
	l := open(t)
	for name, s := range screens() {
		for _, lang := range []string{"ar", "ckb", "en"} {
			t.Run(lang+" "+name, func(t *testing.T) {
				tb := l.tab(t, s)
				flow(t, tb, lang)
				tb.leavesNothing()
			})
		}
	}
}

// leavesNothing holds that the tab asked nobody but the site for anything, and
// that the phone keeps nothing.
func (tb *tab) leavesNothing() {
	tb.t.Helper()
	tb.do(scripts(true))
	for _, url := range tb.asked() {
		if !strings.HasPrefix(url, tb.lab.url) && !strings.HasPrefix(url, "data:") {
			tb.t.Errorf("asked a third party: %s", url)
		}
	}
	if kept := eval[string](tb, `document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)`); kept != "" {
		tb.t.Errorf("the phone keeps %q", kept)
	}
	if n := eval[int](tb, `Promise.all([indexedDB.databases(), "caches" in window ? caches.keys() : [], navigator.serviceWorker ? navigator.serviceWorker.getRegistrations() : []]).then(a => a.flat().length)`); n != 0 {
		tb.t.Errorf("%d databases, caches or workers are left", n)
	}
}

// TestFlow_check goes from the first page to a plan with taps only.
func TestFlow_check(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		tb.goTo("/" + lang + "/")
		tb.load(func() { tb.click(".c-door--check") })
		tb.click("label:has(input[name=for][value=young])")
		tb.click("label:has(input[name=app][value=whatsapp])")
		tb.click("label:has(input[name=phone][value=android])")
		tb.load(func() { tb.click("form#check button[type=submit]") })
		if got := tb.path(); got != "/"+lang+"/check" {
			t.Errorf("the questions have the address %s", got)
		}

		tb.asked()
		answered := 0
		if tb.scripted {
			tb.wait(`document.querySelector(".c-stepper__bar") !== null`)
			answered = tb.answerOneByOne("no")
			if asked := tb.askedBeyondFiles(); len(asked) > 0 {
				t.Errorf("answering asked for %v", asked)
			}
		} else {
			answered = tb.answerAll("no")
		}
		if answered < 5 {
			t.Errorf("only %d questions", answered)
		}
		tb.load(func() { tb.click("form button[type=submit]") })

		if got := tb.path(); got != "/"+lang+"/check" {
			t.Errorf("the plan has the address %s", got)
		}
		if n := eval[int](tb, `document.querySelectorAll(".c-now").length`); n != 1 {
			t.Errorf("%d things to do now", n)
		}
		if n := eval[int](tb, `document.querySelectorAll(".c-item").length + 1`); n != answered {
			t.Errorf("%d questions were answered with no, %d things stand in the plan", answered, n)
		}
		tb.asked()
		tb.click(".c-now .c-tick")
		if asked := tb.askedBeyondFiles(); len(asked) > 0 || !eval[bool](tb, `document.querySelector(".c-now .c-tick input").checked`) {
			t.Errorf("ticking asked for %v", asked)
		}
	})
}

// answerOneByOne answers as the stepper shows the questions.
func (tb *tab) answerOneByOne(answer string) int {
	tb.t.Helper()
	total := eval[int](tb, `document.querySelectorAll(".c-question").length`)
	for i := range total {
		if n := eval[int](tb, `[...document.querySelectorAll(".c-question")].filter(q => !q.hidden).length`); n != 1 {
			tb.t.Fatalf("%d questions on the screen", n)
		}
		tb.click(".c-question:not([hidden]) label:has(input[value=" + answer + "])")
		if i+1 < total {
			tb.wait(`[...document.querySelectorAll(".c-question")].findIndex(q => !q.hidden) > ` + strconv.Itoa(i))
		}
	}
	return total
}

func (tb *tab) answerAll(answer string) int {
	tb.t.Helper()
	ids := eval[[]string](tb, `[...document.querySelectorAll(".c-question")].map(q => q.id)`)
	for _, id := range ids {
		tb.click("#" + id + " label:has(input[value=" + answer + "])")
	}
	return len(ids)
}

// TestFlow_now opens answers in place: the address stays, nothing is asked for,
// and a telephone link is on the screen after one tap on an urgent answer.
func TestFlow_now(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		tb.goTo("/" + lang + "/")
		tb.load(func() { tb.click(".c-help") })
		if got := tb.path(); got != "/"+lang+"/now" {
			t.Fatalf("help leads to %s", got)
		}
		tb.asked()
		tb.click(".c-ask--urgent details > summary")
		if !eval[bool](tb, `[...document.querySelectorAll(".c-ask--urgent details[open] a[href^='tel:']")].some(a => a.checkVisibility())`) {
			t.Error("no telephone link after one tap")
		}
		branch := ".c-ask--urgent ~ .c-ask:not(.c-ask--urgent) > details"
		tb.click(branch + " > summary")
		if eval[bool](tb, `document.querySelector("`+branch+`[open] details") !== null`) {
			tb.click(branch + "[open] details > summary")
		}
		if got := tb.path(); got != "/"+lang+"/now" {
			t.Errorf("answering changed the address to %s", got)
		}
		if asked := tb.askedBeyondFiles(); len(asked) > 0 {
			t.Errorf("answering asked for %v", asked)
		}
	})
}

// TestFlow_sheet fills the evidence sheet: with scripts the statement is
// written from it, without them its blanks stand ready for a pen.
func TestFlow_sheet(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		tb.goTo("/" + lang + "/now")
		tb.asked()
		if tb.scripted {
			tb.wait(`!document.querySelector("[data-wipe]").hidden`)
		}
		tb.do(chromedp.SendKeys(chromedp.CSS("#sheet-app"), "zqapp"))
		statement := func() string { return eval[string](tb, `document.querySelector("[data-statement]").innerText`) }
		if tb.scripted {
			if got := statement(); !strings.Contains(got, "zqapp") {
				t.Errorf("the statement does not say what was typed: %q", got)
			}
			tb.click("[data-wipe]")
			if got := statement(); strings.Contains(got, "zqapp") {
				t.Errorf("the statement keeps what was wiped: %q", got)
			}
		} else if blanks := eval[int](tb, `[...document.querySelectorAll("[data-blank]")].filter(b => b.getBoundingClientRect().width > 60).length`); blanks < 5 {
			t.Errorf("%d blanks to fill in by hand", blanks)
		}
		if eval[int](tb, `document.querySelectorAll("main form, main [name]:not([type=radio]):not(details)").length`) != 0 {
			t.Error("the sheet could be sent somewhere")
		}
		if got := tb.path(); got != "/"+lang+"/now" {
			t.Errorf("typing changed the address to %s", got)
		}
		if asked := tb.askedBeyondFiles(); len(asked) > 0 {
			t.Errorf("typing asked for %v", asked)
		}
	})
}

// TestFlow_contact: region, then governorate, then a number behind its notice.
func TestFlow_contact(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		tb.goTo("/" + lang + "/")
		tb.load(func() { tb.click(".c-contactline a") })
		visible := `[...document.querySelectorAll("a[href^='tel:']")].filter(a => a.checkVisibility()).length`
		if n := eval[int](tb, visible); n != 0 {
			t.Errorf("%d telephone links stand open", n)
		}
		tb.click(".c-fold--region > summary")
		tb.click(".c-fold--region[open] .c-channel > summary")
		if n := eval[int](tb, visible); n != 1 {
			t.Errorf("%d telephone links after opening one channel", n)
		}
		tb.click(".c-governorates > details > summary")
		if n := eval[int](tb, `[...document.querySelectorAll(".c-governorates details[open] .c-number")].filter(b => b.checkVisibility()).length`); n == 0 {
			t.Error("a governorate shows no number")
		}
		if got := tb.path(); got != "/"+lang+"/contact" {
			t.Errorf("choosing changed the address to %s", got)
		}
	})
}

// TestFlow_languages keeps the page when the language changes.
func TestFlow_languages(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		tb.goTo("/" + lang + "/fix/whatsapp-two-step")
		other := map[string]string{"ar": "ckb", "ckb": "en", "en": "ar"}[lang]
		tb.load(func() { tb.click(`.c-langs a[hreflang="` + other + `"]`) })
		if got := tb.path(); got != "/"+other+"/fix/whatsapp-two-step" {
			t.Errorf("the switch leads to %s", got)
		}
		if got := eval[string](tb, `document.documentElement.lang`); got != other {
			t.Errorf("the page is in %s", got)
		}

		// A plan stays the same plan in the other language.
		tb.goTo("/" + lang + "/check")
		choose(tb, "young", "android", "whatsapp", "phone")
		finish(tb, "no", "yes", "cannot")
		const items = `[...document.querySelectorAll(".c-now h2 ~ p a[href*='/fix/'], .c-item a")].map(a => a.getAttribute("href").split("/").pop()).join()`
		before := eval[string](tb, items)
		tb.load(func() { tb.click(`.c-langs button[lang="` + other + `"]`) })
		if after := eval[string](tb, items); after != before || before == "" || eval[string](tb, `document.documentElement.lang`) != other {
			t.Errorf("the plan %s became %s", before, after)
		}
	})
}

// TestExit: the link leaves; with scripts one step back does not lead to the
// page again, and three taps of Shift do the same.
func TestExit(t *testing.T) {
	l := open(t)
	for name, s := range screens() {
		t.Run(name, func(t *testing.T) {
			tb := l.tab(t, s)
			tb.goTo("/ar/learn")
			tb.goTo("/ar/now")
			tb.arrive(func() { tb.click(".c-exit") })
			if s.noScript {
				return
			}
			eval[bool](tb, `(setTimeout(() => history.back(), 0), true)`)
			tb.wait(`location.pathname.startsWith("/ar/") && document.readyState === "complete"`)
			if got := tb.path(); got != "/ar/learn" {
				t.Errorf("one step back shows %s", got)
			}
		})
	}
	t.Run("three times Shift", func(t *testing.T) {
		tb := l.tab(t, desktop)
		tb.goTo("/en/now")
		tb.do(chromedp.SendKeys(chromedp.CSS("#sheet-app"), "zqapp"))
		tb.arrive(func() {
			eval[bool](tb, `(() => { for (let i = 0; i < 3; i++) document.dispatchEvent(new KeyboardEvent("keydown", {key: "Shift"})); return true })()`)
		})
	})
	t.Run("two times Shift is typing", func(t *testing.T) {
		tb := l.tab(t, desktop)
		tb.goTo("/en/now")
		eval[bool](tb, `(() => { const k = (key) => document.dispatchEvent(new KeyboardEvent("keydown", {key})); k("Shift"); k("A"); k("Shift"); k("Shift"); return true })()`)
		if got := tb.path(); got != "/en/now" {
			t.Errorf("typing left the page for %s", got)
		}
	})
	t.Run("first in tab order", func(t *testing.T) {
		tb := l.tab(t, desktop)
		tb.goTo("/en/")
		tb.do(chromedp.KeyEvent("\t"))
		if got := eval[string](tb, `document.activeElement.className`); got != "c-exit" {
			t.Errorf("the first Tab goes to %q", got)
		}
		tb.do(chromedp.KeyEvent("\t"))
		if got := eval[string](tb, `document.activeElement.className`); got != "c-skip" {
			t.Errorf("the second Tab goes to %q", got)
		}
	})
}

// arrive does something and waits until the tab is away from the site.
func (tb *tab) arrive(act func()) {
	tb.t.Helper()
	act()
	for range 300 {
		ctx, cancel := context.WithTimeout(tb.ctx, timeShort)
		url, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? location.href : ""`))
		cancel()
		if err == nil && strings.HasPrefix(url, tb.lab.away) {
			return
		}
		tb.pause(20 * time.Millisecond)
	}
	tb.t.Fatal("never left")
}

// TestFirstPaint: at most four requests come before the page stands, the font
// comes after it, and not at all on a saving connection.
func TestFirstPaint(t *testing.T) {
	l := open(t)
	for _, path := range []string{"/ar/", "/ckb/now", "/en/check", "/ckb/contact"} {
		tb := l.tab(t, phone)
		tb.goTo(path)
		got := eval[[]string](tb, `new Promise(done => setTimeout(() => {
			const paint = performance.getEntriesByName("first-contentful-paint")[0].startTime;
			done(performance.getEntriesByType("resource").map(r => (r.startTime < paint ? "before " : "after ") + r.name.split("/").pop())) }, 800))`)
		before := 1 // the page itself
		for _, r := range got {
			if strings.HasPrefix(r, "before") {
				before++
			}
		}
		if before > 4 {
			t.Errorf("%s: %d requests before the first paint: %v", path, before, got)
		}
		if !slices.Contains(got, "after vazirmatn.woff2") {
			t.Errorf("%s: the font does not follow the paint: %v", path, got)
		}
	}

	tb := l.tab(t, phone)
	tb.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `Object.defineProperty(navigator, "connection", {value: {saveData: true}})`,
		})
		return err
	}))
	tb.goTo("/ckb/")
	tb.pause(time.Second)
	for _, url := range tb.asked() {
		if strings.HasSuffix(url, ".woff2") {
			t.Errorf("a saving connection was asked for %s", url)
		}
	}
}

// TestFont_hasSoraniLetters shapes the letters that many phones lack.
func TestFont_hasSoraniLetters(t *testing.T) {
	l := open(t)
	tb := l.tab(t, phone)
	tb.goTo("/ckb/")
	missing := eval[string](tb, `new Promise(done => setTimeout(async () => {
		await document.fonts.ready;
		const c = document.createElement("canvas").getContext("2d");
		const width = (font, s) => { c.font = "40px " + font; return c.measureText(s).width };
		done([..."ڕڵۆێەھڤگچپژکیئ٠٩"].filter(s => width("Hisn, monospace", s) === width("monospace", s) && width("Hisn, serif", s) === width("serif", s)).join(""))
	}, 800))`)
	if missing != "" {
		t.Errorf("the font lacks %s", missing)
	}
}

// TestPrint: of the triage only the sheet is printed, and prints carry neither
// the exit nor the menus.
func TestPrint(t *testing.T) {
	l := open(t)
	tb := l.tab(t, desktop)
	for _, lang := range []string{"ar", "ckb", "en"} {
		for _, path := range []string{"/now", "/learn/first-hour", "/fix/whatsapp-two-step"} {
			tb.goTo("/" + lang + path)
			pdf, err := chromedp.Run(tb.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
			if err != nil || len(pdf) < 5000 {
				t.Fatalf("%s%s: %d bytes, %v", lang, path, len(pdf), err)
			}
		}
	}
	tb.goTo("/ar/now")
	tb.print(true)
	if n := eval[int](tb, `[...document.querySelectorAll(".c-ask, .l-top, .c-first, .c-langs, .c-greeting")].filter(e => e.checkVisibility()).length`); n != 0 {
		t.Errorf("%d things are printed that are nobody's business", n)
	}
	if !eval[bool](tb, `document.querySelector(".c-statement").checkVisibility()`) {
		t.Error("the statement is not printed")
	}
	tb.print(false)
}
