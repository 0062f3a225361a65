package desk

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"hisn/server/fault"
	"hisn/server/officer"
	"hisn/server/report"
	"hisn/server/seal"
)

const octets = "application/octet-stream"

// list returns the ids of the whole pool. Which of them are for this desk only
// the desk's own key can tell.
func (d *Desk) list(c echo.Context, _ officer.Visit) error {
	ids, err := d.deps.Pool.IDs(c.Request().Context())
	if err != nil {
		return err
	}
	out := make([]byte, 0, len(ids)*35+16)
	out = append(out, `{"ids":[`...)
	for i, id := range ids {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '"')
		out = hex.AppendEncode(out, id[:])
		out = append(out, '"')
	}
	return c.JSONBlob(http.StatusOK, append(out, "]}\n"...))
}

// fetch returns a sealed blob, or the part of it that was asked for: the first
// bytes are enough to see whether it is for this desk.
func (d *Desk) fetch(c echo.Context, _ officer.Visit) error {
	id, ok := parseID(c.Param("id"))
	if !ok {
		return fault.New(fault.NotFound, nil)
	}
	body, err := d.deps.Pool.Fetch(c.Request().Context(), id)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Accept-Ranges", "bytes")
	from, to, part := byteRange(c.Request().Header.Values("Range"), len(body))
	if !part {
		return c.Blob(http.StatusOK, octets, body)
	}
	h.Set("Content-Range", "bytes "+strconv.Itoa(from)+"-"+strconv.Itoa(to)+"/"+strconv.Itoa(len(body)))
	return c.Blob(http.StatusPartialContent, octets, body[from:to+1])
}

// parseID reads 32 lower-case hexadecimal digits.
func parseID(s string) (id [16]byte, ok bool) {
	if len(s) != 2*len(id) || strings.ToLower(s) != s {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(s))
	return id, err == nil
}

// byteRange reads "bytes=A-B" or "bytes=A-". Anything else, several ranges
// included, means the whole, which a server may always send.
func byteRange(headers []string, size int) (from, to int, ok bool) {
	spec, found := strings.CutPrefix(only(headers), "bytes=")
	left, right, dash := strings.Cut(spec, "-")
	if !found || !dash {
		return 0, 0, false
	}
	from, ok = number(left)
	to = size - 1
	if ok && right != "" {
		to, ok = number(right)
	}
	if !ok || from > to || from >= size {
		return 0, 0, false
	}
	return from, min(to, size-1), true
}

// number reads a few digits and nothing else.
func number(s string) (int, bool) {
	if s == "" || len(s) > 8 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// put stores what the desk sealed: a frame, and behind it, when it replaces
// another blob, the id and the capability of that one.
func (d *Desk) put(c echo.Context, v officer.Visit) error {
	raw, err := body(c.Request(), seal.FrameSize, seal.FrameSize+proofSize)
	if err != nil {
		return err
	}
	f, err := seal.ParseFrame(raw[:seal.FrameSize])
	if err != nil || f.Op != seal.Drop {
		return invalid()
	}
	act, object := officer.ActPut, f.ID
	var old *report.Proof
	if rest := reader(raw[seal.FrameSize:]); len(rest) > 0 {
		p := rest.proof()
		old, act, object = &p, officer.ActReplace, p.ID
	}
	ctx := c.Request().Context()
	if err := d.deps.Officers.Note(ctx, v, act, object[:]); err != nil {
		return err
	}
	if err := d.deps.Pool.Put(ctx, f, old); err != nil {
		return err
	}
	return done(c)
}

// remove deletes a blob, by its capability.
func (d *Desk) remove(c echo.Context, v officer.Visit) error {
	raw, err := body(c.Request(), proofSize)
	if err != nil {
		return err
	}
	rest := reader(raw)
	p := rest.proof()
	ctx := c.Request().Context()
	if err := d.deps.Officers.Note(ctx, v, officer.ActRemove, p.ID[:]); err != nil {
		return err
	}
	if err := d.deps.Pool.Remove(ctx, p); err != nil {
		return err
	}
	return done(c)
}

// reply puts a sealed reply into a mailbox.
func (d *Desk) reply(c echo.Context, v officer.Visit) error {
	raw, err := body(c.Request(), 32+1+seal.ReplySize)
	if err != nil {
		return err
	}
	rest := reader(raw)
	addr := [32]byte(rest.take(32))
	spare := rest.take(1)[0]
	if spare > 1 {
		return invalid()
	}
	ctx := c.Request().Context()
	if err := d.deps.Officers.Note(ctx, v, officer.ActReply, addr[:]); err != nil {
		return err
	}
	if err := d.deps.Pool.Reply(ctx, addr, rest, spare == 1); err != nil {
		return err
	}
	return done(c)
}

// ack puts the notice that a report has been opened.
func (d *Desk) ack(c echo.Context, v officer.Visit) error {
	raw, err := body(c.Request(), proofSize+32+seal.ReplySize)
	if err != nil {
		return err
	}
	rest := reader(raw)
	p := rest.proof()
	addr := [32]byte(rest.take(32))
	ctx := c.Request().Context()
	if err := d.deps.Officers.Note(ctx, v, officer.ActAck, p.ID[:]); err != nil {
		return err
	}
	if err := d.deps.Pool.Ack(ctx, p, addr, rest); err != nil {
		return err
	}
	return done(c)
}

// beat notes that the officer's desk has looked today.
func (d *Desk) beat(c echo.Context, v officer.Visit) error {
	if err := empty(c); err != nil {
		return err
	}
	if err := d.deps.Pool.Beat(c.Request().Context(), v.Desk()); err != nil {
		return err
	}
	return done(c)
}
