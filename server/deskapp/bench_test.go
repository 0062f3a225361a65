package deskapp_test

import (
	"context"
	"crypto/rand"
	"testing"

	"hisn/server/casework"
	"hisn/server/deskapp/deskapptest"
	"hisn/server/seal"
)

// BenchmarkFetch tries a pool of 6,000 blobs, of which ten are for the desk,
// over TLS and a real database: what a desk sees that looks for the first time
// in a busy month. The promise is five seconds on two cores.
func BenchmarkFetch(b *testing.B) {
	const blobs, own = 6000, 10
	h := deskapptest.New(b, day)
	for range own {
		h.Reporter().Write("IQ-BG", nil)
	}
	h.Reporter().Write("IQ-BA", nil)
	foreign := foreignBody(b, h)
	for range blobs - own - 1 {
		var id [16]byte
		var capability, del [32]byte
		for _, p := range [][]byte{id[:], capability[:], del[:]} {
			_, _ = rand.Read(p)
		}
		if err := h.Pool.Put(context.Background(), seal.NewFrame(id, capability, del, foreign), nil); err != nil {
			b.Fatal(err)
		}
	}
	o := h.Hire("sara", "IQ-BG")
	h.Enrol(o)
	h.Pass(31e9)
	link := h.Link()
	if _, err := link.Login(b.Context(), o.Login, o.Password); err != nil {
		b.Fatal(err)
	}
	if _, err := link.Code(b.Context(), o.Code()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		w, err := casework.New(link, []seal.Identity{h.Keys["IQ-BG"]}, h.Now)
		if err != nil {
			b.Fatal(err)
		}
		w.Sit("sara", "IQ-BG")
		if err := w.Fetch(b.Context()); err != nil {
			b.Fatal(err)
		}
		if p := w.Progress(); p.Tried != blobs || p.Found != own || p.Missed != 0 {
			b.Fatalf("progress %+v", p)
		}
	}
}

// foreignBody is one body for another desk. Which one costs the same, and
// sealing thousands would take longer than trying them.
func foreignBody(b *testing.B, h *deskapptest.House) []byte {
	b.Helper()
	second, err := seal.ThrowAway()
	if err != nil {
		b.Fatal(err)
	}
	body, err := seal.Seal(seal.Report{
		V: 1, Kind: seal.KindReport, Desk: "IQ-BA", Epoch: "2026Q4", Day: "2026-11-23", Thread: "0123456789abcdef0123456789abcdef",
		Cap: make([]byte, 32), Hashes: []seal.FileHash{},
	}, h.Keys["IQ-BA"].Recipient(), second)
	if err != nil {
		b.Fatal(err)
	}
	return body
}
