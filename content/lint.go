package content

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"hisn/locales"
)

// text is one piece of running words with its place.
type text struct {
	key  string
	line int
	text string
}

// Limits of sentence length, in words, and of the English reading grade. They
// are the house rule for somebody who is frightened or reads slowly.
const (
	longestSentence = 22 // Arabic and Sorani; in English 26
	longestEnglish  = 26
	meanRTL         = 12.0
	meanEnglish     = 14.0
	highestGrade    = 7.0
)

// Lint reads the sentences of a pack that Load accepts and returns what breaks
// the rules of how the site speaks (see CONTRIBUTING.md). The rules are word
// lists and counts; they find slips, and do not replace a reader.
func Lint(fsys fs.FS) []Problem {
	r := &reader{fsys: fsys}
	r.everything()
	var out []Problem
	for _, it := range r.items {
		for _, l := range locales.All() {
			f, ok := it.files[l]
			if !ok {
				continue
			}
			ln := linter{lang: l, file: f.name}
			ln.raw(f.raw)
			texts, err := collect(f)
			if err != nil {
				continue // Load has said so
			}
			ln.texts(texts)
			out = append(out, ln.problems...)
		}
	}
	return sorted(out)
}

type linter struct {
	lang     locales.Lang
	file     string
	problems []Problem
}

func (ln *linter) fail(t text, format string, args ...any) {
	ln.problems = append(ln.problems, Problem{
		File: ln.file, Line: t.line, Message: strings.TrimPrefix(t.key+": ", ": ") + fmt.Sprintf(format, args...), Excerpt: short(t.text),
	})
}

func short(s string) string {
	if r := []rune(s); len(r) > 90 {
		return string(r[:90]) + "…"
	}
	return s
}

// raw looks at the file as it is stored.
func (ln *linter) raw(raw []byte) {
	if !norm.NFC.IsNormal(raw) {
		ln.fail(text{line: 1}, "the file is not in Unicode normal form C")
	}
	for i, line := range strings.Split(string(raw), "\n") {
		if strings.ContainsFunc(line, bidiControl) {
			ln.fail(text{line: i + 1, text: strings.TrimSpace(line)}, "holds an invisible direction mark; use the page's markup instead")
		}
	}
}

func bidiControl(r rune) bool {
	return (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) || r == 0x200E || r == 0x200F || r == 0x061C
}

func (ln *linter) texts(texts []text) {
	var words, sentences, syllables int
	for _, t := range texts {
		for _, s := range Sentences(t.text) {
			n := len(strings.Fields(s))
			words, sentences = words+n, sentences+1
			syllables += Syllables(s)
			if limit := ln.longest(); n > limit {
				ln.fail(t, "a sentence of %d words, %d at the most", n, limit)
			}
		}
		ln.common(t)
		switch {
		case t.spoken():
			ln.letters(t)
		case ln.lang == locales.Arabic:
			ln.arabic(t)
		case ln.lang == locales.Sorani:
			ln.sorani(t)
		case ln.lang == locales.English:
			ln.words(t, englishBlame, "blames the reader")
			ln.words(t, englishPromises, "promises what nobody can promise")
		}
	}
	ln.means(words, sentences, syllables)
}

func (ln *linter) longest() int {
	if ln.lang == locales.English {
		return longestEnglish
	}
	return longestSentence
}

func (ln *linter) means(words, sentences, syllables int) {
	if sentences == 0 {
		return
	}
	mean, limit := float64(words)/float64(sentences), meanRTL
	if ln.lang == locales.English {
		limit = meanEnglish
		if g := Grade(words, sentences, syllables); g > highestGrade {
			ln.fail(text{line: 1, key: "file"}, "reading grade %.1f, %.0f at the most", g, highestGrade)
		}
	}
	if mean > limit {
		ln.fail(text{line: 1, key: "file"}, "sentences have %.1f words on average, %.0f at the most", mean, limit)
	}
}

var (
	numbers = regexp.MustCompile(`[0-9٠-٩۰-۹][0-9٠-٩۰-۹ -]*[0-9٠-٩۰-۹]`)
	spaces  = regexp.MustCompile(`[ -]`)
	year    = regexp.MustCompile(`^(19|20)\d\d$`)
	address = regexp.MustCompile(`https?://|www\.`)
	mdLink  = regexp.MustCompile(`\]\([^)]*\)`)
	latin   = regexp.MustCompile(`[A-Za-z]+`)
)

// spokenKey finds what characters of a story or senders of a message say. They
// speak as people do: to a man or a woman, with promises and with blame; that is
// what readers learn to see. Limits of length and of letters hold for them too.
var spokenKey = regexp.MustCompile(`^(items\.[^.]+\.(parts\.|from$)|nodes\.[^.]+\.(say\.|replies\.|aloud$))`)

// handle is an address or a user name inside such a message.
var handle = regexp.MustCompile(`@?[A-Za-z0-9-]+([._/][A-Za-z0-9-]+)+|@[A-Za-z0-9]+`)

func (t text) spoken() bool { return spokenKey.MatchString(t.key) }

func (ln *linter) common(t text) {
	plain := mdLink.ReplaceAllString(t.text, "]")
	if t.spoken() {
		for _, h := range handle.FindAllString(plain, -1) {
			if strings.Contains(h, ".") && !strings.Contains(h, ".example") && !strings.ContainsAny(h, "_0123456789@") {
				ln.fail(t, "the address %q is not under .example", h)
			}
		}
		plain = handle.ReplaceAllString(plain, "")
	}
	for _, m := range numbers.FindAllString(plain, -1) {
		digits := spaces.ReplaceAllString(locales.Western(m), "")
		if len(digits) >= 3 && !year.MatchString(digits) {
			ln.fail(t, "a number that looks like a phone number: those stand in directory.yaml only")
		}
	}
	if address.MatchString(plain) {
		ln.fail(t, "an outside address: those stand in the structure files")
	}
	if strings.Contains(plain, "!") {
		ln.fail(t, "an exclamation mark")
	}
	if ln.lang == locales.English {
		return
	}
	for _, w := range latin.FindAllString(placeholder.ReplaceAllString(plain, ""), -1) {
		if !latinAllowed[w] {
			ln.fail(t, "the Latin word %q", w)
		}
	}
}

// arabic looks for words that make the reader a man or a woman.
func (ln *linter) arabic(t text) {
	for _, w := range strings.FieldsFunc(t.text, notLetter) {
		bare := strings.TrimPrefix(strings.TrimPrefix(w, "و"), "ف")
		if !arabicFine[w] && (arabicGendered[w] || arabicGendered[bare]) {
			ln.fail(t, "%q speaks to a man or a woman; use the verbal noun", w)
		}
	}
	ln.words(t, arabicBlame, "blames the reader")
	ln.words(t, arabicPromises, "promises what nobody can promise")
}

// letters looks for Arabic letters that Sorani spelling does not use.
func (ln *linter) letters(t text) {
	if i := strings.IndexAny(t.text, "كيىة"); ln.lang == locales.Sorani && i >= 0 {
		r := []rune(t.text[i:])[0]
		ln.fail(t, "the Arabic letter %q; Sorani uses ک ی ە", r)
	}
}

func (ln *linter) sorani(t text) {
	ln.letters(t)
	ln.words(t, soraniBlame, "blames the reader")
	ln.words(t, soraniPromises, "promises what nobody can promise")
}

func (ln *linter) words(t text, list []string, why string) {
	lower := strings.ToLower(t.text)
	for _, w := range list {
		if strings.Contains(lower, w) {
			ln.fail(t, "%q %s", w, why)
		}
	}
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }

// collect returns the running words of a file: the values of a YAML file
// without its head, or the paragraphs of a Markdown text and its title.
func collect(f file) ([]text, error) {
	var out []text
	raw := f.raw
	if strings.HasSuffix(f.name, ".md") {
		head, body, err := frontMatter(raw)
		if err != nil {
			return nil, err
		}
		first := strings.Count(string(head), "\n") + 3
		for i, line := range strings.Split(string(body), "\n") {
			if s := strings.Trim(strings.TrimLeft(strings.TrimSpace(line), "#-*>0123456789. "), "* "); s != "" {
				out = append(out, text{"text", first + i, s})
			}
		}
		raw = head
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	return walkWords(&doc, "", out), nil
}

func walkWords(n *yaml.Node, key string, out []text) []text {
	switch n.Kind {
	case yaml.DocumentNode, yaml.SequenceNode:
		for _, c := range n.Content {
			out = walkWords(c, key, out)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i].Value
			if key == "" && (k == "review" || k == "of" || k == "list") {
				continue
			}
			out = walkWords(n.Content[i+1], strings.TrimPrefix(key+"."+k, "."), out)
		}
	case yaml.ScalarNode:
		out = append(out, text{key, n.Line, n.Value})
	case yaml.AliasNode:
	}
	return out
}

var sentenceEnd = regexp.MustCompile(`[.!?؟:؛](?:[\s»”"*)]|$)+|\n`)

// Sentences splits running words into sentences.
func Sentences(s string) []string {
	var out []string
	for _, part := range sentenceEnd.Split(s, -1) {
		if strings.ContainsFunc(part, unicode.IsLetter) {
			out = append(out, part)
		}
	}
	return out
}

// Grade is the Flesch-Kincaid reading grade.
// Source: Kincaid et al. 1975, Navy Research Branch Report 8-75.
func Grade(words, sentences, syllables int) float64 {
	if words == 0 || sentences == 0 {
		return 0
	}
	return 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59
}

var vowels = regexp.MustCompile(`[aeiouy]+`)

// Syllables estimates the syllables of English words. The terms that the site
// itself teaches (glossary) count as two, however long: a reader meets them on
// every page.
func Syllables(s string) int {
	total := 0
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
		n := len(vowels.FindAllString(w, -1))
		if strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && n > 1 {
			n--
		}
		if strings.HasSuffix(w, "ed") && n > 1 && !strings.HasSuffix(w, "ted") && !strings.HasSuffix(w, "ded") {
			n--
		}
		if taught[strings.TrimSuffix(w, "s")] && n > 2 {
			n = 2
		}
		total += max(n, 1)
	}
	return total
}

// Check loads and lints a pack: what an author is told, and what a pack from
// outside has to pass.
func Check(fsys fs.FS) (*Library, []Problem) {
	lib, problems := Load(fsys)
	if len(problems) > 0 {
		return nil, problems
	}
	if problems = Lint(fsys); len(problems) > 0 {
		return nil, problems
	}
	return lib, nil
}
