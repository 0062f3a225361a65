package content

import (
	"maps"
	"path"
	"slices"

	"hisn/locales"
)

// The size of a chat, in screens.
const (
	fewestNodes = 8
	mostNodes   = 20
)

func (c *checker) chat(ch *Chat) {
	dir := path.Join("chats", ch.ID)
	file := path.Join(dir, "chat.yaml")
	c.id(file, ch.ID)
	c.due(file, ch.Due)
	c.sources(file, ch.Sources)
	c.refers(file, ch.Fixes, ch.Guides, nil)
	if n := len(ch.Nodes); n < fewestNodes || n > mostNodes {
		c.fail(file, "%d screens, %d to %d are needed", n, fewestNodes, mostNodes)
	}
	want := map[string]bool{"title": true, "intro": true, "player": true}
	for _, p := range ch.People {
		want["people."+p] = true
	}
	for _, id := range sortedKeys(ch.Nodes) {
		c.screen(file, ch, id, want)
	}
	c.story(file, ch)
	c.sameKeys(dir, ".yaml", filled(ch.Words), want)
}

// filled is flatWords without what is empty: the optional words of a screen.
func filled[T any](w Words[T]) map[locales.Lang]map[string]string {
	flat := flatWords(w)
	for _, words := range flat {
		maps.DeleteFunc(words, func(_, text string) bool { return text == "" })
	}
	return flat
}

// screen checks one screen and enters the words it needs.
func (c *checker) screen(file string, ch *Chat, id string, want map[string]bool) {
	n, key := ch.Nodes[id], "nodes."+id+"."
	c.id(file, id)
	if n.Stage != "" && !slices.Contains(Stages(), n.Stage) {
		c.fail(file, "%s: stage %q is not known", id, n.Stage)
	}
	if len(n.Say) < 1 || len(n.Say) > 6 {
		c.fail(file, "%s: %d bubbles, one to six are needed", id, len(n.Say))
	}
	for _, b := range n.Say {
		want[key+"say."+b.ID] = true
		if b.By != Me && b.By != Narrator && !slices.Contains(ch.People, b.By) {
			c.fail(file, "%s: nobody is called %q", id, b.By)
		}
	}
	if n.Tactic {
		want[key+"tactic"] = true
	}
	if n.End != "" {
		if !slices.Contains([]string{EndSafe, EndLate, EndMisread}, n.End) || len(n.Replies) > 0 {
			c.fail(file, "%s: an ending is safe, late or misread, and has no replies", id)
		}
		want[key+"debrief"], want[key+"aloud"], want[key+"plan"] = true, true, true
		return
	}
	if len(n.Replies) < 1 || len(n.Replies) > 4 {
		c.fail(file, "%s: %d replies, one to four are needed", id, len(n.Replies))
	}
	for _, r := range n.Replies {
		want[key+"replies."+r.ID], want[key+"feedback."+r.ID] = true, true
		if _, ok := ch.Nodes[r.To]; !ok {
			c.fail(file, "%s: a reply leads to %q, which is no screen", id, r.To)
		}
	}
}

// story refuses screens that nobody reaches, circles, and screens from which no
// safe ending can be reached any more.
func (c *checker) story(file string, ch *Chat) {
	if _, ok := ch.Nodes[ch.Start]; !ok {
		c.fail(file, "start: %q is no screen", ch.Start)
		return
	}
	met := ch.NodeOrder()
	for _, id := range sortedKeys(ch.Nodes) {
		if !slices.Contains(met, id) {
			c.fail(file, "%s cannot be reached", id)
		}
		if ch.circle(id, id, nil) {
			c.fail(file, "%s leads back to itself", id)
			return
		}
	}
	for _, id := range met {
		if !ch.reaches(id, EndSafe) && ch.Nodes[id].End == "" {
			c.fail(file, "from %s no safe ending can be reached", id)
		}
	}
	ends := map[string]int{}
	for _, n := range ch.Nodes {
		if n.End != "" {
			ends[n.End]++
		}
	}
	if ends[EndSafe] == 0 || len(ch.Nodes) > 0 && ends[EndSafe]+ends[EndLate]+ends[EndMisread] < 2 {
		c.fail(file, "endings are %v; two are needed, one of them safe", ends)
	}
	if ends[EndMisread] > 0 && !ch.Honest || ends[EndLate] > 0 && ch.Honest {
		c.fail(file, "the endings %v do not fit a chat that is honest: %t", ends, ch.Honest)
	}
}

// circle reports whether from leads back to id.
func (c *Chat) circle(id, from string, seen map[string]bool) bool {
	if seen == nil {
		seen = map[string]bool{}
	}
	for _, r := range c.Nodes[from].Replies {
		if r.To == id {
			return true
		}
		if !seen[r.To] {
			seen[r.To] = true
			if c.circle(id, r.To, seen) {
				return true
			}
		}
	}
	return false
}

// reaches reports whether an ending of that kind can be reached from id. The
// graph has no circles.
func (c *Chat) reaches(id, end string) bool {
	if c.Nodes[id].End == end {
		return true
	}
	return slices.ContainsFunc(c.Nodes[id].Replies, func(r Reply) bool { return c.reaches(r.To, end) })
}
