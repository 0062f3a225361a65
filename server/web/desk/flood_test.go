package desk_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hisn/server/seal"
)

// TestLogin_floodKeepsNoOfficerOut: hundreds try passwords at once. Nearly all
// are sent away at once with a time to come back; the officer's own device
// signs in all the same, although its account is among those that are tried.
func TestLogin_floodKeepsNoOfficerOut(t *testing.T) {
	t.Parallel()
	h := build(t, "1000000-M")
	sara := h.hire("sara", "IQ-BG")
	var stop atomic.Bool
	var tried, refused, wrong atomic.Int64
	var flood sync.WaitGroup
	for n := range 100 {
		flood.Go(func() {
			for i := 0; !stop.Load(); i++ {
				login := "sara"
				if i%2 == 1 {
					login = fmt.Sprintf("nobody%d-%d", n, i)
				}
				form := url.Values{"login": {login}, "password": {"a wrong password"}}.Encode()
				r := httptest.NewRequest("POST", "/desk/login", strings.NewReader(form))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.RemoteAddr = fmt.Sprintf("[2001:db8:%x:%x::1]:9", n, i%65536)
				w := httptest.NewRecorder()
				h.e.ServeHTTP(w, r)
				tried.Add(1)
				switch w.Code {
				case 429:
					refused.Add(1)
					if w.Header().Get("Retry-After") == "" {
						t.Error("sent away without a time to come back")
					}
				case 401:
					wrong.Add(1)
				default:
					t.Errorf("answered %d %s", w.Code, w.Body)
				}
				runtime.Gosched()
			}
		})
	}
	for tried.Load() < 200 {
		runtime.Gosched()
	}
	sara.session, sara.token = "", ""
	if a := sara.try(); a.Code != 200 {
		t.Errorf("the officer's own device: %d %s", a.Code, a.Body)
	}
	if a := sara.confirm(); a.Code != 200 {
		t.Errorf("the officer's code: %d %s", a.Code, a.Body)
	}
	sara.get("/desk/pool").want(t, 200, "")
	stop.Store(true)
	flood.Wait()
	t.Logf("%d tried, %d sent away, %d hashed in vain", tried.Load(), refused.Load(), wrong.Load())
	if refused.Load() == 0 || wrong.Load() == 0 {
		t.Error("this was no flood")
	}
	stranger := &client{house: h, login: "sara", password: "a wrong password"}
	for range 5 {
		stranger.try()
	}
	stranger.password = sara.password
	stranger.try().want(t, 429, "too_many") // on a device nobody knows the account is delayed now
	sara.session, sara.token = "", ""
	sara.try().want(t, 200, "")
}

func TestLogin_budgetOfANetwork(t *testing.T) {
	t.Parallel()
	h := build(t, "3-M")
	sara := h.hire("sara", "IQ-BG") // one try of the network
	stranger := &client{house: h, login: "nobody", password: "a wrong password"}
	stranger.try().want(t, 401, "unauthorized")
	stranger.try().want(t, 401, "unauthorized")
	a := stranger.try()
	a.want(t, 429, "too_many")
	if wait := a.Header().Get("Retry-After"); wait == "" || wait == "0" {
		t.Errorf("come back after %q", wait)
	}
	for range 3 { // the device is known: the station's network may be busy
		sara.try().want(t, 200, "")
	}
	sara.device = sara.device[:len(sara.device)-2] + "AA"
	sara.try().want(t, 429, "too_many")
}

// FuzzBodies sends arbitrary bodies to every address, signed in and half-way:
// a bad one is the sender's fault, never ours, and is never stored.
func FuzzBodies(f *testing.F) {
	h := build(f, "1000000-M")
	in := h.hire("sara", "IQ-BG")
	half := in.half()
	routes := h.addresses()
	frame := make([]byte, seal.FrameSize+48)
	frame[0], frame[1] = 1, byte(seal.Drop)
	for i := range routes {
		for _, size := range []int{0, 48, seal.FrameSize, len(frame), 33 + seal.ReplySize, 80 + seal.ReplySize} {
			f.Add(uint8(i), "application/octet-stream", "bytes=0-3183", frame[:size])
		}
	}
	f.Fuzz(func(t *testing.T, route uint8, media, header string, body []byte) {
		if len(body) > 70_000 || strings.ContainsAny(media+header, "\r\n\x00") {
			return
		}
		method, path, _ := strings.Cut(routes[int(route)%len(routes)], " ")
		switch path {
		case "/desk/logout", "/desk/login", "/desk/password": // would end the session, or cost a hash
			if strings.HasPrefix(media, "application/x-www-form-urlencoded") || len(body) == 0 {
				return
			}
		case "/desk/pool/:id":
			path = "/desk/pool/" + url.PathEscape(string(body))
		}
		h.t = t
		c := in
		if path == "/desk/totp" {
			c = half
		}
		a := c.send(method, path, media, body, "Range", header)
		if a.Code >= 500 {
			t.Errorf("%s %s: %d %s", method, path, a.Code, a.Body)
		}
		if a.Code == 200 && path == "/desk/put" {
			t.Error("chance was stored as a sealed report")
		}
	})
}

// BenchmarkLogin_flood measures what one of a flood of sign-ins costs when all
// places are taken.
func BenchmarkLogin_flood(b *testing.B) {
	h := build(b, "1000000-M")
	form := url.Values{"login": {"nobody"}, "password": {"a wrong password"}}.Encode()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var hashed atomic.Int64
	start := time.Now()
	b.SetParallelism(50)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest("POST", "/desk/login", strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			h.e.ServeHTTP(w, r)
			if w.Code == 401 {
				hashed.Add(1)
			}
		}
	})
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.Sys-before.Sys)/(1<<20), "MiB-more")
	b.ReportMetric(float64(hashed.Load())/time.Since(start).Seconds(), "hashes/s")
}

// BenchmarkFetch_header is what a desk does once for every blob of the pool.
func BenchmarkFetch_header(b *testing.B) {
	h := build(b, "100-M")
	c := h.hire("sara", "IQ-BG")
	s := h.sealed()
	c.octets("/desk/put", s.frame.Bytes()).want(b, 200, "")
	b.ReportAllocs()
	for b.Loop() {
		if a := c.get(s.path(), "Range", "bytes=0-3183"); a.Code != 206 {
			b.Fatal(a.Code)
		}
	}
}
