package content

import (
	"slices"

	"hisn/locales"
)

// Harm is what a fix protects from.
type Harm string

// The harms, as the check names them.
const (
	Takeover        Harm = "takeover"         // somebody else gets into the account
	PrivatePictures Harm = "private-pictures" // pictures and chats are copied
	FirstContact    Harm = "first-contact"    // a stranger can begin to write
	Location        Harm = "location"         // somebody sees where one is
	Impersonation   Harm = "impersonation"    // somebody pretends to be one
	Money           Harm = "money"            // money is lost
	Recovery        Harm = "recovery"         // the way back in is lost
)

// Harms lists all harms.
func Harms() []Harm {
	return []Harm{Takeover, PrivatePictures, FirstContact, Location, Impersonation, Money, Recovery}
}

// Person is whom a check is for.
type Person string

// The persons.
const (
	Young   Person = "young"
	Parent  Person = "parent"
	Teacher Person = "teacher"
)

// People lists the persons in display order.
func People() []Person { return []Person{Young, Parent, Teacher} }

// Why a fix has no steps on a system.
const (
	PhoneOnly = "phone-only" // it is done in the phone's app
	Unknown   = "unknown"    // no path that anybody checked: the official help instead
	NotThere  = "not-there"  // it does not exist there
)

// Judgement stands in EffectFrom when the weight is our own reading of the
// evidence and no single study gives it.
const Judgement = "judgement"

// Trace is what somebody else who uses the phone or the account may notice
// when a fix is done. No trace means that none is known.
type Trace string

// The traces, the plainest first.
const (
	TraceMail     Trace = "mail"     // the account sends a mail or an alert
	TraceContacts Trace = "contacts" // contacts or followers see a change
	TraceProfile  Trace = "profile"  // the profile looks different
	TraceLock     Trace = "lock"     // the phone or the app asks for something new
	TraceLogout   Trace = "logout"   // other devices are signed out at once
)

// Traces lists all traces.
func Traces() []Trace {
	return []Trace{TraceMail, TraceContacts, TraceProfile, TraceLock, TraceLogout}
}

// After how many days a fix is looked at again. The two rhythms are those of
// the reminders; a plan's code carries one day for each.
const (
	Never    = 0   // once and for all
	Monthly  = 30  // lists of devices and the like, which others can change
	HalfYear = 150 // settings that apps move or reset
)

// MaxNumber is the highest number that a fix has within its service.
const MaxNumber = 15

// Fix is one thing to do in one service.
type Fix struct {
	ID         string   `yaml:"id"`
	Service    string   `yaml:"service"`
	Number     int      `yaml:"no"`       // 1–15 within the service; never changes, because plans on paper hold it
	Protects   []Harm   `yaml:"protects"` // the main one first
	Effect     int      `yaml:"effect"`   // 1–100: how much of the harm it prevents
	EffectFrom string   `yaml:"effect_from"`
	Minutes    int      `yaml:"minutes"`
	People     []Person `yaml:"people"`
	After      []string `yaml:"after"`   // fixes to do first, when they are open too
	Again      int      `yaml:"again"`   // Never, Monthly or HalfYear
	Noticed    []Trace  `yaml:"noticed"` // what others may notice
	Says       []string `yaml:"says"`    // obstacles that may come up, see Obstacles

	PathStrength Strength          `yaml:"path_strength"`
	Sources      []string          `yaml:"sources"`
	Due          `yaml:",inline"`  // when the facts were checked
	Help         string            `yaml:"help"`
	Link         string            `yaml:"link"`
	Steps        map[System][]Step `yaml:"steps"`
	Absent       map[System]string `yaml:"absent"`

	Words Words[FixWords] `yaml:"-"`
}

// Step is either a menu path (labels of the service) or a sentence (a key of
// FixWords.Steps), never both.
type Step struct {
	Path []string `yaml:"path"`
	Say  string   `yaml:"say"`
}

// FixWords are the words of a fix.
type FixWords struct {
	Head    `yaml:",inline"`
	Title   string            `yaml:"title"`
	Ask     string            `yaml:"ask"` // "yes" always means: already safe
	Hint    string            `yaml:"hint"`
	Why     string            `yaml:"why"`
	Steps   map[string]string `yaml:"steps"`
	See     string            `yaml:"see"`
	Differs string            `yaml:"differs"`
	Cannot  string            `yaml:"cannot"`
}

func (f *Fix) name() string { return f.ID }

func (f *Fix) dueDate() *Due { return &f.Due }

func (f *Fix) setWords(l locales.Lang, fl file) (Head, error) { return set(&f.Words, l, fl) }

// Concerns reports whether the fix is for p.
func (f *Fix) Concerns(p Person) bool { return slices.Contains(f.People, p) }

// Confirmed reports whether the menu path rests on the service's own words.
func (f *Fix) Confirmed() bool { return f.PathStrength == Official || f.PathStrength == Mirror }
