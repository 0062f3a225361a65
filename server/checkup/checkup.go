// Package checkup turns the answers of the self-check into a plan. It is pure:
// no clock, no storage, no randomness. The same answers always give the same
// plan, in the same order, and the page can say why.
//
// # How the order comes about
//
// Every open fix gets a number, and the largest comes first:
//
//	effect×10  how much of its harm the fix prevents (1–100, from the pack)
//	+ need     what matters most for this person (table below)
//	− effort   5 for each minute
//	− doubt    30 when the answer was "not sure": it may be done already
//	− detour   60 when the answer was "I can't": the way round helps, later
//	− show     on a phone that others use or look at: 80 when a mail may give the
//	           change away, 250 when it can be seen on a screen
//
// Equal numbers are ordered by minutes, then by id. A fix that has to come
// after another open one never stands before it.
//
// Sources of the weights: for second factors and recovery data, the effect of
// recovery phones, prompts and second e-mails measured by Google with NYU and
// UC San Diego (2019); for all others our own judgement after the lists of the
// ten most protective checks per person in the project's notes on platforms.
// The pack names which of the two holds for each fix.
package checkup

import (
	"slices"
	"sort"

	"hisn/content"
)

// Answer is what a person says to the question of one fix.
type Answer string

// The answers. All four lead somewhere.
const (
	Yes    Answer = "yes"    // safe already
	No     Answer = "no"     // to be done
	Unsure Answer = "unsure" // to be looked at; also what no answer means
	Cannot Answer = "cannot" // to be done another way
)

// Answers lists the answers in display order.
func Answers() []Answer { return []Answer{Yes, No, Unsure, Cannot} }

// Device says which phone is meant.
type Device string

// The devices of the first step.
const (
	AndroidPhone Device = "android"
	IPhone       Device = "iphone"
	BothPhones   Device = "both"
	UnsurePhone  Device = "unsure"
)

// Devices lists the devices in display order.
func Devices() []Device { return []Device{AndroidPhone, IPhone, BothPhones, UnsurePhone} }

// Systems returns the systems whose steps a person with this device needs.
func (d Device) Systems() []content.System {
	switch d {
	case AndroidPhone:
		return []content.System{content.Android}
	case IPhone:
		return []content.System{content.IPhone}
	case BothPhones, UnsurePhone:
	}
	return []content.System{content.Android, content.IPhone}
}

// Profile is the first step of the check.
type Profile struct {
	Person   content.Person
	Device   Device
	Services []string // ids of services
	Shared   bool     // somebody else uses the phone or looks at it
}

// need is what matters most for whom, after the order of harms in the lists of
// the ten most protective checks per person.
func need(p content.Person, h content.Harm) int {
	table := map[content.Person]map[content.Harm]int{
		content.Young: {
			content.Takeover: 60, content.Recovery: 45, content.PrivatePictures: 50,
			content.FirstContact: 40, content.Location: 30, content.Impersonation: 20, content.Money: 10,
		},
		content.Parent: {
			content.Takeover: 60, content.Recovery: 50, content.PrivatePictures: 40,
			content.FirstContact: 45, content.Location: 20, content.Impersonation: 25, content.Money: 30,
		},
		content.Teacher: {
			content.Takeover: 60, content.Impersonation: 50, content.Recovery: 45,
			content.PrivatePictures: 30, content.FirstContact: 30, content.Location: 10, content.Money: 20,
		},
	}
	return table[p][h]
}

// Questions returns the fixes to ask about, grouped as in lib (by service,
// strongest first). Fixes that exist on none of the person's systems are left
// out.
func Questions(lib *content.Library, p Profile) []*content.Fix {
	var out []*content.Fix
	for _, f := range lib.Fixes {
		if slices.Contains(p.Services, f.Service) && f.Concerns(p.Person) && exists(f, p.Device) {
			out = append(out, f)
		}
	}
	return out
}

// exists reports whether the fix can be met at all with this device: it has
// steps for it, or on the web, or an official address to ask.
func exists(f *content.Fix, d Device) bool {
	for _, sys := range append(d.Systems(), content.Web) {
		if _, has := f.Steps[sys]; has {
			return true
		}
		if f.Absent[sys] == content.Unknown {
			return true
		}
	}
	return false
}

// Item is one fix in a plan.
type Item struct {
	Fix    *content.Fix
	Answer Answer
	Score  int
}

// Sizes of the plan: one now, three next, then groups of three that are folded
// away. With one group open, seven fixes are on the screen at the most.
const (
	NextSize  = 3
	GroupSize = 3
)

// Plan is the result of a check.
type Plan struct {
	Now   *Item    // nil when nothing is open
	Next  []Item   // up to three
	Later [][]Item // the rest, in groups of up to three
	Safe  []Item   // answered with yes
}

// All returns every item of the plan in order, the safe ones last.
func (p Plan) All() []Item {
	var out []Item
	if p.Now != nil {
		out = append(out, *p.Now)
	}
	out = append(out, p.Next...)
	for _, group := range p.Later {
		out = append(out, group...)
	}
	return append(out, p.Safe...)
}

// Make returns the plan for the answers. A missing or unknown answer counts as
// Unsure.
func Make(lib *content.Library, p Profile, answers map[string]Answer) Plan {
	var plan Plan
	var open []Item
	for _, f := range Questions(lib, p) {
		a := answers[f.ID]
		if !slices.Contains(Answers(), a) {
			a = Unsure
		}
		item := Item{Fix: f, Answer: a, Score: score(f, p, a)}
		if a == Yes {
			plan.Safe = append(plan.Safe, item)
		} else {
			open = append(open, item)
		}
	}
	open = arrange(open)
	if len(open) == 0 {
		return plan
	}
	plan.Now = &open[0]
	rest := open[1:]
	plan.Next = rest[:min(NextSize, len(rest))]
	for group := range slices.Chunk(rest[len(plan.Next):], GroupSize) {
		plan.Later = append(plan.Later, group)
	}
	return plan
}

func score(f *content.Fix, p Profile, a Answer) int {
	s := f.Effect*10 - f.Minutes*5
	if len(f.Protects) > 0 {
		s += need(p.Person, f.Protects[0])
	}
	if p.Shared {
		s -= show(f)
	}
	switch a {
	case Unsure:
		s -= 30
	case Cannot:
		s -= 60
	case Yes, No:
	}
	return s
}

// show is how much later a fix comes because somebody else would notice it.
func show(f *content.Fix) int {
	switch {
	case len(f.Noticed) == 0:
		return 0
	case len(f.Noticed) == 1 && f.Noticed[0] == content.TraceMail:
		return 80
	}
	return 250
}

// arrange orders by score and then lets every fix wait for those it comes
// after. Items that wait for nothing open keep their order.
func arrange(open []Item) []Item {
	sort.Slice(open, func(i, j int) bool {
		a, b := open[i], open[j]
		if a.Score != b.Score {
			return a.Score > b.Score
		}
		if a.Fix.Minutes != b.Fix.Minutes {
			return a.Fix.Minutes < b.Fix.Minutes
		}
		return a.Fix.ID < b.Fix.ID
	})
	waiting := make(map[string]bool, len(open))
	for _, it := range open {
		waiting[it.Fix.ID] = true
	}
	out := make([]Item, 0, len(open))
	for len(out) < len(open) {
		before := len(out)
		for _, it := range open {
			if waiting[it.Fix.ID] && ready(it, waiting) {
				delete(waiting, it.Fix.ID)
				out = append(out, it)
				break
			}
		}
		if len(out) == before { // a circle, which the pack's check refuses
			return open
		}
	}
	return out
}

func ready(it Item, waiting map[string]bool) bool {
	for _, id := range it.Fix.After {
		if waiting[id] {
			return false
		}
	}
	return true
}
