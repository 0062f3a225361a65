package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"slices"
)

// Reply is what a desk says to a reporter.
type Reply struct {
	V      int    `json:"v"`
	Thread string `json:"thread"`
	Desk   string `json:"desk"`
	Day    string `json:"day"`
	State  string `json:"state"` // opened answered moved closed
	Text   string `json:"text"`
}

// MaxReply is how many bytes the text of a reply may have.
const MaxReply = 3000

// States lists the states that a reply may tell.
func States() []string { return []string{"opened", "answered", "moved", "closed"} }

// envelope is a reply as it is padded and sealed: its JSON as it was signed,
// and the HMAC-SHA256 of that.
type envelope struct {
	Reply json.RawMessage `json:"reply"`
	Mac   []byte          `json:"mac"`
}

// SealReply seals a reply to the mailbox of a report, ReplySize bytes. Only who
// has opened the report can make one that is true.
func SealReply(r Reply, to ReplyTo) ([]byte, error) {
	if r.V != 1 || !hex32.MatchString(r.Thread) || !slices.Contains(States(), r.State) || len(r.Text) > MaxReply {
		return nil, ErrMalformed
	}
	recipient, err := ParseRecipient(to.To)
	if err != nil {
		return nil, err
	}
	raw, err := marshal(r)
	if err != nil {
		return nil, err
	}
	all, err := marshal(envelope{raw, mac(raw, to.Mac)})
	if err != nil {
		return nil, err
	}
	plain, err := pad(all, ReplyPlain)
	if err != nil {
		return nil, err
	}
	return encrypt(plain, recipient)
}

// OpenReply opens a reply with the keys of a code. verified says whether it
// comes from somebody who has opened the report of that code; anybody who knows
// the mailbox could have written another.
func OpenReply(ct []byte, k Keys) (r Reply, verified bool, err error) {
	plain, err := decrypt(ct, []Identity{k.Reply})
	if err != nil {
		return r, false, err
	}
	all, err := unpad(plain, ReplyPlain)
	if err != nil {
		return r, false, err
	}
	var e envelope
	if _, err := walk(all, 2); err != nil {
		return Reply{}, false, err
	}
	if strict(all, &e) != nil || strict(e.Reply, &r) != nil || r.V != 1 || !slices.Contains(States(), r.State) {
		return Reply{}, false, ErrMalformed
	}
	return r, r.Thread == k.Thread && hmac.Equal(e.Mac, mac(e.Reply, k.Mac[:])), nil
}

func mac(raw, key []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(raw)
	return m.Sum(nil)
}
