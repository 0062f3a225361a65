package site

import (
	"time"

	"hisn/content"
	"hisn/locales"
	"hisn/server/checkup"
	"hisn/server/view"
)

// serviceView is a service in one language.
type serviceView struct {
	ID, Icon, Help string
	Name, Intro    string
}

func newServiceView(lib *content.Library, id string, l locales.Lang) serviceView {
	s, ok := lib.Service(id)
	if !ok {
		return serviceView{}
	}
	w := s.Words.For(l)
	return serviceView{s.ID, s.Icon, s.Help, w.Name, w.Intro}
}

// labelView is one menu word in the two languages that phones show.
type labelView struct {
	English, Arabic             string
	Symbol                      string // an icon instead of words
	SymbolEnglish, SymbolArabic string // what the icon is called
}

// stepView is one step: a menu path or a sentence.
type stepView struct {
	System string
	Labels []labelView
	Say    string
}

// systemSteps are the steps on one system, or why there are none.
type systemSteps struct {
	System content.System
	Icon   string
	Absent string
	Steps  []stepView
}

// fixView is a fix in one language.
type fixView struct {
	ID        string
	Service   serviceView
	Words     content.FixWords
	Minutes   int
	Harms     []content.Harm
	Help      string
	Link      string
	Confirmed bool
	OurArabic bool // an Arabic menu word is our translation and was seen nowhere
	Systems   []systemSteps
	Only      *systemSteps // set instead of Systems when there is but one to show
	Again     int          // days after which it is looked at again; 0: never
	Noticed   []content.Trace
	Obstacles []content.Obstacle
}

// newFixView prepares a fix. The systems of the reader's device come first and
// alone; the others are on the page of the fix.
func newFixView(lib *content.Library, f *content.Fix, l locales.Lang, d checkup.Device) fixView {
	v := fixView{
		ID: f.ID, Service: newServiceView(lib, f.Service, l), Words: f.Words.For(l), Minutes: f.Minutes,
		Harms: f.Protects, Help: f.Help, Link: f.Link, Confirmed: f.Confirmed(),
		Again: f.Again, Noticed: f.Noticed,
	}
	for _, id := range f.Says {
		v.Obstacles = append(v.Obstacles, lib.Obstacles.Words.For(l).List[id])
	}
	for _, sys := range systemsOf(f, d) {
		v.Systems = append(v.Systems, newSystemSteps(lib, f, sys, v.Words))
	}
	v.OurArabic = ourArabic(lib, f)
	if len(v.Systems) == 1 {
		v.Only = &v.Systems[0]
	}
	return v
}

// everyDevice shows all systems, as the page of a fix does.
const everyDevice checkup.Device = ""

func systemsOf(f *content.Fix, d checkup.Device) []content.System {
	if d == everyDevice {
		return content.Systems()
	}
	out := d.Systems()
	for _, sys := range out {
		if _, ok := f.Steps[sys]; ok {
			return out
		}
	}
	if _, ok := f.Steps[content.Web]; ok { // only the browser way is known
		return []content.System{content.Web}
	}
	return out
}

func ourArabic(lib *content.Library, f *content.Fix) bool {
	service, _ := lib.Service(f.Service)
	for _, steps := range f.Steps {
		for _, st := range steps {
			for _, id := range st.Path {
				if l := service.Labels[id]; l.Symbol == "" && l.ArabicFrom == "" {
					return true
				}
			}
		}
	}
	return false
}

func newSystemSteps(lib *content.Library, f *content.Fix, sys content.System, w content.FixWords) systemSteps {
	out := systemSteps{System: sys, Icon: "smartphone", Absent: f.Absent[sys]}
	if sys == content.Web {
		out.Icon = "monitor"
	}
	service, _ := lib.Service(f.Service)
	for _, st := range f.Steps[sys] {
		step := stepView{System: string(sys), Say: w.Steps[st.Say]}
		for _, id := range st.Path {
			step.Labels = append(step.Labels, newLabelView(service.Labels[id]))
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

func newLabelView(l content.Label) labelView {
	v := labelView{English: l.English, Arabic: l.Arabic}
	switch l.Symbol {
	case "more-vertical":
		v.Symbol, v.SymbolEnglish, v.SymbolArabic = "ellipsis-vertical", "three dots", "ثلاث نقاط"
	case "more-horizontal":
		v.Symbol, v.SymbolEnglish, v.SymbolArabic = "ellipsis", "three dots", "ثلاث نقاط"
	case "menu":
		v.Symbol, v.SymbolEnglish, v.SymbolArabic = "menu", "three lines", "ثلاثة خطوط"
	case "settings":
		v.Symbol, v.SymbolEnglish, v.SymbolArabic = "settings", "gear", "ترس الإعدادات"
	case "user":
		v.Symbol, v.SymbolEnglish, v.SymbolArabic = "user-round", "profile picture", "صورة الحساب"
	}
	return v
}

// sourceView says where the facts of a page come from.
type sourceView struct {
	Checked  time.Time
	Stale    bool
	Strength content.Strength // of a menu path; empty elsewhere
	List     []content.Source
}

func (b *builder) sources(due content.Due, strength content.Strength, keys []string) sourceView {
	v := sourceView{Checked: due.Checked.Time, Stale: due.Stale(b.now), Strength: strength}
	for _, k := range keys {
		v.List = append(v.List, b.lib.Sources[k])
	}
	return v
}

type fixPage struct {
	view.Page
	Fix     fixView
	Sources sourceView
	Next    *fixView
}

func (b *builder) fix(f *content.Fix) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		v := newFixView(b.lib, f, l, everyDevice)
		p := fixPage{
			Page: b.titled(l, "/fix/"+f.ID, v.Words.Title), Fix: v,
			Sources: b.sources(f.Due, f.PathStrength, f.Sources),
		}
		siblings := b.lib.FixesOf(f.Service)
		for i, s := range siblings {
			if s.ID == f.ID && i+1 < len(siblings) {
				next := newFixView(b.lib, siblings[i+1], l, everyDevice)
				p.Next = &next
			}
		}
		return p
	}
}

type servicePage struct {
	view.Page
	Service serviceView
	Access  string // title of the way back in
	Fixes   []fixView
}

func (b *builder) service(s *content.Service) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		v := newServiceView(b.lib, s.ID, l)
		p := servicePage{Page: b.titled(l, "/check/"+s.ID, v.Name), Service: v}
		if a, ok := b.lib.AccessTo(s.ID); ok {
			p.Access = a.Words.For(l).Title
		}
		for _, f := range b.lib.FixesOf(s.ID) {
			p.Fixes = append(p.Fixes, newFixView(b.lib, f, l, everyDevice))
		}
		return p
	}
}
