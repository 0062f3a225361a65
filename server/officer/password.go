package officer

import (
	_ "embed"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hisn/locales"
)

// The bounds of a password. The upper one is in bytes and comes before any
// work: a long password must not cost more than a short one.
const (
	minPassword = 12 // characters
	maxPassword = 128
	// minOwn is how many characters must be left when everything that people
	// commonly use, and the login, is taken out.
	minOwn      = 6
	minDistinct = 5
)

// Why a password is refused.
var (
	ErrShort  = errors.New("a password has at least 12 characters")
	ErrLong   = errors.New("a password has at most 128 bytes")
	ErrCommon = errors.New("the password is made of the login, or of what very many people use")
	ErrText   = errors.New("a password is made of visible characters and spaces")
)

//go:embed common.txt
var commonWords string

// common returns the stems of very common passwords, longest first.
func common() []string {
	words := strings.Fields(commonWords)
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// CheckPassword says what is wrong with a new password of an account.
func CheckPassword(login, password string) error {
	if len(password) > maxPassword {
		return ErrLong
	}
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		return ErrText
	}
	plain := normal(password)
	if utf8.RuneCountInString(plain) < minPassword {
		return ErrShort
	}
	plain = strings.ToLower(locales.Western(plain))
	stems := append([]string{login}, common()...)
	for _, form := range []string{plain, unleet(plain)} {
		if utf8.RuneCountInString(strip(form, stems)) < minOwn || distinct(form) < minDistinct {
			return ErrCommon
		}
	}
	return nil
}

// normal is the form in which a password is hashed: the same letters typed on
// another keyboard give the same bytes.
func normal(password string) string { return norm.NFC.String(password) }

// unleet undoes the usual replacements of letters.
func unleet(s string) string {
	return strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t",
		"@", "a", "$", "s", "!", "i").Replace(s)
}

// strip takes out the stems, rows of characters that follow each other, and
// spaces.
func strip(s string, stems []string) string {
	for _, stem := range stems {
		if stem != "" {
			s = strings.ReplaceAll(s, stem, "\x00")
		}
	}
	runes := []rune(s)
	var out []rune
	for i := 0; i < len(runes); {
		n := row(runes[i:])
		if n < 4 {
			n = 1
			if runes[i] != 0 && !unicode.IsSpace(runes[i]) {
				out = append(out, runes[i])
			}
		}
		i += n
	}
	return string(out)
}

// row returns how many of the first characters are the same, or follow each
// other up or down.
func row(r []rune) int {
	if len(r) < 2 {
		return len(r)
	}
	step, n := r[1]-r[0], 2
	if step < -1 || step > 1 {
		return 1
	}
	for n < len(r) && r[n]-r[n-1] == step {
		n++
	}
	return n
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// letters of first passwords: none that is easily mistaken for another.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// firstPassword returns a password for the first sign-in: 20 letters and
// digits in groups of five, about 99 bits.
func (b *Book) firstPassword() (string, error) {
	var out []byte
	for len(out) < 4*5+3 {
		raw, err := b.random(1)
		if err != nil {
			return "", err
		}
		n := int(raw[0] & 31)
		if n >= len(letters) {
			continue // drawn again, so that all are equally likely
		}
		if len(out)%6 == 5 {
			out = append(out, '-')
		}
		out = append(out, letters[n])
	}
	return string(out), nil
}
