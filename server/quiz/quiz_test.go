package quiz_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"hisn/content"
	"hisn/server/quiz"
)

func TestOf(t *testing.T) {
	t.Parallel()
	one := content.QuizItem{Kind: content.PickOne, Harmful: true, Options: []string{"a", "b", "c"}, Right: []string{"b"}}
	honest := content.QuizItem{Kind: content.PickOne, Options: []string{"a", "b", "c"}, Right: []string{"b"}, Accuses: []string{"a"}}
	many := content.QuizItem{Kind: content.PickAll, Harmful: true, Options: []string{"a", "b", "c", "d"}, Right: []string{"a", "b"}}
	mark := content.QuizItem{Kind: content.PickPart, Harmful: true, Parts: []string{"a", "b", "c"}, Right: []string{"a", "c"}}
	clean := content.QuizItem{Kind: content.PickPart, Parts: []string{"a", "b", "c"}}
	order := content.QuizItem{Kind: content.PutOrder, Harmful: true, Options: []string{"b", "a", "d", "c"}, Right: []string{"a", "b", "c", "d"}}
	for name, c := range map[string]struct {
		item    content.QuizItem
		picks   []string
		want    quiz.Outcome
		accused bool
		err     bool
	}{
		"the right one":          {one, []string{"b"}, quiz.Right, false, false},
		"a wrong one":            {one, []string{"a"}, quiz.Wrong, false, false},
		"two where one":          {one, []string{"a", "b"}, "", false, true},
		"none where one":         {one, nil, "", false, true},
		"unknown":                {one, []string{"z"}, "", false, true},
		"honest taken as honest": {honest, []string{"b"}, quiz.Right, false, false},
		"honest accused":         {honest, []string{"a"}, quiz.Wrong, true, false},
		"honest mishandled":      {honest, []string{"c"}, quiz.Wrong, false, false},
		"all that fit":           {many, []string{"b", "a"}, quiz.Right, false, false},
		"half of them":           {many, []string{"a"}, quiz.Partly, false, false},
		"half and half":          {many, []string{"a", "c"}, quiz.Wrong, false, false},
		"everything":             {many, []string{"a", "b", "c", "d"}, quiz.Wrong, false, false},
		"nothing of many":        {many, nil, "", false, true},
		"the same twice":         {many, []string{"a", "a"}, "", false, true},
		"both parts":             {mark, []string{"c", "a"}, quiz.Right, false, false},
		"one part":               {mark, []string{"c"}, quiz.Partly, false, false},
		"no part of a trap":      {mark, nil, quiz.Wrong, false, false},
		"nothing to mark":        {clean, nil, quiz.Right, false, false},
		"something clean marked": {clean, []string{"b"}, quiz.Wrong, true, false},
		"the right order":        {order, []string{"a", "b", "c", "d"}, quiz.Right, false, false},
		"the right beginning":    {order, []string{"a", "d", "c", "b"}, quiz.Partly, false, false},
		"another order":          {order, []string{"d", "b", "c", "a"}, quiz.Wrong, false, false},
		"a step left out":        {order, []string{"a", "b", "c"}, "", false, true},
	} {
		got, err := quiz.Of(c.item, c.picks)
		if (err != nil) != c.err || err != nil && !errors.Is(err, quiz.ErrPicks) {
			t.Errorf("%s: error %v", name, err)
		}
		if got.Outcome != c.want || got.Accused != c.accused {
			t.Errorf("%s: %+v, want %s, accused %t", name, got, c.want, c.accused)
		}
	}
}

// every calls visit for each item of the embedded pack.
func every(t *testing.T, visit func(q *content.Quiz, it content.QuizItem)) {
	t.Helper()
	lib, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, q := range lib.Quizzes {
		for _, form := range content.QuizForms() {
			items, _ := q.Items(form)
			for _, it := range items {
				visit(q, it)
			}
		}
	}
}

// subsets returns all sets of choices, small enough to try them all.
func subsets(choices []string) [][]string {
	var out [][]string
	for n := range 1 << len(choices) {
		var set []string
		for i, c := range choices {
			if n&(1<<i) != 0 {
				set = append(set, c)
			}
		}
		out = append(out, set)
	}
	return out
}

// TestOf_everyAnswer tries every set of picks of every item: order does not
// matter for sets, only one set is right, nothing harmful is accused, and no
// way of answering without looking is right everywhere.
func TestOf_everyAnswer(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	items, all, none, first := 0, 0, 0, 0
	every(t, func(q *content.Quiz, it content.QuizItem) {
		if it.Kind == content.PutOrder {
			return
		}
		items++
		right := 0
		for _, picks := range subsets(it.Choices()) {
			m, err := quiz.Of(it, picks)
			if err != nil {
				continue
			}
			shuffled := slices.Clone(picks)
			r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if again, err := quiz.Of(it, shuffled); err != nil || again != m {
				t.Errorf("%s %s: %v is %+v, %v is %+v", q.ID, it.ID, picks, m, shuffled, again)
			}
			if m.Accused && (it.Harmful || m.Outcome == quiz.Right) {
				t.Errorf("%s %s: %v accuses and is %+v", q.ID, it.ID, picks, m)
			}
			if m.Outcome != quiz.Right {
				continue
			}
			right++
			switch len(picks) {
			case len(it.Choices()):
				all++
			case 0:
				none++
			case 1:
				if picks[0] == it.Choices()[0] {
					first++
				}
			}
		}
		if right != 1 {
			t.Errorf("%s %s: %d sets of picks are right", q.ID, it.ID, right)
		}
	})
	if all > 0 || none > items/3 || first > items/3 {
		t.Errorf("of %d items picking everything is right in %d, nothing in %d, the first in %d", items, all, none, first)
	}
}

// TestSum: answering rightly catches every trap and accuses nobody; accusing
// everything catches traps and accuses the honest.
func TestSum(t *testing.T) {
	t.Parallel()
	lib, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, q := range lib.Quizzes {
		for _, form := range content.QuizForms() {
			items, _ := q.Items(form)
			marks := map[string]quiz.Mark{}
			for _, it := range items {
				m, err := quiz.Of(it, it.Right)
				if err != nil {
					t.Fatal(err)
				}
				marks[it.ID] = m
			}
			got := quiz.Sum(items, marks)
			if got.Traps != 5 || got.Caught != 5 || got.Honest != 3 || got.Accused != 0 || got.Left != 0 || len(got.Skills) != 0 {
				t.Errorf("%s %s: everything right comes to %+v", q.ID, form, got)
			}
			suspicious := map[string]quiz.Mark{}
			for _, it := range items {
				picks := it.Accuses
				if it.Kind == content.PickPart {
					picks = it.Parts
				}
				if m, err := quiz.Of(it, picks[:min(len(picks), max(1, len(it.Parts)))]); err == nil && !it.Harmful {
					suspicious[it.ID] = m
				}
			}
			if got := quiz.Sum(items, suspicious); got.Honest == 0 || got.Accused != got.Honest || got.Left != 8-got.Honest {
				t.Errorf("%s %s: suspecting everybody comes to %+v", q.ID, form, got)
			}
		}
	}
}
