package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "folder for pictures of the pages")

// TestShots writes pictures of the pages when a folder is given, for the README
// and for eyes. Without a folder it checks only that a picture can be made.
func TestShots(t *testing.T) {
	l := openHouse(t).lab
	if *shots == "" {
		tb := l.tab(t, phone)
		tb.goTo("/ckb/")
		if got := tb.picture(chromedp.CaptureScreenshot()); len(got) < 10_000 {
			t.Errorf("a picture of %d bytes", len(got))
		}
		return
	}
	for _, p := range []struct{ state, lang string }{{"home", "ar"}, {"plan", "ckb"}, {"now", "ar"}, {"chat end", "ckb"}} {
		tb := open(t).tab(t, phone) // without the line that marks a demonstration
		for _, st := range states() {
			if st.name == p.state {
				st.visit(tb, p.lang)
			}
		}
		tb.pause(time.Second)
		tb.save("readme-"+strings.ReplaceAll(p.state, " ", "-")+"-"+p.lang+".png", chromedp.CaptureScreenshot())
	}
	for _, s := range []screen{phone, small, desktop, {width: 360, height: 740, dark: true}} {
		for _, lang := range []string{"ar", "ckb", "en"} {
			tb := l.tab(t, s)
			for _, st := range states() {
				st.visit(tb, lang)
				name := fmt.Sprintf("%s-%s-%d%s.png", strings.ReplaceAll(st.name, " ", "-"), lang, s.width, map[bool]string{true: "-dark"}[s.dark])
				tb.pause(300 * time.Millisecond) // the font follows the first paint
				tb.save(name, chromedp.FullScreenshot(100))
			}
		}
	}
}

// save writes a picture into the folder.
func (tb *tab) save(name string, shot chromedp.Action[[]byte]) {
	tb.t.Helper()
	if err := os.WriteFile(filepath.Join(*shots, name), tb.picture(shot), 0o644); err != nil { //nolint:gosec // pictures for all
		tb.t.Fatal(err)
	}
}

func (tb *tab) picture(shot chromedp.Action[[]byte]) []byte {
	tb.t.Helper()
	png, err := chromedp.Run(tb.ctx, shot)
	if err != nil {
		tb.t.Fatal(err)
	}
	return png
}
