package site

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"hisn/content"
	"hisn/locales"
	"hisn/server/checkup"
	"hisn/server/fault"
	"hisn/server/view"
)

type planItem struct {
	fixView
	Answer checkup.Answer
	Harm   content.Harm
}

type planGroup struct {
	From, To int
	Items    []planItem
}

// hidden is a field that a form carries along.
type hidden struct{ Name, Value string }

type planPage struct {
	view.Page
	Shared bool
	Return bool // somebody came back with a code or with kept ticks
	Now    *planItem
	Next   []planItem
	Later  []planGroup
	Safe   []planItem
	Due    []planItem // settled, and to be looked at again
	Fresh  []fixLink  // new in the list since the plan was made
	Open   []planItem // all that is open, in order, for paper
	Code   string     // in groups of four digits
	Today  time.Time
	Fields []hidden
}

// newPlanPage shows a state. again says that it is not the first look.
func newPlanPage(s *Site, lib *content.Library, l locales.Lang, state checkup.State, again bool) planPage {
	today := s.deps.Now()
	p := planPage{
		Page: s.deps.Renderer.Page(l, "/check", "plan.title"), Shared: state.Profile.Shared, Return: again,
		Code: checkup.Grouped(checkup.Encode(lib, state)), Today: today, Fields: planFields(lib, state),
	}
	p.Form, p.Step = "plan", stepPlan
	item := func(it checkup.Item) planItem {
		return planItem{newFixView(lib, it.Fix, l, state.Profile.Device), it.Answer, it.Fix.Protects[0]}
	}
	due := state.Due(lib, today)
	plan := checkup.Make(lib, state.Profile, state.Answers)
	if plan.Now != nil {
		first := item(*plan.Now)
		p.Now = &first
	}
	for _, it := range plan.Next {
		p.Next = append(p.Next, item(it))
	}
	at := 1 + len(p.Next)
	for _, group := range plan.Later {
		g := planGroup{From: at + 1, To: at + len(group)}
		for _, it := range group {
			g.Items = append(g.Items, item(it))
		}
		p.Later = append(p.Later, g)
		at += len(group)
	}
	for _, it := range plan.All() {
		switch {
		case it.Answer != checkup.Yes:
			p.Open = append(p.Open, item(it))
		case slices.Contains(due, it.Fix):
			p.Due = append(p.Due, item(it))
		default:
			p.Safe = append(p.Safe, item(it))
		}
	}
	if again {
		for _, f := range state.New(lib) {
			p.Fresh = append(p.Fresh, fixLink{f.ID, f.Words.For(l).Title})
		}
	}
	return p
}

// planFields is what the plan's form carries, so that ticks can be sent with
// it and the language be changed without losing anything.
func planFields(lib *content.Library, state checkup.State) []hidden {
	out := []hidden{{"step", stepPlan}, {"for", string(state.Profile.Person)}, {"phone", string(state.Profile.Device)}}
	if state.Profile.Shared {
		out = append(out, hidden{"shared", yes})
	}
	for _, id := range state.Profile.Services {
		out = append(out, hidden{"app", id})
	}
	for _, rhythm := range []int{content.Monthly, content.HalfYear} {
		out = append(out, hidden{dayField(rhythm), state.Looked[rhythm].Format(time.DateOnly)})
	}
	for _, f := range checkup.Questions(lib, state.Profile) {
		if a, ok := state.Answers[f.ID]; ok {
			out = append(out, hidden{f.ID, string(a)})
		}
	}
	return out
}

// dayField is the name of the field that says when a rhythm was last looked at.
func dayField(rhythm int) string { return "day-" + strconv.Itoa(rhythm) }

// parseState reads what a plan carries besides choices and answers: days, and
// what was ticked. A plan without days is a new one. Questions that were left
// out of a new check count as "not sure".
func parseState(
	lib *content.Library, profile checkup.Profile, answers map[string]checkup.Answer, form url.Values, today time.Time,
) (checkup.State, error) {
	state := checkup.Start(profile, answers, today)
	asked := checkup.Questions(lib, profile)
	if !form.Has(dayField(content.Monthly)) {
		for _, f := range asked {
			if _, given := answers[f.ID]; !given {
				answers[f.ID] = checkup.Unsure
			}
		}
		return state, nil
	}
	for rhythm := range state.Looked {
		day, err := time.Parse(time.DateOnly, form.Get(dayField(rhythm)))
		if err != nil || day.After(today) || day.Year() < 2026 {
			return state, fault.New(fault.Invalid, nil)
		}
		state.Looked[rhythm] = day
	}
	for _, id := range form["done"] {
		if !slices.ContainsFunc(asked, func(f *content.Fix) bool { return f.ID == id }) {
			return state, fault.New(fault.Invalid, nil)
		}
	}
	if len(form["done"]) == 0 {
		return state, nil
	}
	return state.Tick(lib, form["done"], today), nil
}
