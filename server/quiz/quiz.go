// Package quiz marks the answers to a quiz. It is pure: the same picks always
// give the same result, in whatever order they arrive.
//
// There are no points. What a reader is told is which traps were seen, which
// honest situations were taken for traps, and what to practise next: teaching
// suspicion alone makes people accuse their friends.
package quiz

import (
	"errors"
	"slices"

	"hisn/content"
)

// Outcome says how an answer stands.
type Outcome string

// The outcomes.
const (
	Right  Outcome = "right"
	Partly Outcome = "partly" // on the way: more seen than mistaken
	Wrong  Outcome = "wrong"
)

// Outcomes lists all outcomes.
func Outcomes() []Outcome { return []Outcome{Right, Partly, Wrong} }

// ErrPicks means that the picks are no answer to the item: unknown, repeated,
// or too many.
var ErrPicks = errors.New("quiz: not an answer to this item")

// Mark is the result of one item.
type Mark struct {
	Outcome Outcome
	Accused bool // something honest was treated as a trap
}

// Of marks the picks for an item. For content.PutOrder the picks are all
// options in the chosen order; for content.PickPart no pick at all means
// "nothing suspicious". The picks of other kinds are sets.
func Of(it content.QuizItem, picks []string) (Mark, error) {
	if err := valid(it, picks); err != nil {
		return Mark{}, err
	}
	m := Mark{Outcome: Wrong}
	switch it.Kind {
	case content.PutOrder:
		switch {
		case slices.Equal(picks, it.Right):
			m.Outcome = Right
		case picks[0] == it.Right[0]:
			m.Outcome = Partly
		}
	case content.PickOne:
		if picks[0] == it.Right[0] {
			m.Outcome = Right
		}
	case content.PickAll, content.PickPart:
		m.Outcome = bySets(it.Right, picks)
	}
	if !it.Harmful && m.Outcome != Right {
		m.Accused = it.Kind == content.PickPart || slices.ContainsFunc(picks, func(p string) bool { return slices.Contains(it.Accuses, p) })
	}
	return m, nil
}

func valid(it content.QuizItem, picks []string) error {
	for i, p := range picks {
		if !slices.Contains(it.Choices(), p) || slices.Contains(picks[:i], p) {
			return ErrPicks
		}
	}
	switch it.Kind {
	case content.PickOne:
		if len(picks) != 1 {
			return ErrPicks
		}
	case content.PutOrder:
		if len(picks) != len(it.Options) {
			return ErrPicks
		}
	case content.PickAll:
		if len(picks) == 0 {
			return ErrPicks
		}
	case content.PickPart:
	}
	return nil
}

// bySets compares what was picked with what is right.
func bySets(right, picks []string) Outcome {
	hits := 0
	for _, p := range picks {
		if slices.Contains(right, p) {
			hits++
		}
	}
	mistaken := len(picks) - hits
	switch {
	case hits == len(right) && mistaken == 0:
		return Right
	case hits > mistaken:
		return Partly
	}
	return Wrong
}

// Tally is what a whole form comes to.
type Tally struct {
	Traps, Caught   int // harmful items that were answered; of them not Wrong
	Honest, Accused int // honest items that were answered; of them accused
	Left            int // items without an answer
	Skills          []string
}

// Sum adds up the marks of a form. Skills are those to practise: of every item
// that was not Right, once each, in the order of the items.
func Sum(items []content.QuizItem, marks map[string]Mark) Tally {
	var t Tally
	for _, it := range items {
		m, ok := marks[it.ID]
		switch {
		case !ok:
			t.Left++
			continue
		case it.Harmful:
			t.Traps++
			if m.Outcome != Wrong {
				t.Caught++
			}
		default:
			t.Honest++
			if m.Accused {
				t.Accused++
			}
		}
		if m.Outcome != Right && !slices.Contains(t.Skills, it.Skill) {
			t.Skills = append(t.Skills, it.Skill)
		}
	}
	return t
}
