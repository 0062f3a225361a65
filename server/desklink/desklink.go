// Package desklink is the officer's program's side of the desk's door: signing
// in, and the calls that package casework makes. It keeps the session in memory
// and knows nothing of what is inside a blob.
//
// Errors carry the kind that the door gave. What the network did is
// fault.Unavailable, and no error holds what was sent.
package desklink

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
)

const (
	sessionCookie = "__Host-d"
	deviceCookie  = "__Host-dev"
	tokenHeader   = "X-Desk-Token"
	octets        = "application/octet-stream"
	formType      = "application/x-www-form-urlencoded"
	patience      = 30 * time.Second
	maxAnswer     = 8 << 20 // the list of a full pool is less than two
)

// Link speaks to one desk door. It is safe for concurrent use.
type Link struct {
	server string
	client *http.Client

	mu                     sync.Mutex
	session, device, token string
}

// New returns a link to the door at an address. It has to be https, unless the
// door is on this machine or the address is an onion: those need no other lock.
// base may be nil.
func New(server string, base http.RoundTripper) (*Link, error) {
	u, err := url.Parse(strings.TrimSuffix(server, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("the server's address is not of the form https://host")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !private(u.Hostname())) {
		return nil, fmt.Errorf("the server's address has to begin with https://")
	}
	if base == nil {
		base = http.DefaultTransport
	}
	base = tuned(base)
	return &Link{server: u.String(), client: &http.Client{
		Transport: base, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// tuned keeps as many connections open as a fetch has workers: with the usual
// two, most requests would begin with a handshake.
func tuned(base http.RoundTripper) http.RoundTripper {
	t, ok := base.(*http.Transport)
	if !ok {
		return base
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost, t.MaxConnsPerHost = 64, 64
	t.DisableCompression = true // what is fetched is sealed
	return t
}

// private says whether what is sent to a host stays on this machine, or is
// locked by the network itself.
func private(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback() || strings.HasSuffix(host, ".onion")
}

// request is one call of the door.
type request struct {
	method, path, media string
	body                []byte
	part                string // a Range, or ""
}

// do makes a call and returns the body of an answer with status 200 or 206.
func (l *Link) do(ctx context.Context, r request) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, l.server+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, fault.New(fault.Invalid, nil)
	}
	l.dress(req, r)
	answer, err := l.client.Do(req)
	if err != nil {
		return nil, fault.New(fault.Unavailable, nil) // the cause could hold the address
	}
	defer answer.Body.Close()
	l.keep(answer)
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fault.New(fault.Unavailable, nil)
	}
	if answer.StatusCode == http.StatusOK || answer.StatusCode == http.StatusPartialContent {
		return raw, nil
	}
	return nil, refusal(answer, raw)
}

func (l *Link) dress(req *http.Request, r request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// The cookies carry the Secure flag; a cookie jar would not send them over
	// the loopback, where the door stands without a certificate.
	var cookies []string
	if l.session != "" {
		cookies = append(cookies, sessionCookie+"="+l.session)
	}
	if l.device != "" {
		cookies = append(cookies, deviceCookie+"="+l.device)
	}
	if len(cookies) > 0 {
		req.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	if r.media != "" {
		req.Header.Set("Content-Type", r.media)
	}
	if r.method == http.MethodPost && l.token != "" {
		req.Header.Set(tokenHeader, l.token)
	}
	if r.part != "" {
		req.Header.Set("Range", r.part)
	}
	req.Header.Set("User-Agent", "hisn-desk")
}

func (l *Link) keep(answer *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range answer.Cookies() {
		switch c.Name {
		case sessionCookie:
			l.session = c.Value
		case deviceCookie:
			l.device = c.Value
		}
	}
}

// refusal turns an answer of the door into an error of the same kind.
func refusal(answer *http.Response, raw []byte) error {
	var said struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(raw, &said)
	after, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
	for _, k := range fault.Kinds() {
		if k.String() == said.Error {
			return &fault.Error{Kind: k, After: time.Duration(after) * time.Second}
		}
	}
	return fault.New(fault.Unavailable, nil) // not the door, or not in its senses
}

func (l *Link) post(ctx context.Context, path string, form url.Values) ([]byte, error) {
	if form == nil {
		return l.do(ctx, request{method: http.MethodPost, path: path})
	}
	return l.do(ctx, request{method: http.MethodPost, path: path, media: formType, body: []byte(form.Encode())})
}

func (l *Link) octets(ctx context.Context, path string, parts ...[]byte) error {
	_, err := l.do(ctx, request{method: http.MethodPost, path: path, media: octets, body: bytes.Join(parts, nil)})
	return err
}

// IDs lists the pool.
func (l *Link) IDs(ctx context.Context) ([][16]byte, error) {
	raw, err := l.do(ctx, request{method: http.MethodGet, path: "/desk/pool"})
	if err != nil {
		return nil, err
	}
	var list struct {
		IDs []string `json:"ids"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fault.New(fault.Unavailable, nil)
	}
	out := make([][16]byte, len(list.IDs))
	for i, s := range list.IDs {
		if n, err := hex.Decode(out[i][:], []byte(s[:min(len(s), 2*len(out[i]))])); err != nil || n != len(out[i]) {
			return nil, fault.New(fault.Unavailable, nil)
		}
	}
	return out, nil
}

func blobPath(id [16]byte) string { return "/desk/pool/" + hex.EncodeToString(id[:]) }

// Header returns the part of a blob that shows for whom it is.
func (l *Link) Header(ctx context.Context, id [16]byte) ([]byte, error) {
	return l.part(ctx, id, 0, seal.HeaderSize)
}

// Rest returns what follows the header.
func (l *Link) Rest(ctx context.Context, id [16]byte) ([]byte, error) {
	return l.part(ctx, id, seal.HeaderSize, seal.BodySize)
}

func (l *Link) part(ctx context.Context, id [16]byte, from, to int) ([]byte, error) {
	raw, err := l.do(ctx, request{
		method: http.MethodGet, path: blobPath(id), part: fmt.Sprintf("bytes=%d-%d", from, to-1),
	})
	switch {
	case err != nil:
		return nil, err
	case len(raw) == seal.BodySize: // a server may always send the whole
		return raw[from:to:to], nil
	case len(raw) != to-from:
		return nil, fault.New(fault.Unavailable, nil)
	}
	return raw, nil
}

func proofBytes(p report.Proof) []byte { return append(append([]byte{}, p.ID[:]...), p.Cap[:]...) }

// Put stores a frame, in the place of another blob if replaces is not nil.
func (l *Link) Put(ctx context.Context, f seal.Frame, replaces *report.Proof) error {
	parts := [][]byte{f.Bytes()}
	if replaces != nil {
		parts = append(parts, proofBytes(*replaces))
	}
	return l.octets(ctx, "/desk/put", parts...)
}

// Remove deletes a blob.
func (l *Link) Remove(ctx context.Context, p report.Proof) error {
	return l.octets(ctx, "/desk/remove", proofBytes(p))
}

// Reply puts a sealed reply into a mailbox. A spare one may be overwritten.
func (l *Link) Reply(ctx context.Context, addr [32]byte, ct []byte, spare bool) error {
	flag := []byte{0}
	if spare {
		flag[0] = 1
	}
	return l.octets(ctx, "/desk/reply", addr[:], flag, ct)
}

// Ack puts the notice that a blob was opened.
func (l *Link) Ack(ctx context.Context, p report.Proof, addr [32]byte, ct []byte) error {
	return l.octets(ctx, "/desk/ack", proofBytes(p), addr[:], ct)
}

// Beat says that the desk has looked today.
func (l *Link) Beat(ctx context.Context) error {
	_, err := l.post(ctx, "/desk/beat", nil)
	return err
}
