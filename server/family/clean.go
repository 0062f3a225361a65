package family

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// marksMost is how many marks may stand on one letter. Arabic needs two or
// three; a tower of them runs over the lines above and below.
const marksMost = 3

// zeroWidthNonJoiner parts letters in Sorani and Persian words.
const zeroWidthNonJoiner = '\u200c'

// Clean returns typed words as they can be printed: letters, digits, marks and
// punctuation on one line. What turns the direction, what is invisible, what is
// a picture, and letters outside the common plane are left out; ligatures that
// stand for whole phrases become their letters. Clean of its own result changes
// nothing.
func Clean(s string) string {
	// Leaving something out can bring letters together that then join.
	for range 4 {
		next := clean(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func clean(s string) string {
	var b strings.Builder
	marks, before := 0, ' '
	for _, r := range norm.NFKC.String(strings.ToValidUTF8(s, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r):
			if marks++; marks <= marksMost && r <= 0xFFFF {
				b.WriteRune(r)
			}
			continue
		case unicode.IsSpace(r) || unicode.IsControl(r):
			b.WriteRune(' ')
		case r == zeroWidthNonJoiner && before == r:
			continue // one is enough
		case printable(r):
			b.WriteRune(r)
		}
		marks, before = 0, r
	}
	words := strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' })
	for i, w := range words {
		words[i] = strings.Trim(w, string(zeroWidthNonJoiner))
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

func printable(r rune) bool {
	if r > 0xFFFF {
		return false
	}
	return r == zeroWidthNonJoiner || unicode.In(r, unicode.L, unicode.Nd, unicode.P, unicode.Sm, unicode.Sc)
}
