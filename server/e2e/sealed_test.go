package e2e

import (
	"encoding/hex"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hisn/server"
	"hisn/server/demo"
	"hisn/server/seal"
)

// house is a demonstration of the sealed report on a port of its own, in the
// browser that all tests share.
type house struct {
	*lab
	server  *server.Server
	deskURL string
}

var (
	houseOnce  sync.Once
	houseShare *house
)

// openHouse returns the demonstration that all tests share.
func openHouse(t testing.TB) *house {
	t.Helper()
	l := open(t)
	houseOnce.Do(func() {
		dir, err := os.MkdirTemp("", "hisn-house")
		if err != nil {
			panic(err)
		}
		cfg, err := server.FromFlags([]string{"--demo", "--data", dir, "--exit-url", l.away + "/weather"}, func(string) string { return "" }, io.Discard)
		if err != nil {
			panic(err)
		}
		s, err := server.New(cfg, slog.New(slog.DiscardHandler), time.Now)
		if err != nil {
			panic(err)
		}
		h := &house{server: s, lab: &lab{url: serve(s.Public()), away: l.away, browser: l.browser}}
		h.deskURL = serve(s.Desk())
		labClose = append(labClose, func() { _ = os.RemoveAll(dir) }, func() { _ = s.Close() })
		houseShare = h
	})
	return houseShare
}

// officer is one of the demonstration's, with the key of the desk.
type officer struct {
	demo.Officer
	key seal.Identity
}

func (h *house) officer(t testing.TB, desk string) officer {
	t.Helper()
	for _, o := range h.server.Demo().Officers {
		if o.Desk != desk {
			continue
		}
		raw, err := os.ReadFile(o.Identity)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		key, err := seal.ParseIdentity(lines[len(lines)-1])
		if err != nil {
			t.Fatal(err)
		}
		return officer{o, key}
	}
	t.Fatalf("no officer of %s", desk)
	return officer{}
}

// reports opens everything in the pool that o's key opens.
func (h *house) reports(t testing.TB, o officer) []seal.Report {
	t.Helper()
	pool := h.server.Pool()
	ids, err := pool.IDs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []seal.Report
	for _, id := range ids {
		body, err := pool.Fetch(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := seal.Open(body, o.key); err == nil {
			out = append(out, r)
		}
	}
	return out
}

// find returns the report whose words hold a text.
func (h *house) find(t testing.TB, o officer, text string) (seal.Report, bool) {
	t.Helper()
	for _, r := range h.reports(t, o) {
		if strings.Contains(r.F.Text, text) {
			return r, true
		}
	}
	return seal.Report{}, false
}

// answer writes to the mailbox of a report.
func (h *house) answer(t testing.TB, r seal.Report, state, text string) {
	t.Helper()
	ct, err := seal.SealReply(seal.Reply{V: 1, Thread: r.Thread, Desk: r.Desk, Day: r.Day, State: state, Text: text}, *r.Reply)
	if err != nil {
		t.Fatal(err)
	}
	addr, err := hex.DecodeString(r.Reply.Mbox)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.server.Pool().Reply(t.Context(), [32]byte(addr), ct, false); err != nil {
		t.Fatal(err)
	}
}

// write opens the form and fills it in.
func (tb *tab) write(lang, desk, text string) {
	tb.t.Helper()
	tb.goTo("/" + lang + "/")
	tb.load(func() { tb.click(".c-door--private") })
	if tb.path() != "/"+lang+"/" {
		tb.t.Errorf("the form has the address %s", tb.path())
	}
	tb.click(`input[name=desk][value="` + desk + `"]`)
	tb.click(`input[name=what][value=picture]`)
	tb.do(chromedp.SendKeys(chromedp.CSS("#text"), text))
	tb.click(`input[name=reach][value=none]`)
}

func TestSealed_onThePhone(t *testing.T) {
	h := openHouse(t)
	for _, lang := range []string{"ar", "ckb", "en"} {
		t.Run(lang, func(t *testing.T) {
			tb := h.tab(t, phone)
			o := h.officer(t, "IQ-BG")
			marker := "phone-" + lang + "-" + time.Now().Format("150405.000000")
			tb.write(lang, o.Desk, marker)
			tb.wait(`!document.querySelector('[data-part=ready]').hidden`)
			tb.click(`[data-part=ready] [data-act=send]`)
			tb.wait(`!document.querySelector('[data-part=done]').hidden`)
			r, ok := h.find(t, o, marker)
			if !ok {
				t.Fatal("the desk cannot open what was sent")
			}
			if r.Desk != o.Desk || r.Kind != seal.KindReport || len(r.F.What) != 1 || r.F.What[0] != "picture" || !r.Flags.NoContact {
				t.Errorf("the desk reads %+v, %+v", r.F, r.Flags)
			}
			if eval[bool](tb, `document.body.textContent.includes("`+marker+`") || [...document.querySelectorAll("textarea")].some(e => e.value)`) {
				t.Error("the words are still on the page")
			}
			tb.click(`[data-act=code]`)
			tb.wait(`document.querySelectorAll('[data-list=words] li').length === 8`)
			if over := eval[int](tb, `Math.max(document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll("[data-part=code] *")].map(e => Math.ceil(-e.getBoundingClientRect().left)))`); over > 0 {
				t.Errorf("the code is %d pixels wider than the screen", over)
			}
			words := eval[string](tb, `[...document.querySelectorAll('[data-list=words] li')].map(l => l.textContent).join(" ")`)
			h.answer(t, r, "answered", "reply-"+lang)

			tb.goTo("/" + lang + "/")
			tb.load(func() { tb.click(".c-linklike") })
			tb.do(chromedp.SendKeys(chromedp.CSS("#code"), words))
			tb.click(`[data-act=open]`)
			tb.wait(`document.querySelectorAll('[data-list=mail] .c-mail').length === 1`)
			if got := eval[string](tb, `document.querySelector('[data-list=mail] [data-text=text]').textContent`); got != "reply-"+lang {
				t.Errorf("the mailbox shows %q", got)
			}
			if !eval[bool](tb, `document.querySelector('[data-list=mail] [data-part=doubt]').hidden`) {
				t.Error("a true reply is called doubtful")
			}
			tb.click(`[data-list=mail] [data-act=delete]`)
			tb.wait(`!document.querySelector('[data-part=none]').hidden`)
			for _, url := range tb.asked() {
				if strings.Contains(url, marker) || !strings.HasPrefix(url, h.url+"/") {
					t.Errorf("asked for %s", url)
				}
			}
		})
	}
}

// TestSealed_withoutScripts walks the same way where the server locks the
// words, up to the reply, in another language halfway.
func TestSealed_withoutScripts(t *testing.T) {
	h := openHouse(t)
	for i, lang := range []string{"ar", "ckb", "en"} {
		t.Run(lang, func(t *testing.T) {
			bare := phone
			bare.noScript = true
			tb, o := h.tab(t, bare), h.officer(t, "IQ-SU")
			marker := "server-" + lang + "-" + time.Now().Format("150405.000000")
			tb.goTo("/" + lang + "/")
			tb.load(func() { tb.click(".c-door--private") })
			if !eval[bool](tb, `document.querySelector(".c-promise noscript p").checkVisibility()`) {
				t.Error("the page does not say before the first field that the server sees the words")
			}
			tb.do(chromedp.SendKeys(chromedp.CSS("#text"), marker))
			tb.click(`input[name=what][value=edited]`)
			tb.load(func() { tb.click("#private button[type=submit]") })
			if !strings.HasPrefix(tb.path(), "/"+lang+"/?k=") || !eval[bool](tb, `document.querySelector(".c-problems") !== null`) {
				t.Fatalf("a form without a desk leads to %s", tb.path())
			}
			other := []string{"ar", "ckb", "en"}[(i+1)%3]
			tb.load(func() { tb.click(`.c-langs button[lang=` + other + `]`) })
			if got := eval[string](tb, `document.documentElement.lang + document.querySelector("#text").value + document.querySelector("input[name=what][value=edited]").checked`); got != other+marker+"true" {
				t.Errorf("after a mistake and another language the form holds %q", got)
			}
			code := eval[string](tb, `document.querySelector("input[name=code]").value`)
			tb.click(`input[name=desk][value="` + o.Desk + `"]`)
			tb.click(`input[name=reach][value=way]`)
			tb.do(chromedp.SendKeys(chromedp.CSS("#how"), "an aunt"))
			tb.load(func() { tb.click("#private button[type=submit]") })
			if tb.path() != "/"+other+"/#ok" || !eval[bool](tb, `document.querySelector("#ok").checkVisibility()`) {
				t.Fatalf("a stored report leads to %s", tb.path())
			}
			r, ok := h.find(t, o, marker)
			if !ok || r.F.Reach != "an aunt" || r.Flags.NoContact {
				t.Fatalf("the desk reads %+v, %v", r, ok)
			}
			h.answer(t, r, "answered", "reply to "+marker)
			tb.load(func() { tb.click(".c-linklike") })
			tb.do(chromedp.SendKeys(chromedp.CSS("#code"), code))
			tb.load(func() { tb.click("#private button[type=submit]") })
			if !eval[bool](tb, `document.querySelector(".c-mail__text")?.textContent === "reply to `+marker+`"`) {
				t.Fatal("the reply is not in the mailbox")
			}
			if eval[bool](tb, `document.body.textContent.includes("`+marker+`") && document.body.textContent.includes("edited")`) {
				t.Error("the code shows what was written")
			}
			tb.load(func() { tb.click("button[name=delete]") })
			if eval[bool](tb, `document.querySelector(".c-mail") !== null`) {
				t.Error("a deleted reply is still there")
			}
			tb.load(func() {
				eval[bool](tb, `(document.querySelectorAll("details").forEach(d => d.open = true), document.querySelector("button[value=withdraw]").click(), true)`)
			})
			if _, ok := h.find(t, o, marker); ok {
				t.Error("a withdrawn report is still in the pool")
			}
			for _, url := range tb.asked() {
				if strings.Contains(url, marker) || strings.Contains(url, strings.ReplaceAll(code, " ", "")) {
					t.Errorf("asked for %s", url)
				}
			}
		})
	}
}

// TestSealed_failsClosed breaks, one after the other, everything that sealing
// needs. Nothing is sent then, the words stay, and the reader is told.
func TestSealed_failsClosed(t *testing.T) {
	h := openHouse(t)
	for name, c := range map[string]struct{ spoil, why string }{
		"old browser":         {`delete Object.hasOwn`, "browser"},
		"no streams":          {`delete window.TransformStream`, "browser"},
		"false signers":       {`document.querySelector("#private").dataset.signers = "x+00000000+AQ=="`, "directory"},
		"too few signatures":  {`document.querySelector("#private").dataset.threshold = "4"`, "directory"},
		"an older directory":  {`document.querySelector("#private").dataset.least = "99999999999"`, "directory"},
		"no network":          {`(() => { const f = fetch; window.fetch = (u, o) => o?.method === "POST" ? Promise.reject(new TypeError("down")) : f(u, o) })()`, "network"},
		"a server that fails": {`(() => { const f = fetch; window.fetch = (u, o) => o?.method === "POST" ? Promise.resolve(new Response("", {status: 500})) : f(u, o) })()`, "network"},
		"a full pool":         {`(() => { const f = fetch; window.fetch = (u, o) => o?.method === "POST" ? Promise.resolve(new Response(Uint8Array.from({length: 24576}, (_, i) => i === 0 ? 1 : i === 1 ? 4 : 0))) : f(u, o) })()`, "notstored"},
	} {
		t.Run(name, func(t *testing.T) {
			tb := h.tab(t, phone)
			marker := "closed " + name
			tb.goTo("/en/")
			tb.load(func() { tb.click(".c-door--private") })
			eval[bool](tb, `(() => { `+c.spoil+`; return true })()`)
			tb.asked()
			tb.do(chromedp.SendKeys(chromedp.CSS("#text"), marker))
			tb.click(`input[name=desk][value="IQ-BG"]`)
			tb.click(`input[name=reach][value=none]`)
			tb.wait(`!document.querySelector('[data-part=ready]').hidden || !document.querySelector('[data-part=failed]').hidden`)
			if eval[bool](tb, `!document.querySelector('[data-part=ready]').hidden`) {
				tb.click(`[data-part=ready] [data-act=send]`)
			}
			tb.wait(`!document.querySelector('[data-part=failed]').hidden`)
			if got := eval[string](tb, `[...document.querySelectorAll('[data-why]')].filter(e => !e.hidden).map(e => e.dataset.why).join()`); got != c.why {
				t.Errorf("the reader is told %q, want %q", got, c.why)
			}
			if got := eval[string](tb, `document.querySelector("#text").value`); got != marker {
				t.Errorf("the words became %q", got)
			}
			if eval[bool](tb, `[...document.querySelectorAll("button, input[type=submit]")].some(b => b.form?.id === "private" && b.type === "submit")`) {
				t.Error("the form has a button that would send the words as they are")
			}
			for _, desk := range []string{"IQ-BG", "IQ-SU"} {
				if _, ok := h.find(t, h.officer(t, desk), marker); ok {
					t.Error("a report arrived")
				}
			}
			// The reader may choose, having read what it means, that the server locks it.
			tb.click("[data-part=failed] summary")
			if !eval[bool](tb, `document.querySelector('[data-act=server]').checkVisibility()`) {
				t.Error("no other way is offered")
			}
		})
	}
}

// TestSealed_byTheServerAfterAll: the words that could not be sealed go to the
// server when the reader, having read what that means, taps so.
func TestSealed_byTheServerAfterAll(t *testing.T) {
	h := openHouse(t)
	tb, o := h.tab(t, phone), h.officer(t, "IQ-BG")
	marker := "after-all-" + time.Now().Format("150405.000000")
	tb.goTo("/ckb/")
	tb.load(func() { tb.click(".c-door--private") })
	eval[bool](tb, `(delete Object.hasOwn)`) // what locks cannot even be loaded
	tb.do(chromedp.SendKeys(chromedp.CSS("#text"), marker))
	tb.click(`input[name=desk][value="IQ-BG"]`)
	tb.click(`input[name=reach][value=none]`)
	tb.wait(`!document.querySelector('[data-part=failed]').hidden`)
	tb.click("[data-part=failed] summary")
	tb.load(func() { tb.click(`[data-act=server]`) })
	if tb.path() != "/ckb/#ok" {
		t.Errorf("it leads to %s", tb.path())
	}
	if _, ok := h.find(t, o, marker); !ok {
		t.Error("the report did not arrive")
	}
}

// TestSealed_quiet: a screen that nobody looks at covers itself, the way out
// stays open, and what is left for long is wiped.
func TestSealed_quiet(t *testing.T) {
	h := openHouse(t)
	tb := h.tab(t, phone)
	tb.goTo("/en/")
	tb.load(func() { tb.click(".c-door--private") })
	tb.wait(`document.fonts.size > 0`)
	tb.do(chromedp.SendKeys(chromedp.CSS("#text"), "quiet words"))
	hide := `(Object.defineProperty(document, "hidden", {configurable: true, get: () => true}), document.dispatchEvent(new Event("visibilitychange")), delete document.hidden, true)`
	eval[bool](tb, hide)
	tb.wait(`document.querySelector(".c-curtain") !== null`)
	if !eval[bool](tb, `document.querySelector("main").inert && !document.querySelector(".c-exit").closest("[inert]") && document.elementFromPoint(180, 400).closest(".c-curtain") !== null`) {
		t.Error("the words can be seen or reached through the curtain, or the way out cannot")
	}
	if !eval[bool](tb, `(() => { const r = document.querySelector(".c-exit").getBoundingClientRect(); return document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2).closest(".c-exit") !== null })()`) {
		t.Error("the curtain covers the way out")
	}
	tb.click(".c-curtain button")
	if got := eval[string](tb, `document.querySelector("#text").value + document.querySelector("main").inert`); got != "quiet wordsfalse" {
		t.Errorf("after coming back: %s", got)
	}
	eval[bool](tb, `(() => { const now = Date.now; Date.now = () => now() + 6 * 60 * 1000; return true })()`)
	tb.wait(`document.querySelector("#text").value === ""`)
	tb.wait(`document.querySelector(".c-curtain")?.textContent.includes("wiped")`)
}
