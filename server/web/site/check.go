package site

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"hisn/content"
	"hisn/locales"
	"hisn/server/checkup"
	"hisn/server/fault"
	"hisn/server/view"
	"hisn/server/web"
)

// option is one choice of a form.
type option struct {
	ID   string
	Name string
	Icon string
	On   bool
}

// problem is something that a form lacks: the field and the message.
type problem struct{ Field, Message string }

type checkPage struct {
	view.Page
	People   []option
	Services []option
	Devices  []option
	Problems []problem
}

func (b *builder) check(l locales.Lang) any { return newCheckPage(b.site, b.lib, l, nil, nil) }

// newCheckPage shows the first step, with what was chosen and what is missing.
func newCheckPage(s *Site, lib *content.Library, l locales.Lang, chosen url.Values, problems []problem) checkPage {
	p := checkPage{Page: s.deps.Renderer.Page(l, "/check", "check.title"), Problems: problems}
	on := func(field, id string) bool { return slices.Contains(chosen[field], id) }
	for _, person := range content.People() {
		p.People = append(p.People, option{ID: string(person), On: on("for", string(person))})
	}
	for _, sv := range lib.Services {
		p.Services = append(p.Services, option{
			ID: sv.ID, Name: sv.Words.For(l).Name, Icon: sv.Icon, On: on("app", sv.ID),
		})
	}
	for _, d := range checkup.Devices() {
		p.Devices = append(p.Devices, option{ID: string(d), On: on("phone", string(d))})
	}
	return p
}

type question struct {
	ID    string
	Words content.FixWords
}

type questionGroup struct {
	Service   serviceView
	Questions []question
}

type questionsPage struct {
	view.Page
	Person  content.Person
	Device  checkup.Device
	Groups  []questionGroup
	Answers []checkup.Answer
	Total   int
	Digits  string
}

func newQuestionsPage(s *Site, lib *content.Library, l locales.Lang, profile checkup.Profile) questionsPage {
	p := questionsPage{
		Page:   s.deps.Renderer.Page(l, "/check", "questions.title"),
		Person: profile.Person, Device: profile.Device,
		Answers: checkup.Answers(), Digits: locales.Digits(l, "0123456789"),
	}
	p.Repost = repost(stepQuestions, profile, nil)
	for _, f := range checkup.Questions(lib, profile) {
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Service.ID != f.Service {
			p.Groups = append(p.Groups, questionGroup{Service: newServiceView(lib, f.Service, l)})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Questions = append(g.Questions, question{f.ID, f.Words.For(l)})
		p.Total++
	}
	return p
}

type planItem struct {
	fixView
	Answer checkup.Answer
	Harm   content.Harm
}

type planGroup struct {
	From, To int
	Items    []planItem
}

type planPage struct {
	view.Page
	Now   *planItem
	Next  []planItem
	Later []planGroup
	Safe  []planItem
}

func newPlanPage(s *Site, lib *content.Library, l locales.Lang, profile checkup.Profile, plan checkup.Plan) planPage {
	p := planPage{Page: s.deps.Renderer.Page(l, "/check", "plan.title")}
	p.Repost = repost(stepPlan, profile, &plan)
	item := func(it checkup.Item) planItem {
		return planItem{newFixView(lib, it.Fix, l, profile.Device), it.Answer, it.Fix.Protects[0]}
	}
	items := func(list []checkup.Item) []planItem {
		var out []planItem
		for _, it := range list {
			out = append(out, item(it))
		}
		return out
	}
	if plan.Now != nil {
		first := item(*plan.Now)
		p.Now = &first
	}
	p.Next, p.Safe = items(plan.Next), items(plan.Safe)
	at := 1 + len(p.Next)
	for _, group := range plan.Later {
		p.Later = append(p.Later, planGroup{From: at + 1, To: at + len(group), Items: items(group)})
		at += len(group)
	}
	return p
}

// The two steps of the form.
const (
	stepQuestions = "questions"
	stepPlan      = "plan"
)

// repost returns the fields that lead to the same answer again.
func repost(step string, profile checkup.Profile, plan *checkup.Plan) []view.Pair {
	out := []view.Pair{
		{Name: "step", Value: step}, {Name: "for", Value: string(profile.Person)}, {Name: "phone", Value: string(profile.Device)},
	}
	for _, id := range profile.Services {
		out = append(out, view.Pair{Name: "app", Value: id})
	}
	if plan != nil {
		for _, it := range plan.All() {
			out = append(out, view.Pair{Name: it.Fix.ID, Value: string(it.Answer)})
		}
	}
	return out
}

// answerCheck shows the questions for the choices of the first step, or the
// plan for the answers of the second. Everything arrives in the form and goes
// nowhere else: the plan is the answer to this request and has no address.
func (s *Site) answerCheck(c echo.Context) error {
	l, ok := locales.Parse(c.Param("lang"))
	if !ok {
		return fault.New(fault.NotFound, nil)
	}
	form, err := web.Form(c.Request())
	if err != nil {
		return err
	}
	lib := s.Current().Library
	profile, problems, err := parseProfile(lib, form)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.show(c, 422, "check", newCheckPage(s, lib, l, form, problems))
	}
	switch form.Get("step") {
	case stepQuestions:
		return s.show(c, 200, "questions", newQuestionsPage(s, lib, l, profile))
	case stepPlan:
		answers, err := parseAnswers(lib, profile, form)
		if err != nil {
			return err
		}
		plan := checkup.Make(lib, profile, answers)
		return s.show(c, 200, "plan", newPlanPage(s, lib, l, profile, plan))
	}
	return fault.New(fault.Invalid, nil)
}

// parseProfile reads the first step. A choice that was not made is a problem
// to show; a choice that does not exist is no form of ours.
func parseProfile(lib *content.Library, form url.Values) (checkup.Profile, []problem, error) {
	p := checkup.Profile{Person: content.Person(form.Get("for")), Device: checkup.Device(form.Get("phone"))}
	var problems []problem
	for _, id := range form["app"] {
		if _, ok := lib.Service(id); !ok {
			return p, nil, fault.New(fault.Invalid, nil)
		}
		if !slices.Contains(p.Services, id) {
			p.Services = append(p.Services, id)
		}
	}
	switch {
	case p.Person == "":
		problems = append(problems, problem{"for", "form.for"})
	case !slices.Contains(content.People(), p.Person):
		return p, nil, fault.New(fault.Invalid, nil)
	}
	if len(p.Services) == 0 {
		problems = append(problems, problem{"app", "form.app"})
	}
	switch {
	case p.Device == "":
		problems = append(problems, problem{"phone", "form.phone"})
	case !slices.Contains(checkup.Devices(), p.Device):
		return p, nil, fault.New(fault.Invalid, nil)
	}
	return p, problems, nil
}

// parseAnswers reads the second step. Questions may be left out; an answer
// that does not exist, or two answers to one question, are no form of ours.
func parseAnswers(lib *content.Library, p checkup.Profile, form url.Values) (map[string]checkup.Answer, error) {
	answers := map[string]checkup.Answer{}
	for _, f := range checkup.Questions(lib, p) {
		given := form[f.ID]
		if len(given) == 0 {
			continue
		}
		a := checkup.Answer(given[0])
		if len(given) > 1 || !slices.Contains(checkup.Answers(), a) {
			return nil, fault.New(fault.Invalid, nil)
		}
		answers[f.ID] = a
	}
	return answers, nil
}
