package content

import (
	"path"
	"slices"

	"hisn/locales"
)

// Letter is an answer that desks can give as it stands, in any of the languages.
// Officers start from one, or send it whole; only these were read by others
// before a frightened person reads them.
type Letter struct {
	ID    string `yaml:"id"`
	Order int    `yaml:"order"`
	State string `yaml:"state"` // of the thread with it: answered or closed
	Due   `yaml:",inline"`

	Words Words[LetterText] `yaml:"-"`
}

// LetterText is what the officer chooses by, and what the reporter reads. A line
// is a paragraph.
type LetterText struct {
	Head  `yaml:",inline"`
	Title string `yaml:"title"`
	Text  string `yaml:"text"`
}

// longestLetter leaves room in what is sealed; in bytes.
const longestLetter = 1500

func (r *Letter) name() string  { return r.ID }
func (r *Letter) dueDate() *Due { return &r.Due }

func (r *Letter) setWords(l locales.Lang, f file) (Head, error) { return set(&r.Words, l, f) }

func (c *checker) letter(r *Letter) {
	dir := path.Join("replies", r.ID)
	c.id(dir+"/reply.yaml", r.ID)
	c.due(dir+"/reply.yaml", r.Due)
	if !slices.Contains([]string{"answered", "closed"}, r.State) {
		c.fail(dir+"/reply.yaml", "state %q is not known", r.State)
	}
	c.sameKeys(dir, ".yaml", flatWords(r.Words), map[string]bool{"title": true, "text": true})
	for l, w := range r.Words {
		if len(w.Text) > longestLetter {
			c.fail(path.Join(dir, string(l)+".yaml"), "the text has %d bytes, %d at the most", len(w.Text), longestLetter)
		}
	}
}
