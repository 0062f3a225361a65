package e2e

// state is a page in one of the states that people meet.
type state struct {
	name string
	path string        // without language
	then func(tb *tab) // what brings the page into the state; may be nil
}

func (s state) visit(tb *tab, lang string) {
	tb.t.Helper()
	tb.goTo("/" + lang + s.path)
	if s.then != nil {
		s.then(tb)
	}
}

// states is every template in every state. The pictures, the accessibility
// checks and the look for overflow all go through it.
var states = []state{
	{"home", "/", nil},
	{"check", "/check", nil},
	{"check missing", "/check", func(tb *tab) { submitWithout(tb) }},
	{"questions", "/check", func(tb *tab) { choose(tb, "young", "android", "whatsapp", "instagram") }},
	{"questions last", "/check", func(tb *tab) {
		choose(tb, "parent", "both", "whatsapp")
		eval[bool](tb, `(() => { let b; while ((b = document.querySelector(".c-stepper__tools .c-button:not(.c-button--soft)")) && !b.hidden) b.click(); return true })()`)
	}},
	{"plan", "/check", func(tb *tab) {
		choose(tb, "young", "android", "whatsapp", "instagram", "google", "phone")
		finish(tb, "no", "unsure", "cannot", "yes")
	}},
	{"plan safe", "/check", func(tb *tab) {
		choose(tb, "teacher", "iphone", "facebook")
		finish(tb, "yes")
	}},
	{"service", "/check/whatsapp", nil},
	{"fix", "/fix/whatsapp-two-step", nil},
	{"fix folded out", "/fix/google-recovery", unfold},
	{"fix without path", "/fix/tiktok-true-age", unfold},
	{"now", "/now", nil},
	{"now folded out", "/now", unfold},
	{"contact", "/contact", nil},
	{"contact folded out", "/contact", unfold},
	{"learn", "/learn", nil},
	{"guide", "/learn/first-hour", nil},
	{"privacy", "/privacy", nil},
	{"about", "/about", nil},
	{"not found", "/nowhere", nil},
}

// unfold opens everything that is folded away, exclusive groups too.
func unfold(tb *tab) {
	eval[int](tb, `(() => { const d = document.querySelectorAll("details"); d.forEach(x => { x.removeAttribute("name"); x.open = true }); return d.length })()`)
}

func submitWithout(tb *tab) {
	eval[bool](tb, `(document.querySelector("form.c-form").noValidate = true)`)
	tb.load(func() { eval[bool](tb, `(document.querySelector("form.c-form").requestSubmit(), true)`) })
}

// choose answers the first step.
func choose(tb *tab, person, device string, apps ...string) {
	tb.t.Helper()
	eval[bool](tb, `(document.querySelector("input[name=for][value=`+person+`]").checked = true)`)
	eval[bool](tb, `(document.querySelector("input[name=phone][value=`+device+`]").checked = true)`)
	for _, a := range apps {
		eval[bool](tb, `(document.querySelector("input[name=app][value=`+a+`]").checked = true)`)
	}
	tb.load(func() { eval[bool](tb, `(document.querySelector("form.c-form").requestSubmit(), true)`) })
}

// finish answers the questions in turn with the given answers and sends them.
func finish(tb *tab, answers ...string) {
	tb.t.Helper()
	list := `["` + answers[0] + `"`
	for _, a := range answers[1:] {
		list += `,"` + a + `"`
	}
	eval[int](tb, `(() => { const a = `+list+`]; const q = document.querySelectorAll(".c-question");
		q.forEach((f, i) => { f.querySelector("input[value=" + a[i % a.length] + "]").checked = true }); return q.length })()`)
	tb.load(func() { eval[bool](tb, `(document.querySelector("form.c-form").requestSubmit(), true)`) })
}
