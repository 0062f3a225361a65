package content

import (
	"slices"

	"hisn/locales"
)

// Directory is the only place where phone numbers stand.
type Directory struct {
	ID           string                     `yaml:"id"`
	Checked      Date                       `yaml:"checked"`
	Regions      []Region                   `yaml:"regions"`
	Governorates map[string]GovernorateInfo `yaml:"governorates"`
	Channels     []Channel                  `yaml:"channels"`
	Sets         map[string][]string        `yaml:"sets"`
	Police       Police                     `yaml:"police"`
	Rescuers     []string                   `yaml:"rescuers"`
	Genuine      []string                   `yaml:"genuine"`
	AskFirst     []string                   `yaml:"ask-first"`

	Words Words[DirectoryWords] `yaml:"-"`
}

// Region is one of the two systems: federal Iraq, the Kurdistan Region.
type Region struct {
	ID           string   `yaml:"id"`
	Governorates []string `yaml:"governorates"`
}

// GovernorateInfo is what is known of one governorate. ISO is empty for
// Halabja, which has no code yet.
type GovernorateInfo struct {
	ISO     string   `yaml:"iso"`
	Units   []string `yaml:"units"`
	Sources []string `yaml:"sources"`
}

// Status says how sure a channel is.
type Status string

// The statuses, as shown on the page.
const (
	Confirmed    Status = "confirmed" // two outlets or one official source, recent
	SingleSource Status = "single"    // one source
	Old          Status = "old"       // true when published, no recent proof
	Unclear      Status = "unclear"   // sources differ
	Replaced     Status = "replaced"  // merged into another number
)

// Channel is one way to reach somebody.
type Channel struct {
	ID           string   `yaml:"id"`
	Kind         string   `yaml:"kind"`   // call, app or message
	Number       string   `yaml:"number"` // as shown; empty for an app
	Dial         string   `yaml:"dial"`   // digits for tel:
	Regions      []string `yaml:"regions"`
	Governorates []string `yaml:"governorates"` // empty: all of the regions
	Status       Status   `yaml:"status"`
	Languages    []string `yaml:"languages"`
	Hours        string   `yaml:"hours"`
	Cost         string   `yaml:"cost"`
	Trace        string   `yaml:"trace"` // what using it leaves on the phone
	Woman        string   `yaml:"woman"` // whether a woman officer can be asked for
	ReplacedBy   string   `yaml:"replaced_by"`
	Sources      []string `yaml:"sources"`
	Due          `yaml:",inline"`
}

// Serves reports whether the channel is for a governorate of a region.
func (c Channel) Serves(region, governorate string) bool {
	return slices.Contains(c.Regions, region) && (len(c.Governorates) == 0 || slices.Contains(c.Governorates, governorate))
}

// Police says what the community police do, do not do, and what nobody knows.
type Police struct {
	Does    []Claim `yaml:"does"`
	Doesnt  []Claim `yaml:"doesnot"`
	Unknown []Claim `yaml:"unknown"`
}

// Claim is one sourced statement.
type Claim struct {
	ID      string   `yaml:"id"`
	Sources []string `yaml:"sources"`
}

// DirectoryWords are the words of the directory.
type DirectoryWords struct {
	Head         `yaml:",inline"`
	Title        string                  `yaml:"title"`
	Lead         string                  `yaml:"lead"`
	Regions      map[string]string       `yaml:"regions"`
	Governorates map[string]string       `yaml:"governorates"`
	Units        map[string]string       `yaml:"units"`
	Channels     map[string]ChannelWords `yaml:"channels"`
	Police       PoliceWords             `yaml:"police"`
	Rescuers     map[string]string       `yaml:"rescuers"`  // with "intro"
	Genuine      map[string]string       `yaml:"genuine"`   // with "intro"
	AskFirst     map[string]string       `yaml:"ask-first"` // with "intro"
}

// ChannelWords are the words of one channel.
type ChannelWords struct {
	Name    string `yaml:"name"`
	Who     string `yaml:"who"`
	Ask     string `yaml:"ask"`
	Known   string `yaml:"known"`
	Unknown string `yaml:"unknown"`
	Woman   string `yaml:"woman"`
	Note    string `yaml:"note"`
}

// PoliceWords are the words of Police.
type PoliceWords struct {
	Intro   string            `yaml:"intro"`
	Does    map[string]string `yaml:"does"`
	Doesnt  map[string]string `yaml:"doesnot"`
	Unknown map[string]string `yaml:"unknown"`
}

func (d *Directory) name() string { return d.ID }

func (d *Directory) setWords(l locales.Lang, f file) (Head, error) { return set(&d.Words, l, f) }

// Channel returns the channel with the given id.
func (d *Directory) Channel(id string) (*Channel, bool) {
	for i := range d.Channels {
		if d.Channels[i].ID == id {
			return &d.Channels[i], true
		}
	}
	return nil, false
}

// For returns the channels of a governorate in the order of the file, without
// the replaced ones.
func (d *Directory) For(region, governorate string) []*Channel {
	var out []*Channel
	for i := range d.Channels {
		c := &d.Channels[i]
		if c.Status != Replaced && c.Serves(region, governorate) {
			out = append(out, c)
		}
	}
	return out
}
