// Package locales holds everything that depends on the reader's language: the
// closed set of languages, how one is chosen, the interface words, and how
// numbers and dates are written.
//
// The words of the product itself (fixes, triage, contacts, guides) live in
// package content; here are only the words of the frame around them.
package locales

import (
	"strings"

	"golang.org/x/text/language"
)

// Lang is one of the languages that every page exists in.
type Lang string

// The languages. Badini (kmr) has its place in the alias table below and reads
// Sorani until somebody writes it.
const (
	Arabic  Lang = "ar"
	Sorani  Lang = "ckb"
	English Lang = "en"
)

// All returns the languages in the order in which the switch shows them.
func All() []Lang { return []Lang{Arabic, Sorani, English} }

// aliases maps primary subtags that mean one of ours. x/text and browsers know
// ku and kmr, but matching them by themselves ends in English.
var aliases = map[string]Lang{ //nolint:gochecknoglobals // a constant table
	"ar": Arabic, "ckb": Sorani, "ku": Sorani, "kmr": Sorani, "sdh": Sorani, "en": English,
}

// Parse returns the language of a path segment. Only ar, ckb and en are path
// segments; aliases are not.
func Parse(s string) (Lang, bool) {
	switch Lang(s) {
	case Arabic, Sorani, English:
		return Lang(s), true
	}
	return "", false
}

// Alias returns the language that another code stands for (ku, kmr), and
// whether s is such a code and not one of ours.
func Alias(s string) (Lang, bool) {
	l, ok := aliases[s]
	if string(l) == s {
		return "", false
	}
	return l, ok
}

// Match picks a language from an Accept-Language header. Unknown, empty and
// malformed headers mean Arabic, which most people in Iraq read.
func Match(header string) Lang {
	if len(header) > 512 {
		return Arabic
	}
	tags, weights, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return Arabic
	}
	for i, tag := range tags {
		if weights[i] <= 0 {
			continue
		}
		base, _ := tag.Base()
		if l, ok := aliases[base.String()]; ok {
			return l
		}
	}
	return Arabic
}

// Of returns the language of a URL path ("/ckb/now" is Sorani), and whether the
// path starts with one.
func Of(path string) (Lang, bool) {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return Parse(first)
}

// Dir returns the writing direction for the dir attribute.
func (l Lang) Dir() string {
	if l == English {
		return "ltr"
	}
	return "rtl"
}

// Name returns the language's own name, for the language switch.
func (l Lang) Name() string {
	switch l {
	case Arabic:
		return "العربية"
	case Sorani:
		return "کوردی"
	case English:
		return "English"
	}
	return string(l)
}
