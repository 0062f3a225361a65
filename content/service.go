package content

import "hisn/locales"

// System is a kind of device on which a fix is carried out.
type System string

// The systems, in the order in which they are shown.
const (
	Android System = "android"
	IPhone  System = "iphone"
	Web     System = "web"
)

// Systems lists the systems in display order.
func Systems() []System { return []System{Android, IPhone, Web} }

// Service is an app or account that people use, with its menu vocabulary.
type Service struct {
	ID      string           `yaml:"id"`
	Number  int              `yaml:"no"` // 1–16; never changes, because plans on paper hold it
	Order   int              `yaml:"order"`
	Icon    string           `yaml:"icon"`
	Help    string           `yaml:"help"`
	Systems []System         `yaml:"systems"`
	Labels  map[string]Label `yaml:"labels"`

	Words Words[ServiceWords] `yaml:"-"`
}

// Label is one menu word as it stands in the app, in English and in Arabic.
// ArabicFrom names the source in which the Arabic was seen; without it the
// Arabic is our own translation, and the page says so. A label with a Symbol
// (⋮ ☰ ⚙ ⋯) is drawn as that icon.
type Label struct {
	English    string `yaml:"en"`
	Arabic     string `yaml:"ar"`
	ArabicFrom string `yaml:"ar_from"`
	Symbol     string `yaml:"symbol"`
}

// MaxService is the highest number of a service.
const MaxService = 16

// ServiceWords are the words about a service.
type ServiceWords struct {
	Head  `yaml:",inline"`
	Name  string `yaml:"name"`
	Intro string `yaml:"intro"`
}

func (s *Service) name() string { return s.ID }

func (s *Service) setWords(l locales.Lang, f file) (Head, error) {
	return set(&s.Words, l, f)
}

// set decodes words of type T and enters them under l.
func set[T interface{ head() Head }](w *Words[T], l locales.Lang, f file) (Head, error) {
	var words T
	if err := decodeWords(l, f, &words); err != nil {
		return Head{}, err
	}
	if *w == nil {
		*w = Words[T]{}
	}
	(*w)[l] = words
	return words.head(), nil
}
