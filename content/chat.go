package content

import (
	"slices"

	"hisn/locales"
)

// Stage is where a chat stands on the way that such stories take.
type Stage string

// Stages lists the stages in their usual order.
func Stages() []Stage { return []Stage{"contact", "trust", "move", "ask", "threat", "rescue"} }

// Endings of a chat.
const (
	EndSafe    = "safe"    // the trap was seen, or is over
	EndLate    = "late"    // it went further, and there is still a good way on
	EndMisread = "misread" // something honest was taken for a trap
)

// Chat is a story that one takes part in. It is a graph without circles.
type Chat struct {
	ID      string `yaml:"id"`
	Order   int    `yaml:"order"`
	Icon    string `yaml:"icon"`
	Honest  bool   `yaml:"honest"`
	Minutes int    `yaml:"minutes"`
	Due     `yaml:",inline"`
	Sources []string            `yaml:"sources"`
	Guides  []string            `yaml:"guides"`
	Fixes   []string            `yaml:"fixes"`
	People  []string            `yaml:"people"` // the others; "me" plays, "note" tells
	Start   string              `yaml:"start"`
	Nodes   map[string]ChatNode `yaml:"nodes"`

	Words Words[ChatWords] `yaml:"-"`
}

// ChatNode is one screen of a chat.
type ChatNode struct {
	Stage   Stage    `yaml:"stage"`
	Say     []Bubble `yaml:"say"`
	Tactic  bool     `yaml:"tactic"`
	Replies []Reply  `yaml:"replies"`
	End     string   `yaml:"end"`
}

// Bubble is one message, or a line of the narrator.
type Bubble struct {
	By string `yaml:"by"`
	ID string `yaml:"id"`
}

// Reply is a choice and where it leads.
type Reply struct {
	ID string `yaml:"id"`
	To string `yaml:"to"`
}

// The two speakers that every chat has.
const (
	Me       = "me"
	Narrator = "note"
)

// ChatWords are the words of a chat.
type ChatWords struct {
	Head   `yaml:",inline"`
	Title  string                   `yaml:"title"`
	Intro  string                   `yaml:"intro"`
	Player string                   `yaml:"player"`
	People map[string]string        `yaml:"people"`
	Nodes  map[string]ChatNodeWords `yaml:"nodes"`
}

// ChatNodeWords are the words of one screen.
type ChatNodeWords struct {
	Say      map[string]string `yaml:"say"`
	Tactic   string            `yaml:"tactic"`
	Replies  map[string]string `yaml:"replies"`
	Feedback map[string]string `yaml:"feedback"`
	Aloud    string            `yaml:"aloud"`
	Debrief  string            `yaml:"debrief"`
	Plan     string            `yaml:"plan"`
}

func (c *Chat) name() string  { return c.ID }
func (c *Chat) dueDate() *Due { return &c.Due }

func (c *Chat) setWords(l locales.Lang, f file) (Head, error) { return set(&c.Words, l, f) }

// NodeOrder returns the nodes as a reader meets them: breadth first from the start.
func (c *Chat) NodeOrder() []string {
	out := []string{c.Start}
	for i := 0; i < len(out); i++ {
		for _, r := range c.Nodes[out[i]].Replies {
			if !slices.Contains(out, r.To) {
				out = append(out, r.To)
			}
		}
	}
	return out
}
