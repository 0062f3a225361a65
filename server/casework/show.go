package casework

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Piece is a part of a text as it is shown. A Mark stands for a character that
// cannot be seen, and names it.
type Piece struct {
	Text string
	Mark bool
}

// Shown takes a text of a stranger apart for showing: characters that turn the
// direction of writing, have no width or no shape become visible marks, and
// addresses lose what makes programs follow them. The pieces are for text nodes.
func Shown(text string) []Piece {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = scheme.ReplaceAllStringFunc(text, func(s string) string {
		return strings.NewReplacer("t", "x", "T", "X").Replace(s)
	})
	var out []Piece
	var plain strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		if !hidden(runes, i) {
			plain.WriteRune(r)
			continue
		}
		if plain.Len() > 0 {
			out = append(out, Piece{Text: plain.String()})
			plain.Reset()
		}
		out = append(out, Piece{Text: fmt.Sprintf("U+%04X", r), Mark: true})
	}
	if plain.Len() > 0 {
		out = append(out, Piece{Text: plain.String()})
	}
	return out
}

// scheme is how an address begins that programs turn into a link. hxxp is what
// people who handle such addresses write instead.
var scheme = regexp.MustCompile(`(?i)\bhttps?:`)

// hidden says whether a rune cannot be seen. Two are left alone where they do
// their work: the joiner stop inside a word in Arabic script, which Kurdish
// keyboards write, and the joiner inside a compound emoji.
func hidden(text []rune, i int) bool {
	const zwnj, zwj = 0x200C, 0x200D
	r := text[i]
	between := func(in ...*unicode.RangeTable) bool {
		return i > 0 && i+1 < len(text) && unicode.In(text[i-1], in...) && unicode.In(text[i+1], in...)
	}
	switch {
	case r == '\n', r == '\t':
		return false
	case r == zwnj:
		return !between(unicode.Arabic)
	case r == zwj:
		return !between(unicode.So, unicode.Sk, unicode.Mn)
	case r == unicode.ReplacementChar:
		return true
	case r == 0x2800, r == 0x3164, r == 0xFFA0, r == 0x115F, r == 0x1160, r == 0x034F: // letters without a shape
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Co, unicode.Zl, unicode.Zp)
}

// Plain is Shown as one string, with the marks in brackets, for files.
func Plain(text string) string {
	var b strings.Builder
	for _, p := range Shown(text) {
		if p.Mark {
			b.WriteString("[" + p.Text + "]")
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}
