package content

import (
	"path"
	"slices"
	"strings"
)

// What the family pages promise to have.
const (
	storiesPerBand = 3
	promises       = 6  // of the parents, no fewer and no more
	fewestLines    = 24 // for children to choose from
	linesPerBand   = 6
	otherAdults    = 2
	cardDays       = 180 // after which a card counts as old
	fewestCards    = 8
	mostCards      = 10
)

// AgreementSteps are the four steps that every agreement ends in.
func AgreementSteps() []string { return []string{"stop", "keep", "tell", "secure"} }

func (c *checker) family(lib *Library) {
	bands := map[Band]int{}
	for _, e := range lib.Evenings {
		c.evening(e)
		bands[e.Band]++
	}
	for _, b := range Bands() {
		if bands[b] < storiesPerBand {
			c.fail("evenings", "the band %s has %d stories, %d are needed", b, bands[b], storiesPerBand)
		}
	}
	c.agreement(lib.Agreement)
	for _, card := range lib.Cards {
		c.card(card)
	}
	c.signs(lib.Family.Signs)
	c.told(lib.Family.Told)
	c.refuge(lib.Family.People)
	c.pack(lib.Family.Pack)
	c.simple(lib.Family.Simple)
}

// familyPage reports whether an address below /family leads to a page.
func (c *checker) familyPage(id string) bool {
	kind, name, _ := strings.Cut(id, "/")
	ok := name == ""
	switch kind {
	case "tonight":
		if name != "" {
			_, ok = c.lib.Evening(name)
		}
	case "settings":
		if name != "" {
			_, ok = c.lib.Card(name)
		}
	case "", "agreement", "signs", "told", "people", "start", "evening", "simple":
	default:
		ok = false
	}
	return ok
}

// keys enters "prefix.id" for each id, and checks that the ids are ids.
func (c *checker) keys(file string, want map[string]bool, prefix string, ids []string) {
	seen := map[string]bool{}
	for _, id := range ids {
		c.id(file, id)
		if seen[id] {
			c.fail(file, "%s: %s stands twice", prefix, id)
		}
		seen[id] = true
		want[prefix+"."+id] = true
	}
}

func (c *checker) bands(file string, bands []Band) {
	if len(bands) == 0 {
		c.fail(file, "bands is empty")
	}
	for _, b := range bands {
		if !slices.Contains(Bands(), b) {
			c.fail(file, "the band %q is not known", b)
		}
	}
}

func wanted(keys ...string) map[string]bool {
	out := map[string]bool{}
	for _, k := range keys {
		out[k] = true
	}
	return out
}

func (c *checker) evening(e *Evening) {
	dir := path.Join("evenings", e.ID)
	file := path.Join(dir, "evening.yaml")
	c.id(file, e.ID)
	c.due(file, e.Due)
	c.sources(file, e.Sources)
	c.bands(file, []Band{e.Band})
	if e.Minutes < 5 || e.Minutes > 15 {
		c.fail(file, "minutes is 5 to 15")
	}
	if len(e.Questions) != 3 {
		c.fail(file, "%d questions, three are needed", len(e.Questions))
	}
	switch _, isFix := c.lib.fixes[e.Setting.ID]; e.Setting.Kind {
	case PointsToFix:
		if !isFix {
			c.fail(file, "setting: no fix is called %q", e.Setting.ID)
		}
	case PointsToCard:
		if _, ok := c.lib.cards[e.Setting.ID]; !ok {
			c.fail(file, "setting: no card is called %q", e.Setting.ID)
		}
	default:
		c.fail(file, "setting: the kind is %s or %s", PointsToFix, PointsToCard)
	}
	want := wanted("title", "summary", "how", "setting", "close")
	c.keys(file, want, "questions", e.Questions)
	c.keys(file, want, "listen", e.Questions)
	n := 0
	for _, w := range e.Words {
		n = max(n, len(w.Story))
	}
	if n < 3 || n > 6 {
		c.fail(file, "a story has three to six paragraphs, this one %d", n)
	}
	for _, k := range StoryKeys(n) {
		want["story."+k] = true
	}
	c.sameKeys(dir, ".yaml", flatWords(e.Words), want)
}

func (c *checker) agreement(a *Agreement) {
	const file = "agreement/agreement.yaml"
	c.due(file, a.Due)
	c.sources(file, a.Sources)
	if len(a.Promises) != promises {
		c.fail(file, "%d promises of the parents, exactly %d are needed", len(a.Promises), promises)
	}
	if !slices.Equal(a.Steps, AgreementSteps()) {
		c.fail(file, "the steps are %s", strings.Join(AgreementSteps(), ", "))
	}
	if a.Adults != otherAdults {
		c.fail(file, "%d other adults, %d are needed", a.Adults, otherAdults)
	}
	if len(a.Lines) < fewestLines {
		c.fail(file, "%d lines to choose from, %d are needed", len(a.Lines), fewestLines)
	}
	for _, b := range Bands() {
		if n := len(a.LinesFor(b)); n < linesPerBand {
			c.fail(file, "%d lines for the band %s, %d are needed", n, b, linesPerBand)
		}
	}
	want := wanted("title", "lead")
	var lines []string
	for _, line := range a.Lines {
		c.bands(file, line.Bands)
		lines = append(lines, line.ID)
	}
	c.keys(file, want, "promises", a.Promises)
	c.keys(file, want, "lines", lines)
	c.keys(file, want, "steps", a.Steps)
	c.sameKeys("agreement", ".yaml", flatWords(a.Words), want)
}

func (c *checker) card(card *Card) {
	dir := path.Join("supervision", card.ID)
	file := path.Join(dir, "card.yaml")
	c.id(file, card.ID)
	c.due(file, card.Due)
	if card.Expires > cardDays {
		c.fail(file, "a card counts for %d days at the most", cardDays)
	}
	c.sources(file, card.Sources)
	c.bands(file, card.Bands)
	if card.Help != "" {
		c.link(file, card.Help, false)
	}
	if _, ok := c.lib.Service(card.Service); !ok && card.Service != "" {
		c.fail(file, "no service is called %q", card.Service)
	}
	if !card.Consent {
		c.fail(file, "consent is true: nothing here is done in secret")
	}
	if len(card.Sources) == 0 || len(card.Settings) == 0 || len(card.Cannot) == 0 {
		c.fail(file, "needs a source, a setting, and what cannot be seen")
	}
	want := wanted("title", "lead", "consent", "unknown")
	c.keys(file, want, "sees", card.Sees)
	c.keys(file, want, "cannot", card.Cannot)
	for _, b := range card.Bands {
		want["by_band."+string(b)] = true
	}
	for _, s := range card.Settings {
		c.id(file, s.ID)
		c.bands(file, s.Bands)
		for _, b := range s.Bands {
			if !slices.Contains(card.Bands, b) {
				c.fail(file, "%s: the card is not for the band %s", s.ID, b)
			}
		}
		if _, ok := c.lib.Fix(s.Fix); !ok && s.Fix != "" {
			c.fail(file, "%s: no fix is called %q", s.ID, s.Fix)
		}
		key := "settings." + s.ID + "."
		want[key+"title"], want[key+"why"], want[key+"ask"] = true, true, true
	}
	c.sameKeys(dir, ".yaml", flatWords(card.Words), want)
}

func (c *checker) signs(s *Signs) {
	const file = "family/signs/signs.yaml"
	c.due(file, s.Due)
	c.sources(file, s.Sources)
	want := wanted("title", "lead", "proof", "close")
	for _, id := range s.Items {
		c.id(file, id)
		key := "items." + id + "."
		want[key+"sign"], want[key+"ask"], want[key+"also"] = true, true, true
	}
	c.sameKeys("family/signs", ".yaml", flatWords(s.Words), want)
}

func (c *checker) told(t *Told) {
	const file = "family/told/told.yaml"
	c.due(file, t.Due)
	c.sources(file, t.Sources)
	want := wanted("title", "call")
	c.keys(file, want, "heads", ToldSteps())
	for key, ids := range map[string][]string{"breathe": t.Breathe, "say": t.Say, "avoid": t.Avoid, "act": t.Act} {
		if len(ids) == 0 {
			c.fail(file, "%s is empty", key)
		}
		c.keys(file, want, key, ids)
	}
	c.channels(file, t.Call)
	for l, w := range t.Words {
		if n := w.Count(); n > ToldWordsMost {
			c.fail(path.Join("family/told", string(l)+".yaml"), "%d words, %d at the most", n, ToldWordsMost)
		}
	}
	c.sameKeys("family/told", ".yaml", flatWords(t.Words), want)
}

// channels checks that the directory knows each of the channels.
func (c *checker) channels(file string, ids []string) {
	for _, id := range ids {
		if ch, ok := c.lib.Directory.Channel(id); !ok || ch.Status == Replaced {
			c.fail(file, "call: the directory has no channel %q in use", id)
		}
	}
}

func (c *checker) refuge(r *Refuge) {
	const file = "family/people/people.yaml"
	c.due(file, r.Due)
	c.sources(file, r.Sources)
	c.channels(file, r.Danger)
	want := wanted("title", "lead", "close")
	c.keys(file, want, "now", r.Now)
	c.keys(file, want, "trace", r.Trace)
	if len(r.Danger) == 0 || len(r.Trace) == 0 || len(r.Groups) < 3 {
		c.fail(file, "needs whom to call in danger, how to leave no trace, and three kinds of people")
	}
	for _, g := range r.Groups {
		c.id(file, g.ID)
		c.channels(file, g.Call)
		key := "groups." + g.ID + "."
		want[key+"title"], want[key+"what"], want[key+"say"] = true, true, true
	}
	c.sameKeys("family/people", ".yaml", flatWords(r.Words), want)
}

func (c *checker) pack(p *Pack) {
	const file = "family/evening/evening.yaml"
	c.due(file, p.Due)
	c.sources(file, p.Sources)
	want, minutes := wanted("title", "lead", "handout.title", "handout.lead"), 0
	for _, part := range p.Parts {
		c.id(file, part.ID)
		minutes += part.Minutes
		key := "parts." + part.ID + "."
		want[key+"title"], want[key+"do"], want[key+"say"] = true, true, true
	}
	if minutes != PackMinutes {
		c.fail(file, "the parts take %d minutes, %d are promised", minutes, PackMinutes)
	}
	c.keys(file, want, "notes", p.Notes)
	c.keys(file, want, "avoid", p.Avoid)
	c.keys(file, want, "handout.items", p.Handout)
	for _, id := range p.Ask {
		c.id(file, id)
		want["ask."+id+".question"], want["ask."+id+".answer"] = true, true
	}
	c.sameKeys("family/evening", ".yaml", flatWords(p.Words), want)
}

func (c *checker) simple(s *Simple) {
	const file = "family/simple/simple.yaml"
	c.due(file, s.Due)
	c.sources(file, s.Sources)
	if n := len(s.Cards); n < fewestCards || n > mostCards {
		c.fail(file, "%d cards, %d to %d are needed", n, fewestCards, mostCards)
	}
	want := wanted("title", "lead")
	for _, card := range s.Cards {
		c.id(file, card.ID)
		want["cards."+card.ID+".title"], want["cards."+card.ID+".text"] = true, true
		for l, w := range s.Words {
			if n := len(strings.Fields(w.Cards[card.ID].Title)); n > 6 {
				c.fail(path.Join("family/simple", string(l)+".yaml"), "cards.%s.title: %d words, six at the most", card.ID, n)
			}
		}
	}
	c.sameKeys("family/simple", ".yaml", flatWords(s.Words), want)
}
