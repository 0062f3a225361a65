package content

import (
	"path"
	"slices"
)

// The shape of a form: about three traps to two honest situations, because who
// learns only traps soon accuses friends.
const (
	formItems   = 8
	formHarmful = 5
)

func (c *checker) quiz(q *Quiz) {
	dir := path.Join("quizzes", q.ID)
	file := path.Join(dir, "quiz.yaml")
	c.id(file, q.ID)
	c.due(file, q.Due)
	c.sources(file, q.Sources)
	c.refers(file, q.Fixes, q.Guides, q.Chats)
	want := map[string]bool{"title": true, "intro": true}
	ids := map[string]bool{}
	for _, form := range QuizForms() {
		items, ok := q.Forms[form]
		if !ok || len(items) != formItems {
			c.fail(file, "form %s has %d items, %d are needed", form, len(items), formItems)
		}
		harmful, kinds := 0, map[ItemKind]int{}
		for _, it := range items {
			if ids[it.ID] {
				c.fail(file, "item %s stands twice", it.ID)
			}
			ids[it.ID] = true
			kinds[it.Kind]++
			if it.Harmful {
				harmful++
			}
			c.item(file, it, want)
		}
		if harmful != formHarmful {
			c.fail(file, "form %s has %d traps, %d are needed", form, harmful, formHarmful)
		}
		if kinds[PickOne] < 2 || kinds[PickPart] < 2 || kinds[PickAll] < 1 || kinds[PutOrder] < 1 {
			c.fail(file, "form %s does not hold all kinds of items: %v", form, kinds)
		}
	}
	for form := range q.Forms {
		if !slices.Contains(QuizForms(), form) {
			c.fail(file, "form %q is not known", form)
		}
	}
	c.sameKeys(dir, ".yaml", filled(q.Words), want)
}

// item checks one item and enters the words it needs.
func (c *checker) item(file string, it QuizItem, want map[string]bool) {
	c.id(file, it.ID)
	key := "items." + it.ID + "."
	want[key+"ask"], want[key+"why"] = true, true
	if len(it.Parts) > 0 {
		want[key+"from"] = true
	}
	for _, p := range it.Parts {
		want[key+"parts."+p] = true
		if it.Kind == PickPart {
			want[key+"notes."+p] = true
		}
	}
	for _, o := range it.Options {
		want[key+"options."+o] = true
	}
	if !slices.Contains(Skills(), it.Skill) {
		c.fail(file, "%s: skill %q is not known", it.ID, it.Skill)
	}
	if !slices.Contains([]Frame{NoFrame, ChatFrame, MessageFrame, ProfileFrame, PageFrame}, it.Frame) || (it.Frame == NoFrame) != (len(it.Parts) == 0) {
		c.fail(file, "%s: frame %q with %d parts", it.ID, it.Frame, len(it.Parts))
	}
	c.choices(file, it)
}

// choices refuses items that are always right, never right, or ask nothing.
func (c *checker) choices(file string, it QuizItem) {
	all := it.Choices()
	for _, id := range append(slices.Clone(it.Right), it.Accuses...) {
		if !slices.Contains(all, id) {
			c.fail(file, "%s: %q cannot be picked", it.ID, id)
		}
	}
	right := len(it.Right)
	ok := false
	switch it.Kind {
	case PickOne:
		ok = right == 1 && len(all) >= 3 && len(all) <= 4
	case PickAll:
		ok = right >= 2 && right < len(all) && len(all) <= 6
	case PickPart:
		ok = len(all) >= 3 && len(all) <= 7 && len(it.Options) == 0 && it.Frame != NoFrame && right < len(all) && (right > 0) == it.Harmful
	case PutOrder:
		ok = right == len(all) && right >= 4 && right <= 5 && !slices.Equal(it.Right, all) && len(it.Parts) == 0
	}
	if !ok {
		c.fail(file, "%s: %d right of %d does not make an item of the kind %q", it.ID, right, len(all), it.Kind)
	}
	if it.Harmful && len(it.Accuses) > 0 {
		c.fail(file, "%s: only something honest can be accused", it.ID)
	}
	for _, id := range it.Accuses {
		if slices.Contains(it.Right, id) {
			c.fail(file, "%s: %q is right and accuses", it.ID, id)
		}
	}
}

// refers checks links to fixes, guides and chats.
func (c *checker) refers(file string, fixes, guides, chats []string) {
	for _, id := range fixes {
		if _, ok := c.lib.Fix(id); !ok {
			c.fail(file, "no fix is called %q", id)
		}
	}
	for _, id := range guides {
		if _, ok := c.lib.Guide(id); !ok {
			c.fail(file, "no guide is called %q", id)
		}
	}
	for _, id := range chats {
		if _, ok := c.lib.Chat(id); !ok {
			c.fail(file, "no chat is called %q", id)
		}
	}
}
