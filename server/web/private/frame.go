package private

import (
	"context"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/web"
)

// frameType is the media type of what a phone has sealed.
const frameType = "application/octet-stream"

// The proof of work that a phone adds to a report, in bits: usually, and when
// very much arrives. It slows machines down and never shuts a person out.
const (
	usualWork = 16
	floodWork = 20
)

// anyone is the name under which all networks are counted together.
const anyone = "0.0.0.0"

// frame answers a frame with an answer of constant size, whatever comes of it.
func (p *Private) frame(c echo.Context) error {
	r := c.Request()
	if r.ContentLength != seal.FrameSize {
		return fault.New(fault.Invalid, nil)
	}
	raw := make([]byte, seal.FrameSize)
	if _, err := io.ReadFull(r.Body, raw); err != nil {
		return fault.New(fault.Invalid, nil)
	}
	f, err := seal.ParseFrame(raw)
	if err != nil {
		return fault.New(fault.Invalid, nil)
	}
	answer, err := p.answer(r.Context(), f, c.RealIP())
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", web.CacheNever)
	return c.Blob(http.StatusOK, frameType, answer.Bytes(p.deps.Rand))
}

// answer does what a frame asks for. An error is one of ours; everything that
// the phone should know is in the answer.
func (p *Private) answer(ctx context.Context, f seal.Frame, address string) (seal.Answer, error) {
	var a seal.Answer
	var err error
	switch f.Op {
	case seal.Cover:
		a.Status = seal.Done
	case seal.Drop:
		need, err := p.work(ctx, address)
		if err != nil {
			return a, err
		}
		if !p.Open() {
			a.Status = seal.NotStored
			return a, nil
		}
		a.Need = uint8(need)
		a.Status, err = p.deps.Pool.Submit(ctx, f, need)
		return a, p.told(err)
	case seal.Mailbox:
		a.Status = seal.Done
		a.Slots, err = p.deps.Pool.Mailbox(ctx, [32]byte(f.Body[:32]))
	case seal.Burn:
		a.Status = seal.Done
		err = p.deps.Pool.Burn(ctx, [32]byte(f.Body[:32]), [32]byte(f.Body[32:64]))
	case seal.Withdraw:
		a.Status = seal.Done
		err = p.deps.Pool.Withdraw(ctx, pairs(f.Body))
	default:
		a.Status = seal.Refused
	}
	if err != nil {
		a.Status = seal.Busy
	}
	return a, nil
}

// told tells the operator why a report was not stored: a full pool, a database
// that takes nothing. The reader is told by the status, and keeps the words.
func (p *Private) told(err error) error {
	if err != nil && fault.KindOf(err) == fault.Internal {
		return err
	}
	if err != nil {
		p.deps.Alarm(err)
	}
	return nil
}

// work returns how much proof of work a report from address needs now.
func (p *Private) work(ctx context.Context, address string) (int, error) {
	calm, _, err := p.deps.Drops.Allow(ctx, address)
	if err != nil {
		return 0, err
	}
	all, _, err := p.deps.Everyone.Allow(ctx, anyone)
	if err != nil {
		return 0, err
	}
	if calm && all {
		return usualWork, nil
	}
	return floodWork, nil
}

// The layout of a withdrawal: a count, then pairs of an id and its proof.
const (
	maxPairs = 16
	pairSize = 16 + 32
)

func pairs(body []byte) []report.Pair {
	n := min(int(body[0]), maxPairs)
	out := make([]report.Pair, 0, n)
	for i := range n {
		at := body[1+i*pairSize:]
		out = append(out, report.Pair{ID: [16]byte(at[:16]), Del: [32]byte(at[16:pairSize])})
	}
	return out
}
