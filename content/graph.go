package content

import (
	"fmt"
	"html"
	"io"
	"strings"

	"hisn/locales"
)

// The measures of the drawing, in pixels.
const (
	graphIndent = 28
	graphRow    = 30
	graphWidth  = 1200
)

// row is one line of the drawing.
type row struct {
	depth    int
	question bool
	human    bool
	label    string
}

// Draw writes one SVG picture for a reviewer, in the words of lang: the triage,
// every question with its options under it, a filled circle where an answer
// shows a way to a human; and under it every story, screen by screen.
func (l *Library) Draw(w io.Writer, lang locales.Lang) error {
	var rows []row
	for _, s := range l.Triage.Sections {
		rows = l.Triage.rows(rows, s, 0, lang)
	}
	var b strings.Builder
	height := len(rows)*graphRow + graphRow
	for i, r := range rows {
		r.draw(&b, (i+1)*graphRow)
	}
	for _, c := range l.Chats {
		height += c.draw(&b, height+graphRow, lang) + graphRow
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="15">`+
		"<title>%s</title><rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%s</svg>\n",
		graphWidth, height, html.EscapeString(l.Triage.Words.For(lang).Title), b.String())
	return err
}

func (t *Triage) rows(rows []row, question string, depth int, lang locales.Lang) []row {
	words := t.Words.For(lang)
	rows = append(rows, row{depth: depth, question: true, label: words.Questions[question]})
	for _, o := range t.Questions[question].Options {
		rows = append(rows, row{depth: depth + 1, human: t.ToHuman(o) == 1, label: words.Nodes[o].Title})
		for _, b := range t.Nodes[o].Blocks {
			if b.Ask != "" {
				rows = t.rows(rows, b.Ask, depth+2, lang)
			}
		}
	}
	return rows
}

func (r row) draw(b *strings.Builder, y int) {
	x := graphIndent * (r.depth + 1)
	if r.depth > 0 {
		fmt.Fprintf(b, `<path d="M%d %dv-%dM%d %dh%d" stroke="#999" fill="none"/>`,
			x-graphIndent/2, y-4, graphRow, x-graphIndent/2, y-4, graphIndent/2-6)
	}
	fill, weight := "#fff", "normal"
	if r.human {
		fill = "#0b5c57"
	}
	if r.question {
		weight = "bold"
	} else {
		fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="5" fill="%s" stroke="#0b5c57"/>`, x, y-4, fill)
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="%s">%s</text>`, x+12, y, weight, html.EscapeString(r.label))
}
