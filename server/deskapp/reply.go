package deskapp

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"hisn/content"
	"hisn/locales"
	"hisn/server/casework"
	"hisn/server/fault"
	"hisn/server/seal"
)

// ready is a ready-made reply to choose.
type ready struct {
	ID, Title, Text string
	Closes          bool
}

// replyScreen is where an answer is written.
type replyScreen struct {
	screen
	N        int
	Rev      int
	CanReply bool
	To       locales.Lang // the language of the answer
	Langs    []locales.Lang
	Letters  []ready
	Text     string
	Asks     []string // what the text seems to ask for
	Seen     string   // names the text that was asked about
	Done     bool     // the case will be closed with it
	Problem  string   // a message under desk.reply, or ""
	Binding  []string
	Last     *said // the newest words of the reporter
	Restored bool
}

func (a *App) replyPage(c echo.Context, l locales.Lang) error {
	t, err := a.thread(c)
	if err != nil || t.Unopened {
		return a.to(c, l, "/list")
	}
	s := a.replyScreen(l, t)
	if d := a.draft(t, "reply"); d != nil {
		s.Text, s.Restored = first(d["text"]), first(d["text"]) != ""
		if to, ok := locales.Parse(first(d["to"])); ok {
			s.To = to
		}
	}
	s.Done = c.QueryParam("close") == "1"
	s.fill(a.deps.Letters)
	return a.render(c, "reply", s)
}

func (a *App) replyScreen(l locales.Lang, t casework.Thread) replyScreen {
	s := replyScreen{
		screen: a.screen(l, at(t, "/reply"), "desk.reply.title"), N: t.N, Rev: t.Rev, CanReply: t.Reply != nil, Langs: locales.All(),
		To: guess(t), Binding: slices.DeleteFunc(binding(t), func(k string) bool { return strings.HasPrefix(k, "move") || k == "national" }),
	}
	s.help("reply")
	s.Typed = true
	for _, m := range slices.Backward(t.Messages) {
		if m.Report != nil {
			last := show(m, a.deps.Now())
			s.Last = &last
			break
		}
	}
	return s
}

func (s *replyScreen) fill(letters []*content.Letter) {
	s.Letters = nil
	for _, x := range letters {
		w := x.Words.For(s.To)
		s.Letters = append(s.Letters, ready{x.ID, x.Words.For(s.Lang).Title, strings.TrimSpace(w.Text), x.State == casework.StateClosed})
	}
}

// guess returns the language in which the reporter seems to write.
func guess(t casework.Thread) locales.Lang {
	var sorani, arabic, latin int
	for _, r := range t.Reports() {
		for _, c := range r.F.Text + r.F.When {
			switch {
			case strings.ContainsRune("ەێۆڕڵڤگچپژڎکی", c):
				sorani++
			case unicode.Is(unicode.Arabic, c):
				arabic++
			case unicode.Is(unicode.Latin, c):
				latin++
			}
		}
	}
	switch {
	case sorani*8 > arabic && sorani > 2:
		return locales.Sorani
	case latin > arabic+sorani:
		return locales.English
	}
	return locales.Arabic
}

// reply does one step of answering: fill in a ready-made text, or send.
func (a *App) reply(c echo.Context, l locales.Lang) error {
	t, err := a.thread(c)
	if err != nil {
		return a.refuse(c, l, err, "/list")
	}
	form := formOf(c)
	s := a.replyScreen(l, t)
	s.Text, s.Done = strings.TrimSpace(form.Get("text")), form.Get("done") == "1"
	if to, ok := locales.Parse(form.Get("to")); ok {
		s.To = to
	}
	a.save(t, "reply", form)
	s.fill(a.deps.Letters)
	if id, ok := strings.CutPrefix(form.Get("step"), "use:"); ok {
		s.use(id)
		a.save(t, "reply", map[string][]string{"text": {s.Text}, "to": {string(s.To)}})
		return a.render(c, "reply", s)
	}
	switch form.Get("step") {
	case "close":
		s.Done = true
	case "send":
		s.Done = false
	default: // the language was changed
		return a.render(c, "reply", s)
	}
	if !s.ready(form.Get("confirm") == "yes", form.Get("seen")) {
		return a.render(c, "reply", s)
	}
	err = a.work.Answer(c.Request().Context(), t.Key, rev(form), s.Text, s.Done)
	switch {
	case errors.Is(err, casework.ErrUnnoted): // it is out all the same
		a.drop(t, "reply")
		return a.refuse(c, l, err, at(t, ""))
	case fault.KindOf(err) == fault.Conflict && a.answered(t, s.Text): // a button was pressed twice
	case err != nil:
		return a.refuse(c, l, err, at(t, "/reply"))
	}
	a.drop(t, "reply")
	if s.Done {
		return a.done(c, l, "closed", at(t, ""))
	}
	return a.done(c, l, "sent", at(t, ""))
}

// answered says whether the newest words of a thread are these, of the desk.
func (a *App) answered(t casework.Thread, text string) bool {
	now, ok := a.work.Thread(t.N)
	if !ok || len(now.Messages) == 0 {
		return false
	}
	last := now.Messages[len(now.Messages)-1]
	return last.From == "desk" && !last.Claimed && last.Text == text
}

// use puts a ready-made text below what is there.
func (s *replyScreen) use(id string) {
	for _, x := range s.Letters {
		if x.ID == id {
			s.Text = strings.TrimSpace(s.Text + "\n\n" + x.Text)
			s.Done = x.Closes
		}
	}
}

// ready says whether the text may be sent. One that seems to ask for what no
// officer may ask for takes a second look, at this very text. Ready-made texts
// have been looked at.
func (s *replyScreen) ready(confirmed bool, seen string) bool {
	switch {
	case !s.CanReply && s.Done:
		return true
	case s.Text == "" && !s.Done:
		s.Problem = "empty"
		return false
	case len(s.Text) > seal.MaxReply:
		s.Problem = "long"
		return false
	}
	rest := s.Text
	for _, x := range s.Letters {
		rest = strings.ReplaceAll(rest, x.Text, "")
	}
	asks := casework.Asks(rest)
	if len(asks) == 0 {
		return true
	}
	sum := sha256.Sum256([]byte(s.Text))
	name := hex.EncodeToString(sum[:])
	if confirmed && seen == name {
		return true
	}
	s.Asks, s.Seen = asks, name
	return false
}
