package content

import (
	"slices"

	"hisn/locales"
)

// Band is an age band of children, as the family pages sort by it.
type Band string

// Bands lists the age bands, the youngest first.
func Bands() []Band { return []Band{"6-9", "10-12", "13-15", "16-18"} }

// Evening is a story for ten minutes at home: read it, ask three questions,
// change one setting together.
type Evening struct {
	ID        string   `yaml:"id"`
	Order     int      `yaml:"order"`
	Band      Band     `yaml:"band"`
	Minutes   int      `yaml:"minutes"`
	Icon      string   `yaml:"icon"`
	Questions []string `yaml:"questions"` // three ids
	Setting   Pointer  `yaml:"setting"`
	Sources   []string `yaml:"sources"`
	Due       `yaml:",inline"`

	Words Words[EveningWords] `yaml:"-"`
}

// Pointer names the one setting of an evening: a fix, or a card of settings.
type Pointer struct {
	Kind string `yaml:"kind"` // PointsToFix or PointsToCard
	ID   string `yaml:"id"`
}

// What a Pointer leads to.
const (
	PointsToFix  = "fix"
	PointsToCard = "family"
)

// EveningWords are the words of an evening.
type EveningWords struct {
	Head      `yaml:",inline"`
	Title     string            `yaml:"title"`
	Summary   string            `yaml:"summary"`
	How       string            `yaml:"how"`   // how to hold the talk at this age
	Story     map[string]string `yaml:"story"` // s1, s2, …: short paragraphs
	Questions map[string]string `yaml:"questions"`
	Listen    map[string]string `yaml:"listen"` // by question: what to listen for
	Setting   string            `yaml:"setting"`
	Close     string            `yaml:"close"`
}

// Paragraphs returns the story in order.
func (w EveningWords) Paragraphs() []string {
	var out []string
	for _, k := range StoryKeys(len(w.Story)) {
		out = append(out, w.Story[k])
	}
	return out
}

// StoryKeys are the keys of a story of n paragraphs: s1, s2, …
func StoryKeys(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = "s" + string(rune('1'+i))
	}
	return out
}

func (e *Evening) name() string  { return e.ID }
func (e *Evening) dueDate() *Due { return &e.Due }

func (e *Evening) setWords(l locales.Lang, f file) (Head, error) { return set(&e.Words, l, f) }

// Agreement is what the sheet of a family's promises is built from. The
// promises of the parents are fixed: a form can neither leave one out nor
// change its words.
type Agreement struct {
	ID       string          `yaml:"id"`
	Promises []string        `yaml:"promises"` // six, in order
	Lines    []AgreementLine `yaml:"lines"`    // what a child may choose and reword
	Steps    []string        `yaml:"steps"`    // what to do when somebody threatens, in order
	Adults   int             `yaml:"adults"`   // other people to tell
	Sources  []string        `yaml:"sources"`
	Due      `yaml:",inline"`

	Words Words[AgreementWords] `yaml:"-"`
}

// AgreementLine is a line that a child of some age may choose.
type AgreementLine struct {
	ID    string `yaml:"id"`
	Bands []Band `yaml:"bands"`
}

// AgreementWords are the words of the agreement.
type AgreementWords struct {
	Head     `yaml:",inline"`
	Title    string            `yaml:"title"`
	Lead     string            `yaml:"lead"`
	Promises map[string]string `yaml:"promises"`
	Lines    map[string]string `yaml:"lines"`
	Steps    map[string]string `yaml:"steps"`
	Labels   map[string]string `yaml:"labels"`
}

// LinesFor returns the lines that suit a band, in order.
func (a *Agreement) LinesFor(b Band) []string {
	var out []string
	for _, line := range a.Lines {
		if slices.Contains(line.Bands, b) {
			out = append(out, line.ID)
		}
	}
	return out
}

// Line reports whether there is a line with that id.
func (a *Agreement) Line(id string) bool {
	return slices.ContainsFunc(a.Lines, func(l AgreementLine) bool { return l.ID == id })
}

func (a *Agreement) name() string  { return a.ID }
func (a *Agreement) dueDate() *Due { return &a.Due }

func (a *Agreement) setWords(l locales.Lang, f file) (Head, error) { return set(&a.Words, l, f) }

// Card says what supervision of one platform shows and does not show, and
// which settings to make together. Nothing on it is done in secret.
type Card struct {
	ID       string        `yaml:"id"`
	Order    int           `yaml:"order"`
	Icon     string        `yaml:"icon"`
	Service  string        `yaml:"service"` // a service, or "" for one without fixes
	Bands    []Band        `yaml:"bands"`
	Version  string        `yaml:"version"` // of the app, when a source names it
	Help     string        `yaml:"help"`    // official help
	Settings []CardSetting `yaml:"settings"`
	Sees     []string      `yaml:"sees"`
	Cannot   []string      `yaml:"cannot"`
	Consent  bool          `yaml:"consent"`
	Sources  []string      `yaml:"sources"`
	Due      `yaml:",inline"`

	Words Words[CardWords] `yaml:"-"`
}

// CardSetting is one setting of a card. Its menu path is that of the fix; a
// setting without a fix has none.
type CardSetting struct {
	ID    string `yaml:"id"`
	Bands []Band `yaml:"bands"`
	Fix   string `yaml:"fix"`
}

// CardWords are the words of a card.
type CardWords struct {
	Head     `yaml:",inline"`
	Title    string                  `yaml:"title"`
	Lead     string                  `yaml:"lead"`
	Sees     map[string]string       `yaml:"sees"`
	Cannot   map[string]string       `yaml:"cannot"`
	Consent  string                  `yaml:"consent"`
	Settings map[string]SettingWords `yaml:"settings"`
	ByBand   map[string]string       `yaml:"by_band"`
	Unknown  string                  `yaml:"unknown"` // what nobody could confirm
}

// SettingWords are the words of one setting.
type SettingWords struct {
	Title string `yaml:"title"`
	Why   string `yaml:"why"`
	Ask   string `yaml:"ask"` // a sentence to say to the child
}

// For reports whether the card is for a band.
func (c *Card) For(b Band) bool { return slices.Contains(c.Bands, b) }

func (c *Card) name() string  { return c.ID }
func (c *Card) dueDate() *Due { return &c.Due }

func (c *Card) setWords(l locales.Lang, f file) (Head, error) { return set(&c.Words, l, f) }
