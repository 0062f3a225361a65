package site

import (
	"net/http"
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
	Shared   bool
	Code     string // what was typed, when it was no code
	Problems []problem
}

func (b *builder) check(l locales.Lang) any { return newCheckPage(b.site, b.lib, l, nil, nil) }

// newCheckPage shows the first step, with what was chosen and what is missing.
func newCheckPage(s *Site, lib *content.Library, l locales.Lang, chosen url.Values, problems []problem) checkPage {
	p := checkPage{Page: s.deps.Renderer.Page(l, "/check", "check.title"), Problems: problems}
	p.Shared, p.Code = chosen.Get("shared") == yes, chosen.Get("code")
	if chosen != nil {
		p.Form, p.Step = "check", stepQuestions
		if chosen.Has("code") {
			p.Form, p.Step = "code", stepCode
		}
	}
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
	Given checkup.Answer // what was chosen already; empty when nothing was
}

type questionGroup struct {
	Service   serviceView
	Questions []question
}

type questionsPage struct {
	view.Page
	Profile checkup.Profile
	Groups  []questionGroup
	Answers []checkup.Answer
	Total   int
	Digits  string
}

func newQuestionsPage(
	s *Site, lib *content.Library, l locales.Lang, profile checkup.Profile, answers map[string]checkup.Answer,
) questionsPage {
	p := questionsPage{
		Page: s.deps.Renderer.Page(l, "/check", "questions.title"), Profile: profile,
		Answers: checkup.Answers(), Digits: locales.Digits(l, "0123456789"),
	}
	p.Form, p.Step = "questions", stepQuestions
	for _, f := range checkup.Questions(lib, profile) {
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Service.ID != f.Service {
			p.Groups = append(p.Groups, questionGroup{Service: newServiceView(lib, f.Service, l)})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Questions = append(g.Questions, question{f.ID, f.Words.For(l), answers[f.ID]})
		p.Total++
	}
	return p
}

// The steps of the form.
const (
	stepQuestions = "questions"
	stepPlan      = "plan"
	stepCode      = "code"
)

// yes is the value of a box that is ticked.
const yes = "yes"

// answerCheck shows the questions for the choices of the first step, the plan
// for the answers of the second, or the plan that a code stands for. Everything
// arrives in the form and goes nowhere else: the plan is the answer to this
// request and has no address.
func (s *Site) answerCheck(c echo.Context) error {
	l, form, err := sent(c)
	if err != nil {
		return err
	}
	lib, today := s.Current().Library, s.deps.Now()
	if form.Get("step") == stepCode {
		state, err := checkup.Decode(lib, form.Get("code"), today)
		if err != nil {
			problems := []problem{{"code", "form.code"}}
			return s.show(c, http.StatusUnprocessableEntity, "check", newCheckPage(s, lib, l, form, problems))
		}
		return s.show(c, http.StatusOK, "plan", newPlanPage(s, lib, l, state, true))
	}
	profile, problems, err := parseProfile(lib, form)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.show(c, http.StatusUnprocessableEntity, "check", newCheckPage(s, lib, l, form, problems))
	}
	answers, err := parseAnswers(lib, profile, form)
	if err != nil {
		return err
	}
	switch form.Get("step") {
	case stepQuestions:
		return s.show(c, http.StatusOK, "questions", newQuestionsPage(s, lib, l, profile, answers))
	case stepPlan:
		state, err := parseState(lib, profile, answers, form, today)
		if err != nil {
			return err
		}
		return s.show(c, http.StatusOK, "plan", newPlanPage(s, lib, l, state, form.Has(dayField(content.Monthly))))
	}
	return fault.New(fault.Invalid, nil)
}

// sent reads what every answer to a form starts from: the language of the
// address, and the fields.
func sent(c echo.Context) (locales.Lang, url.Values, error) {
	l, ok := locales.Parse(c.Param("lang"))
	if !ok {
		return "", nil, fault.New(fault.NotFound, nil)
	}
	form, err := web.Form(c.Request())
	return l, form, err
}

// parseProfile reads the first step. A choice that was not made is a problem
// to show; a choice that does not exist is no form of ours.
func parseProfile(lib *content.Library, form url.Values) (checkup.Profile, []problem, error) {
	p := checkup.Profile{
		Person: content.Person(form.Get("for")), Device: checkup.Device(form.Get("phone")), Shared: form.Get("shared") == yes,
	}
	if form.Has("shared") && !p.Shared {
		return p, nil, fault.New(fault.Invalid, nil)
	}
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
