package seal

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"hisn/static"
)

// Secret is what a reporter keeps: 80 bits of chance. It opens the answers, and
// never what was written.
type Secret [10]byte

// ErrCode says that a text is no code. It never holds the text.
var ErrCode = errors.New("seal: not a code")

const (
	codeWords  = 8
	wordBits   = 10
	codeDigits = 25
	checkBits  = 3
)

// NewSecret draws a code.
func NewSecret(random io.Reader) (Secret, error) {
	var s Secret
	if _, err := io.ReadFull(random, s[:]); err != nil {
		return s, fmt.Errorf("drawing a code: %w", err)
	}
	return s, nil
}

// check is the three bits that find most slips in the digits.
func (s Secret) check() uint {
	sum := sha256.Sum256(s[:])
	return uint(sum[0] >> (8 - checkBits))
}

// Digits spells the code as five groups of five digits.
func (s Secret) Digits() string {
	n := new(big.Int).SetBytes(s[:])
	n.Lsh(n, checkBits).Or(n, big.NewInt(int64(s.check()))) //nolint:gosec // three bits
	all := fmt.Sprintf("%0*s", codeDigits, n.String())
	var groups []string
	for i := 0; i < codeDigits; i += 5 {
		groups = append(groups, all[i:i+5])
	}
	return strings.Join(groups, " ")
}

// Words spells the code as eight words of a language; nil for one that has no
// list.
func (s Secret) Words(lang string) []string {
	list := static.Words(lang)
	if list == nil {
		return nil
	}
	n := new(big.Int).SetBytes(s[:])
	out := make([]string, codeWords)
	mask := big.NewInt(1<<wordBits - 1)
	for i := codeWords - 1; i >= 0; i-- {
		out[i] = list[new(big.Int).And(n, mask).Int64()]
		n.Rsh(n, wordBits)
	}
	return out
}

// ParseSecret reads a code in either spelling and any of the languages, as
// people write: digits of any script, any signs between them, letters in the
// forms that phones give.
func ParseSecret(text string) (Secret, error) {
	if len(text) > 1000 {
		return Secret{}, ErrCode
	}
	digits, words := split(text)
	if len(words) == codeWords {
		for _, lang := range static.WordLanguages() {
			if s, ok := fromWords(words, static.Words(lang)); ok {
				return s, nil
			}
		}
	}
	return fromDigits(digits) // perhaps with a word before them
}

// split takes a text apart into its digits and its words. Numbers before words,
// as in a list, are no digits of a code.
func split(text string) (digits string, words []string) {
	var d strings.Builder
	for _, part := range strings.FieldsFunc(Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		letters := strings.TrimFunc(part, unicode.IsDigit)
		if letters != "" {
			words = append(words, letters)
		}
		for _, r := range part {
			if v, ok := digit(r); ok {
				d.WriteByte('0' + v)
			}
		}
	}
	return d.String(), words
}

// digit returns the value of a digit of any script.
func digit(r rune) (byte, bool) {
	if !unicode.IsDigit(r) {
		return 0, false
	}
	for zero := r; ; zero-- { // digits of a script stand in a row of ten
		if r-zero > 9 || !unicode.IsDigit(zero-1) {
			return byte(r - zero), r-zero <= 9
		}
	}
}

func fromDigits(digits string) (Secret, error) {
	var s Secret
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok || len(digits) != codeDigits {
		return s, ErrCode
	}
	check := uint(n.Uint64() & (1<<checkBits - 1))
	n.Rsh(n, checkBits)
	if n.BitLen() > len(s)*8 {
		return s, ErrCode
	}
	n.FillBytes(s[:])
	if s.check() != check {
		return Secret{}, ErrCode
	}
	return s, nil
}

func fromWords(words, list []string) (Secret, bool) {
	index := make(map[string]int, len(list))
	for i, w := range list {
		index[Fold(w)] = i
	}
	var s Secret
	n := new(big.Int)
	for _, w := range words {
		i, ok := index[w]
		if !ok {
			return s, false
		}
		n.Lsh(n, wordBits).Or(n, big.NewInt(int64(i)))
	}
	n.FillBytes(s[:])
	return s, true
}

// Fold makes one spelling of the many that keyboards and hands give to a word
// in Arabic script: no marks, no hamza, no joiners, one form for letters that
// look alike. Letters that a text from a PDF has in their drawn forms count too.
func Fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		if unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r) || r == 'ـ' || r == 'ء' {
			continue
		}
		b.WriteRune(alike(r))
	}
	return b.String()
}

// alike returns the form that stands for all that are alike; those that are
// made of a letter and a hamza have been taken apart before.
func alike(r rune) rune {
	switch r {
	case 'ٱ':
		return 'ا'
	case 'ى', 'ی', 'ێ', 'ې':
		return 'ي'
	case 'ة', 'ە', 'ھ', 'ہ':
		return 'ه'
	case 'ۆ', 'ۇ':
		return 'و'
	case 'ک', 'ڪ':
		return 'ك'
	case 'ڕ':
		return 'ر'
	case 'ڵ':
		return 'ل'
	case 'ڤ':
		return 'ف'
	}
	return r
}

// Fingerprint spells what a recipient can be recognised by, on a poster or by
// telephone: eight words of the SHA-256 of its text.
func Fingerprint(recipient, lang string) ([]string, error) {
	if _, err := ParseRecipient(recipient); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(recipient))
	words := Secret(sum[:len(Secret{})]).Words(lang)
	if words == nil {
		return nil, fmt.Errorf("%w: no words of this language", ErrMalformed)
	}
	return words, nil
}
