// Package family reads the form of a family's agreement. It is pure: no clock,
// no storage, no randomness. What it returns is safe to print whatever was
// sent: the promises of the parents are all there, no typed line is longer than
// LineMost, and no character in it can turn the direction of the page.
//
// # The way through the form
//
//	choose  the child ticks lines of the pack
//	words   the ticked lines as fields to reword, free lines, two adults, the day
//	sheet   one page to print
//
// Each step carries what was filled in before, so a form can be sent at any of
// them, in any language. Nothing is kept between two steps but the form itself.
package family

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"hisn/content"
	"hisn/locales"
)

// The bounds of an agreement: what fits on one page of A4 in large letters.
const (
	LinesMost = 10 // chosen and free lines together
	FreeLines = 4  // fields for lines of one's own
	LineMost  = 90 // characters of a line
	AdultMost = 60 // characters of the words for another adult
)

// When says when the family talks again.
type When string

// The choices. ByHand leaves a line on the paper to fill in.
const (
	ByHand   When = ""
	Week     When = "week"
	TwoWeeks When = "two-weeks"
	Month    When = "month"
	OnDay    When = "day"
)

// Whens lists the choices in display order.
func Whens() []When { return []When{Week, TwoWeeks, Month, OnDay, ByHand} }

// Line is a line of the child. Text is empty when the words are those of the
// pack; Gone marks one that was ticked and then emptied.
type Line struct {
	ID   string
	Text string
	Gone bool
}

// Draft is what was filled in. Typed words are cleaned, never shortened.
type Draft struct {
	Lines            []Line
	Free             []string // FreeLines, empty ones included
	Adults           []string // content.Agreement.Adults, empty ones included
	When             When
	Day, Month, Year string    // as typed, for OnDay
	Next             time.Time // zero when it is filled in by hand
}

// Problem is something that cannot be printed: the field and the message.
type Problem struct{ Field, Message string }

// The names of the fields. A reworded line is called ownPrefix and its id.
const (
	fieldLine  = "line"
	fieldFree  = "free"
	fieldAdult = "adult"
	fieldWhen  = "when"
	ownPrefix  = "own-"
)

// Own returns the name of the field in which a line is reworded.
func Own(id string) string { return ownPrefix + id }

// Read reads a form. It returns false when the form is none of ours. Problems
// leave the draft as it was filled in, so that it can be shown again.
func Read(a *content.Agreement, form url.Values, today time.Time) (Draft, []Problem, bool) {
	d := Draft{When: When(form.Get(fieldWhen)), Day: Clean(form.Get("day")), Month: Clean(form.Get("month")), Year: Clean(form.Get("year"))}
	if !slices.Contains(Whens(), d.When) || !ours(a, form) {
		return d, nil, false
	}
	for _, line := range a.Lines {
		if slices.Contains(form[fieldLine], line.ID) {
			d.Lines = append(d.Lines, read(a, line.ID, form))
		}
	}
	d.Free, d.Adults = cleaned(form[fieldFree], FreeLines), cleaned(form[fieldAdult], a.Adults)
	var problems []Problem
	for _, line := range d.Lines {
		problems = append(problems, long(Own(line.ID), line.Text, LineMost)...)
	}
	for i, text := range d.Free {
		problems = append(problems, long(Numbered(fieldFree, i), text, LineMost)...)
	}
	for i, text := range d.Adults {
		problems = append(problems, long(Numbered(fieldAdult, i), text, AdultMost)...)
	}
	if d.Count() > LinesMost {
		problems = append(problems, Problem{"lines", "form.family.lines"})
	}
	if d.When != ByHand {
		var ok bool
		if d.Next, ok = d.next(today); !ok {
			problems = append(problems, Problem{"day", "form.family.day"})
		}
	}
	return d, problems, true
}

// Numbered is the name of the i-th of several fields, for links to it.
func Numbered(field string, i int) string { return field + "-" + string(rune('1'+i)) }

// ours reports whether every field is one that a page of ours can send.
func ours(a *content.Agreement, form url.Values) bool {
	for name, values := range form {
		id, own := strings.CutPrefix(name, ownPrefix)
		switch {
		case own:
			if !a.Line(id) || len(values) > 1 {
				return false
			}
		case name == fieldLine:
			if slices.ContainsFunc(values, func(v string) bool { return !a.Line(v) }) {
				return false
			}
		case name == fieldFree && len(values) > FreeLines, name == fieldAdult && len(values) > a.Adults:
			return false
		case !slices.Contains([]string{fieldFree, fieldAdult, fieldWhen, "day", "month", "year", "step", "back"}, name):
			return false
		}
	}
	return true
}

// read takes the reworded text of a line, unless it is the line of the pack in
// one of the languages: that follows the language of the page.
func read(a *content.Agreement, id string, form url.Values) Line {
	line := Line{ID: id}
	if !form.Has(Own(id)) {
		return line
	}
	line.Text = Clean(form.Get(Own(id)))
	line.Gone = line.Text == ""
	for _, l := range locales.All() {
		if line.Text == Clean(a.Words.For(l).Lines[id]) {
			line.Text = ""
		}
	}
	return line
}

func cleaned(values []string, n int) []string {
	out := make([]string, n)
	for i := range min(n, len(values)) {
		out[i] = Clean(values[i])
	}
	return out
}

func long(field, text string, most int) []Problem {
	if len([]rune(text)) > most {
		return []Problem{{field, "form.family.long"}}
	}
	return nil
}

// Count returns how many lines of the child will stand on the paper.
func (d Draft) Count() int {
	n := 0
	for _, l := range d.Lines {
		if !l.Gone {
			n++
		}
	}
	for _, text := range d.Free {
		if text != "" {
			n++
		}
	}
	return n
}

// Texts returns the lines of the child in the words of l.
func (d Draft) Texts(a *content.Agreement, l locales.Lang) []string {
	var out []string
	for _, line := range d.Lines {
		switch {
		case line.Gone:
		case line.Text != "":
			out = append(out, line.Text)
		default:
			out = append(out, a.Words.For(l).Lines[line.ID])
		}
	}
	for _, text := range d.Free {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}
