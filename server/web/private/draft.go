package private

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"hisn/server/desks"
	"hisn/server/fault"
	"hisn/server/seal"
)

// draft is the form as it was typed: what is checked, sealed, or shown again.
// It holds only fields of ours.
type draft url.Values

// The fields that are boxes or taps; the ids of the choices are in package seal.
func oneOf() []string { return []string{"about", "who", "since", "paid", "shared", "age"} }
func anyOf() []string { return []string{"what", "want", "where", "danger"} }

// words are the fields that are typed, with the most bytes that they may have.
func words() map[string]int {
	return map[string]int{"text": seal.MaxText, "handles": seal.MaxHandles, "how": seal.MaxReach, "when": seal.MaxWhen}
}

// The fields that are one tick, and whether they are ticked from the start.
func ticks() map[string]bool {
	return map[string]bool{"woman": false, "local": false, "national": true, "move": false}
}

const (
	ticked  = "yes"
	noReply = "none" // of the field reach
	aWay    = "way"
)

// newDraft is the form before anything was typed.
func newDraft() draft {
	d := draft{}
	for name, on := range ticks() {
		if on {
			d[name] = []string{ticked}
		}
	}
	return d
}

// readDraft takes our fields out of a form. A choice that does not exist is no
// form of ours.
func readDraft(form url.Values) (draft, error) {
	d := draft{}
	for _, name := range append(oneOf(), anyOf()...) {
		for _, id := range form[name] {
			if id == "" {
				continue
			}
			if !slices.Contains(seal.Choices(name), id) {
				return nil, fault.New(fault.Invalid, nil)
			}
			if !slices.Contains(d[name], id) {
				d[name] = append(d[name], id)
			}
		}
	}
	for _, name := range oneOf() {
		if len(d[name]) > 1 {
			return nil, fault.New(fault.Invalid, nil)
		}
	}
	for name := range words() {
		text := typed(form.Get(name))
		if text != "" {
			d[name] = []string{text}
		}
	}
	for name := range ticks() {
		if form.Get(name) == ticked {
			d[name] = []string{ticked}
		}
	}
	for _, name := range []string{"desk", "reach"} {
		if v := form.Get(name); v != "" {
			d[name] = []string{v}
		}
	}
	return d, nil
}

// typed is what somebody wrote, with one sort of line ends and without signs
// that no keyboard gives.
func typed(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
}

// Value returns what was typed into a field, or "".
func (d draft) Value(name string) string { return url.Values(d).Get(name) }

// On reports whether a choice of a field is taken.
func (d draft) On(name, id string) bool { return slices.Contains(d[name], id) }

// problem is something that a form lacks: the field and the message.
type problem struct{ Field, Message string }

// check returns what keeps the form from being sent, in the order of the form.
func (d draft) check(dir *desks.Directory, open map[string]bool) []problem {
	var out []problem
	if desk, ok := dir.Desk(d.Value("desk")); !ok || !offered(desk, open) {
		out = append(out, problem{"desk", "private.problem.desk"})
	}
	if len(d["what"]) == 0 && d.Value("text") == "" {
		out = append(out, problem{"text", "private.problem.empty"})
	}
	for _, name := range []string{"text", "handles", "how", "when"} {
		switch v := d.Value(name); {
		case hasPicture(v):
			out = append(out, problem{name, "private.problem.picture"})
		case len(v) > words()[name]:
			out = append(out, problem{name, "private.problem.long"})
		}
	}
	if len(out) == 0 && d.written() > maxWritten {
		out = append(out, problem{"text", "private.problem.long"})
	}
	switch d.Value("reach") {
	case noReply:
	case aWay:
		if d.Value("how") == "" {
			out = append(out, problem{"how", "private.problem.how"})
		}
	default:
		out = append(out, problem{"reach", "private.problem.reach"})
	}
	return out
}

// maxWritten is how many bytes all words may have as they are written into a
// report: quotation marks and line ends take two, signs that nobody types more.
const maxWritten = 9600

// written counts the bytes of all words inside a report.
func (d draft) written() int {
	n := 0
	for name := range words() {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(d.Value(name)) == nil {
			n += b.Len()
		}
	}
	return n
}

// offered reports whether a desk takes reports at this moment.
func offered(d desks.Desk, open map[string]bool) bool { return d.Status == "open" && open[d.ID] }

// A picture that was pasted as text. The longest honest words and links are far
// shorter; see report.md, 7.
var (
	longRun = regexp.MustCompile(`[A-Za-z0-9+/=]{400,}`)
	picture = regexp.MustCompile(`(?i)data:image|/9j/[A-Za-z0-9+/]{20}|iVBORw0KGgo|UklGR[A-Za-z0-9+/]{20}`)
)

func hasPicture(text string) bool { return picture.MatchString(text) || longRun.MatchString(text) }

// report returns what is to be sealed. The day is as exact as it gets.
func (d draft) report(desk desks.Desk, k seal.Keys, capability [32]byte, now time.Time) seal.Report {
	r := seal.Report{
		V: 1, Kind: seal.KindReport, Desk: desk.ID, Epoch: desk.Epoch,
		Day: now.UTC().Format(time.DateOnly), Thread: k.Thread, Cap: capability[:], Reply: k.ReplyTo(),
		F: seal.Fields{
			About: d.Value("about"), Who: d.Value("who"), Since: d.Value("since"), Paid: d.Value("paid"),
			Shared: d.Value("shared"), Age: d.Value("age"),
			What: d["what"], Want: d["want"], Where: d["where"], Danger: d["danger"],
			Text: d.Value("text"), Handles: d.Value("handles"),
		},
		Flags: seal.Flags{
			WomanOfficer: d.On("woman", ticked), NoLocal: d.On("local", ticked), National: d.On("national", ticked),
			MoveOK: d.On("move", ticked), NoContact: d.Value("reach") != aWay,
		},
	}
	if d.Value("reach") == aWay {
		r.F.Reach, r.F.When = d.Value("how"), d.Value("when")
	}
	return r
}
