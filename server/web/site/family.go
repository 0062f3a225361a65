package site

import (
	"slices"
	"time"

	"hisn/content"
	"hisn/locales"
	"hisn/server/view"
)

// familySheet is the style sheet of the family pages, on screen and on paper.
const familySheet = "family"

// familyPages are the pages for families. Whom a young person can turn to when
// home is not safe has its page here too, and no other of these leads there.
func (b *builder) familyPages() []job {
	out := []job{
		{"/family", "family/hub", b.familyHub},
		{"/family/tonight", "family/tonight", b.tonight},
		{agreementPath, "family/agreement", b.agreement},
		{"/family/settings", "family/settings", b.cards},
		{"/family/signs", "family/signs", b.signs},
		{"/family/told", "family/told", b.told},
		{"/family/people", "family/people", b.people},
		{"/family/start", "family/start", b.familyStart},
		{"/family/evening", "family/pack", b.pack},
		{"/family/simple", "family/simple", b.simple},
	}
	for _, e := range b.lib.Evenings {
		out = append(out, job{"/family/tonight/" + e.ID, "family/evening", b.evening(e)})
	}
	for _, c := range b.lib.Cards {
		out = append(out, job{"/family/settings/" + c.ID, "family/card", b.card(c)})
	}
	return out
}

// family starts a family page with a title of the pack.
func (b *builder) family(l locales.Lang, path, title string) view.Page {
	p := b.titled(l, path, title)
	p.Style = familySheet
	return p
}

// familyKeyed starts a family page whose title is a message.
func (b *builder) familyKeyed(l locales.Lang, path, key string) view.Page {
	p := b.page(l, path, key)
	p.Style = familySheet
	return p
}

type familyHubPage struct {
	view.Page
	Agreement, Signs, Pack, Simple string // titles
}

func (b *builder) familyHub(l locales.Lang) any {
	f := b.lib.Family
	return familyHubPage{
		b.familyKeyed(l, "/family", "family.title"),
		b.lib.Agreement.Words.For(l).Title, f.Signs.Words.For(l).Title, f.Pack.Words.For(l).Title, f.Simple.Words.For(l).Title,
	}
}

// storyView is an evening as a line of a list.
type storyView struct {
	Path, Icon     string
	Title, Summary string
	Minutes        int
}

func newStoryView(e *content.Evening, l locales.Lang) storyView {
	w := e.Words.For(l)
	return storyView{"/family/tonight/" + e.ID, e.Icon, w.Title, w.Summary, e.Minutes}
}

type bandView struct {
	Band    content.Band
	Stories []storyView
	Cards   []cardLink
}

type tonightPage struct {
	view.Page
	Bands []bandView
}

func (b *builder) tonight(l locales.Lang) any {
	p := tonightPage{Page: b.familyKeyed(l, "/family/tonight", "tonight.title")}
	for _, band := range content.Bands() {
		v := bandView{Band: band}
		for _, e := range b.lib.Evenings {
			if e.Band == band {
				v.Stories = append(v.Stories, newStoryView(e, l))
			}
		}
		p.Bands = append(p.Bands, v)
	}
	return p
}

// askView is a question of an evening, and what to listen for.
type askView struct{ Ask, Listen string }

type eveningPage struct {
	view.Page
	Band    content.Band
	Minutes int
	Words   content.EveningWords
	Story   []string
	Asks    []askView
	To      string // address of the setting
	ToTitle string
	Others  []storyView // of the same band
	Sources sourceView
}

func (b *builder) evening(e *content.Evening) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		w := e.Words.For(l)
		p := eveningPage{
			Page: b.family(l, "/family/tonight/"+e.ID, w.Title), Band: e.Band, Minutes: e.Minutes, Words: w,
			Story: w.Paragraphs(), Sources: b.sources(e.Due, "", e.Sources),
		}
		for _, id := range e.Questions {
			p.Asks = append(p.Asks, askView{w.Questions[id], w.Listen[id]})
		}
		if f, ok := b.lib.Fix(e.Setting.ID); ok && e.Setting.Kind == content.PointsToFix {
			p.To, p.ToTitle = "/fix/"+f.ID, f.Words.For(l).Title
		}
		if c, ok := b.lib.Card(e.Setting.ID); ok && e.Setting.Kind == content.PointsToCard {
			p.To, p.ToTitle = "/family/settings/"+c.ID, c.Words.For(l).Title
		}
		for _, other := range b.lib.Evenings {
			if other.Band == e.Band && other != e {
				p.Others = append(p.Others, newStoryView(other, l))
			}
		}
		return p
	}
}

// cardLink is a card of settings as a line of a list.
type cardLink struct {
	ID, Icon, Title, Lead string
	Checked               time.Time
	Old                   bool
	Bands                 []content.Band
}

func (b *builder) cardLink(c *content.Card, l locales.Lang) cardLink {
	w := c.Words.For(l)
	return cardLink{c.ID, c.Icon, w.Title, w.Lead, c.Checked.Time, c.Stale(b.now), c.Bands}
}

type cardsPage struct {
	view.Page
	Cards []cardLink
	Bands []bandView
}

func (b *builder) cards(l locales.Lang) any {
	p := cardsPage{Page: b.familyKeyed(l, "/family/settings", "settings.title")}
	for _, band := range content.Bands() {
		v := bandView{Band: band}
		for _, c := range b.lib.Cards {
			if c.For(band) {
				v.Cards = append(v.Cards, b.cardLink(c, l))
			}
		}
		p.Bands = append(p.Bands, v)
	}
	for _, c := range b.lib.Cards {
		p.Cards = append(p.Cards, b.cardLink(c, l))
	}
	return p
}

// settingView is one setting of a card. Paths are the menu paths of its fix.
type settingView struct {
	Words content.SettingWords
	Bands []content.Band
	Fix   *fixLink
	Paths []pathOf
}

// pathOf is a menu path and the systems on which it is the same.
type pathOf struct {
	Systems []content.System
	Step    stepView
}

type cardPage struct {
	view.Page
	Card     *content.Card
	Old      bool
	Words    content.CardWords
	Sees     []string
	Cannot   []string
	Settings []settingView
	Service  serviceView
	Sources  sourceView
}

func (b *builder) card(c *content.Card) func(l locales.Lang) any {
	return func(l locales.Lang) any {
		w := c.Words.For(l)
		p := cardPage{
			Page: b.family(l, "/family/settings/"+c.ID, w.Title), Card: c, Old: c.Stale(b.now), Words: w,
			Sees: pick(w.Sees, c.Sees), Cannot: pick(w.Cannot, c.Cannot),
			Service: newServiceView(b.lib, c.Service, l), Sources: b.sources(c.Due, "", c.Sources),
		}
		for _, s := range c.Settings {
			v := settingView{Words: w.Settings[s.ID], Bands: s.Bands}
			if f, ok := b.lib.Fix(s.Fix); ok {
				v.Fix, v.Paths = &fixLink{f.ID, f.Words.For(l).Title}, b.menuPaths(f, l)
			}
			p.Settings = append(p.Settings, v)
		}
		return p
	}
}

// menuPaths returns the first menu path of a fix on each system, the same ones
// together.
func (b *builder) menuPaths(f *content.Fix, l locales.Lang) []pathOf {
	var out []pathOf
	for _, sys := range content.Systems() {
		for _, step := range newSystemSteps(b.lib, f, sys, f.Words.For(l)).Steps {
			if len(step.Labels) == 0 {
				continue
			}
			out = joinPath(out, sys, step)
			break
		}
	}
	return out
}

func joinPath(paths []pathOf, sys content.System, step stepView) []pathOf {
	for i := range paths {
		if slices.Equal(paths[i].Step.Labels, step.Labels) {
			paths[i].Systems = append(paths[i].Systems, sys)
			return paths
		}
	}
	return append(paths, pathOf{[]content.System{sys}, step})
}
