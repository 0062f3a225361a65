package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "folder for pictures of the pages")

// TestShots writes pictures of the pages when a folder is given, for the README
// and for eyes. Without a folder it checks only that a picture can be made.
func TestShots(t *testing.T) {
	l := open(t)
	if *shots == "" {
		tb := l.tab(t, phone)
		tb.goTo("/ckb/")
		if got := tb.picture(); len(got) < 10_000 {
			t.Errorf("a picture of %d bytes", len(got))
		}
		return
	}
	for _, s := range []screen{phone, small, desktop, {width: 360, height: 740, dark: true}} {
		for _, lang := range []string{"ar", "ckb", "en"} {
			tb := l.tab(t, s)
			for _, st := range states {
				st.visit(tb, lang)
				name := fmt.Sprintf("%s-%s-%d%s.png", strings.ReplaceAll(st.name, " ", "-"), lang, s.width, map[bool]string{true: "-dark"}[s.dark])
				if err := os.WriteFile(filepath.Join(*shots, name), tb.picture(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func (tb *tab) picture() []byte {
	tb.t.Helper()
	// The font follows the first paint; a picture waits for it.
	eval[bool](tb, `new Promise(done => setTimeout(() => document.fonts.ready.then(() => done(true)), 300))`)
	png, err := chromedp.Run(tb.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		tb.t.Fatal(err)
	}
	return png
}
