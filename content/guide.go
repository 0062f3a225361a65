package content

import (
	"bytes"
	"errors"
	"html/template"

	"hisn/content/markdown"
	"hisn/locales"
)

// Guide is a short text to learn or to teach from.
type Guide struct {
	ID      string   `yaml:"id"`
	Order   int      `yaml:"order"`
	Icon    string   `yaml:"icon"`
	People  []Person `yaml:"people"`
	Minutes int      `yaml:"minutes"`
	Sources []string `yaml:"sources"`
	Due     `yaml:",inline"`
	Related struct {
		Fixes  []string `yaml:"fixes"`
		Guides []string `yaml:"guides"`
	} `yaml:"related"`

	Words Words[Prose] `yaml:"-"`
}

// Page is a plain page about the site itself.
type Page struct {
	ID      string   `yaml:"id"`
	Sources []string `yaml:"sources"`
	Due     `yaml:",inline"`

	Words Words[Prose] `yaml:"-"`
}

// Prose is a Markdown text with its head. Body is safe HTML; its internal
// links already carry the language.
type Prose struct {
	Head    `yaml:",inline"`
	Title   string        `yaml:"title"`
	Summary string        `yaml:"summary"`
	Body    template.HTML `yaml:"-"`
	Links   []string      `yaml:"-"` // internal, without the language
}

func (g *Guide) name() string  { return g.ID }
func (g *Guide) markdown()     {}
func (g *Guide) dueDate() *Due { return &g.Due }
func (p *Page) name() string   { return p.ID }
func (p *Page) markdown()      {}
func (p *Page) dueDate() *Due  { return &p.Due }

func (g *Guide) setWords(l locales.Lang, f file) (Head, error) { return setProse(&g.Words, l, f) }
func (p *Page) setWords(l locales.Lang, f file) (Head, error)  { return setProse(&p.Words, l, f) }

func setProse(w *Words[Prose], l locales.Lang, f file) (Head, error) {
	head, body, err := frontMatter(f.raw)
	if err != nil {
		return Head{}, err
	}
	var p Prose
	if err := decodeWords(l, file{f.name, head}, &p); err != nil {
		return Head{}, err
	}
	p.Body, p.Links, err = markdown.Render(l, body)
	if err != nil {
		return Head{}, err
	}
	if *w == nil {
		*w = Words[Prose]{}
	}
	(*w)[l] = p
	return p.Head, nil
}

// frontMatter splits "---\nyaml---\nbody". The head keeps its leading line, so
// that line numbers in errors are those of the file.
func frontMatter(raw []byte) (head, body []byte, err error) {
	rest, ok := bytes.CutPrefix(raw, []byte("---\n"))
	if !ok {
		return nil, nil, errors.New("line 1: a text starts with a head between two lines ---")
	}
	inner, body, ok := bytes.Cut(rest, []byte("\n---\n"))
	if !ok {
		return nil, nil, errors.New("line 1: the head is not closed by a line ---")
	}
	return append([]byte("#\n"), inner...), body, nil
}
