package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// Body is one answer that is the same for everybody, held ready in every
// encoding. Gzip and a quick brotli are made when they are first asked for,
// once; the small brotli is filled in when it has been made in the background,
// and the plain copy is let go then: hardly any client asks for it, and it is
// the largest. A Body is safe for concurrent use.
type Body struct {
	sum    [sha256.Size]byte
	media  []string
	cache  []string
	status int
	plain  atomic.Pointer[variant] // nil after SetBrotli
	zip    func() *variant
	quick  func() *variant // brotli for the first minute of a fresh site
	br     atomic.Pointer[variant]
}

// variant is a body in one encoding with its headers ready made.
type variant struct {
	bytes    []byte
	etag     []string
	length   []string
	encoding []string // nil for identity
}

// NewBody prepares an answer with the given status, media type and caching
// class.
func NewBody(status int, media, cache string, content []byte) *Body {
	b := &Body{
		sum: sha256.Sum256(content), media: []string{media}, cache: []string{cache}, status: status,
	}
	b.plain.Store(b.variant("", "", content))
	if compressible(media) {
		b.zip = sync.OnceValue(func() *variant { return b.variant("gzip", "-gzip", Gzip(content)) })
		b.quick = sync.OnceValue(func() *variant { return b.variant("br", "-brq", compress(b.Identity(), quickBrotli)) })
	}
	return b
}

func compressible(media string) bool {
	return strings.HasPrefix(media, "text/") || strings.Contains(media, "svg") || strings.Contains(media, "json")
}

// variant prepares a copy. The tag's ending tells copies with other bytes apart.
func (b *Body) variant(encoding, ending string, content []byte) *variant {
	v := &variant{bytes: content, length: []string{strconv.Itoa(len(content))}}
	if encoding != "" {
		v.encoding = []string{encoding}
	}
	v.etag = []string{`"` + hex.EncodeToString(b.sum[:8]) + ending + `"`}
	return v
}

// Identity returns the content without any encoding.
func (b *Body) Identity() []byte { return b.identity().bytes }

func (b *Body) identity() *variant {
	if v := b.plain.Load(); v != nil {
		return v
	}
	return b.variant("", "", gunzip(b.zip().bytes))
}

// Sum identifies the content, for the store of compressed copies.
func (b *Body) Sum() string { return hex.EncodeToString(b.sum[:]) }

// Compressible reports whether brotli is worth making.
func (b *Body) Compressible() bool { return b.zip != nil }

// SetBrotli adds the brotli copy and lets the plain one go.
func (b *Body) SetBrotli(content []byte) {
	b.br.Store(b.variant("br", "-br", content))
	b.zip()
	b.plain.Store(nil)
}

// writers are reused: a fresh gzip writer costs a megabyte.
var writers = sync.Pool{New: func() any { //nolint:gochecknoglobals // a pool
	w, err := gzip.NewWriterLevel(nil, 6)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// Gzip compresses at a level that answers can wait for, about 0.2 ms a page.
func Gzip(content []byte) []byte {
	var out bytes.Buffer
	w, _ := writers.Get().(*gzip.Writer)
	defer writers.Put(w)
	w.Reset(&out)
	_, _ = w.Write(content) // a bytes.Buffer does not fail
	_ = w.Close()
	return out.Bytes()
}

// gunzip takes back what Gzip did.
func gunzip(content []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		panic(err) // our own bytes
	}
	out, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	return out
}

// quickBrotli takes about 1.5 ms for a page and is a sixth larger than the best.
const quickBrotli = 5

// Brotli compresses as hard as brotli can, about 90 ms for a page.
func Brotli(content []byte) []byte { return compress(content, brotli.BestCompression) }

// compress uses a window of 256 KiB, which holds any page of ours whole and
// keeps the encoder small.
func compress(content []byte, quality int) []byte {
	var out bytes.Buffer
	w := brotli.NewWriterOptions(&out, brotli.WriterOptions{Quality: quality, LGWin: 18})
	_, _ = w.Write(content) // a bytes.Buffer does not fail
	_ = w.Close()
	return out.Bytes()
}

var (
	varyEncoding = []string{"Accept-Encoding"} //nolint:gochecknoglobals // shared header value
)

// Serve writes the answer in the best encoding that the request accepts, or
// 304 when the client has it.
func (b *Body) Serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	v := b.choose(r.Header.Get("Accept-Encoding"))
	h["Cache-Control"] = b.cache
	if b.Compressible() {
		h["Vary"] = varyEncoding
	}
	if b.cache[0] != CacheNever {
		h["Etag"] = v.etag
		if match := r.Header.Get("If-None-Match"); match != "" && b.status == http.StatusOK && matches(match, v.etag[0]) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h["Content-Type"] = b.media
	h["Content-Length"] = v.length
	if v.encoding != nil {
		h["Content-Encoding"] = v.encoding
	}
	w.WriteHeader(b.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(v.bytes) // the client may be gone; nothing to do about it
	}
}

func (b *Body) choose(accept string) *variant {
	if accept == "" || !b.Compressible() {
		return b.identity()
	}
	if Accepts(accept, "br") {
		if br := b.br.Load(); br != nil {
			return br
		}
		return b.quick()
	}
	if Accepts(accept, "gzip") {
		return b.zip()
	}
	return b.identity()
}

// Accepts reports whether an Accept-Encoding header allows a coding by name.
// "gzip;q=0" does not.
func Accepts(header, coding string) bool {
	for header != "" {
		var part string
		part, header, _ = strings.Cut(header, ",")
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if !ok {
			return true
		}
		weight, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		return err == nil && weight > 0
	}
	return false
}

// matches reports whether an If-None-Match header names the tag.
func matches(header, tag string) bool {
	for header != "" {
		var part string
		part, header, _ = strings.Cut(header, ",")
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}

// With returns the same answer with another caching class.
func (b *Body) With(cache string) *Body {
	copied := &Body{
		sum: b.sum, media: b.media, cache: []string{cache}, status: b.status, zip: b.zip, quick: b.quick,
	}
	copied.plain.Store(b.plain.Load())
	copied.br.Store(b.br.Load())
	return copied
}

// HasBrotli reports whether the brotli copy is there.
func (b *Body) HasBrotli() bool { return b.br.Load() != nil }
