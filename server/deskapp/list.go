package deskapp

import (
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/casework"
	"hisn/server/fault"
)

// fetchScreen shows how far looking at the pool has come.
type fetchScreen struct {
	screen
	casework.Progress
}

// fetch starts looking at the pool.
func (a *App) fetch(c echo.Context, l locales.Lang) error {
	a.begin()
	return a.to(c, l, "/fetch")
}

// fetchPage renews itself until the fetch has ended. The browser is told so in
// a header, which works without scripts.
func (a *App) fetchPage(c echo.Context, l locales.Lang) error {
	p := a.work.Progress()
	if p.Running {
		c.Response().Header().Set("Refresh", "1")
		return a.render(c, "fetch", fetchScreen{a.screen(l, "/fetch", "desk.fetch.title"), p})
	}
	if p.Err != nil {
		return a.refuse(c, l, p.Err, "/list")
	}
	return a.to(c, l, "/list")
}

// row is a thread in the list.
type row struct {
	N                                            int
	State                                        string
	What, Danger, Labels                         []string
	Who, Age, Assignee                           string
	Since                                        time.Time
	Days                                         int // that it has waited
	Waits, Unopened, Muted, Claimed, Expiring    bool
	WomanOfficer, NoContact, NoLocal, Moved, Own bool
}

// Chips says whether anything stands beside the name of the row.
func (r row) Chips() bool {
	return len(r.Danger)+len(r.Labels) > 0 || r.Age != "" || r.Assignee != "" || r.WomanOfficer || r.NoContact || r.NoLocal ||
		r.Claimed || r.Expiring || r.Muted
}

// listScreen is the list of threads.
type listScreen struct {
	screen
	Rows       []row
	Hidden     int // by the filter
	State      string
	Label      string
	States     []string
	Labels     []string
	Waiting    int
	Missed     int
	Fetched    bool
	Everywhere bool // no filter is set
}

// The choices of the filter by state besides the states themselves.
const (
	showActive = "active" // what is left to do
	showMuted  = "muted"
	showAll    = "all"
)

// mostRows is how many threads one page shows: what comes first is to be done
// first, and a flood must not make the page too heavy to open.
const mostRows = 300

func filters() []string {
	return []string{showActive, casework.StateNew, casework.StateOpen, casework.StateAnswered, casework.StateClosed, showMuted, showAll}
}

func (a *App) listPage(c echo.Context, l locales.Lang) error {
	s := listScreen{
		screen: a.screen(l, "/list", "desk.list.title"), States: filters(), Labels: casework.Labels(),
		State: c.QueryParam("state"), Label: c.QueryParam("label"),
	}
	if !slices.Contains(s.States, s.State) {
		s.State = showActive
	}
	if !slices.Contains(s.Labels, s.Label) {
		s.Label = ""
	}
	s.help("list")
	s.Everywhere = s.State == showActive && s.Label == ""
	p := a.work.Progress()
	s.Missed, s.Fetched = p.Missed, p.Done
	for _, t := range a.work.Threads() {
		if t.Waits() && !t.Done() {
			s.Waiting++
		}
		if len(s.Rows) == mostRows || !shown(t, s.State, s.Label) {
			s.Hidden++
			continue
		}
		s.Rows = append(s.Rows, a.row(t))
	}
	a.lockLater(c, s.screen)
	return a.render(c, "list", s)
}

func shown(t casework.Thread, state, label string) bool {
	if label != "" && !slices.Contains(t.Labels, label) {
		return false
	}
	switch state {
	case showAll:
		return true
	case showMuted:
		return t.Muted
	case showActive:
		return !t.Done()
	}
	return t.State == state && !t.Muted
}

func (a *App) row(t casework.Thread) row {
	now := a.deps.Now()
	r := row{
		N: t.N, State: t.State, What: t.Taps("what"), Danger: t.Taps("danger"), Labels: t.Labels, Assignee: casework.Plain(t.Assignee),
		Waits: t.Waits() && !t.Done(), Unopened: t.Unopened, Muted: t.Muted, Claimed: t.Claimed, Moved: t.Moved,
		Expiring: t.Expiring(now), WomanOfficer: t.Flags.WomanOfficer, NoContact: t.Flags.NoContact, NoLocal: t.Flags.NoLocal,
		Own: t.Assignee != "" && t.Assignee == a.work.Officer(),
	}
	for _, id := range t.Taps("age") {
		if id == "under18" {
			r.Age = id
		}
	}
	r.Since, r.Days = days(t.Since(), now)
	return r
}

// days reads a day and returns how many have passed since.
func days(day string, now time.Time) (time.Time, int) {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return now, 0
	}
	today, err := time.Parse(time.DateOnly, now.Format(time.DateOnly))
	if err != nil {
		return at, 0
	}
	return at, max(0, int(today.Sub(at).Hours()/24))
}

// help says which line of help a page shows: the keys that do something on it.
func (s *screen) help(name string) {
	switch name {
	case "list":
		s.Keys = []string{"move", "open", "filter"}
	case "thread":
		s.Keys = []string{"reply", "back"}
	case "reply":
		s.Keys = []string{"back"}
	}
}

// lockLater makes a page that shows something, and holds nothing typed, leave
// by itself when nobody has touched it for a while.
func (a *App) lockLater(c echo.Context, s screen) {
	c.Response().Header().Set("Refresh", strconv.Itoa(int((idle+5*time.Second)/time.Second))+"; url="+s.URL("/lock"))
}

// thread finds the thread of an address.
func (a *App) thread(c echo.Context) (casework.Thread, error) {
	n, err := number(c)
	if err != nil {
		return casework.Thread{}, err
	}
	t, ok := a.work.Thread(n)
	if !ok {
		return t, fault.New(fault.NotFound, nil)
	}
	return t, nil
}

func at(t casework.Thread, page string) string {
	return "/t/" + strconv.Itoa(t.N) + page
}
