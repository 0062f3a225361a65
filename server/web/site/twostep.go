package site

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/fault"
	"hisn/server/rehearsal"
	"hisn/server/view"
)

// The steps of the two-step rehearsal.
const (
	stepStart = "start"
	stepTry   = "try"
	stepShow  = "show" // the same state again, in another language
)

type goal struct {
	Verdict rehearsal.Verdict
	Done    bool
}

type twoStepPage struct {
	view.Page
	Over    bool // the practice that was sent has ended
	Secret  string
	KeyURL  string
	Picture rehearsal.Picture
	Sealed  string
	Backup  []string
	Verdict rehearsal.Verdict
	Ahead   bool // of Clock: the phone's clock is ahead, not behind
	Minutes int
	Goals   []goal
}

// twoStep is the page before the rehearsal.
func (b *builder) twoStep(l locales.Lang) any {
	return newTwoStepPage(b.site, l)
}

func newTwoStepPage(s *Site, l locales.Lang) twoStepPage {
	p := twoStepPage{Page: s.deps.Renderer.Page(l, "/learn/two-step", "twostep.title")}
	p.Style = practiceSheet
	return p
}

// rehearse gives out a throw-away secret, and says of every code that is typed
// what a site would think of it. All that is known of the reader travels in
// the form, sealed; nothing is kept.
func (s *Site) rehearse(c echo.Context) error {
	l, form, err := sent(c)
	if err != nil {
		return err
	}
	p := newTwoStepPage(s, l)
	var practice rehearsal.Practice
	switch form.Get("step") {
	case stepStart:
		practice, err = s.deps.Rehearsal.Start()
	case stepTry, stepShow:
		practice, err = s.deps.Rehearsal.Open(form.Get("practice"))
	default:
		return fault.New(fault.Invalid, nil)
	}
	if err != nil {
		p.Over = true
		return s.show(c, http.StatusUnprocessableEntity, "twostep", p)
	}
	status := http.StatusOK
	if form.Get("step") == stepTry {
		var minutes int
		practice, p.Verdict, minutes = s.deps.Rehearsal.Try(practice, form.Get("code"))
		p.Ahead, p.Minutes = minutes > 0, max(minutes, -minutes)
		if p.Verdict == rehearsal.Unclear {
			status = http.StatusUnprocessableEntity
		}
	}
	if err := s.fillPractice(&p, practice); err != nil {
		return err
	}
	return s.show(c, status, "twostep", p)
}

// fillPractice shows a practice as it stands.
func (s *Site) fillPractice(p *twoStepPage, practice rehearsal.Practice) error {
	label, err := p.T("twostep.label")
	if err != nil {
		return err
	}
	key, err := practice.Key(label, label)
	if err != nil {
		return err
	}
	if p.Picture, err = rehearsal.Draw(key.URL()); err != nil {
		return err
	}
	if p.Sealed, err = s.deps.Rehearsal.Seal(practice); err != nil {
		return err
	}
	p.Secret, p.KeyURL, p.Backup = practice.Text(), key.URL(), practice.BackupCodes()
	p.Form, p.Step = "practice", stepShow
	for _, v := range []rehearsal.Verdict{
		rehearsal.Accepted, rehearsal.Wrong, rehearsal.Used, rehearsal.Late, rehearsal.Clock, rehearsal.Backup,
	} {
		p.Goals = append(p.Goals, goal{v, practice.Seen(v)})
	}
	return nil
}
