package content

// Strength says how good the ground under a fact is.
type Strength string

// The strengths, strongest first.
const (
	Official Strength = "official" // the service's or authority's own text was read
	Mirror   Strength = "mirror"   // its own text, through a copy
	Several  Strength = "several"  // two or more independent others agree
	Single   Strength = "single"   // one other source
	Code     Strength = "code"     // seen in source code
)

// Source is where a fact comes from. Supports is written for reviewers, in
// English, and is not shown.
type Source struct {
	URL      string   `yaml:"url"`
	Supports string   `yaml:"supports"`
	Strength Strength `yaml:"strength"`
	On       Date     `yaml:"on"`

	file string
}
