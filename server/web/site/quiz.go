package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"hisn/content"
	"hisn/locales"
	"hisn/server/fault"
	"hisn/server/quiz"
	"hisn/server/view"
)

type quizPage struct {
	view.Page
	ID, Icon, Intro string
	Minutes, Items  int
	Forms           []string
	Sources         sourceView
}

// quiz is the page before a quiz: what it is, and the gentle question first.
func (b *builder) quiz(q *content.Quiz) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		w := q.Words.For(l)
		return quizPage{
			Page: b.practice(l, "/learn/quiz/"+q.ID, w.Title), ID: q.ID, Icon: q.Icon, Intro: w.Intro,
			Minutes: q.Minutes, Items: len(q.Forms["a"]), Forms: content.QuizForms(),
			Sources: b.sources(q.Due, "", q.Sources),
		}
	}
}

// choiceView is one thing to pick in an item.
type choiceView struct {
	ID, Text, Note string
	Right          bool
	On             bool
	Place          int // of PutOrder: the right place; 0 elsewhere
	At             int // of PutOrder: the chosen place; 0 when none was chosen
}

// itemView is one situation in one language.
type itemView struct {
	content.QuizItem
	Number   int
	Ask      string
	From     string
	Shown    []string // parts that are only looked at
	Choices  []choiceView
	Why      string
	Nothing  bool // "nothing suspicious" was chosen
	Marked   bool // the feedback is open
	Mark     quiz.Mark
	Problem  string // message when the answer is no answer
	Answered bool
}

// Key is the right answer for the script of the page.
func (v itemView) Key() string { return strings.Join(v.Right, " ") }

// Accusing are the picks that accuse, for the script of the page.
func (v itemView) Accusing() string { return strings.Join(v.Accuses, " ") }

type skillAdvice struct {
	Skill string
	On    bool
}

type quizFormPage struct {
	view.Page
	Quiz     string // id
	Title    string
	FormID   string
	Items    []itemView
	Result   bool
	Tally    quiz.Tally
	Skills   []skillAdvice
	Fixes    []fixLink
	Guides   []guideView
	Chats    []lessonView
	NextForm string
	Digits   string
	Outcomes []quiz.Outcome
}

// Up is the page above, below /learn.
func (p quizFormPage) Up() string {
	if p.NextForm == "" {
		return ""
	}
	return "/quiz/" + p.Quiz
}

// answers is what somebody sent of a form: picks by item, and which feedback
// is open.
type answers struct {
	picks   map[string][]string
	places  map[string]int // of PutOrder: "item.option" to the chosen place
	nothing map[string]bool
	shown   map[string]bool
	result  bool
}

// quizForm is one form without answers.
func (b *builder) quizForm(q *content.Quiz, form string) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		return newQuizFormPage(b, q, form, l, answers{})
	}
}

func newQuizFormPage(b *builder, q *content.Quiz, form string, l locales.Lang, given answers) quizFormPage {
	w := q.Words.For(l)
	path := "/learn/quiz/" + q.ID + "/" + form
	p := quizFormPage{
		Page: b.practice(l, path, w.Title), Quiz: q.ID, Title: w.Title, FormID: form, Result: given.result,
		Fixes: b.fixLinks(q.Fixes, l), Digits: locales.Digits(l, "0123456789"), Outcomes: quiz.Outcomes(),
	}
	for _, id := range q.Guides {
		if g, ok := b.lib.Guide(id); ok {
			p.Guides = append(p.Guides, newGuideView(g, l))
		}
	}
	for _, id := range q.Chats {
		if c, ok := b.lib.Chat(id); ok {
			p.Chats = append(p.Chats, chatLesson(c, l))
		}
	}
	if at := slices.Index(content.QuizForms(), form); at >= 0 {
		p.NextForm = content.QuizForms()[(at+1)%len(content.QuizForms())]
	}
	items, _ := q.Items(form)
	marks := map[string]quiz.Mark{}
	for i, it := range items {
		v := newItemView(it, w.Items[it.ID], given)
		v.Number = i + 1
		if v.Answered {
			marks[it.ID] = v.Mark
		}
		p.Items = append(p.Items, v)
	}
	p.Tally = quiz.Sum(items, marks)
	for _, it := range items {
		if !slices.ContainsFunc(p.Skills, func(s skillAdvice) bool { return s.Skill == it.Skill }) {
			p.Skills = append(p.Skills, skillAdvice{it.Skill, slices.Contains(p.Tally.Skills, it.Skill)})
		}
	}
	return p
}

func newItemView(it content.QuizItem, w content.ItemWords, given answers) itemView {
	v := itemView{QuizItem: it, Ask: w.Ask, From: w.From, Why: w.Why, Nothing: given.nothing[it.ID]}
	picks := given.picks[it.ID]
	for _, id := range it.Choices() {
		c := choiceView{ID: id, Text: w.Options[id], Right: slices.Contains(it.Right, id), On: slices.Contains(picks, id)}
		if it.Kind == content.PickPart {
			c.Text, c.Note = w.Parts[id], w.Notes[id]
		}
		if it.Kind == content.PutOrder {
			c.Place, c.At = slices.Index(it.Right, id)+1, given.places[it.ID+"."+id]
		}
		v.Choices = append(v.Choices, c)
	}
	if it.Kind != content.PickPart {
		for _, id := range it.Parts {
			v.Shown = append(v.Shown, w.Parts[id])
		}
	}
	if len(picks) > 0 || v.Nothing {
		m, err := quiz.Of(it, picks)
		if v.Nothing && len(picks) > 0 {
			err = quiz.ErrPicks
		}
		if err == nil {
			v.Answered, v.Mark = true, m
		}
	}
	if given.shown[it.ID] {
		v.Marked = v.Answered
		if !v.Answered {
			v.Problem = "quiz.problem." + string(it.Kind)
		}
	}
	return v
}

// nothingSuspicious is the value of the box that marks no part.
const nothingSuspicious = "-"

// answerQuiz shows the feedback for what was answered so far, or the result.
// Everything that was filled in stays filled in; nothing is kept.
func (s *Site) answerQuiz(c echo.Context) error {
	l, form, err := sent(c)
	if err != nil {
		return err
	}
	set := s.Current()
	q, ok := set.Library.Quiz(c.Param("id"))
	if c.Param("id") == boosterID {
		q, ok = set.booster, true
	}
	if !ok {
		return fault.New(fault.NotFound, nil)
	}
	items, ok := q.Items(c.Param("form"))
	if !ok {
		return fault.New(fault.NotFound, nil)
	}
	given, err := parseQuiz(items, form)
	if err != nil {
		return err
	}
	b := &builder{site: s, lib: set.Library, now: set.Day}
	p := newQuizFormPage(b, q, c.Param("form"), l, given)
	p.Form, p.Step = "quiz", "-"
	status := http.StatusOK
	if slices.ContainsFunc(p.Items, func(v itemView) bool { return v.Problem != "" }) {
		status = http.StatusUnprocessableEntity
	}
	return s.show(c, status, "quizform", p)
}

// parseQuiz reads the picks. What no page of ours can send is refused; an
// answer that is merely incomplete is shown again with a hint.
func parseQuiz(items []content.QuizItem, form url.Values) (answers, error) {
	given := answers{picks: map[string][]string{}, places: map[string]int{}, nothing: map[string]bool{}, shown: map[string]bool{}}
	bad := fault.New(fault.Invalid, nil)
	known := map[string]bool{"shown": true, "show": true, "step": true}
	for _, it := range items {
		known[it.ID] = true
		for _, pick := range form[it.ID] {
			switch {
			case pick == nothingSuspicious && it.Kind == content.PickPart:
				given.nothing[it.ID] = true
			case slices.Contains(it.Choices(), pick) && !slices.Contains(given.picks[it.ID], pick):
				given.picks[it.ID] = append(given.picks[it.ID], pick)
			default:
				return given, bad
			}
		}
		if it.Kind == content.PutOrder {
			if err := parseOrder(it, form, known, given); err != nil {
				return given, err
			}
		}
	}
	for name := range form {
		if !known[name] {
			return given, bad
		}
	}
	for _, id := range append(form["shown"], form["show"]...) {
		switch {
		case id == "result":
			given.result = true
		case slices.ContainsFunc(items, func(it content.QuizItem) bool { return it.ID == id }):
			given.shown[id] = true
		default:
			return given, bad
		}
	}
	return given, nil
}

// parseOrder reads the places of the steps. They make an answer only when every
// step has a place of its own; otherwise the reader sees them as they were.
func parseOrder(it content.QuizItem, form url.Values, known map[string]bool, given answers) error {
	order := make([]string, len(it.Options))
	for _, o := range it.Options {
		name := it.ID + "." + o
		known[name] = true
		value := form.Get(name)
		if value == "" {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > len(order) || len(form[name]) > 1 {
			return fault.New(fault.Invalid, nil)
		}
		given.places[name], order[n-1] = n, o
	}
	if !slices.Contains(order, "") {
		given.picks[it.ID] = order
	}
	return nil
}
