package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// TestPractice_quiz answers a whole form with taps. With scripts nothing is
// sent before the end and after it; without them each answer goes to the
// server and comes back with its explanation.
func TestPractice_quiz(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		tb.goTo("/" + lang + "/learn")
		tb.load(func() { tb.click(`section[aria-labelledby=quizzes] a[href="/` + lang + `/learn/quiz/messages"]`) })
		tb.load(func() { tb.click(".c-before__ways .c-button") })
		if tb.scripted {
			tb.wait(`document.querySelector(".c-quiz .c-stepper__tools") !== null`)
		}
		tb.asked()
		items := eval[[]string](tb, `[...document.querySelectorAll(".c-quizitem")].map(i => i.id)`)
		if len(items) != 8 {
			t.Fatalf("%d situations", len(items))
		}
		for n, id := range items {
			at := "#" + id
			if tb.scripted {
				if shown := eval[string](tb, `[...document.querySelectorAll(".c-quizitem")].filter(i => !i.hidden).map(i => i.id).join()`); shown != id {
					t.Fatalf("%s is on the screen, want %s", shown, id)
				}
			}
			tb.answerRightly(at)
			check := func() { tb.click(at + " .c-quizitem__check") }
			if tb.scripted {
				check()
			} else {
				tb.load(check)
			}
			if outcome := eval[string](tb, `[...document.querySelectorAll("`+at+` [data-outcome]")].filter(o => !o.hidden && o.checkVisibility()).map(o => o.dataset.outcome).join()`); outcome != "right" {
				t.Errorf("%s: the right answer is called %q", id, outcome)
			}
			if !eval[bool](tb, `document.querySelector("`+at+` [data-feedback]").checkVisibility()`) {
				t.Errorf("%s has no feedback", id)
			}
			if tb.scripted && n < 7 {
				tb.click(".c-quiz .c-stepper__tools .c-button:not(.c-button--soft)")
			}
		}
		finish := func() { tb.click("[data-finish]") }
		if tb.scripted {
			finish()
			if asked := tb.askedBeyondFiles(); len(asked) > 0 {
				t.Errorf("answering asked for %v", asked)
			}
		} else {
			tb.load(finish)
		}
		numbers := eval[string](tb, `["caught", "traps", "accused", "honest"].map(n => document.querySelector("[data-" + n + "]").textContent).join()`)
		want := map[string]string{"ar": "٥,٥,٠,٣", "ckb": "٥,٥,٠,٣", "en": "5,5,0,3"}[lang]
		if numbers != want {
			t.Errorf("the result is %s, want %s", numbers, want)
		}
		if got, _, _ := strings.Cut(tb.path(), "#"); got != "/"+lang+"/learn/quiz/messages/a" {
			t.Errorf("the result has the address %s", got)
		}
	})
}

// answerRightly fills in the right answer of a situation, as the page holds it.
func (tb *tab) answerRightly(at string) {
	tb.t.Helper()
	if !eval[bool](tb, `(() => { const item = document.querySelector("`+at+`"); const right = item.dataset.right.split(" ").filter(Boolean);
		item.querySelectorAll("input[type=checkbox], input[type=radio]").forEach(i => (i.checked = false));
		if (item.dataset.kind === "order") right.forEach((id, i) => (item.querySelector("[data-option='" + id + "']").value = String(i + 1)));
		else if (right.length === 0) item.querySelector("[data-nothing]").checked = true;
		else right.forEach(id => (item.querySelector("input[value='" + id + "']").checked = true));
		return true })()`) {
		tb.t.Fatal("not answered")
	}
}

// TestPractice_marksAlike: the script of the page and the server mark every set
// of picks of a form alike.
func TestPractice_marksAlike(t *testing.T) {
	l := open(t)
	with, without := l.tab(t, phone), l.tab(t, screen{width: 360, height: 740, noScript: true})
	for _, picks := range []struct{ item, set, form string }{
		{"a1", "", "a1=-"}, {"a1", "p2", "a1=p2"}, {"a1", "p1 p5", "a1=p1&a1=p5"}, {"a1", "p2 p3 p4", "a1=p2&a1=p3&a1=p4"},
		{"a3", "o2", "a3=o2"}, {"a3", "o1", "a3=o1"}, {"a3", "o2 o3 o5", "a3=o2&a3=o3&a3=o5"},
		{"a4", "o1", "a4=o1"}, {"a4", "o3", "a4=o3"}, {"a7", "p1", "a7=p1"},
	} {
		with.goTo("/en/learn/quiz/messages/a")
		with.wait(`document.querySelector(".c-quiz .c-stepper__tools") !== null`)
		const shown = `[...document.querySelectorAll("#%s [data-outcome]")].filter(o => !o.hidden).map(o => o.dataset.outcome).join()`
		eval[bool](with, `(() => { const item = document.getElementById("`+picks.item+`"); item.hidden = false;
			for (const id of "`+picks.set+`".split(" ").filter(Boolean)) item.querySelector("input[value='" + id + "']").checked = true;
			if ("`+picks.set+`" === "") item.querySelector("[data-nothing]").checked = true;
			item.querySelector(".c-quizitem__check").click(); return true })()`)
		local := eval[string](with, strings.Replace(shown, "%s", picks.item, 1))

		without.goTo("/en/learn/quiz/messages/a")
		eval[bool](without, `(() => { const item = document.getElementById("`+picks.item+`");
			for (const id of "`+picks.set+`".split(" ").filter(Boolean)) item.querySelector("input[value='" + id + "']").checked = true;
			if ("`+picks.set+`" === "") item.querySelector("[data-nothing]").checked = true; return true })()`)
		without.load(func() { without.click("#" + picks.item + " .c-quizitem__check") })
		if remote := eval[string](without, strings.Replace(shown, "%s", picks.item, 1)); remote != local || local == "" {
			t.Errorf("%s with %q is %q in the page and %q on the server", picks.item, picks.set, local, remote)
		}
	}
}

// TestPractice_chat plays a story to its end with taps; every screen is an
// address of its own, and help is on each.
func TestPractice_chat(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		tb.goTo("/" + lang + "/learn/chat/the-vote")
		tb.load(func() { tb.click(".c-before__ways .c-button") })
		for range 15 {
			if !eval[bool](tb, `document.querySelector(".c-helpline a").checkVisibility()`) {
				t.Fatal("no way to help on the screen")
			}
			if eval[bool](tb, `document.querySelector(".c-ending") !== null`) {
				break
			}
			tb.click(".c-reply:last-of-type summary")
			if !eval[bool](tb, `document.querySelector(".c-reply[open] p").checkVisibility()`) {
				t.Fatal("the choice has no feedback")
			}
			tb.load(func() { tb.click(".c-reply[open] .c-button") })
		}
		if !eval[bool](tb, `document.querySelector(".c-ending") !== null`) {
			t.Error("the story has no end")
		}
		if tb.scripted {
			tb.wait(`[...document.querySelectorAll(".c-bubble")].every(b => b.checkVisibility({visibilityProperty: true}))`)
		}
	})
}

// TestPractice_twoStep enrols a throw-away secret as an app does and types its
// code in the digits of the page's language.
func TestPractice_twoStep(t *testing.T) {
	each(t, func(t *testing.T, tb *tab, lang string) {
		tb.goTo("/" + lang + "/learn/two-step")
		tb.load(func() { tb.click(".c-before__ways .c-button") })
		secret := strings.ReplaceAll(eval[string](tb, `document.querySelector(".c-code bdi").textContent`), " ", "")
		code, err := totp.GenerateCode(secret, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		digits := []rune(map[string]string{"ar": "٠١٢٣٤٥٦٧٨٩", "ckb": "۰۱۲۳۴۵۶۷۸۹", "en": "0123456789"}[lang])
		typed := strings.Map(func(r rune) rune { return digits[r-'0'] }, code[:3]) + " " + strings.Map(func(r rune) rune { return digits[r-'0'] }, code[3:])
		for _, want := range []string{"accepted", "used"} {
			tb.do(chromedp.SendKeys(chromedp.CSS("#code"), typed))
			tb.load(func() { tb.click("form#practice button[type=submit]") })
			if !eval[bool](tb, `document.querySelector(".c-verdictbox--`+want+`") !== null`) {
				t.Errorf("%q is not called %s", typed, want)
			}
		}
		other := map[string]string{"ar": "ckb", "ckb": "en", "en": "ar"}[lang]
		tb.load(func() { tb.click(`.c-langs button[lang="` + other + `"]`) })
		if got := eval[string](tb, `document.querySelector(".c-code bdi").textContent`); strings.ReplaceAll(got, " ", "") != secret {
			t.Error("the practice changed with the language")
		}
	})
}

// TestPractice_passphrase: words are drawn on the phone, and nothing is asked
// for or kept.
func TestPractice_passphrase(t *testing.T) {
	l := open(t)
	tb := l.tab(t, phone)
	for _, lang := range []string{"ar", "ckb", "en"} {
		tb.goTo("/" + lang + "/learn/passphrase")
		tb.wait(`!document.querySelector(".c-draw").hidden`)
		tb.asked()
		seen := map[string]bool{}
		for range 5 {
			tb.click("[data-draw]")
			words := eval[string](tb, `document.querySelector("[data-words]").textContent`)
			if len(strings.Fields(words)) != 5 || seen[words] {
				t.Errorf("%s: drew %q", lang, words)
			}
			seen[words] = true
		}
		if asked := tb.askedBeyondFiles(); len(asked) > 0 {
			t.Errorf("drawing asked for %v", asked)
		}
		if n := eval[int](tb, `document.querySelectorAll("main input, main textarea").length`); n != 0 {
			t.Errorf("%s: %d fields on a page that asks for nothing", lang, n)
		}
	}
	tb.leavesNothing()
}

// TestPractice_path keeps the ticks of a path only when asked.
func TestPractice_path(t *testing.T) {
	l := open(t)
	tb := l.tab(t, phone)
	tb.goTo("/ckb/learn")
	tb.wait(`!document.querySelector(".c-keep").hidden`)
	tb.click("#for-young summary")
	tb.click("#for-young .c-tick")
	if n := eval[int](tb, `Object.keys(localStorage).length`); n != 0 {
		t.Fatalf("%d things are kept before it was asked", n)
	}
	tb.click("label:has([data-keep])")
	tb.goTo("/ar/learn")
	tb.wait(`!document.querySelector("[data-kept]").hidden`)
	if n := eval[int](tb, `document.querySelectorAll("#path input[name]:checked").length`); n != 1 {
		t.Errorf("%d ticks came back", n)
	}
	tb.arrive(func() { tb.click(".c-exit") })
	tb.goTo("/ar/learn")
	if n := eval[int](tb, `Object.keys(localStorage).length + document.querySelectorAll("#path input[name]:checked").length`); n != 0 {
		t.Errorf("%d things are left after leaving quickly", n)
	}
}
