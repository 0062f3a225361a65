package site

import (
	"hisn/content"
	"hisn/locales"
	"hisn/server/view"
)

type pathView struct {
	Person content.Person
	Words  content.PathWords
	Steps  []lessonView
}

type learnPage struct {
	view.Page
	Paths    []pathView
	Quizzes  []lessonView
	Chats    []lessonView
	Guides   []guideView
	Boosters []string // days
}

// learn is the home of everything that can be learnt: short paths first, then
// all there is.
func (b *builder) learn(l locales.Lang) any {
	p := learnPage{Page: b.page(l, "/learn", "learn.title"), Boosters: boosterForms()}
	p.Style = practiceSheet
	words := b.lib.Paths.Words.For(l).People
	for _, person := range content.People() {
		path := pathView{Person: person, Words: words[string(person)]}
		for _, step := range b.lib.Paths.People[person] {
			path.Steps = append(path.Steps, b.lesson(l, step))
		}
		p.Paths = append(p.Paths, path)
	}
	for _, q := range b.lib.Quizzes {
		p.Quizzes = append(p.Quizzes, quizLesson(q, l))
	}
	for _, c := range b.lib.Chats {
		p.Chats = append(p.Chats, chatLesson(c, l))
	}
	for _, g := range b.lib.Guides {
		p.Guides = append(p.Guides, newGuideView(g, l))
	}
	return p
}

// practiceSheet is the style sheet of everything that is practised.
const practiceSheet = "practice"

// practice starts a page of practice with a title of the pack.
func (b *builder) practice(l locales.Lang, path, title string) view.Page {
	p := b.titled(l, path, title)
	p.Style = practiceSheet
	return p
}

// Minutes that the lessons without a file of their own take.
const (
	twoStepMinutes    = 6
	passphraseMinutes = 4
)

// lesson finds what a step of a path is; the pack has been checked.
func (b *builder) lesson(l locales.Lang, step string) lessonView {
	for _, q := range b.lib.Quizzes {
		if v := quizLesson(q, l); v.Key == step {
			return v
		}
	}
	for _, c := range b.lib.Chats {
		if v := chatLesson(c, l); v.Key == step {
			return v
		}
	}
	if g, ok := b.lib.Guide(step); ok {
		v := newGuideView(g, l)
		return lessonView{"/learn/" + v.ID, v.Icon, v.Title, v.Summary, v.Minutes, step}
	}
	if step == "passphrase" {
		w := b.lib.Passphrase.Words.For(l)
		return lessonView{"/learn/passphrase", "list-checks", w.Title, w.Lead, passphraseMinutes, step}
	}
	return lessonView{Path: "/learn/" + step, Icon: "qr-code", Minutes: twoStepMinutes, Key: step}
}

// boosterForms are the three short looks back, named by their day.
func boosterForms() []string { return []string{"7", "30", "150"} }

// boosterID is where they stand among the quizzes.
const boosterID = "again"

// booster puts three situations of the later forms into a quiz of its own for
// each of the three days: other ones than before, so that they are thought
// about and not remembered.
func (b *builder) booster() (*content.Quiz, error) {
	out := &content.Quiz{
		ID: boosterID, Icon: "bell", Minutes: 2, Forms: map[string][]content.QuizItem{}, Words: content.Words[content.QuizWords]{},
	}
	for _, l := range locales.All() {
		page := b.page(l, "", "booster.title")
		title, err := page.T("booster.title")
		if err != nil {
			return nil, err
		}
		intro, err := page.T("booster.intro")
		if err != nil {
			return nil, err
		}
		out.Words[l] = content.QuizWords{Title: title, Intro: intro, Items: map[string]content.ItemWords{}}
	}
	for n, form := range boosterForms() {
		for i := range 3 {
			q := b.lib.Quizzes[(n+i)%len(b.lib.Quizzes)]
			it := q.Forms["c"][(n*3+i*2)%len(q.Forms["c"])]
			id := q.ID + "-" + it.ID
			for _, l := range locales.All() {
				out.Words[l].Items[id] = q.Words.For(l).Items[it.ID]
			}
			it.ID = id
			out.Forms[form] = append(out.Forms[form], it)
			out.Due = q.Due
			out.Sources = append(out.Sources, q.Sources...)
		}
	}
	return out, nil
}

type passphrasePage struct {
	view.Page
	Text    content.PassphraseText
	Steps   []string
	Reasons []string
	Compare []comparison
	Rows    []wordRow
	Sources sourceView
}

type comparison struct {
	Text string
	Bits int
}

// wordRow holds the words of one pair of throws.
type wordRow struct {
	First, Second int
	Words         []string
}

func (b *builder) passphrase(l locales.Lang) any {
	lesson := b.lib.Passphrase
	w := lesson.Words.For(l)
	p := passphrasePage{
		Page: b.practice(l, "/learn/passphrase", w.Title), Text: w, Sources: b.sources(lesson.Due, "", lesson.Sources),
	}
	for _, k := range lesson.Steps {
		p.Steps = append(p.Steps, w.Steps[k])
	}
	for _, k := range lesson.Reasons {
		p.Reasons = append(p.Reasons, w.Reasons[k])
	}
	for _, c := range lesson.Compare {
		p.Compare = append(p.Compare, comparison{w.Compare[c.ID], c.Bits})
	}
	words := w.Drawn()
	for i := 0; i+6 <= len(words); i += 6 {
		p.Rows = append(p.Rows, wordRow{i/36 + 1, i/6%6 + 1, words[i : i+6]})
	}
	return p
}
