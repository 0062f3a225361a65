package storetest

import (
	"crypto/rand"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hisn/server/report"
	"hisn/server/seal"
)

// Frames returns n different reports as a phone would send them.
func Frames(t testing.TB, n int) []seal.Frame {
	t.Helper()
	first := Body(t)
	out := make([]seal.Frame, n)
	for i := range out {
		f := seal.Frame{Op: seal.Drop, Body: slices.Clone(first)}
		_, _ = rand.Read(f.Body[len(f.Body)-16000:]) // the sealed part; never fails
		_, _ = rand.Read(f.ID[:])
		_, _ = rand.Read(f.CapHash[:])
		_, _ = rand.Read(f.DelHash[:])
		out[i] = f
	}
	return out
}

// Ring returns a new ring in a folder of the test's own.
func Ring(t testing.TB) *report.Ring {
	t.Helper()
	ring, err := report.OpenRing(filepath.Join(t.TempDir(), "ring.json"))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// BenchDrops measures reports that are kept durably, all checks on, for a number
// of phones that send at once.
func BenchDrops(b *testing.B, s report.Store, phones int) {
	b.Helper()
	box, _, keeper := report.New(s, Ring(b), time.Now, rand.Reader, report.Cap(1<<30))
	if err := keeper.Purge(b.Context()); err != nil {
		b.Fatal(err)
	}
	pattern := Frames(b, 256)
	var next atomic.Int64
	var wg sync.WaitGroup
	took := make([][]time.Duration, phones)
	b.SetBytes(seal.BodySize)
	b.ResetTimer()
	for p := range phones {
		wg.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(b.N) {
					return
				}
				f := pattern[i%int64(len(pattern))]
				_, _ = rand.Read(f.ID[:])
				start := time.Now()
				status, err := box.Submit(b.Context(), f, 0)
				if status != seal.Stored {
					b.Errorf("status %d: %v", status, err)
					return
				}
				took[p] = append(took[p], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	if len(all) > 0 {
		b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "drops/s")
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, "worst-ms")
	}
}
