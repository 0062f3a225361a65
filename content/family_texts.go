package content

import (
	"reflect"
	"strings"

	"hisn/locales"
)

// Family are the texts of the family pages that exist once.
type Family struct {
	Signs  *Signs
	Told   *Told
	People *Refuge
	Pack   *Pack
	Simple *Simple
}

// Signs are changes in a child that are worth a gentle question. None of them
// proves anything, and the page says so.
type Signs struct {
	ID      string   `yaml:"id"`
	Items   []string `yaml:"items"`
	Sources []string `yaml:"sources"`
	Due     `yaml:",inline"`

	Words Words[SignsWords] `yaml:"-"`
}

// SignsWords are the words of the signs.
type SignsWords struct {
	Head  `yaml:",inline"`
	Title string               `yaml:"title"`
	Lead  string               `yaml:"lead"`
	Proof string               `yaml:"proof"` // why a sign is no proof
	Items map[string]SignWords `yaml:"items"`
	Close string               `yaml:"close"`
}

// SignWords are one sign, the gentle question, and what else it may mean.
type SignWords struct {
	Sign string `yaml:"sign"`
	Ask  string `yaml:"ask"`
	Also string `yaml:"also"`
}

// Told is the page for a parent to whom a child has just told something. It is
// the shortest of all: see ToldWordsMost.
type Told struct {
	ID      string   `yaml:"id"`
	Breathe []string `yaml:"breathe"`
	Say     []string `yaml:"say"`
	Avoid   []string `yaml:"avoid"`
	Act     []string `yaml:"act"`
	Call    []string `yaml:"call"` // channels of the directory
	Sources []string `yaml:"sources"`
	Due     `yaml:",inline"`

	Words Words[ToldWords] `yaml:"-"`
}

// ToldWordsMost is how many words the page has at the most, in each language:
// somebody whose hands shake reads no more.
const ToldWordsMost = 250

// ToldWords are the words of the page.
type ToldWords struct {
	Head    `yaml:",inline"`
	Title   string            `yaml:"title"`
	Heads   map[string]string `yaml:"heads"` // of the five steps
	Breathe map[string]string `yaml:"breathe"`
	Say     map[string]string `yaml:"say"`
	Avoid   map[string]string `yaml:"avoid"`
	Act     map[string]string `yaml:"act"`
	Call    string            `yaml:"call"`
}

// ToldSteps lists the five steps of the page in order.
func ToldSteps() []string { return []string{"breathe", "say", "avoid", "act", "call"} }

// Count returns how many words the page has.
func (w ToldWords) Count() int {
	n, flat := 0, map[string]string{}
	flatten(reflect.ValueOf(w), "", flat)
	for _, text := range flat {
		n += len(strings.Fields(text))
	}
	return n
}

// Refuge is for a young person whose home is not safe: who else can stand by
// them. It is linked from the triage, never from a family page.
type Refuge struct {
	ID      string        `yaml:"id"`
	Now     []string      `yaml:"now"`    // in danger at this moment
	Danger  []string      `yaml:"danger"` // channels
	Trace   []string      `yaml:"trace"`  // how nothing is left on the phone
	Groups  []RefugeGroup `yaml:"groups"`
	Sources []string      `yaml:"sources"`
	Due     `yaml:",inline"`

	Words Words[RefugeWords] `yaml:"-"`
}

// RefugeGroup is one kind of people, with the channels that lead to them.
type RefugeGroup struct {
	ID   string   `yaml:"id"`
	Icon string   `yaml:"icon"`
	Call []string `yaml:"call"`
}

// RefugeWords are the words of the page.
type RefugeWords struct {
	Head   `yaml:",inline"`
	Title  string                      `yaml:"title"`
	Lead   string                      `yaml:"lead"`
	Now    map[string]string           `yaml:"now"`
	Trace  map[string]string           `yaml:"trace"`
	Groups map[string]RefugeGroupWords `yaml:"groups"`
	Close  string                      `yaml:"close"`
}

// RefugeGroupWords are the words of one kind of people.
type RefugeGroupWords struct {
	Title string `yaml:"title"`
	What  string `yaml:"what"`
	Say   string `yaml:"say"` // a sentence to begin with
}

// Pack is an evening with parents at a school: twenty minutes, on paper.
type Pack struct {
	ID      string     `yaml:"id"`
	Parts   []PackPart `yaml:"parts"` // PackMinutes in all
	Notes   []string   `yaml:"notes"` // for who leads it
	Ask     []string   `yaml:"ask"`   // what parents ask
	Avoid   []string   `yaml:"avoid"` // what is not said
	Handout []string   `yaml:"handout"`
	Sources []string   `yaml:"sources"`
	Due     `yaml:",inline"`

	Words Words[PackWords] `yaml:"-"`
}

// PackMinutes is how long the evening takes.
const PackMinutes = 20

// PackPart is one part of the evening.
type PackPart struct {
	ID      string `yaml:"id"`
	Minutes int    `yaml:"minutes"`
}

// PackWords are the words of the evening.
type PackWords struct {
	Head    `yaml:",inline"`
	Title   string                   `yaml:"title"`
	Lead    string                   `yaml:"lead"`
	Parts   map[string]PackPartWords `yaml:"parts"`
	Notes   map[string]string        `yaml:"notes"`
	Ask     map[string]PackAskWords  `yaml:"ask"`
	Avoid   map[string]string        `yaml:"avoid"`
	Handout HandoutWords             `yaml:"handout"`
}

// PackPartWords are the words of one part.
type PackPartWords struct {
	Title string `yaml:"title"`
	Do    string `yaml:"do"`
	Say   string `yaml:"say"`
}

// PackAskWords are a question that parents ask, and an answer.
type PackAskWords struct {
	Question string `yaml:"question"`
	Answer   string `yaml:"answer"`
}

// HandoutWords are the words of the sheet that parents take home.
type HandoutWords struct {
	Title string            `yaml:"title"`
	Lead  string            `yaml:"lead"`
	Items map[string]string `yaml:"items"`
}

// Simple is the page for grandparents and others who read little: pictures and
// a few large words.
type Simple struct {
	ID      string       `yaml:"id"`
	Cards   []SimpleCard `yaml:"cards"`
	Sources []string     `yaml:"sources"`
	Due     `yaml:",inline"`

	Words Words[SimpleWords] `yaml:"-"`
}

// SimpleCard is one picture.
type SimpleCard struct {
	ID   string `yaml:"id"`
	Icon string `yaml:"icon"`
}

// SimpleWords are the words of the pictures.
type SimpleWords struct {
	Head  `yaml:",inline"`
	Title string                     `yaml:"title"`
	Lead  string                     `yaml:"lead"`
	Cards map[string]SimpleCardWords `yaml:"cards"`
}

// SimpleCardWords are three to six words, and one short sentence.
type SimpleCardWords struct {
	Title string `yaml:"title"`
	Text  string `yaml:"text"`
}

func (s *Signs) name() string   { return s.ID }
func (t *Told) name() string    { return t.ID }
func (r *Refuge) name() string  { return r.ID }
func (p *Pack) name() string    { return p.ID }
func (s *Simple) name() string  { return s.ID }
func (s *Signs) dueDate() *Due  { return &s.Due }
func (t *Told) dueDate() *Due   { return &t.Due }
func (r *Refuge) dueDate() *Due { return &r.Due }
func (p *Pack) dueDate() *Due   { return &p.Due }
func (s *Simple) dueDate() *Due { return &s.Due }

func (s *Signs) setWords(l locales.Lang, f file) (Head, error)  { return set(&s.Words, l, f) }
func (t *Told) setWords(l locales.Lang, f file) (Head, error)   { return set(&t.Words, l, f) }
func (r *Refuge) setWords(l locales.Lang, f file) (Head, error) { return set(&r.Words, l, f) }
func (p *Pack) setWords(l locales.Lang, f file) (Head, error)   { return set(&p.Words, l, f) }
func (s *Simple) setWords(l locales.Lang, f file) (Head, error) { return set(&s.Words, l, f) }
