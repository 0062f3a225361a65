package seal

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrMalformed says that something is not of the shape of this package. It
// never holds what was found.
var ErrMalformed = errors.New("seal: malformed")

// Kind says what a sealed blob is for.
type Kind string

// The kinds. To the host they all look the same.
const (
	KindReport Kind = "report" // what a reporter writes first
	KindFollow Kind = "follow" // what the same reporter writes later
	KindCase   Kind = "case"   // a desk's own notes on a thread
	KindMove   Kind = "move"   // a whole thread, handed over by another desk
	KindCanary Kind = "canary" // of a monitor; proves that drops arrive
)

// The most bytes of UTF-8 that each field of words may have.
const (
	MaxText    = 6000
	MaxHandles = 1500
	MaxReach   = 600
	MaxWhen    = 300
	MaxHashes  = 20
)

// Report is what is inside a sealed blob. Its JSON is part of the format.
type Report struct {
	V      int        `json:"v"`
	Kind   Kind       `json:"kind"`
	Desk   string     `json:"desk"`   // an id of the directory
	Epoch  string     `json:"epoch"`  // of the desk's key, such as 2026Q4
	Day    string     `json:"day"`    // 2026-11-23; no time
	Thread string     `json:"thread"` // 32 hex digits
	Cap    []byte     `json:"cap"`    // 32 bytes; only who can open the blob may remove it
	Reply  *ReplyTo   `json:"reply"`
	F      Fields     `json:"f"`
	Hashes []FileHash `json:"hashes"`
	Flags  Flags      `json:"flags"`
	Case   *Case      `json:"case,omitempty"` // of the kinds case and move only
}

// ReplyTo is how a desk answers without knowing whom.
type ReplyTo struct {
	To   string `json:"to"`   // age1pq1…
	Mbox string `json:"mbox"` // address of the mailbox, 64 hex digits
	Mac  []byte `json:"mac"`  // 32 bytes; proves that who answers has opened the report
}

// Fields are what the reporter says. Choices are ids of closed lists; see
// Choices. Nothing has to be said.
type Fields struct {
	About   string   `json:"about"`
	What    []string `json:"what"`
	Want    []string `json:"want"`
	Where   []string `json:"where"`
	Danger  []string `json:"danger"`
	Who     string   `json:"who"`
	Since   string   `json:"since"`
	Paid    string   `json:"paid"`
	Shared  string   `json:"shared"`
	Age     string   `json:"age"`
	Text    string   `json:"text"`
	Handles string   `json:"handles"`
	Reach   string   `json:"reach"` // a safe way to reach the reporter
	When    string   `json:"when"`  // a safe time, and what must not be said
}

// FileHash is the fingerprint of a file that stays on the reporter's phone.
type FileHash struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Mime   string `json:"mime"`
}

// Flags are wishes that bind the desk.
type Flags struct {
	WomanOfficer bool `json:"woman_officer"`
	NoLocal      bool `json:"no_local"`   // do not pass to the station near the reporter's home
	NoContact    bool `json:"no_contact"` // answer in the mailbox only
	National     bool `json:"national"`   // the national unit can open it too
	MoveOK       bool `json:"move_ok"`    // may be handed to another desk
}

// Case is what a desk keeps about a thread. It carries the whole thread, so
// that nothing else has to be kept.
type Case struct {
	State    string    `json:"state"` // new open answered moved closed
	Labels   []string  `json:"labels"`
	Note     string    `json:"note"`
	Assignee string    `json:"assignee"`
	Muted    bool      `json:"muted"`
	Of       string    `json:"of"` // the thread
	Rev      int       `json:"rev"`
	Messages []Message `json:"messages"` // oldest first
}

// Message is one piece of a thread inside a case.
type Message struct {
	From   string  `json:"from"` // reporter or desk
	Day    string  `json:"day"`
	State  string  `json:"state"`
	Text   string  `json:"text"`
	Report *Report `json:"report,omitempty"` // of a reporter's message; without a case
}

// Choices returns the ids that a field of choices may have, in the order in
// which they are shown; nil for a field that has none.
func Choices(field string) []string {
	switch field {
	case "about":
		return []string{"me", "friend", "child", "pupil"}
	case "what":
		return []string{"picture", "edited", "chat", "account", "money", "other"}
	case "want":
		return []string{"money", "pictures", "meeting", "talk", "codes", "silence", "other", "unknown"}
	case "who":
		return []string{"stranger", "online", "ex", "relative", "classmate", "unknown", "unsaid"}
	case "where":
		return []string{
			"facebook", "instagram", "whatsapp", "telegram", "snapchat", "tiktok", "viber", "discord", "games", "phone", "other",
		}
	case "since":
		return []string{"today", "days", "weeks", "months"}
	case "paid":
		return []string{"no", "yes", "unsaid"}
	case "shared":
		return []string{"no", "some", "public", "unknown"}
	case "danger":
		return []string{"home", "meet", "life", "self"}
	case "age":
		return []string{"under18", "adult", "unsaid"}
	}
	return nil
}

// Encode returns the JSON of r, at most PlainSize-4 bytes. What Decode would
// refuse, it refuses.
func Encode(r Report) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	raw, err := marshal(r)
	if err != nil {
		return nil, err
	}
	if len(raw) > PlainSize-lengthSize {
		return nil, fmt.Errorf("%w: too long", ErrMalformed)
	}
	return raw, nil
}

// maxDepth is how deep the JSON of a report may nest: a case holds messages,
// and those hold reports. Of a reporter it is four.
const maxDepth = 8

// Decode reads the JSON of a report. Keys that it does not know, keys that
// stand twice or in other letters, text after the end, bad UTF-8 and values
// outside the closed lists are refused.
func Decode(raw []byte) (Report, error) {
	var r Report
	if len(raw) > PlainSize-lengthSize {
		return r, ErrMalformed
	}
	depth, err := walk(raw, maxDepth)
	if err != nil {
		return r, err
	}
	if err := strict(raw, &r); err != nil {
		return Report{}, err
	}
	if r.Case == nil && depth > 4 {
		return Report{}, ErrMalformed
	}
	if err := r.check(); err != nil {
		return Report{}, err
	}
	return r, nil
}

var (
	deskID  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,31}$`)
	epochID = regexp.MustCompile(`^[A-Za-z0-9-]{1,16}$`)
	hex32   = regexp.MustCompile(`^[0-9a-f]{32}$`)
	hex64   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	mimeish = regexp.MustCompile(`^[a-zA-Z0-9!#$&^_.+/-]{0,100}$`)
)

const keySize = 32

func (r Report) check() error {
	cased := r.Kind == KindCase || r.Kind == KindMove
	known := slices.Contains([]Kind{KindReport, KindFollow, KindCase, KindMove, KindCanary}, r.Kind)
	_, err := time.Parse(time.DateOnly, r.Day)
	switch {
	case r.V != 1, !known, err != nil, cased != (r.Case != nil), len(r.Cap) != keySize,
		!deskID.MatchString(r.Desk), !epochID.MatchString(r.Epoch), !hex32.MatchString(r.Thread):
		return ErrMalformed
	case r.Reply != nil && !r.Reply.valid():
		return ErrMalformed
	}
	if err := r.F.check(); err != nil {
		return err
	}
	if len(r.Hashes) > MaxHashes {
		return ErrMalformed
	}
	for _, h := range r.Hashes {
		if !hex64.MatchString(h.SHA256) || h.Size < 0 || !mimeish.MatchString(h.Mime) {
			return ErrMalformed
		}
	}
	if r.Case != nil {
		return r.Case.check()
	}
	return nil
}

func (t ReplyTo) valid() bool {
	_, err := ParseRecipient(t.To)
	return err == nil && hex64.MatchString(t.Mbox) && len(t.Mac) == keySize
}

func (f Fields) check() error {
	for field, ids := range map[string][]string{
		"about": {f.About}, "who": {f.Who}, "since": {f.Since}, "paid": {f.Paid}, "shared": {f.Shared}, "age": {f.Age},
		"what": f.What, "want": f.Want, "where": f.Where, "danger": f.Danger,
	} {
		for _, id := range ids {
			if id != "" && !slices.Contains(Choices(field), id) {
				return ErrMalformed
			}
		}
		if len(ids) > len(Choices(field)) {
			return ErrMalformed
		}
	}
	for _, w := range []struct {
		text string
		most int
	}{{f.Text, MaxText}, {f.Handles, MaxHandles}, {f.Reach, MaxReach}, {f.When, MaxWhen}} {
		if len(w.text) > w.most || !utf8.ValidString(w.text) || strings.ContainsRune(w.text, 0) {
			return ErrMalformed
		}
	}
	return nil
}

func (c Case) check() error {
	if !slices.Contains([]string{"new", "open", "answered", "moved", "closed"}, c.State) || !hex32.MatchString(c.Of) {
		return ErrMalformed
	}
	for _, m := range c.Messages {
		if m.From != "reporter" && m.From != "desk" {
			return ErrMalformed
		}
		if m.Report != nil && (m.Report.Case != nil || m.Report.check() != nil) {
			return ErrMalformed
		}
	}
	return nil
}

// Fit shortens what the desk itself wrote, oldest first, until the report of a
// case fits into one blob. The reporter's words are never touched; when they
// alone are too long, it reports false and nothing may be stored.
func Fit(r *Report) bool {
	fits := func() bool {
		_, err := Encode(*r)
		return err == nil
	}
	if r.Case == nil || fits() {
		return fits()
	}
	const kept = 200 // bytes that stay of a message
	for i := range r.Case.Messages {
		m := &r.Case.Messages[i]
		if m.From == "desk" && len(m.Text) > kept {
			m.Text = strings.ToValidUTF8(m.Text[:kept], "") + "…"
			if fits() {
				return true
			}
		}
	}
	if len(r.Case.Note) > kept {
		r.Case.Note = strings.ToValidUTF8(r.Case.Note[:kept], "") + "…"
	}
	return fits()
}
