package content

import "hisn/locales"

// Paths are short ways through what there is to learn, one for each person.
// A step is a place below /learn, or another page: "quiz/messages",
// "chat/the-call", "two-step", "guide/tricks", "check".
type Paths struct {
	ID     string              `yaml:"id"`
	People map[Person][]string `yaml:"people"`

	Words Words[PathsWords] `yaml:"-"`
}

// PathsWords are the words of all paths.
type PathsWords struct {
	Head   `yaml:",inline"`
	People map[string]PathWords `yaml:"people"`
}

// PathWords are the words of one path.
type PathWords struct {
	Title string `yaml:"title"`
	Lead  string `yaml:"lead"`
}

func (p *Paths) name() string { return p.ID }

func (p *Paths) setWords(l locales.Lang, f file) (Head, error) { return set(&p.Words, l, f) }

func (c *checker) paths(p *Paths) {
	want := map[string]bool{}
	for _, person := range People() {
		if len(p.People[person]) == 0 {
			c.fail("paths/paths.yaml", "%s has no path", person)
		}
		key := "people." + string(person) + "."
		want[key+"title"], want[key+"lead"] = true, true
		for _, step := range p.People[person] {
			if step != "check" && !c.lesson(step) {
				c.fail("paths/paths.yaml", "no page is called %q", step)
			}
		}
	}
	c.sameKeys("paths", ".yaml", flatWords(p.Words), want)
}
