package site

import (
	"fmt"
	"net/http"
	"time"

	ics "github.com/arran4/golang-ical"

	"hisn/locales"
	"hisn/server/web"
)

const calendarType = "text/calendar; charset=utf-8"

// reminders are the days after which one comes back: soon, before habits
// fade, and before what was learnt does (about five months).
func reminders() []int { return []int{7, 30, 150} }

// later is the calendar file of reminders, counted from the day of this set.
// Titles and texts say nothing to somebody who looks into the calendar, and
// there is no address of ours in it.
func (b *builder) later(l locales.Lang) (*web.Body, error) {
	var days []time.Time
	for _, n := range reminders() {
		days = append(days, b.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, n))
	}
	raw, err := b.calendar(l, calendarWords{"later.title", "later.text"}, days)
	if err != nil {
		return nil, err
	}
	return web.NewBody(http.StatusOK, calendarType, web.CachePublic, raw), nil
}

// calendarWords are the messages that an event shows.
type calendarWords struct{ title, text string }

// calendar is a file of whole days.
func (b *builder) calendar(l locales.Lang, words calendarWords, days []time.Time) ([]byte, error) {
	page := b.page(l, "/", words.title)
	title, err := page.T(words.title)
	if err != nil {
		return nil, err
	}
	text, err := page.T(words.text)
	if err != nil {
		return nil, err
	}
	today := b.now.UTC().Truncate(24 * time.Hour)
	cal := ics.NewCalendar()
	cal.SetProductId("-//reminders//" + string(l) + "//")
	cal.SetMethod(ics.MethodPublish)
	for _, at := range days {
		event := cal.AddEvent(fmt.Sprintf("%s-%s-%.1s@reminders.invalid", today.Format("20060102"), at.Format("20060102"), words.title))
		event.SetDtStampTime(today)
		event.SetAllDayStartAt(at)
		event.SetAllDayEndAt(at.AddDate(0, 0, 1))
		event.SetSummary(title)
		event.SetDescription(text)
		event.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return []byte(cal.Serialize(ics.WithNewLine("\r\n"))), nil
}
