package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const axeFile = "../../static/node_modules/axe-core/axe.min.js"

// axe returns the script, which the test command fetches at a pinned version.
func axe(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile(axeFile)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("axe-core is missing; the test command fetches it")
		}
		t.Skip("axe-core is not there: npm ci --prefix static")
	}
	return string(raw)
}

type violation struct {
	ID    string
	Help  string
	Nodes []string
}

// violations runs axe with the rules of WCAG 2.2 AA on what stands in the tab.
// axe comes through the debugger, so the site's policy is not loosened for it.
func (tb *tab) violations(script string) []violation {
	tb.t.Helper()
	eval[bool](tb, script+";true")
	return eval[[]violation](tb, `axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}})
		.then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))})))`)
}

// TestAccessible looks at every template in every state in every language with
// axe, and that nothing is wider than the screen.
func TestAccessible(t *testing.T) {
	l := openHouse(t).lab
	script := axe(t)
	for _, lang := range []string{"ar", "ckb", "en"} {
		t.Run(lang, func(t *testing.T) {
			tb := l.tab(t, phone)
			for _, st := range states() {
				st.visit(tb, lang)
				for _, v := range tb.violations(script) {
					t.Errorf("%s: %s (%s): %s", st.name, v.ID, v.Help, strings.Join(v.Nodes, "\n    "))
				}
			}
		})
	}
	t.Run("dark", func(t *testing.T) {
		dark := phone
		dark.dark = true
		tb := l.tab(t, dark)
		for i, st := range states() {
			st.visit(tb, []string{"ar", "ckb", "en"}[i%3])
			for _, v := range tb.violations(script) {
				t.Errorf("%s: %s (%s): %s", st.name, v.ID, v.Help, strings.Join(v.Nodes, "\n    "))
			}
		}
	})
}

// TestNothingIsCut: no page scrolls sideways on any screen, and what is tapped
// is large enough.
func TestNothingIsCut(t *testing.T) {
	l := openHouse(t).lab
	for _, s := range []screen{small, phone, desktop} {
		for _, lang := range []string{"ar", "ckb", "en"} {
			t.Run(fmt.Sprintf("%s-%d", lang, s.width), func(t *testing.T) {
				tb := l.tab(t, s)
				for _, st := range states() {
					st.visit(tb, lang)
					if over := eval[int](tb, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
						t.Errorf("%s is %d pixels wider than the screen: %s", st.name, over, eval[string](tb,
							`[...document.querySelectorAll("body *")].filter(e => { const r = e.getBoundingClientRect(); return r.width && (r.right > innerWidth + 1 || r.left < -1) && getComputedStyle(e).position !== "absolute" }).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(" | ")`))
					}
					if low := eval[string](tb, `[...document.querySelectorAll(".c-exit, .c-help, .c-button, summary, .c-choice, .c-door")].filter(e => { const r = e.getBoundingClientRect(); return r.height && r.height < 47.5 }).map(e => e.className + " " + e.getBoundingClientRect().height).slice(0, 3).join(", ")`); low != "" {
						t.Errorf("%s: too low to tap: %s", st.name, low)
					}
				}
			})
		}
	}
}
