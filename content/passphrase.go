package content

import (
	"strings"

	"hisn/locales"
)

// PassphraseWords is how many words the list has: three throws of a dice.
const PassphraseWords = 6 * 6 * 6

// Passphrase is the lesson on passwords made of words.
type Passphrase struct {
	ID      string `yaml:"id"`
	Due     `yaml:",inline"`
	Sources []string     `yaml:"sources"`
	Steps   []string     `yaml:"steps"`
	Reasons []string     `yaml:"reasons"`
	Compare []Comparison `yaml:"compare"`

	Words Words[PassphraseText] `yaml:"-"`
}

// Comparison is how hard something is to guess, as the power of two of the
// possibilities, rounded.
type Comparison struct {
	ID   string `yaml:"id"`
	Bits int    `yaml:"bits"`
}

// PassphraseText are the words of the lesson, and the words to draw from.
type PassphraseText struct {
	Head    `yaml:",inline"`
	Title   string            `yaml:"title"`
	Lead    string            `yaml:"lead"`
	Never   string            `yaml:"never"`
	Steps   map[string]string `yaml:"steps"`
	Compare map[string]string `yaml:"compare"`
	Reasons map[string]string `yaml:"reasons"`
	List    string            `yaml:"list"` // PassphraseWords words, apart by spaces
}

// Drawn returns the words to draw from, in their order.
func (t PassphraseText) Drawn() []string { return strings.Fields(t.List) }

func (p *Passphrase) name() string  { return p.ID }
func (p *Passphrase) dueDate() *Due { return &p.Due }

func (p *Passphrase) setWords(l locales.Lang, f file) (Head, error) { return set(&p.Words, l, f) }

func (c *checker) passphrase(p *Passphrase) {
	const dir = "passphrase"
	c.due(dir+"/passphrase.yaml", p.Due)
	c.sources(dir+"/passphrase.yaml", p.Sources)
	want := map[string]bool{"title": true, "lead": true, "never": true, "list": true}
	for _, k := range p.Steps {
		want["steps."+k] = true
	}
	for _, k := range p.Reasons {
		want["reasons."+k] = true
	}
	for _, k := range p.Compare {
		want["compare."+k.ID] = true
	}
	c.sameKeys(dir, ".yaml", flatWords(p.Words), want)
	for l, w := range p.Words {
		words, seen := w.Drawn(), map[string]bool{}
		for _, word := range words {
			if seen[word] {
				c.fail(dir+"/"+string(l)+".yaml", "the word %s stands twice", word)
			}
			seen[word] = true
		}
		if len(words) != PassphraseWords {
			c.fail(dir+"/"+string(l)+".yaml", "%d words, %d are needed", len(words), PassphraseWords)
		}
	}
}
