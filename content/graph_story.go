package content

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"hisn/locales"
)

// The measures of a story in the drawing, in pixels.
const (
	boxWidth   = 250
	boxHeight  = 46
	boxGap     = 40
	boxLetters = 34
)

// box is a screen with its place in the drawing.
type box struct{ x, y int }

// draw adds the story at the height top and returns how high it is. A screen
// stands below everything that leads to it; endings carry their colour.
func (c *Chat) draw(b *strings.Builder, top int, lang locales.Lang) int {
	w := c.Words.For(lang)
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="bold" font-size="18">%s (%s)</text>`, graphIndent, top, html.EscapeString(w.Title), c.ID)
	layers := c.layers()
	places := map[string]box{}
	for depth, ids := range layers {
		for i, id := range ids {
			step := (graphWidth - 2*graphIndent) / len(ids)
			places[id] = box{graphIndent + step*i + max(0, (step-boxWidth)/2), top + graphRow + depth*(boxHeight+boxGap)}
		}
	}
	for _, ids := range layers {
		for _, id := range ids {
			from := places[id]
			for _, r := range c.Nodes[id].Replies {
				to := places[r.To]
				fmt.Fprintf(b, `<path d="M%d %dL%d %d" stroke="#999" fill="none"/>`, from.x+boxWidth/2, from.y+boxHeight, to.x+boxWidth/2, to.y)
			}
		}
	}
	for _, ids := range layers {
		for _, id := range ids {
			c.drawNode(b, id, places[id], w)
		}
	}
	return graphRow + len(layers)*(boxHeight+boxGap)
}

func (c *Chat) drawNode(b *strings.Builder, id string, at box, w ChatWords) {
	n := c.Nodes[id]
	fill := map[string]string{EndSafe: "#d9efe4", EndLate: "#fbe3cd", EndMisread: "#f3ead9"}[n.End]
	if fill == "" {
		fill = "#fff"
	}
	text := []rune(w.Nodes[id].Say[n.Say[0].ID])
	if len(text) > boxLetters {
		text = append(text[:boxLetters-1], '…')
	}
	head := strings.TrimSuffix(id+" · "+string(n.Stage)+n.End, " · ")
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" rx="8" fill="%s" stroke="#0b5c57"/>`, at.x, at.y, boxWidth, boxHeight, fill)
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="bold" font-size="13">%s</text>`, at.x+10, at.y+18, html.EscapeString(head))
	fmt.Fprintf(b, `<text x="%d" y="%d" font-size="12">%s</text>`, at.x+10, at.y+36, html.EscapeString(string(text)))
}

// layers puts every screen as far down as the longest way to it is.
func (c *Chat) layers() [][]string {
	depth := map[string]int{}
	var down func(id string, at int)
	down = func(id string, at int) {
		if known, ok := depth[id]; ok && known >= at {
			return
		}
		depth[id] = at
		for _, r := range c.Nodes[id].Replies {
			down(r.To, at+1)
		}
	}
	down(c.Start, 0)
	var out [][]string
	for _, id := range c.NodeOrder() {
		for len(out) <= depth[id] {
			out = append(out, nil)
		}
		out[depth[id]] = append(out[depth[id]], id)
	}
	return slices.DeleteFunc(out, func(ids []string) bool { return len(ids) == 0 })
}
