package content

import (
	"sort"
	"time"

	"hisn/locales"
)

// State is what Status says of one item.
type State struct {
	Path    string         // folder in the pack
	Stale   []locales.Lang // translations older than what they translate
	Drafts  []locales.Lang // nobody has reviewed them in any role
	Expires time.Time      // zero when the item has no date
}

// Status lists every item of the pack: what is stale, what nobody has read,
// and when its facts are due again; the next due first.
func (l *Library) Status() []State {
	out := make([]State, 0, len(l.items))
	for _, it := range l.items {
		s := State{Path: it.path}
		for _, lang := range locales.All() {
			head := it.heads[lang]
			if lang != locales.English && head.Of != it.stamp {
				s.Stale = append(s.Stale, lang)
			}
			if len(head.Review) == 0 {
				s.Drafts = append(s.Drafts, lang)
			}
		}
		if it.due != nil {
			s.Expires = it.due.Until()
		}
		out = append(out, s)
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i].Expires, out[j].Expires
		if a.IsZero() != b.IsZero() {
			return !a.IsZero()
		}
		return a.Before(b)
	})
	return out
}

// Reviewed counts, for one language, how many texts a person of each role has
// read, and how many texts there are.
func (l *Library) Reviewed(lang locales.Lang) (by map[Role]int, total int) {
	by = map[Role]int{}
	for _, it := range l.items {
		total++
		seen := map[Role]bool{}
		for _, r := range it.heads[lang].Review {
			if !seen[r.Role] {
				seen[r.Role] = true
				by[r.Role]++
			}
		}
	}
	return by, total
}
