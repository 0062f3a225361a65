package private

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"hisn/locales"
	"hisn/server/desks"
	"hisn/server/seal"
	"hisn/server/view"
	"hisn/server/web"
)

// The kinds of screens.
const (
	kindForm    = "form"    // where words are written
	kindCode    = "code"    // where a code is typed
	kindMailbox = "mailbox" // what the desk has answered
	kindClosed  = "closed"  // no desk can be offered now
)

// screen is one screen in one state. It waits in the box between a form and its
// answer; its field names are of no importance beyond that minute.
type screen struct {
	Kind     string
	Draft    draft
	Problems []problem
	Notice   string // what became of the last form: a message under private.notice
	Server   bool   // the reader lets the server lock the words
	Code     string // in digits
	Stamp    string
	Mail     []message
	Browser  string // what stands between: proxy or inapp
}

// choice is one tap.
type choice struct {
	ID string
	On bool
}

// tapView is a question that is answered with taps.
type tapView struct {
	Name    string
	Many    bool
	Choices []choice
}

// deskView is a desk that can be chosen, or cannot now.
type deskView struct {
	ID, Name, Hours string
	Women, Open, On bool
	Fingerprint     string
}

// regionView is a part of the country with its desks; the desks of the whole
// country have no region.
type regionView struct {
	ID    string
	Desks []deskView
	Open  bool // one of its desks is chosen
}

type formPage struct {
	view.Page
	screen
	Regions  []regionView
	National bool      // whether there is a unit for the whole country
	Taps     []tapView // what matters first
	More     []tapView // what helps
	Words    []string  // the code in words
	Signers  desks.Signers
	Texts    map[string]int // the longest text of each field, in letters
	Calls    []callView
}

// Failures lists why nothing was sent, as scripts tell it.
func (formPage) Failures() []string { return []string{"browser", "directory", "network", "notstored"} }

// lack is something that scripts find missing in the form.
type lack struct{ Key, Field, Message string }

// Lacks lists what scripts may find missing; they set the field where it is
// not always the same.
func (formPage) Lacks() []lack {
	return []lack{
		{"desk", "desk", "private.problem.desk"},
		{"empty", "text", "private.problem.empty"},
		{"picture", "text", "private.problem.picture"},
		{"long", "text", "private.problem.long"},
		{"reach", "reach", "private.problem.reach"},
		{"how", "how", "private.problem.how"},
	}
}

// MailFailures lists why a mailbox was not opened, as scripts tell it.
func (mailPage) MailFailures() []string { return []string{"code", "browser", "network"} }

// Notices lists what scripts tell of an open mailbox.
func (mailPage) Notices() []string { return []string{"deleted", "withdrawn", "written", "notstored"} }

// States lists what a reply may tell.
func (mailPage) States() []string { return seal.States() }

// callView is a number that can be called instead.
type callView struct{ Name, Number, Where string }

type mailPage struct {
	view.Page
	screen
	Regions []regionView
	Names   map[string]string // of desks
	Words   []string
	Signers desks.Signers
	Calls   []callView
}

// show renders a screen for one reader. Its title, address and icon are those
// of the first page.
func (p *Private) show(c echo.Context, l locales.Lang, s screen) error {
	page := p.deps.Renderer.Page(l, "/", "home.title")
	s.Browser = browser(c.Request())
	page.Style, page.Private, page.Again = "private", view.SealedOnPhone, stepForm
	if s.Server || s.Kind == kindMailbox {
		page.Private = view.SealedHere
	}
	ctx := c.Request().Context()
	var data any
	var err error
	switch s.Kind {
	case kindForm:
		page.Form, page.Step = "private", "show"
		data, err = p.formPage(ctx, page, s)
	case kindMailbox, kindCode:
		page.Form, page.Step, page.Again = "private", "show", stepAskCode
		data, err = p.mailPage(ctx, page, s)
	default:
		s.Kind = kindClosed
		data = mailPage{Page: page, screen: s, Calls: p.calls(l)}
	}
	if err != nil {
		return err
	}
	html, err := p.deps.Renderer.Render("private/"+s.Kind, data)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodPost { // the same for everybody
		web.NewBody(http.StatusOK, htmlType, web.CacheNever, html).Serve(c.Response(), c.Request())
		return nil
	}
	c.Response().Header().Set("Cache-Control", web.CacheNever)
	return c.Blob(http.StatusOK, htmlType, padded(html))
}

// bucket is the size to whose next multiple a page with words of somebody is
// filled up. It is not compressed either: who watches the network must not tell
// an empty mailbox from a full one.
const bucket = 32 << 10

func padded(html []byte) []byte {
	const open, end = "<!--", "-->\n"
	short := bucket - (len(html)+len(open)+len(end))%bucket
	return append(html, open+strings.Repeat(".", short%bucket)+end...)
}

// browser says what stands between the reader and this page, as far as the
// request tells: a company that takes the pages apart on its own machines, or an
// app that shows pages inside itself and can look into them. It is asked for a
// warning only, and forgotten.
func browser(r *http.Request) string {
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Operamini") || strings.HasPrefix(name, "X-Ucbrowser") {
			return "proxy"
		}
	}
	for _, app := range []string{"FBAN", "FBAV", "Instagram", "musical_ly", "BytedanceWebview", "Snapchat", "Line/"} {
		if strings.Contains(r.UserAgent(), app) {
			return "inapp"
		}
	}
	return ""
}

const htmlType = "text/html; charset=utf-8"

func (p *Private) formPage(ctx context.Context, page view.Page, s screen) (any, error) {
	regions, err := p.regions(ctx, page.Lang, s.Draft.Value("desk"))
	if err != nil {
		return nil, err
	}
	f := formPage{
		Page: page, screen: s, Regions: regions, Signers: p.deps.Directory.Signers(), Calls: p.calls(page.Lang),
		Texts: map[string]int{},
	}
	for name, bytes := range words() {
		f.Texts[name] = bytes / 2 // a letter of Arabic script has two bytes
	}
	f.Words = spelled(s.Code, page.Lang)
	if dir, _, err := p.desks(ctx); err == nil {
		_, f.National = dir.National()
	}
	for _, name := range []string{"about", "what", "danger"} {
		f.Taps = append(f.Taps, newTapView(name, s.Draft))
	}
	for _, name := range []string{"want", "who", "where", "since", "shared", "paid", "age"} {
		f.More = append(f.More, newTapView(name, s.Draft))
	}
	return f, nil
}

func (p *Private) mailPage(ctx context.Context, page view.Page, s screen) (any, error) {
	regions, err := p.regions(ctx, page.Lang, s.Draft.Value("desk"))
	if err != nil {
		return nil, err
	}
	m := mailPage{
		Page: page, screen: s, Regions: regions, Names: map[string]string{},
		Signers: p.deps.Directory.Signers(), Calls: p.calls(page.Lang),
	}
	for _, r := range regions {
		for _, d := range r.Desks {
			m.Names[d.ID] = d.Name
		}
	}
	m.Words = spelled(s.Code, page.Lang)
	return m, nil
}

// spelled returns a code in words.
func spelled(code string, l locales.Lang) []string {
	secret, err := seal.ParseSecret(code)
	if err != nil {
		return nil
	}
	return secret.Words(string(l))
}

func newTapView(name string, d draft) tapView {
	v := tapView{Name: name}
	for _, many := range anyOf() {
		v.Many = v.Many || many == name
	}
	for _, id := range seal.Choices(name) {
		v.Choices = append(v.Choices, choice{id, d.On(name, id)})
	}
	return v
}

// regions lists the desks of the directory by the part of the country, and the
// ones for the whole country at the end.
func (p *Private) regions(ctx context.Context, l locales.Lang, chosen string) ([]regionView, error) {
	dir, open, err := p.desks(ctx)
	if err != nil {
		return nil, nil //nolint:nilerr // without a directory there is no desk to choose
	}
	out := []regionView{{ID: "federal"}, {ID: "krg"}, {ID: "country"}}
	for _, d := range dir.Desks {
		v := deskView{
			ID: d.ID, Name: d.Names[string(l)], Hours: d.Hours[string(l)], Women: d.Women,
			Open: offered(d, open), On: d.ID == chosen, Fingerprint: strings.Join(d.Fingerprint, " "),
		}
		at := len(out) - 1
		for i, r := range out {
			if r.ID == d.Region {
				at = i
			}
		}
		out[at].Desks = append(out[at].Desks, v)
		out[at].Open = out[at].Open || v.On
	}
	return out, nil
}

// calls returns the numbers to call instead, as the directory of contacts has
// them.
func (p *Private) calls(l locales.Lang) []callView {
	const most = 3
	d := p.deps.Library().Directory
	w := d.Words.For(l)
	var out []callView
	for _, id := range d.Sets["danger"] {
		c, ok := d.Channel(id)
		if !ok || c.Number == "" || len(out) == most {
			continue
		}
		var where []string
		for _, r := range c.Regions {
			where = append(where, w.Regions[r])
		}
		out = append(out, callView{w.Channels[id].Name, c.Number, strings.Join(where, " · ")})
	}
	return out
}
