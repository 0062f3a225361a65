package server_test

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"hisn/server/web"
	"hisn/static"
)

// The budgets of a first visit, in bytes on the wire.
const (
	firstVisit = 14336     // HTML and style sheet of any page
	nowVisit   = 30 * 1024 // of the triage
	allScripts = 20 * 1024
	sealing    = 60 * 1024 // what locks reports; fetched when somebody writes one
	fontFile   = 24 * 1024
)

// TestBudgets compresses every page as the site does and reports the largest.
func TestBudgets(t *testing.T) {
	t.Parallel()
	s := newServer(t, io.Discard, "--demo")
	assets, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	sheet, scripts, locks, own := 0, 0, 0, map[string]int{}
	for name, f := range assets.Files() {
		switch {
		case name == "css/app.css":
			sheet = len(web.Brotli(f.Body))
		case strings.HasSuffix(name, ".css"):
			own[assets.URL(name)] = len(web.Brotli(f.Body))
		case strings.HasPrefix(name, "js/vendor/"), strings.HasPrefix(name, "js/lib/"), name == "js/modules/report.js", name == "js/modules/mailbox.js":
			locks += len(web.Brotli(f.Body))
		case strings.HasSuffix(name, ".js"):
			scripts += len(web.Brotli(f.Body))
		case strings.HasSuffix(name, ".woff2"):
			if len(f.Body) > fontFile {
				t.Errorf("the font has %d bytes, %d at the most", len(f.Body), fontFile)
			}
		}
	}
	if scripts > allScripts {
		t.Errorf("the scripts have %d bytes, %d at the most", scripts, allScripts)
	}
	if locks > sealing {
		t.Errorf("what locks reports has %d bytes, %d at the most", locks, sealing)
	}
	type size struct {
		path  string
		bytes int
	}
	paths := s.Site().Current().Paths()
	sizes := make([]size, len(paths))
	var wg sync.WaitGroup
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, p := range paths {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			body := get(s.Public(), p).Body
			sizes[i] = size{p, sheet + len(web.Brotli(body.Bytes()))}
			for address, bytes := range own {
				if strings.Contains(body.String(), address) {
					sizes[i].bytes += bytes
				}
			}
		})
	}
	wg.Wait()
	slices.SortFunc(sizes, func(a, b size) int { return b.bytes - a.bytes })
	report := fmt.Sprintf("style sheet %d, scripts %d, what locks reports %d, largest first visits:", sheet, scripts, locks)
	for i, z := range sizes {
		limit := firstVisit
		if strings.HasSuffix(z.path, "/now") {
			limit = nowVisit
		}
		if z.bytes > limit {
			t.Errorf("%s needs %d bytes at the first visit, %d at the most", z.path, z.bytes, limit)
		}
		if i < 12 {
			report += fmt.Sprintf("\n  %6d  %s", z.bytes, z.path)
		}
	}
	t.Log(report)
}
