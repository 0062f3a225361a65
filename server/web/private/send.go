package private

import (
	"context"
	"net/url"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/desks"
	"hisn/server/fault"
	"hisn/server/seal"
)

// fresh shows the empty form. server says that the reader has chosen to let
// the server lock the words although the browser runs scripts.
func (p *Private) fresh(c echo.Context, l locales.Lang, server bool) error {
	secret, err := seal.NewSecret(p.deps.Rand)
	if err != nil {
		return err
	}
	return p.show(c, l, screen{Kind: kindForm, Draft: newDraft(), Server: server, Code: secret.Digits(), Stamp: p.pass.stamp()})
}

// send seals a form in memory and stores it. It is the one place where the
// server sees words of a report: it logs nothing, keeps nothing but the sealed
// blob, and answers with an address in every case. Errors never hold a value.
func (p *Private) send(c echo.Context, l locales.Lang, form url.Values) error {
	d, err := readDraft(form)
	if err != nil {
		return err
	}
	s := screen{Kind: kindForm, Draft: d, Server: form.Get("m") == "server", Code: form.Get("code"), Stamp: form.Get("t")}
	secret, err := p.secret(&s)
	if err != nil { // a form of ours always has one; without it there is nothing to build on
		return fault.New(fault.Invalid, nil)
	}
	if form.Has("step") { // another language was chosen
		return p.later(c, l, s)
	}
	ctx := c.Request().Context()
	dir, open, err := p.desks(ctx)
	if err != nil {
		return p.later(c, l, screen{Kind: kindClosed})
	}
	if s.Problems = d.check(dir, open); len(s.Problems) > 0 {
		return p.later(c, l, s)
	}
	age, known := p.pass.age(s.Stamp)
	need, err := p.work(ctx, c.RealIP())
	switch {
	case err != nil:
		return err
	case !known:
		s.Notice, s.Stamp = "again", p.pass.stamp()
		return p.later(c, l, s)
	case form.Get("website") != "", need > usualWork && age < tooFast:
		s.Notice = "wait"
		return p.later(c, l, s)
	}
	desk, _ := dir.Desk(d.Value("desk"))
	stored, err := p.store(ctx, d, desk, dir, secret.Keys(), 0)
	if err != nil {
		return err
	}
	if !stored {
		s.Notice = "notstored"
		return p.later(c, l, s)
	}
	return p.lead(c, "/"+string(l)+"/#ok")
}

// secret reads the code of a form. A browser that was to lock the words itself
// and could not has none: it gets a new one.
func (p *Private) secret(s *screen) (seal.Secret, error) {
	if s.Code != "" || !s.Server {
		return seal.ParseSecret(s.Code)
	}
	secret, err := seal.NewSecret(p.deps.Rand)
	s.Code = secret.Digits()
	return secret, err
}

// store seals what was typed and drops it under the first free number of its
// code, from which there are sixteen: the report is number 0, and what follows
// it has the others. A form that is sent twice follows itself, so that no words
// are lost.
func (p *Private) store(ctx context.Context, d draft, desk desks.Desk, dir *desks.Directory, keys seal.Keys, from int) (bool, error) {
	for n := from; n < maxPairs; n++ {
		id, del, capability := keys.Drop(n)
		r := d.report(desk, keys, capability, p.deps.Now())
		if n > 0 {
			r.Kind = seal.KindFollow
		}
		if from > 0 { // it says nothing of how to be reached; the report did
			r.Flags = seal.Flags{}
		}
		status, err := p.drop(ctx, r, desk, dir, id, del)
		if err != nil || status != seal.Conflict {
			return status == seal.Stored, err
		}
	}
	return false, nil
}

// drop seals one report for its desk, and for the national unit or nobody.
func (p *Private) drop(
	ctx context.Context, r seal.Report, desk desks.Desk, dir *desks.Directory, id [16]byte, del [32]byte,
) (seal.Status, error) {
	first, err := seal.ParseRecipient(desk.Recipient)
	if err != nil {
		return seal.NotStored, err
	}
	second, err := p.second(r, desk, dir)
	if err != nil {
		return seal.NotStored, err
	}
	body, err := seal.Seal(r, first, second)
	if err != nil {
		return seal.NotStored, err
	}
	f := seal.NewFrame(id, [32]byte(r.Cap), del, body)
	status, err := p.deps.Pool.Submit(ctx, f, 0)
	return status, p.told(err)
}

// second is who else can open a report: the national unit if the reporter
// allows it, else a key that nobody has. From outside they look the same.
func (p *Private) second(r seal.Report, desk desks.Desk, dir *desks.Directory) (seal.Recipient, error) {
	// One that takes no reports may have lost its key to somebody else.
	national, ok := dir.National()
	if ok && national.Status == desks.Open && r.Flags.National && national.ID != desk.ID {
		return seal.ParseRecipient(national.Recipient)
	}
	return seal.ThrowAway()
}

// desks returns the directory in force and which desks look in.
func (p *Private) desks(ctx context.Context) (*desks.Directory, map[string]bool, error) {
	dir, _, err := p.deps.Directory.Current(p.deps.Now())
	if err != nil {
		return nil, nil, err
	}
	open, err := p.deps.Pool.Staffed(ctx, p.deps.Now())
	return dir, open, err
}
