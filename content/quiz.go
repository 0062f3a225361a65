package content

import "hisn/locales"

// ItemKind says how an item of a quiz is answered.
type ItemKind string

// The kinds of items.
const (
	PickOne  ItemKind = "one"   // one choice
	PickAll  ItemKind = "many"  // all that fit
	PickPart ItemKind = "mark"  // the suspicious parts of what is shown
	PutOrder ItemKind = "order" // first steps in order
)

// Frame is what a situation is drawn as.
type Frame string

// The frames.
const (
	NoFrame      Frame = ""
	ChatFrame    Frame = "chat"
	MessageFrame Frame = "message"
	ProfileFrame Frame = "profile"
	PageFrame    Frame = "page"
)

// QuizForms names the parallel forms of a quiz: before, after, and later.
func QuizForms() []string { return []string{"a", "b", "c"} }

// Quiz is a set of situations to judge, in three parallel forms.
type Quiz struct {
	ID      string `yaml:"id"`
	Order   int    `yaml:"order"`
	Icon    string `yaml:"icon"`
	Minutes int    `yaml:"minutes"`
	Due     `yaml:",inline"`
	Sources []string              `yaml:"sources"`
	Guides  []string              `yaml:"guides"`
	Fixes   []string              `yaml:"fixes"`
	Chats   []string              `yaml:"chats"`
	Forms   map[string][]QuizItem `yaml:"forms"`

	Words Words[QuizWords] `yaml:"-"`
}

// QuizItem is one situation. Right holds options, or parts for PickPart; for
// PutOrder it is all options in the right order. Accuses holds the wrong
// options that treat something honest as a trap.
type QuizItem struct {
	ID      string   `yaml:"id"`
	Kind    ItemKind `yaml:"kind"`
	Harmful bool     `yaml:"harmful"`
	Frame   Frame    `yaml:"frame"`
	Parts   []string `yaml:"parts"`
	Options []string `yaml:"options"`
	Right   []string `yaml:"right"`
	Accuses []string `yaml:"accuses"`
	Skill   string   `yaml:"skill"`
}

// Choices returns what can be picked.
func (it QuizItem) Choices() []string {
	if it.Kind == PickPart {
		return it.Parts
	}
	return it.Options
}

// Skills lists what items practise.
func Skills() []string {
	return []string{"link", "code", "haste", "identity", "secrecy", "money", "pressure", "picture", "settings", "evidence", "help", "calm"}
}

// QuizWords are the words of a quiz.
type QuizWords struct {
	Head  `yaml:",inline"`
	Title string               `yaml:"title"`
	Intro string               `yaml:"intro"`
	Items map[string]ItemWords `yaml:"items"`
}

// ItemWords are the words of one item.
type ItemWords struct {
	Ask     string            `yaml:"ask"`
	From    string            `yaml:"from"` // whom the frame shows
	Parts   map[string]string `yaml:"parts"`
	Notes   map[string]string `yaml:"notes"` // why each part is suspicious or fine
	Options map[string]string `yaml:"options"`
	Why     string            `yaml:"why"`
}

func (q *Quiz) name() string  { return q.ID }
func (q *Quiz) dueDate() *Due { return &q.Due }

func (q *Quiz) setWords(l locales.Lang, f file) (Head, error) { return set(&q.Words, l, f) }

// Items returns the items of one form.
func (q *Quiz) Items(form string) ([]QuizItem, bool) {
	items, ok := q.Forms[form]
	return items, ok
}
