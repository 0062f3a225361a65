package static

import "strings"

// WordLanguages lists the languages that have a list of words.
func WordLanguages() []string { return []string{"ar", "ckb", "en"} }

// Words returns the words in which a code is spelled in a language: 1,024, in
// an order that never changes, because codes on paper depend on it. It is nil
// for a language that has none.
func Words(lang string) []string {
	raw, err := files.ReadFile("words/" + lang + ".txt")
	if err != nil {
		return nil
	}
	return strings.Fields(string(raw))
}
