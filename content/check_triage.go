package content

import (
	"path"
	"regexp"
	"slices"
)

const triageFile = "triage/triage.yaml"

// triage checks the graph of the triage and that its words fit it exactly.
func (c *checker) triage(t *Triage) {
	c.due(triageFile, t.Due)
	c.sources(triageFile, t.Sources)
	want := map[string]bool{"title": true}
	for _, k := range Leads() {
		want["lead."+k] = true
	}
	for id, q := range t.Questions {
		want["questions."+id] = true
		if len(q.Options) == 0 {
			c.fail(triageFile, "question %s has no options", id)
		}
		for _, o := range q.Options {
			if _, ok := t.Nodes[o]; !ok {
				c.fail(triageFile, "question %s: no node is called %q", id, o)
			}
		}
	}
	for id, n := range t.Nodes {
		want["nodes."+id+".title"] = true
		c.node(t, id, n, want)
	}
	for id, tool := range t.Tools {
		c.link(triageFile, tool.URL, false)
		c.sources(triageFile, tool.Sources)
		for _, k := range []string{"name", "what", "limits"} {
			want["tools."+id+"."+k] = true
		}
	}
	c.sheet(t, want)
	c.sameKeys("triage", ".yaml", flatWords(t.Words), want)
	c.graph(t)
}

func (c *checker) node(t *Triage, id string, n Node, want map[string]bool) {
	if len(n.Blocks) == 0 {
		c.fail(triageFile, "node %s is empty: nothing follows from that answer", id)
	}
	for _, b := range n.Blocks {
		if b.fields() != 1 {
			c.fail(triageFile, "node %s: a block holds exactly one thing", id)
		}
		if b.Say != "" {
			want["nodes."+id+".say."+b.Say] = true
		}
		for _, k := range b.Do {
			want["nodes."+id+".do."+k] = true
		}
		if _, ok := c.lib.Directory.Sets[b.Call]; b.Call != "" && !ok {
			c.fail(triageFile, "node %s: the directory has no set %q", id, b.Call)
		}
		for _, f := range b.Fixes {
			if _, ok := c.lib.Fix(f); !ok {
				c.fail(triageFile, "node %s: no fix is called %q", id, f)
			}
		}
		if b.Page != "" && b.Page != "sheet" && !c.internal("/"+b.Page) {
			c.fail(triageFile, "node %s: no page has the address %q", id, b.Page)
		}
		if _, ok := t.Tools[b.Tool]; b.Tool != "" && !ok {
			c.fail(triageFile, "node %s: no tool is called %q", id, b.Tool)
		}
		if _, ok := t.Questions[b.Ask]; b.Ask != "" && !ok {
			c.fail(triageFile, "node %s: no question is called %q", id, b.Ask)
		}
	}
}

func (b Block) fields() int {
	n := 0
	for _, set := range []bool{
		b.Say != "", len(b.Do) > 0, b.Call != "", len(b.Fixes) > 0, b.Page != "", b.Tool != "", b.Ask != "",
	} {
		if set {
			n++
		}
	}
	return n
}

var placeholder = regexp.MustCompile(`\{([a-z-]+)\}`)

// Placeholder returns the field that a sentence of the statement waits for, or
// "" when the sentence stands by itself.
func Placeholder(sentence string) string {
	if m := placeholder.FindStringSubmatch(sentence); m != nil {
		return m[1]
	}
	return ""
}

func (c *checker) sheet(t *Triage, want map[string]bool) {
	for _, k := range []string{"title", "intro", "statement_title", "statement_intro", "questions_title"} {
		want["sheet."+k] = true
	}
	fields := map[string]bool{}
	for _, f := range t.Sheet.Fields {
		fields[f.ID] = true
		want["sheet.fields."+f.ID+".label"] = true
		for _, o := range f.Options {
			want["sheet.fields."+f.ID+".options."+o] = true
		}
		closed := f.Kind == Choice || f.Kind == Many
		if closed != (len(f.Options) > 0) {
			c.fail(triageFile, "sheet: field %s: options belong to choice and many", f.ID)
		}
		if !slices.Contains([]FieldKind{Line, LongText, Choice, Many, Day, Governorate}, f.Kind) {
			c.fail(triageFile, "sheet: field %s: kind %q is not known", f.ID, f.Kind)
		}
	}
	for _, q := range t.Sheet.Questions {
		want["sheet.questions."+q] = true
	}
	for _, s := range t.Sheet.Statement {
		want["sheet.statement."+s] = true
		for l, w := range t.Words {
			for i, m := range placeholder.FindAllStringSubmatch(w.Sheet.Statement[s], -1) {
				if i > 0 || !fields[m[1]] {
					c.fail(path.Join("triage", string(l)+".yaml"), "sheet.statement.%s: one known field a sentence", s)
				}
			}
		}
	}
}

// graph checks that everything is reached, nothing goes in circles, and a
// human is near.
func (c *checker) graph(t *Triage) {
	seen := map[string]bool{}
	for _, s := range t.Sections {
		q, ok := t.Questions[s]
		if !ok {
			c.fail(triageFile, "no question is called %q", s)
			continue
		}
		c.walk(t, s, nil, seen)
		for _, o := range q.Options {
			if q.Urgent && t.ToHuman(o) > 1 {
				c.fail(triageFile, "urgent: from %s a human is %d steps away, not one", o, t.ToHuman(o))
			}
		}
	}
	for id := range t.Questions {
		if !seen["?"+id] {
			c.fail(triageFile, "question %s is never asked", id)
		}
	}
	for id := range t.Nodes {
		if !seen[id] {
			c.fail(triageFile, "node %s is never reached", id)
		} else if t.ToHuman(id) > 2 {
			c.fail(triageFile, "from node %s a human is more than two steps away", id)
		}
	}
}

func (c *checker) walk(t *Triage, question string, above []string, seen map[string]bool) {
	if slices.Contains(above, question) {
		c.fail(triageFile, "question %s opens itself again", question)
		return
	}
	seen["?"+question] = true
	for _, o := range t.Questions[question].Options {
		seen[o] = true
		for _, b := range t.Nodes[o].Blocks {
			if b.Ask != "" {
				c.walk(t, b.Ask, append(slices.Clone(above), question), seen)
			}
		}
	}
}

// Far is what ToHuman returns when no human is reachable.
const Far = 99

// ToHuman returns how many choices it takes from having opened a node until a
// way to a human stands on the screen: 1 when the node shows it itself.
func (t *Triage) ToHuman(node string) int { return t.toHuman(node, map[string]bool{}) }

func (t *Triage) toHuman(node string, above map[string]bool) int {
	if above[node] {
		return Far
	}
	above[node] = true
	defer delete(above, node)
	best := Far
	for _, b := range t.Nodes[node].Blocks {
		switch {
		case b.Call != "" || b.Page == "contact":
			return 1
		case b.Ask != "":
			for _, o := range t.Questions[b.Ask].Options {
				if n := t.toHuman(o, above) + 1; n < best {
					best = n
				}
			}
		}
	}
	return best
}
