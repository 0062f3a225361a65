package checkup

import (
	"maps"
	"slices"
	"time"

	"hisn/content"
)

// State is a check as it is carried on: the choices, the answers, and for each
// rhythm (content.Monthly, content.HalfYear) the day on which everything that
// is settled was last looked at.
type State struct {
	Profile Profile
	Answers map[string]Answer // by fix; a fix that is missing is new to the reader
	Looked  map[int]time.Time
}

// Start returns the state of a check that was just answered.
func Start(p Profile, answers map[string]Answer, today time.Time) State {
	s := State{Profile: p, Answers: answers, Looked: map[int]time.Time{}}
	for _, rhythm := range rhythms() {
		s.Looked[rhythm] = today
	}
	return s
}

// Due returns the settled fixes that are to be looked at again, in the order
// of Questions.
func (s State) Due(lib *content.Library, today time.Time) []*content.Fix {
	var out []*content.Fix
	for _, f := range Questions(lib, s.Profile) {
		if s.Answers[f.ID] == Yes && f.Again > 0 && !today.Before(s.Looked[f.Again].AddDate(0, 0, f.Again)) {
			out = append(out, f)
		}
	}
	return out
}

// New returns the fixes that came into the pack after the state was made.
func (s State) New(lib *content.Library) []*content.Fix {
	var out []*content.Fix
	for _, f := range Questions(lib, s.Profile) {
		if _, known := s.Answers[f.ID]; !known {
			out = append(out, f)
		}
	}
	return out
}

// Tick returns s after the named fixes were done, or looked at again, today.
// The day of a rhythm moves on only when nothing settled of that rhythm stands
// from before: so nothing is looked at later than it should be, at most
// earlier.
func (s State) Tick(lib *content.Library, done []string, today time.Time) State {
	out := State{Profile: s.Profile, Answers: maps.Clone(s.Answers), Looked: maps.Clone(s.Looked)}
	for _, rhythm := range rhythms() {
		waits := false
		for _, f := range Questions(lib, s.Profile) {
			if f.Again == rhythm && s.Answers[f.ID] == Yes && !slices.Contains(done, f.ID) {
				waits = true
			}
		}
		if !waits {
			out.Looked[rhythm] = today
		}
	}
	for _, id := range done {
		out.Answers[id] = Yes
	}
	return out
}
