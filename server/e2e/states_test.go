package e2e

import (
	"encoding/json"

	"hisn/server/web/gallery"
)

// state is a page in one of the states that people meet.
type state struct {
	name string
	from gallery.State
	then func(tb *tab) // what brings the page further; may be nil
}

// checkKept follows "plan kept" and needs what that kept.
const checkKept = "check kept"

// visit brings the tab into the state. A form is sent as a page of the site
// sends it, so that what follows is what a reader gets.
func (s state) visit(tb *tab, lang string) {
	tb.t.Helper()
	if s.name != checkKept {
		eval[bool](tb, `(() => { try { localStorage.clear() } catch { } return true })()`) // what the state before kept
	}
	if s.from.Form == nil {
		tb.goTo("/" + lang + s.from.Path)
	} else {
		tb.goTo("/" + lang + "/about")
		fields, err := json.Marshal(s.from.Form)
		if err != nil {
			tb.t.Fatal(err)
		}
		tb.load(func() {
			eval[bool](tb, `(() => { const f = document.createElement("form"); f.method = "post"; f.action = "/`+lang+s.from.Path+`";
				for (const [name, values] of Object.entries(`+string(fields)+`)) for (const value of values) {
					const i = document.createElement("input"); i.type = "hidden"; i.name = name; i.value = value; f.append(i) }
				document.body.append(f); f.submit(); return true })()`)
		})
	}
	if s.then != nil {
		s.then(tb)
	}
}

// states is every template in every state: those of the gallery, and those
// that only a hand on the page brings about.
func states() []state {
	var out []state
	byName := map[string]gallery.State{}
	for _, g := range gallery.States() {
		byName[g.Name] = g
		out = append(out, state{g.Name, g, nil})
	}
	further := func(name, from string, then func(tb *tab)) { out = append(out, state{name, byName[from], then}) }
	further("questions last", "questions", func(tb *tab) {
		eval[bool](tb, `(() => { let b; while ((b = document.querySelector(".c-stepper__tools .c-button:not(.c-button--soft)")) && !b.hidden) b.click(); return true })()`)
	})
	further("plan kept", "plan", func(tb *tab) {
		tb.wait(`!document.querySelector(".c-keep").hidden`)
		eval[bool](tb, `(document.querySelector("[data-keep]").click(), true)`)
	})
	further(checkKept, "check", func(tb *tab) { tb.wait(`!document.querySelector(".c-kept").hidden`) })
	for _, name := range []string{"plan again", "fix", "fix three systems", "now", "contact", "way back"} {
		further(name+" folded out", name, unfold)
	}
	return out
}

// unfold opens everything that is folded away, exclusive groups too.
func unfold(tb *tab) {
	eval[int](tb, `(() => { const d = document.querySelectorAll("details"); d.forEach(x => { x.removeAttribute("name"); x.open = true }); return d.length })()`)
}

// choose answers the first step.
func choose(tb *tab, person, device string, apps ...string) {
	tb.t.Helper()
	eval[bool](tb, `(document.querySelector("input[name=for][value=`+person+`]").checked = true)`)
	eval[bool](tb, `(document.querySelector("input[name=phone][value=`+device+`]").checked = true)`)
	for _, a := range apps {
		eval[bool](tb, `(document.querySelector("input[name=app][value=`+a+`]").checked = true)`)
	}
	tb.load(func() { eval[bool](tb, `(document.querySelector("form#check").requestSubmit(), true)`) })
}

// finish answers the questions in turn with the given answers and sends them.
func finish(tb *tab, answers ...string) {
	tb.t.Helper()
	list, err := json.Marshal(answers)
	if err != nil {
		tb.t.Fatal(err)
	}
	eval[int](tb, `(() => { const a = `+string(list)+`; const q = document.querySelectorAll(".c-question");
		q.forEach((f, i) => { f.querySelector("input[value=" + a[i % a.length] + "]").checked = true }); return q.length })()`)
	tb.load(func() { eval[bool](tb, `(document.querySelector("form.c-form").requestSubmit(), true)`) })
}
