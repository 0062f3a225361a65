// Package e2e drives the whole site in a real browser. It holds tests only.
package e2e

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"hisn/server"
)

// chromium finds the browser, or skips on a laptop without one. Where CI=true
// a missing browser is a failure: a green run must not hide it.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium; the test command installs it")
	}
	t.Skip("no Chromium")
	return ""
}

// lab is a site on a port of its own and a browser.
type lab struct {
	url     string
	away    string // where leaving leads
	browser context.Context
}

var (
	labOnce  sync.Once
	shared   *lab
	labClose []func()
)

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(labClose) - 1; i >= 0; i-- {
		labClose[i]()
	}
	os.Exit(code)
}

// open returns the lab that all tests of the package share: one server, one
// browser, and a tab for each test.
func open(t testing.TB) *lab {
	t.Helper()
	path := chromium(t)
	labOnce.Do(func() { shared = start(path) })
	return shared
}

func start(path string) *lab {
	dir, err := os.MkdirTemp("", "hisn-e2e")
	if err != nil {
		panic(err)
	}
	// Leaving quickly leads to a page of our own making, so that no test needs
	// the network.
	away := serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>Weather</title><h1>Weather</h1>")
	}))
	cfg, err := server.FromFlags([]string{"--data", dir, "--contact", "operator@example.org", "--exit-url", away + "/weather"}, func(string) string { return "" }, io.Discard)
	if err != nil {
		panic(err)
	}
	s, err := server.New(cfg, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		panic(err)
	}
	url := serve(s.Public())
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	browser, stopBrowser := chromedp.NewContext(alloc)
	if err := chromedp.Do(browser); err != nil {
		panic(err)
	}
	labClose = append(labClose, func() { _ = os.RemoveAll(dir) }, stopAlloc, stopBrowser)
	return &lab{url, away, browser}
}

// serve opens a port for a handler until the tests end.
func serve(h http.Handler) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(ln) }()
	labClose = append(labClose, func() { _ = srv.Close() })
	return "http://" + ln.Addr().String()
}

// screen is how a tab looks at the site.
type screen struct {
	width, height int64
	dark          bool
	noScript      bool
}

var (
	phone   = screen{width: 360, height: 740}
	small   = screen{width: 320, height: 640}
	desktop = screen{width: 1280, height: 800}
)

// tab opens a tab and records everything it asks for.
func (l *lab) tab(t testing.TB, s screen) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(l.browser)
	tb := &tab{t: t, lab: l, ctx: ctx, scripted: !s.noScript}
	t.Cleanup(cancel)
	if err := chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			tb.note(e.Request.URL)
		}
	}); err != nil {
		t.Fatal(err)
	}
	tb.look(s)
	return tb
}

type tab struct {
	t   testing.TB
	lab *lab
	ctx context.Context

	scripted bool // the page's scripts run

	mu       sync.Mutex
	requests []string
}

func (tb *tab) note(url string) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.requests = append(tb.requests, url)
}

// asked returns what was asked for since the last call.
func (tb *tab) asked() []string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	out := tb.requests
	tb.requests = nil
	return out
}

// askedBeyondFiles leaves out the files that every page brings along.
func (tb *tab) askedBeyondFiles() []string {
	return slices.DeleteFunc(tb.asked(), func(url string) bool { return strings.HasPrefix(url, tb.lab.url+"/static/") })
}

func (tb *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, 40*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tb.t.Fatalf("in the browser: %v", err)
	}
}

// eval returns the value of a script.
func eval[T any](tb *tab, script string) T {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, 40*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		tb.t.Fatalf("script %.60q: %v", script, err)
	}
	return v
}

// look sets size, colours and scripts.
func (tb *tab) look(s screen) {
	tb.t.Helper()
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	tb.do(chromedp.EmulateViewport(s.width, s.height),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{
					{Name: "prefers-color-scheme", Value: scheme},
					{Name: "prefers-reduced-motion", Value: "reduce"},
				},
			})
			return err
		}),
		scripts(!s.noScript))
}

// scripts switches the page's scripts on or off. Without them, promises and
// timers of what a test evaluates do not run either.
func scripts(on bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

// slow makes the tab's processor that many times slower.
func (tb *tab) slow(times float64) {
	tb.t.Helper()
	tb.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times})
		return err
	}))
}

// pause gives the tab time for what it does by itself, such as the font that
// follows the paint.
func (tb *tab) pause(d time.Duration) {
	select {
	case <-tb.ctx.Done():
	case <-time.After(d):
	}
}

func (tb *tab) goTo(path string) {
	tb.t.Helper()
	tb.do(chromedp.Navigate(tb.lab.url + path))
}

func (tb *tab) path() string {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, 20*time.Second)
	defer cancel()
	url, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		tb.t.Fatal(err)
	}
	return strings.TrimPrefix(url, tb.lab.url)
}

// click activates the first element that a CSS selector finds, as a tap does,
// and waits for a new page if one comes.
func (tb *tab) click(selector string) {
	tb.t.Helper()
	if tb.scripted {
		tb.wait(`document.fonts.size > 0`) // the lines move a little when the font comes
	}
	tb.do(chromedp.Click(chromedp.CSS(selector)))
}

// load does something that leads to a new document and waits until that is
// there. A mark on the old one tells them apart.
func (tb *tab) load(act func()) {
	tb.t.Helper()
	eval[bool](tb, `(window.__before = true)`)
	act()
	for range 400 {
		ctx, cancel := context.WithTimeout(tb.ctx, 5*time.Second)
		fresh, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!window.__before && document.readyState === "complete"`))
		cancel()
		if err == nil && fresh {
			return
		}
		tb.pause(20 * time.Millisecond)
	}
	tb.t.Fatal("no new page came")
}

// timeShort bounds one look at the tab.
const timeShort = 2 * time.Second

// print shows the page as it is printed.
func (tb *tab) print(on bool) {
	tb.t.Helper()
	media := ""
	if on {
		media = "print"
	}
	tb.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media})
		return err
	}))
}

// wait waits until an expression holds.
func (tb *tab) wait(expression string) {
	tb.t.Helper()
	for range 500 {
		ctx, cancel := context.WithTimeout(tb.ctx, timeShort)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)) // fails while a page is being left
		cancel()
		if err == nil && ok {
			return
		}
		tb.pause(20 * time.Millisecond)
	}
	tb.t.Fatalf("waited in vain for %s", expression)
}
