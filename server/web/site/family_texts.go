package site

import (
	"hisn/content"
	"hisn/locales"
	"hisn/server/view"
)

type signsPage struct {
	view.Page
	Words   content.SignsWords
	Items   []content.SignWords
	Sources sourceView
}

func (b *builder) signs(l locales.Lang) any {
	s := b.lib.Family.Signs
	w := s.Words.For(l)
	p := signsPage{Page: b.family(l, "/family/signs", w.Title), Words: w, Sources: b.sources(s.Due, "", s.Sources)}
	for _, id := range s.Items {
		p.Items = append(p.Items, w.Items[id])
	}
	return p
}

// toldStep is one of the five steps after a child has told something.
type toldStep struct {
	ID, Head string
	Items    []string
}

type toldPage struct {
	view.Page
	Words   content.ToldWords
	Steps   []toldStep
	Calls   []channelView
	Sources sourceView
}

func (b *builder) told(l locales.Lang) any {
	t := b.lib.Family.Told
	w := t.Words.For(l)
	p := toldPage{
		Page: b.family(l, "/family/told", w.Title), Words: w,
		Calls: b.channels(l, t.Call), Sources: b.sources(t.Due, "", t.Sources),
	}
	items := map[string][]string{
		"breathe": pick(w.Breathe, t.Breathe), "say": pick(w.Say, t.Say), "avoid": pick(w.Avoid, t.Avoid), "act": pick(w.Act, t.Act),
	}
	for _, id := range content.ToldSteps() {
		p.Steps = append(p.Steps, toldStep{id, w.Heads[id], items[id]})
	}
	return p
}

// channels returns channels of the directory by their ids.
func (b *builder) channels(l locales.Lang, ids []string) []channelView {
	var out []channelView
	for _, id := range ids {
		if c, ok := b.lib.Directory.Channel(id); ok {
			out = append(out, b.channel(l, c))
		}
	}
	return out
}

// refugeGroup is one kind of people to turn to.
type refugeGroup struct {
	Icon  string
	Words content.RefugeGroupWords
	Calls []channelView
}

type peoplePage struct {
	view.Page
	Words   content.RefugeWords
	Now     []string
	Danger  []channelView
	Trace   []string
	Groups  []refugeGroup
	Sources sourceView
}

// people is for a young person whose home is not safe.
func (b *builder) people(l locales.Lang) any {
	r := b.lib.Family.People
	w := r.Words.For(l)
	p := peoplePage{
		Page: b.family(l, "/family/people", w.Title), Words: w, Now: pick(w.Now, r.Now), Trace: pick(w.Trace, r.Trace),
		Danger: b.channels(l, r.Danger), Sources: b.sources(r.Due, "", r.Sources),
	}
	for _, g := range r.Groups {
		p.Groups = append(p.Groups, refugeGroup{g.Icon, w.Groups[g.ID], b.channels(l, g.Call)})
	}
	return p
}

type familyStartPage struct {
	checkPage
	Steps []lessonView // of the parent's path
	Lead  string
}

// familyStart is the check with the person chosen: what a parent secures first,
// because supervision is as safe as the account that supervises.
func (b *builder) familyStart(l locales.Lang) any {
	p := familyStartPage{checkPage: newCheckPage(b.site, b.lib, l, nil, nil)}
	p.Page = b.familyKeyed(l, "/family/start", "start.title")
	p.Lead = b.lib.Paths.Words.For(l).People[string(content.Parent)].Lead
	for _, step := range b.lib.Paths.People[content.Parent] {
		p.Steps = append(p.Steps, b.lesson(l, step))
	}
	return p
}

type packPart struct {
	From, To int // minutes from the start
	Words    content.PackPartWords
}

type packPage struct {
	view.Page
	Words   content.PackWords
	Minutes int
	Parts   []packPart
	Notes   []string
	Asks    []content.PackAskWords
	Avoid   []string
	Handout []string
	Sources sourceView
}

func (b *builder) pack(l locales.Lang) any {
	pk := b.lib.Family.Pack
	w := pk.Words.For(l)
	p := packPage{
		Page: b.family(l, "/family/evening", w.Title), Words: w, Minutes: content.PackMinutes,
		Notes: pick(w.Notes, pk.Notes), Avoid: pick(w.Avoid, pk.Avoid), Handout: pick(w.Handout.Items, pk.Handout),
		Sources: b.sources(pk.Due, "", pk.Sources),
	}
	at := 0
	for _, part := range pk.Parts {
		p.Parts = append(p.Parts, packPart{at, at + part.Minutes, w.Parts[part.ID]})
		at += part.Minutes
	}
	for _, id := range pk.Ask {
		p.Asks = append(p.Asks, w.Ask[id])
	}
	return p
}

type simpleCard struct {
	Icon  string
	Words content.SimpleCardWords
}

type simplePage struct {
	view.Page
	Words   content.SimpleWords
	Cards   []simpleCard
	Sources sourceView
}

func (b *builder) simple(l locales.Lang) any {
	s := b.lib.Family.Simple
	w := s.Words.For(l)
	p := simplePage{Page: b.family(l, "/family/simple", w.Title), Words: w, Sources: b.sources(s.Due, "", s.Sources)}
	for _, c := range s.Cards {
		p.Cards = append(p.Cards, simpleCard{c.Icon, w.Cards[c.ID]})
	}
	return p
}
