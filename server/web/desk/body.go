package desk

import (
	"io"
	"mime"
	"net/http"
	"slices"

	"hisn/server/fault"
	"hisn/server/report"
)

// proofSize is that of an id and a capability.
const proofSize = 16 + 32

// body reads octets of exactly one of these sizes.
func body(r *http.Request, sizes ...int) ([]byte, error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != octets || len(params) > 0 {
		return nil, fault.New(fault.WrongType, nil)
	}
	if !slices.Contains(sizes, int(r.ContentLength)) {
		return nil, invalid()
	}
	raw := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, raw); err != nil {
		return nil, invalid()
	}
	return raw, nil
}

// reader takes a body apart. Its size has been checked.
type reader []byte

func (r *reader) take(n int) []byte {
	out := (*r)[:n]
	*r = (*r)[n:]
	return out
}

func (r *reader) proof() (p report.Proof) {
	copy(p.ID[:], r.take(len(p.ID)))
	copy(p.Cap[:], r.take(len(p.Cap)))
	return p
}
