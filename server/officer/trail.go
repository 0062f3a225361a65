package officer

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"hisn/server/fault"
)

// What the trail knows. Nothing in it is about a person who reported: what was
// touched is a keyed hash.
const (
	ActAdded    = "host:added"
	ActDisabled = "host:disabled"
	ActReset    = "host:reset"
	ActDropped  = "host:dropped"    // rows that were older than two years
	ActWrong    = "wrong-passwords" // once an hour at most for an account
	ActCodes    = "wrong-codes"     // the same; somebody had the right password
	ActEnrol    = "enrolled"
	ActSignIn   = "signed-in"
	ActSignOut  = "signed-out"
	ActPassword = "password"
	ActPut      = "put"
	ActReplace  = "replace"
	ActRemove   = "remove"
	ActReply    = "reply"
	ActAck      = "ack"
)

// keepDays is how long rows are kept: two years.
const keepDays = 2 * 366

// errLostRow says that another writer took the next row.
var errLostRow = errors.New("officer: another row was written first")

// write appends a row inside a transaction.
func (b *Book) write(tx Tx, who ID, action string, object []byte) error {
	last, err := tx.LastRow()
	if is(err, fault.NotFound) {
		last, err = Row{Hash: make([]byte, sha256.Size)}, nil
	}
	if err != nil {
		return err
	}
	r := Row{Seq: last.Seq + 1, Hour: b.hour(), Officer: who, Action: action, Object: b.object(object), Prev: last.Hash}
	r.Hash = b.rowHash(r)
	if err := tx.AddRow(r); is(err, fault.Conflict) {
		return errLostRow
	} else if err != nil {
		return err
	}
	return nil
}

// object returns what stands in a row for the thing that was touched.
func (b *Book) object(object []byte) []byte {
	mac := hmac.New(sha256.New, b.keys.trail)
	mac.Write([]byte("object\x00"))
	mac.Write(object)
	return mac.Sum(nil)
}

func (b *Book) rowHash(r Row) []byte {
	mac := hmac.New(sha256.New, b.keys.trail)
	mac.Write([]byte("row\x00"))
	for _, part := range [][]byte{
		binary.BigEndian.AppendUint64(nil, uint64(r.Seq)), binary.BigEndian.AppendUint64(nil, uint64(r.Hour)),
		r.Officer[:], []byte(r.Action), r.Object, r.Prev,
	} {
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// Note writes down what a signed-in officer is about to do. It comes first:
// what cannot be noted is not done.
func (b *Book) Note(ctx context.Context, v Visit, action string, object []byte) error {
	if v.session.Stage != StageIn {
		return errOut
	}
	return b.change(ctx, func(tx Tx) error { return b.write(tx, v.officer.ID, action, object) })
}

// Line is a row as officers and the host read it.
type Line struct {
	Seq    int64  `json:"seq"`
	Hour   string `json:"hour"` // "2026-11-23T14Z"
	Login  string `json:"login"`
	Action string `json:"action"`
	Object string `json:"object"` // 16 hexadecimal digits: the same thing, the same digits
}

// deskLines is how many rows an officer is shown.
const deskLines = 500

// DeskLines returns the newest rows of the officers of v's desk, newest first.
func (b *Book) DeskLines(ctx context.Context, v Visit) ([]Line, error) {
	if v.session.Stage != StageIn {
		return nil, errOut
	}
	names, err := b.names(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := b.store.DeskRows(ctx, v.officer.Desk, deskLines)
	if err != nil {
		return nil, err
	}
	lines := make([]Line, 0, len(rows))
	for _, r := range rows {
		lines = append(lines, line(r, names))
	}
	return lines, nil
}

func (b *Book) names(ctx context.Context) (map[ID]string, error) {
	all, err := b.store.Officers(ctx)
	if err != nil {
		return nil, err
	}
	names := map[ID]string{}
	for _, o := range all {
		names[o.ID] = o.Login
	}
	return names, nil
}

func line(r Row, names map[ID]string) Line {
	l := Line{Seq: r.Seq, Login: names[r.Officer], Action: r.Action}
	l.Hour = time.Unix(r.Hour*60*60, 0).UTC().Format("2006-01-02T15Z")
	l.Object = hex.EncodeToString(r.Object[:min(8, len(r.Object))])
	return l
}

// Lines calls visit with every line of the trail, oldest first.
func (b *Book) Lines(ctx context.Context, visit func(Line) error) error {
	names, err := b.names(ctx)
	if err != nil {
		return err
	}
	return b.each(ctx, func(r Row) error { return visit(line(r, names)) })
}

// Export is a row in full, as it leaves the host.
type Export struct {
	Line
	Officer string `json:"officer"`
	Mac     string `json:"mac"`
	Prev    string `json:"prev"`
	Hash    string `json:"hash"`
}

// batch is how many rows are read at once.
const batch = 1000

// each calls visit with every row, oldest first.
func (b *Book) each(ctx context.Context, visit func(Row) error) error {
	for above := int64(0); ; {
		rows, err := b.store.Rows(ctx, above, batch)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := visit(r); err != nil {
				return err
			}
			above = r.Seq
		}
		if len(rows) < batch {
			return nil
		}
	}
}

// Export writes the whole trail, one JSON object a line, oldest first.
func (b *Book) Export(ctx context.Context, w io.Writer) error {
	names, err := b.names(ctx)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	return b.each(ctx, func(r Row) error {
		return enc.Encode(Export{line(r, names), hex.EncodeToString(r.Officer[:]),
			hex.EncodeToString(r.Object), hex.EncodeToString(r.Prev), hex.EncodeToString(r.Hash)})
	})
}

// Proof is what Verify found: written down elsewhere (the count and the last
// hash), it also reveals later that rows were cut off at the end.
type Proof struct {
	Rows        int
	First, Last int64
	Head        string // hash of the last row
}

// Verify follows the trail from its first row to its last. It fails with the
// sequence number at which something was changed, added or taken out. Rows may
// be missing at the beginning only if the trail itself says that they were
// dropped for their age.
func (b *Book) Verify(ctx context.Context) (Proof, error) {
	var p Proof
	var last Row
	dropped := false
	var want []byte
	err := b.each(ctx, func(r Row) error {
		if p.Rows == 0 {
			p.First = r.Seq
			want = b.object(binary.BigEndian.AppendUint64(nil, uint64(r.Seq)))
			if r.Seq == 1 && !hmac.Equal(r.Prev, make([]byte, sha256.Size)) {
				return fmt.Errorf("row 1 does not begin the trail")
			}
		} else if r.Seq != last.Seq+1 || !hmac.Equal(r.Prev, last.Hash) {
			return fmt.Errorf("row %d does not follow row %d", r.Seq, last.Seq)
		}
		if !hmac.Equal(r.Hash, b.rowHash(r)) {
			return fmt.Errorf("row %d was changed, or belongs to another %s", r.Seq, KeyFile)
		}
		dropped = dropped || r.Action == ActDropped && hmac.Equal(r.Object, want)
		p.Rows++
		last = r
		return nil
	})
	if err != nil {
		return p, err
	}
	if p.First > 1 && !dropped {
		return p, fmt.Errorf("rows before %d are missing", p.First)
	}
	p.Last, p.Head = last.Seq, hex.EncodeToString(last.Hash)
	return p, nil
}

// Fits returns an error when the key file is not the one that the trail of
// this database was written with. Nobody could sign in then.
func (b *Book) Fits(ctx context.Context) error {
	rows, err := b.store.Rows(ctx, 0, 1)
	if err != nil || len(rows) == 0 {
		return err
	}
	if !hmac.Equal(rows[0].Hash, b.rowHash(rows[0])) {
		return fmt.Errorf("%s does not belong to this database", KeyFile)
	}
	return nil
}

// Tidy ends sessions whose time is over, notes for which accounts wrong tries
// were seen, and drops rows of more than two years. It is called once an hour,
// by a caller who trusts the clock.
func (b *Book) Tidy(ctx context.Context) error {
	now := b.now()
	if err := b.change(ctx, func(tx Tx) error {
		return tx.EndOld(now.Add(-idle).Unix(), now.Add(-lifetime).Unix())
	}); err != nil {
		return err
	}
	for _, w := range b.throttle.takeWrong() {
		act := ActWrong
		if w.what == tryCode {
			act = ActCodes
		}
		if err := b.change(ctx, func(tx Tx) error { return b.write(tx, w.who, act, nil) }); err != nil {
			return err
		}
	}
	return b.change(ctx, func(tx Tx) error {
		seq, err := tx.DropRows((b.day() - keepDays) * 24)
		if err != nil || seq == 0 {
			return err
		}
		return b.write(tx, ID{}, ActDropped, binary.BigEndian.AppendUint64(nil, uint64(seq+1)))
	})
}
