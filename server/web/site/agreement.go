package site

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/content"
	"hisn/locales"
	"hisn/server/family"
	"hisn/server/fault"
	"hisn/server/view"
	"hisn/server/web"
)

const agreementPath = "/family/agreement"

// The steps of the agreement's form.
const (
	stepChoose   = "choose"
	stepWords    = "words"
	stepSheet    = "sheet"
	stepCalendar = "calendar"
)

// agreementLine is a line that a child may choose, or has chosen.
type agreementLine struct {
	ID, Field, Text string
	On              bool
}

type agreementGroup struct {
	Band  content.Band
	Lines []agreementLine
}

// field is a text field of the form.
type field struct{ ID, Value string }

type agreementPage struct {
	view.Page
	Words    content.AgreementWords
	Promises []string
	Steps    []string
	Problems []problem

	Groups []agreementGroup // to choose from, by the youngest band they suit
	Chosen []agreementLine  // to reword
	Free   []field
	Adults []field
	When   []option
	Draft  family.Draft
	Fields []hidden // what a form carries along

	Lines  []string // of the sheet
	Blanks []int    // empty lines of the sheet, when there are no lines
	Most   int
	Long   int
}

func (b *builder) agreement(l locales.Lang) any {
	return newAgreementPage(b.site, b.lib, l, family.Draft{Free: make([]string, family.FreeLines), Adults: make([]string, b.lib.Agreement.Adults)})
}

// newAgreementPage prepares every step; each shows its part.
func newAgreementPage(s *Site, lib *content.Library, l locales.Lang, d family.Draft) agreementPage {
	a := lib.Agreement
	w := a.Words.For(l)
	p := agreementPage{
		Page: s.deps.Renderer.Titled(l, agreementPath, w.Title), Words: w, Draft: d,
		Promises: pick(w.Promises, a.Promises), Steps: pick(w.Steps, a.Steps), Most: family.LinesMost, Long: family.LineMost,
	}
	p.Style = familySheet
	for _, band := range content.Bands() {
		p.Groups = append(p.Groups, agreementGroup{Band: band})
	}
	for _, line := range a.Lines {
		at := slices.IndexFunc(content.Bands(), func(b content.Band) bool { return slices.Contains(line.Bands, b) })
		on := slices.ContainsFunc(d.Lines, func(c family.Line) bool { return c.ID == line.ID && !c.Gone })
		p.Groups[at].Lines = append(p.Groups[at].Lines, agreementLine{ID: line.ID, Text: w.Lines[line.ID], On: on})
	}
	for _, line := range d.Lines {
		text := line.Text
		if text == "" && !line.Gone {
			text = w.Lines[line.ID]
		}
		p.Chosen = append(p.Chosen, agreementLine{ID: line.ID, Field: family.Own(line.ID), Text: text})
	}
	for i, text := range d.Free {
		p.Free = append(p.Free, field{family.Numbered("free", i), text})
	}
	for i, text := range d.Adults {
		p.Adults = append(p.Adults, field{family.Numbered("adult", i), text})
	}
	for _, when := range family.Whens() {
		p.When = append(p.When, option{ID: string(when), On: when == d.When})
	}
	p.Fields, p.Lines = carried(d), d.Texts(a, l)
	if len(p.Lines) == 0 {
		p.Blanks = make([]int, blankLines)
	}
	return p
}

// blankLines stand on a sheet without lines, to be written by hand.
const blankLines = 5

// carried is everything that was filled in, as hidden fields.
func carried(d family.Draft) []hidden {
	var out []hidden
	for _, line := range d.Lines {
		out = append(out, hidden{"line", line.ID})
		if line.Text != "" || line.Gone {
			out = append(out, hidden{family.Own(line.ID), line.Text})
		}
	}
	for _, text := range d.Free {
		out = append(out, hidden{"free", text})
	}
	for _, text := range d.Adults {
		out = append(out, hidden{"adult", text})
	}
	return append(out, hidden{"when", string(d.When)}, hidden{"day", d.Day}, hidden{"month", d.Month}, hidden{"year", d.Year})
}

// answerAgreement shows the next step of the agreement, or the sheet to print.
// What was typed is in the answer and nowhere else.
func (s *Site) answerAgreement(c echo.Context) error {
	l, ok := locales.Parse(c.Param("lang"))
	if !ok {
		return fault.New(fault.NotFound, nil)
	}
	form, err := web.LongForm(c.Request()) // what is too long is shown again, not thrown away
	if err != nil {
		return err
	}
	lib := s.Current().Library
	draft, found, ok := family.Read(lib.Agreement, form, s.deps.Now())
	step := form.Get("step")
	if !ok || !slices.Contains([]string{stepChoose, stepWords, stepSheet, stepCalendar}, step) {
		return fault.New(fault.Invalid, nil)
	}
	if form.Has("back") {
		step = stepChoose
	}
	if step == stepCalendar {
		return s.talk(c, l, draft.Next)
	}
	p := newAgreementPage(s, lib, l, draft)
	p.Form, p.Step = "agreement", step
	status := http.StatusOK
	if step == stepSheet && len(found) > 0 {
		status, p.Step = http.StatusUnprocessableEntity, stepWords
		for _, f := range found {
			p.Problems = append(p.Problems, problem(f))
		}
	}
	return s.show(c, status, "family/"+map[string]string{
		stepChoose: "agreement", stepWords: "words", stepSheet: "sheet",
	}[p.Step], p)
}

// talk answers with the day of the next talk for a calendar. It holds nothing
// that was typed but the day, and its words tell nothing.
func (s *Site) talk(c echo.Context, l locales.Lang, day time.Time) error {
	if day.IsZero() {
		return fault.New(fault.Invalid, nil)
	}
	b := &builder{site: s, now: s.deps.Now()}
	raw, err := b.calendar(l, calendarWords{"talk.title", "talk.text"}, []time.Time{day})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="date.ics"`)
	web.NewBody(http.StatusOK, calendarType, web.CacheNever, raw).Serve(c.Response(), c.Request())
	return nil
}
