package officer_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hisn/server/fault"
	"hisn/server/officer"
)

// TestLogin_fewHashesAtOnce holds every hash until told otherwise, and counts.
func TestLogin_fewHashesAtOnce(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	var now, most atomic.Int32
	begun, end := make(chan struct{}, 100), make(chan struct{})
	p.Hashing(func(inner func() []byte) []byte {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		begun <- struct{}{}
		<-end
		return inner()
	}, true)
	var all sync.WaitGroup
	var in, away, waits atomic.Int32
	try := func(device string) {
		all.Go(func() {
			_, err := p.tryOn(device)
			switch {
			case err == nil:
				in.Add(1)
			case fault.KindOf(err) == fault.TooMany && fault.AfterOf(err) > 0:
				away.Add(1)
			default:
				t.Errorf("a right password gave %v", err)
			}
		})
	}
	for range officer.OpenPlaces {
		try("")
		<-begun
	}
	for range 50 { // a flood: sent away at once, while the places are taken
		if _, err := p.tryOn("no device of ours"); fault.KindOf(err) != fault.TooMany || fault.AfterOf(err) <= 0 {
			t.Errorf("with no place free: %v", err)
		}
	}
	try(p.device) // the last place is for a device that is known
	<-begun
	for range 5 { // and further ones wait for their turn
		try(p.device)
		waits.Add(1)
	}
	close(end)
	all.Wait()
	if most.Load() != officer.Places {
		t.Errorf("%d hashes at once, want %d", most.Load(), officer.Places)
	}
	if want := int32(officer.OpenPlaces) + 1 + waits.Load(); in.Load() != want || away.Load() != 0 {
		t.Errorf("%d came in and %d were sent away, want %d and 0", in.Load(), away.Load(), want)
	}
}

func TestGate_waitingHasAnEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := officer.NewGate()
		var leave []func()
		for range officer.Places {
			l, err := g.Enter(t.Context(), true)
			if err != nil {
				t.Fatal(err)
			}
			leave = append(leave, l)
		}
		ctx, cancel := context.WithCancel(t.Context())
		results := make(chan error, 100)
		for range officer.Queue {
			go func() {
				_, err := g.Enter(ctx, true)
				results <- err
			}()
		}
		synctest.Wait()
		start := time.Now()
		if _, err := g.Enter(t.Context(), true); fault.KindOf(err) != fault.TooMany || time.Since(start) != 0 {
			t.Errorf("beyond the queue: %v after %v", err, time.Since(start))
		}
		if _, err := g.Enter(t.Context(), false); fault.KindOf(err) != fault.TooMany || time.Since(start) != 0 {
			t.Errorf("a stranger with no place free: %v after %v", err, time.Since(start))
		}
		for range officer.Queue {
			if err := <-results; fault.KindOf(err) != fault.TooMany || time.Since(start) > 10*time.Second {
				t.Errorf("waited %v and got %v", time.Since(start), err)
			}
		}
		cancel()
		for _, l := range leave {
			l()
		}
		for range officer.OpenPlaces { // nothing leaked
			if _, err := g.Enter(t.Context(), false); err != nil {
				t.Error(err)
			}
		}
		if _, err := g.Enter(t.Context(), false); err == nil {
			t.Error("a stranger got the place that is kept for officers")
		}
		if _, err := g.Enter(t.Context(), true); err != nil {
			t.Errorf("the place that is kept for officers: %v", err)
		}
	})
}

// tries signs in wrongly n times and returns the last error.
func (p *person) wrongly(n int, device string) (err error) {
	for range n {
		_, err = p.Login(p.ctx(), officer.Credentials{Login: p.login, Password: "a wrong password", Device: device})
	}
	return err
}

func TestLogin_fiveWrongTriesThenLonger(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hire("sara", "IQ-BG")
	for _, login := range []string{"sara", "nobody"} { // the same, whether or not there is such an account
		p := &person{desk: d, login: login}
		want(t, p.wrongly(5, ""), fault.Unauthorized)
		for _, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
			16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour} {
			before := d.hashes
			err := p.wrongly(1, "")
			want(t, err, fault.TooMany)
			if fault.AfterOf(err) != wait || d.hashes != before {
				t.Errorf("%s: come back after %v, want %v", login, fault.AfterOf(err), wait)
			}
			d.pass(wait - time.Second)
			want(t, p.wrongly(1, ""), fault.TooMany)
			d.pass(time.Second)
			want(t, p.wrongly(1, ""), fault.Unauthorized)
		}
		d.pass(25 * time.Hour)
		want(t, p.wrongly(5, ""), fault.Unauthorized) // a day later all is forgotten
		want(t, p.wrongly(1, ""), fault.TooMany)
	}
}

func TestLogin_wrongTriesDelayNobodyElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sara, aram := d.hire("sara", "IQ-BG"), d.hire("aram", "IQ-BG")
	for range 40 {
		_ = sara.wrongly(1, "")
		_ = sara.wrongly(1, aram.device) // the device of somebody else is none
	}
	_, err := sara.try()
	want(t, err, fault.TooMany)
	half := sara.must(sara.tryOn(sara.device))
	sara.must(sara.confirmOn(half, sara.code(0), sara.device))
	aram.must(aram.try())
	_, err = sara.try() // the officer's own sign-in does not help the stranger
	want(t, err, fault.TooMany)
	want(t, sara.wrongly(5, sara.device), fault.Unauthorized)
	want(t, sara.wrongly(1, sara.device), fault.TooMany) // a stolen device gets no more tries either
}

// TestLogin_manyAtOnceAreStillFive: a try counts from its beginning, so that
// more than five are not under way before the first has failed.
func TestLogin_manyAtOnceAreStillFive(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	want(t, p.wrongly(4, ""), fault.Unauthorized)
	begun, end := make(chan struct{}, 10), make(chan struct{})
	p.Hashing(func(inner func() []byte) []byte {
		begun <- struct{}{}
		<-end
		return inner()
	}, true)
	fifth := make(chan error, 1)
	go func() { fifth <- p.wrongly(1, "") }()
	<-begun
	for range 3 {
		if err := p.wrongly(1, ""); fault.KindOf(err) != fault.TooMany || fault.AfterOf(err) != 30*time.Second {
			t.Errorf("a sixth try while the fifth is under way: %v after %v", err, fault.AfterOf(err))
		}
	}
	close(end)
	want(t, <-fifth, fault.Unauthorized)
	if len(begun) != 0 {
		t.Errorf("%d more passwords were hashed", len(begun))
	}
}

func TestConfirm_fiveWrongCodesThenLonger(t *testing.T) {
	t.Parallel()
	p := newDesk(t).hire("sara", "IQ-BG")
	half := p.must(p.try())
	for range 5 {
		_, err := p.confirm(half, "000000")
		want(t, err, fault.Unauthorized)
	}
	_, err := p.confirm(half, p.code(0)) // even the right one
	want(t, err, fault.TooMany)
	half = p.must(p.try()) // beginning again does not help
	_, err = p.confirm(half, p.code(0))
	want(t, err, fault.TooMany)
	known := p.must(p.tryOn(p.device)) // the officer's own device does not wait
	p.must(p.confirmOn(known, p.code(0), p.device))
	p.pass(30 * time.Second)
	p.must(p.confirm(half, p.code(0)))
}

// TestLogin_inventedLoginsCostNoMemory: neither do inventions take a subject
// each, nor is the network's budget asked more often than there are places.
func TestLogin_inventedLoginsCostNoMemory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hire("sara", "IQ-BG")
	asked := 0
	budget := func(context.Context) error { asked++; return nil }
	for i := range 3000 {
		_, err := d.Login(d.ctx(), officer.Credentials{Login: fmt.Sprint("no.body", i), Password: "a wrong password", Budget: budget})
		if k := fault.KindOf(err); k != fault.Unauthorized && k != fault.TooMany {
			t.Fatal(err)
		}
		d.pass(time.Second)
	}
	if known, shared := d.Counted(); known > 1 || shared != 1<<15 {
		t.Errorf("after 3000 inventions the throttle holds %d subjects and %d buckets", known, shared)
	}
	spent := errors.New("spent")
	before := d.hashes
	_, err := d.Login(d.ctx(), officer.Credentials{Login: "sara", Password: "a wrong password", Budget: func(context.Context) error { return spent }})
	if !errors.Is(err, spent) || d.hashes != before {
		t.Errorf("over budget: %v, %d hashes", err, d.hashes-before)
	}
}

// BenchmarkHash is one password at the cost of earnest.
func BenchmarkHash(b *testing.B) {
	salt := []byte("sixteen bytes..!")
	b.ReportAllocs()
	for b.Loop() {
		officer.Argon([]byte("correct horse battery staple"), salt)
	}
}

// BenchmarkLogin_places measures sign-ins when all places are taken all the time:
// how many passwords a second, and how much memory at the most.
func BenchmarkLogin_places(b *testing.B) {
	d := newDesk(b)
	d.Hashing(func(inner func() []byte) []byte { return inner() }, false)
	var peak atomic.Uint64
	var hashed atomic.Int64
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	}()
	n := atomic.Int64{}
	begin := time.Now()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			login := "no.body" + strings.Repeat("x", int(n.Add(1)%20))
			_, err := d.Login(d.ctx(), officer.Credentials{Login: login, Password: "a wrong password"})
			if fault.KindOf(err) == fault.Unauthorized {
				hashed.Add(1)
				d.pass(time.Hour)
			}
		}
	})
	close(stop)
	b.ReportMetric(float64(hashed.Load())/time.Since(begin).Seconds(), "hashes/s")
	b.ReportMetric(float64(peak.Load())/(1<<20), "MiB-heap-peak")
}

// BenchmarkLogin_wrong compares a login that exists with one that does not, and
// with one that was disabled. Hashes are cheap here, so that a difference
// in the rest would show.
func BenchmarkLogin_wrong(b *testing.B) {
	d := newDesk(b)
	d.hire("sara", "IQ-BG")
	d.hire("omid", "IQ-BG")
	if err := d.Disable(d.ctx(), "omid"); err != nil {
		b.Fatal(err)
	}
	for _, login := range []string{"sara", "omid", "nobody"} {
		p := &person{desk: d, login: login}
		b.Run(login, func(b *testing.B) {
			for b.Loop() {
				if err := p.wrongly(1, ""); fault.KindOf(err) != fault.Unauthorized {
					b.Fatal(err)
				}
				d.pass(25 * time.Hour)
			}
		})
	}
}
