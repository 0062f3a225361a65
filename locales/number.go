package locales

import (
	"strconv"
	"strings"
	"time"
)

// Digits rewrites Western digits in s into the digits that readers of l use in
// running text. Phone numbers and codes never pass through here: they stay
// Western in every language.
func Digits(l Lang, s string) string {
	if l == English || !strings.ContainsAny(s, "0123456789") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '٠' + (r - '0')
		}
		return r
	}, s)
}

// Number writes n in the digits of l.
func Number(l Lang, n int) string { return Digits(l, strconv.Itoa(n)) }

// Western rewrites Arabic-Indic and Persian digits into Western ones, so that
// all families are accepted as input.
func Western(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + (r - '٠')
		case r >= '۰' && r <= '۹':
			return '0' + (r - '۰')
		}
		return r
	}, s)
}

// The month names in use in Iraq. Browsers have none for Sorani, and the
// generic Arabic names are not the Iraqi ones.
func months(l Lang) [12]string {
	switch l {
	case Arabic:
		return [12]string{
			"كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران",
			"تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول",
		}
	case Sorani:
		return [12]string{
			"کانوونی دووەم", "شوبات", "ئازار", "نیسان", "ئایار", "حوزەیران",
			"تەممووز", "ئاب", "ئەیلوول", "تشرینی یەکەم", "تشرینی دووەم", "کانوونی یەکەم",
		}
	case English:
	}
	return [12]string{
		"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December",
	}
}

// Date writes a day ("23 November 2026") in the habit of l.
func Date(l Lang, t time.Time) string {
	month := months(l)[t.Month()-1]
	day, year := Number(l, t.Day()), Number(l, t.Year())
	if l == Sorani {
		return day + "ی " + month + "ی " + year
	}
	return day + " " + month + " " + year
}

// separators are what people write between groups of digits, seen and unseen.
const separators = " \t\r\n-–.·\u00a0\u200e\u200f"

// Typed reads digits as people type them: of any of the languages, with spaces,
// hyphens or dots anywhere. It returns them as Western digits, and false when
// anything else stands among them.
func Typed(s string) (string, bool) {
	var b strings.Builder
	for _, r := range Western(s) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(separators, r):
		default:
			return "", false
		}
	}
	return b.String(), true
}
