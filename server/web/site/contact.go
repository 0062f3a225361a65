package site

import (
	"sort"
	"strings"
	"time"

	"hisn/content"
	"hisn/locales"
	"hisn/server/view"
)

// channelView is one way to reach somebody, in one language.
type channelView struct {
	ID, Number, Tel string
	Icon            string
	Where           string
	Words           content.ChannelWords
	Status          content.Status
	Warn            bool // not confirmed, or too long ago
	Stale           bool
	Checked         time.Time
	Languages       string
	Hours, Cost     string
	Trace           string
	Sources         []content.Source
}

func (b *builder) channel(l locales.Lang, c *content.Channel) channelView {
	v := channelView{
		ID: c.ID, Number: c.Number, Icon: "phone", Words: b.lib.Directory.Words.For(l).Channels[c.ID],
		Status: c.Status, Stale: c.Stale(b.now), Checked: c.Checked.Time,
		Hours: c.Hours, Cost: c.Cost, Trace: c.Trace,
		Where: b.where(l, c), Languages: b.languages(l, c),
	}
	v.Warn = c.Status != content.Confirmed || v.Stale
	switch c.Kind {
	case "call":
		v.Tel = "tel:" + c.Dial
	case "message":
		v.Icon = "message-square"
	case "app":
		v.Icon = "app-window"
	}
	for _, k := range c.Sources {
		v.Sources = append(v.Sources, b.lib.Sources[k])
	}
	return v
}

// where names the governorates or the regions that a channel serves.
func (b *builder) where(l locales.Lang, c *content.Channel) string {
	w := b.lib.Directory.Words.For(l)
	var names []string
	for _, g := range c.Governorates {
		names = append(names, w.Governorates[g])
	}
	if len(names) == 0 {
		for _, r := range c.Regions {
			names = append(names, w.Regions[r])
		}
	}
	return strings.Join(names, b.word(l, "lang.separator"))
}

func (b *builder) languages(l locales.Lang, c *content.Channel) string {
	if len(c.Languages) == 0 {
		return b.word(l, "lang.unknown")
	}
	var names []string
	for _, code := range c.Languages {
		names = append(names, b.word(l, "lang."+code))
	}
	return strings.Join(names, b.word(l, "lang.separator"))
}

// word returns a short message. A missing one shows as its key, which the test
// over all pages refuses.
func (b *builder) word(l locales.Lang, id string) string {
	s, _ := b.page(l, "/", id).T(id)
	return s
}

type governorateView struct {
	Name  string
	Units []string
	Local []channelView // channels of this governorate only
	Start []channelView // whom to call first here
}

type regionView struct {
	Name         string
	Channels     []channelView // of the whole region
	Governorates []governorateView
}

type claimGroup struct {
	Kind   string
	Claims []string
}

type replacedView struct {
	Number, By string
	Words      content.ChannelWords
}

type contactPage struct {
	view.Page
	Words    content.DirectoryWords
	Regions  []regionView
	AskFirst []string
	Police   []claimGroup
	Rescuers []string
	Genuine  []string
	Replaced []replacedView
	Sealed   bool // whether a signed directory of desks exists
	Sources  sourceView
}

func (b *builder) contact(l locales.Lang) any {
	d := b.lib.Directory
	w := d.Words.For(l)
	p := contactPage{
		Page: b.titled(l, "/contact", w.Title), Words: w, Sealed: b.set.Sealed,
		AskFirst: pick(w.AskFirst, d.AskFirst), Rescuers: pick(w.Rescuers, d.Rescuers), Genuine: pick(w.Genuine, d.Genuine),
		Police: []claimGroup{
			{"does", claims(w.Police.Does, d.Police.Does)},
			{"doesnot", claims(w.Police.Doesnt, d.Police.Doesnt)},
			{"unknown", claims(w.Police.Unknown, d.Police.Unknown)},
		},
		Sources: b.sources(content.Due{Checked: d.Checked, Expires: 90}, "", b.policeSources()),
	}
	for _, r := range d.Regions {
		p.Regions = append(p.Regions, b.region(l, r))
	}
	for i := range d.Channels {
		c := &d.Channels[i]
		if c.Status == content.Replaced {
			by, _ := d.Channel(c.ReplacedBy)
			p.Replaced = append(p.Replaced, replacedView{c.Number, by.Number, w.Channels[c.ID]})
		}
	}
	return p
}

func (b *builder) region(l locales.Lang, r content.Region) regionView {
	d := b.lib.Directory
	w := d.Words.For(l)
	v := regionView{Name: w.Regions[r.ID]}
	for i := range d.Channels {
		c := &d.Channels[i]
		if c.Status != content.Replaced && len(c.Governorates) == 0 && c.Serves(r.ID, "") {
			v.Channels = append(v.Channels, b.channel(l, c))
		}
	}
	for _, g := range r.Governorates {
		gv := governorateView{Name: w.Governorates[g]}
		for _, u := range d.Governorates[g].Units {
			gv.Units = append(gv.Units, w.Units[u])
		}
		for _, c := range d.For(r.ID, g) {
			if len(c.Governorates) > 0 {
				gv.Local = append(gv.Local, b.channel(l, c))
			}
		}
		gv.Start = b.start(l, r.ID, g)
		v.Governorates = append(v.Governorates, gv)
	}
	return v
}

// start returns the first channels of the extortion set that serve a
// governorate: what to try first there.
func (b *builder) start(l locales.Lang, region, governorate string) []channelView {
	const most = 3
	var out []channelView
	for _, id := range b.lib.Directory.Sets["extortion"] {
		c, ok := b.lib.Directory.Channel(id)
		if ok && len(out) < most && c.Serves(region, governorate) {
			out = append(out, b.channel(l, c))
		}
	}
	return out
}

func pick(words map[string]string, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, words[id])
	}
	return out
}

func claims(words map[string]string, list []content.Claim) []string {
	var out []string
	for _, c := range list {
		out = append(out, words[c.ID])
	}
	return out
}

// policeSources returns the sources of all claims about the police, once each.
func (b *builder) policeSources() []string {
	seen := map[string]bool{}
	p := b.lib.Directory.Police
	for _, group := range [][]content.Claim{p.Does, p.Doesnt, p.Unknown} {
		for _, c := range group {
			for _, k := range c.Sources {
				seen[k] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for k := range seen {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
