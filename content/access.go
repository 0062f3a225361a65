package content

import "hisn/locales"

// Access is the official way back into one service, for somebody who cannot
// sign in any more.
type Access struct {
	Service   string `yaml:"service"`
	Due       `yaml:",inline"`
	Sources   []string     `yaml:"sources"`
	Steps     []AccessStep `yaml:"steps"`     // in order
	Have      []string     `yaml:"have"`      // what to have at hand
	Meanwhile []string     `yaml:"meanwhile"` // what to do while waiting

	Words Words[AccessWords] `yaml:"-"`
}

// AccessStep is one step: a sentence, and the official address where there is
// one.
type AccessStep struct {
	Say  string `yaml:"say"`
	Link string `yaml:"link"`
}

// AccessWords are the words of an Access.
type AccessWords struct {
	Head      `yaml:",inline"`
	Title     string            `yaml:"title"`
	Lead      string            `yaml:"lead"`
	Have      map[string]string `yaml:"have"`
	Steps     map[string]string `yaml:"steps"`
	Wait      string            `yaml:"wait"`  // how long it takes
	Still     string            `yaml:"still"` // what to do when it does not work
	Meanwhile map[string]string `yaml:"meanwhile"`
	Helpers   string            `yaml:"helpers"` // who turns up to "help"
}

func (a *Access) name() string  { return a.Service }
func (a *Access) dueDate() *Due { return &a.Due }

func (a *Access) setWords(l locales.Lang, f file) (Head, error) { return set(&a.Words, l, f) }

// Obstacles are the messages that may come up while a fix is being done, in
// any service, and what to do then.
type Obstacles struct {
	ID      string `yaml:"id"`
	Due     `yaml:",inline"`
	Sources []string `yaml:"sources"`
	List    []string `yaml:"obstacles"` // ids, in display order

	Words Words[ObstacleWords] `yaml:"-"`
}

// ObstacleWords are the words of all obstacles.
type ObstacleWords struct {
	Head `yaml:",inline"`
	List map[string]Obstacle `yaml:"obstacles"`
}

// Obstacle is one message and the way on.
type Obstacle struct {
	Says string `yaml:"says"`
	Do   string `yaml:"do"`
}

func (o *Obstacles) name() string  { return o.ID }
func (o *Obstacles) dueDate() *Due { return &o.Due }

func (o *Obstacles) setWords(l locales.Lang, f file) (Head, error) { return set(&o.Words, l, f) }
