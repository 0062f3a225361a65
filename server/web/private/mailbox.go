package private

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"sort"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
)

// message is an answer of a desk as the reader sees it.
type message struct {
	Hash  string // of its ciphertext; by it the message is deleted
	Day   string
	State string
	Desk  string
	Text  string
	True  bool // whether the desk that can open the report has written it
}

// mailbox opens the mailbox of a code. It tells nobody whether there is one:
// an unknown code is a mailbox in which nothing lies yet.
func (p *Private) mailbox(c echo.Context, l locales.Lang, form url.Values) error {
	s := screen{Kind: kindCode, Code: form.Get("code")}
	if form.Has("step") { // another language was chosen
		return p.later(c, l, s)
	}
	secret, err := seal.ParseSecret(s.Code)
	if err != nil {
		s.Problems = []problem{{"code", "private.problem.code"}}
		return p.later(c, l, s)
	}
	if s, err = p.opened(c.Request().Context(), secret); err != nil {
		return err
	}
	return p.later(c, l, s)
}

// opened reads and decrypts what lies in a mailbox.
func (p *Private) opened(ctx context.Context, secret seal.Secret) (screen, error) {
	s := screen{Kind: kindMailbox, Code: secret.Digits(), Draft: draft{}}
	keys := secret.Keys()
	slots, err := p.deps.Pool.Mailbox(ctx, keys.MboxKey)
	if err != nil {
		return s, err
	}
	for _, ct := range slots {
		r, verified, err := seal.OpenReply(ct, keys)
		if err != nil {
			continue // a dummy
		}
		hash := sha256.Sum256(ct)
		s.Mail = append(s.Mail, message{hex.EncodeToString(hash[:]), r.Day, r.State, r.Desk, r.Text, verified})
	}
	sort.SliceStable(s.Mail, func(i, j int) bool { return s.Mail[i].Day < s.Mail[j].Day })
	for _, m := range s.Mail {
		if m.True {
			s.Draft["desk"] = []string{m.Desk}
		}
	}
	return s, nil
}

// act does one thing in an open mailbox, and shows it again.
func (p *Private) act(c echo.Context, l locales.Lang, form url.Values) error {
	secret, err := seal.ParseSecret(form.Get("code"))
	if err != nil {
		return fault.New(fault.Invalid, nil)
	}
	ctx, done := c.Request().Context(), ""
	switch hash := form.Get("delete"); {
	case form.Has("step"):
	case hash != "":
		raw, err := hex.DecodeString(hash)
		if err != nil || len(raw) != sha256.Size {
			return fault.New(fault.Invalid, nil)
		}
		if err := p.deps.Pool.Burn(ctx, secret.Keys().MboxKey, [32]byte(raw)); err != nil {
			return err
		}
		done = "deleted"
	case form.Get("do") == "withdraw":
		if err := p.deps.Pool.Withdraw(ctx, everyDrop(secret.Keys())); err != nil {
			return err
		}
		done = "withdrawn"
	case form.Get("do") == "write":
		return p.follow(c, l, form, secret)
	default:
		return fault.New(fault.Invalid, nil)
	}
	s, err := p.opened(ctx, secret)
	if err != nil {
		return err
	}
	if form.Has("step") {
		s.Draft["text"] = []string{form.Get("text")}
	}
	s.Notice = done
	return p.later(c, l, s)
}

// everyDrop lists all reports that a code could have sent.
func everyDrop(k seal.Keys) []report.Pair {
	out := make([]report.Pair, 0, maxPairs)
	for n := range maxPairs {
		id, del, _ := k.Drop(n)
		out = append(out, report.Pair{ID: id, Del: del})
	}
	return out
}

// follow sends a message that follows a report, to the desk that has it.
func (p *Private) follow(c echo.Context, l locales.Lang, form url.Values, secret seal.Secret) error {
	ctx := c.Request().Context()
	s, err := p.opened(ctx, secret)
	if err != nil {
		return err
	}
	text := typed(form.Get("text"))
	s.Draft["text"], s.Draft["desk"] = []string{text}, []string{form.Get("desk")}
	dir, open, err := p.desks(ctx)
	if err != nil {
		return p.later(c, l, screen{Kind: kindClosed})
	}
	desk, ok := dir.Desk(form.Get("desk"))
	switch {
	case !ok || !offered(desk, open):
		s.Problems = []problem{{"desk", "private.problem.desk"}}
	case text == "":
		s.Problems = []problem{{"text", "private.problem.empty"}}
	case hasPicture(text):
		s.Problems = []problem{{"text", "private.problem.picture"}}
	case len(text) > seal.MaxText:
		s.Problems = []problem{{"text", "private.problem.long"}}
	}
	if len(s.Problems) > 0 {
		return p.later(c, l, s)
	}
	stored, err := p.store(ctx, draft{"text": {text}}, desk, dir, secret.Keys(), 1)
	if err != nil {
		return err
	}
	s.Notice = "notstored"
	if stored {
		s.Notice, s.Draft["text"] = "written", nil
	}
	return p.later(c, l, s)
}
