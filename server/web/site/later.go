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
	page := b.page(l, "/later.ics", "later.title")
	title, err := page.T("later.title")
	if err != nil {
		return nil, err
	}
	text, err := page.T("later.text")
	if err != nil {
		return nil, err
	}
	day := b.now.UTC().Truncate(24 * time.Hour)
	cal := ics.NewCalendar()
	cal.SetProductId("-//reminders//" + string(l) + "//")
	cal.SetMethod(ics.MethodPublish)
	for _, n := range reminders() {
		at := day.AddDate(0, 0, n)
		event := cal.AddEvent(fmt.Sprintf("%s-%d@reminders.invalid", day.Format("20060102"), n))
		event.SetDtStampTime(day)
		event.SetAllDayStartAt(at)
		event.SetAllDayEndAt(at.AddDate(0, 0, 1))
		event.SetSummary(title)
		event.SetDescription(text)
		event.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return web.NewBody(http.StatusOK, calendarType, web.CachePublic, []byte(cal.Serialize(ics.WithNewLine("\r\n")))), nil
}
