package family

import (
	"strconv"
	"time"

	"hisn/locales"
)

// furthest is how far away the next talk may be, in days.
const furthest = 366

// next returns the day of the next talk: a whole day, counted from today, that
// has not passed. It returns false for a day that does not exist.
func (d Draft) next(today time.Time) (time.Time, bool) {
	today = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	switch d.When {
	case Week:
		return today.AddDate(0, 0, 7), true
	case TwoWeeks:
		return today.AddDate(0, 0, 14), true
	case Month:
		return today.AddDate(0, 0, 28), true // the same day of the week
	case OnDay:
	case ByHand:
		return time.Time{}, false
	}
	day, ok := Day(d.Year, d.Month, d.Day)
	if !ok || day.Before(today) || day.After(today.AddDate(0, 0, furthest)) {
		return time.Time{}, false
	}
	return day, true
}

// Day reads a day typed in digits of any of the languages.
func Day(year, month, day string) (time.Time, bool) {
	y, m, d := number(year), number(month), number(day)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < 2000 || y > 2999 || int(t.Month()) != m || t.Day() != d {
		return time.Time{}, false
	}
	return t, true
}

// number reads up to four digits, or returns 0.
func number(s string) int {
	digits, ok := locales.Typed(s)
	if !ok || len(digits) > 4 {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
