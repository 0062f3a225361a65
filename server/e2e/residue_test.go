package e2e

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/chromedp/chromedp"
)

// ownBrowser is a browser with a profile of its own on the disk, which can be
// killed as a phone kills an app.
type ownBrowser struct {
	*lab
	profile string
	cmd     *exec.Cmd
}

func startOwn(t *testing.T, url string) *ownBrowser {
	t.Helper()
	b := &ownBrowser{profile: t.TempDir()}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(b.profile),
		chromedp.Flag("disable-component-update", true), chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { b.cmd = cmd }))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	browser, stopBrowser := chromedp.NewContext(alloc)
	t.Cleanup(stopBrowser)
	if err := chromedp.Do(browser); err != nil {
		t.Fatal(err)
	}
	b.lab = &lab{url: url, away: open(t).away, browser: browser}
	return b
}

// kill ends the browser at once, without a chance to tidy up.
func (b *ownBrowser) kill() { _ = b.cmd.Process.Kill() }

// found lists the files of the profile that hold a text, as UTF-8 or UTF-16.
func (b *ownBrowser) found(t *testing.T, text string) []string {
	t.Helper()
	var wide []byte
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	var out []string
	err := filepath.WalkDir(b.profile, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil //nolint:nilerr // files come and go while a browser ends
		}
		raw, err := os.ReadFile(name)
		if err == nil && (bytes.Contains(raw, []byte(text)) || bytes.Contains(raw, wide)) {
			out = append(out, strings.TrimPrefix(name, b.profile))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// settle gives the browser the time in which it writes its session file.
func (tb *tab) settle() { tb.pause(4 * time.Second) }

// TestResidue_control shows that the scan finds what an ordinary form leaves
// on the disk; without that the tests below would prove nothing.
func TestResidue_control(t *testing.T) {
	open(t)
	url := serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, `<!doctype html><title>x</title><form method="post" autocomplete="off"><textarea name="text" autocomplete="off"></textarea><button>send</button></form>`)
	}))
	b := startOwn(t, url)
	tb := b.tab(t, phone)
	const marker = "residue-control-7f3a"
	tb.goTo("/")
	tb.do(chromedp.SendKeys(chromedp.CSS("textarea"), marker))
	tb.load(func() { tb.do(chromedp.Click(chromedp.CSS("button"))) })
	tb.settle()
	b.kill()
	if len(b.found(t, marker)) == 0 {
		t.Error("an ordinary form leaves nothing behind: either browsers have changed, or the scan is blind")
	}
}

// TestResidue writes a report and a code, with and without scripts, leaves,
// goes back, and kills the browser. Nothing of it may be on the disk.
func TestResidue(t *testing.T) {
	h := openHouse(t)
	for name, scripted := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			b := startOwn(t, h.url)
			s := phone
			s.noScript = !scripted
			tb, o := b.tab(t, s), h.officer(t, "IQ-BG")
			markers := []string{"residue-text-91c2", "residue-way-44d0", "residue-account-0be7"}
			tb.goTo("/en/")
			tb.load(func() { tb.click(".c-door--private") })
			tb.click(`input[name=desk][value="IQ-BG"]`)
			tb.click(`input[name=reach][value=way]`)
			for i, field := range []string{"#text", "#how", "#handles"} {
				tb.do(chromedp.SendKeys(chromedp.CSS(field), markers[i]))
			}
			tb.settle() // long enough for what is typed to be written, if it were
			var code string
			if scripted {
				tb.wait(`!document.querySelector('[data-part=ready]').hidden`)
				tb.click(`[data-part=ready] [data-act=send]`)
				tb.wait(`!document.querySelector('[data-part=done]').hidden`)
				tb.click(`[data-act=code]`)
				tb.wait(`document.querySelectorAll('[data-list=words] li').length === 8`)
				code = eval[string](tb, `document.querySelector('[data-list=digits]').textContent`)
			} else {
				code = eval[string](tb, `document.querySelector("input[name=code]").value`)
				tb.load(func() { tb.click("#private button[type=submit]") })
			}
			if _, ok := h.find(t, o, markers[0]); !ok {
				t.Fatal("the report did not arrive, so the test proves nothing")
			}
			tb.goTo("/en/")
			tb.load(func() { tb.click(".c-linklike") })
			tb.do(chromedp.SendKeys(chromedp.CSS("#code"), code))
			if scripted {
				tb.click(`[data-act=open]`)
				tb.wait(`!document.querySelector('[data-part=box]').hidden`)
			} else {
				tb.load(func() { tb.click("#private button[type=submit]") })
			}
			tb.settle()
			tb.load(func() { tb.click("a.c-exit") })
			for range 4 { // somebody steps back through what was open
				tb.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
					_, _ = chromedp.Run(ctx, chromedp.Evaluate[any](`history.back()`))
					return nil
				}))
				tb.pause(500 * time.Millisecond)
				for _, m := range markers {
					if eval[bool](tb, `document.documentElement.innerHTML.includes("`+m+`") || [...document.querySelectorAll("textarea")].some(e => e.value.includes("`+m+`"))`) {
						t.Errorf("a step back shows %s", m)
					}
				}
			}
			tb.settle()
			b.kill()
			for _, m := range append(markers, code, strings.ReplaceAll(code, " ", ""), "IQ-BG") {
				if files := b.found(t, m); len(files) > 0 {
					t.Errorf("%s is on the disk, in %s", m, strings.Join(files, ", "))
				}
			}
		})
	}
}
