// Package view turns page structs into HTML.
//
// A page is a struct that embeds Page and has a template of the same stem under
// templates/pages. Every template gets the layout and all parts; there is no
// list of templates to forget. Words come from the method T on the data, never
// from a function bound per request, so one set of templates serves all
// languages at once without a race.
//
// Rendering goes to memory first: a template that fails can still become a
// clean error page.
package view

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"

	"hisn/locales"
	"hisn/static"
)

//go:embed templates
var files embed.FS

// Site is what every page of a running site shares.
type Site struct {
	Demo      bool   // marks every page as a demonstration
	ExitURL   string // where leaving quickly leads; "" means Wikipedia in the page's language
	Contact   string // how to tell the operator that something is wrong; may be empty
	BaseURL   string // the address of the site, without a trailing slash
	Published string // the same when the operator gave one, else ""
}

// Renderer holds the parsed templates and what they draw on. It is safe for
// concurrent use.
type Renderer struct {
	catalog *locales.Catalog
	assets  *static.Assets
	site    Site
	pages   map[string]*template.Template
}

// New parses every template. A broken one is an error at start, not on a page.
func New(catalog *locales.Catalog, assets *static.Assets, site Site) (*Renderer, error) {
	r := &Renderer{catalog: catalog, assets: assets, site: site, pages: map[string]*template.Template{}}
	shared, err := template.New("").Funcs(r.funcs()).ParseFS(files, "templates/layout/*.html", "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parsing templates: %w", err)
	}
	err = fs.WalkDir(files, "templates/pages", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		set, err := shared.Clone()
		if err != nil {
			return err
		}
		if _, err = set.ParseFS(files, name); err != nil {
			return fmt.Errorf("parsing %s: %w", name, err)
		}
		r.pages[strings.TrimSuffix(strings.TrimPrefix(name, "templates/pages/"), ".html")] = set
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Names returns the names of all page templates.
func (r *Renderer) Names() []string {
	out := make([]string, 0, len(r.pages))
	for name := range r.pages {
		out = append(out, name)
	}
	return out
}

// Render executes the page template called name. It fails on a missing message:
// a page is either complete in its language or not shown.
func (r *Renderer) Render(name string, data any) ([]byte, error) {
	set, ok := r.pages[name]
	if !ok {
		return nil, fmt.Errorf("no page template is called %q", name)
	}
	var b bytes.Buffer
	layout := "base"
	if strings.HasPrefix(name, "desk/") {
		layout = "deskbase" // of the officers' program
	}
	if err := set.ExecuteTemplate(&b, layout, data); err != nil {
		return nil, fmt.Errorf("rendering %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Page is what every page struct embeds.
type Page struct {
	Lang locales.Lang
	Path string // the address without its language: "/", "/check", "/fix/phone-repair"
	Key  string // key of the title's message; empty when Name is set
	Name string // the title itself, for titles that come from the pack

	// Form is the id of the form on a page that is the answer to a form. The
	// language switch sends that form, with whatever is filled in, so that the
	// same answer comes in the other language; Step is the answer's name.
	Form, Step string

	// Style is a style sheet of css/pages that this page needs besides the
	// common one; "" for none.
	Style string

	// Private says that the page is a screen of the sealed report, and Again
	// by which step of the one address it is opened afresh.
	Private Private
	Again   string

	r *Renderer
}

// Private is where the words on a page are locked. The zero value is a page
// that takes none.
type Private string

// The two places. On a page that is sealed on the phone nothing can be sent
// while scripts run, except by them: buttons that send stand in noscript.
const (
	SealedOnPhone Private = "phone"
	SealedHere    Private = "here"
)

// Page starts a page whose title is the message titleKey.
func (r *Renderer) Page(l locales.Lang, path, titleKey string) Page {
	return Page{Lang: l, Path: path, Key: titleKey, r: r}
}

// Titled starts a page whose title comes from the pack.
func (r *Renderer) Titled(l locales.Lang, path, title string) Page {
	return Page{Lang: l, Path: path, Name: title, r: r}
}

// T returns a message in the page's language. Pairs are names and values of
// placeholders.
func (p Page) T(id string, pairs ...any) (string, error) {
	return p.r.catalog.Text(p.Lang, id, pairs...)
}

// Title returns the page's title.
func (p Page) Title() (string, error) {
	if p.Name != "" {
		return p.Name, nil
	}
	return p.T(p.Key)
}

// Dir returns the writing direction.
func (p Page) Dir() string { return p.Lang.Dir() }

// RTL reports whether the page is read from right to left.
func (p Page) RTL() bool { return p.Dir() == "rtl" }

// URL returns the address of another page in the same language.
func (p Page) URL(address string) string { return "/" + string(p.Lang) + address }

// Alternate is the same page in one language.
type Alternate struct {
	Lang    locales.Lang
	Name    string
	URL     string
	Dir     string
	Current bool
}

// Alternates returns the page in all languages.
func (p Page) Alternates() []Alternate {
	var out []Alternate
	for _, l := range locales.All() {
		out = append(out, Alternate{l, l.Name(), "/" + string(l) + p.Path, l.Dir(), l == p.Lang})
	}
	return out
}

// Number writes n in the digits of the page's language.
func (p Page) Number(n int) string { return locales.Number(p.Lang, n) }

// Date writes a day in the habit of the page's language.
func (p Page) Date(t time.Time) string { return locales.Date(p.Lang, t) }

// Asset returns the address of a static file.
func (p Page) Asset(name string) string { return p.r.assets.URL(name) }

// Demo reports whether this is a demonstration.
func (p Page) Demo() bool { return p.r.site.Demo }

// Contact returns how to reach the operator, or "".
func (p Page) Contact() string { return p.r.site.Contact }

// Published returns the address that the operator gave, or "": then addresses
// of pages stay without a host.
func (p Page) Published() string { return p.r.site.Published }

// BaseURL returns the published address of the site.
func (p Page) BaseURL() string { return p.r.site.BaseURL }

// ExitURL returns where leaving quickly leads: an ordinary page elsewhere, so
// that no address of ours stands last in the history.
func (p Page) ExitURL() string {
	if p.r.site.ExitURL != "" {
		return p.r.site.ExitURL
	}
	return "https://" + string(p.Lang) + ".wikipedia.org/"
}

// pair hands a part both the page (for words) and its own value.
type pair struct {
	P any
	V any
}

func (r *Renderer) funcs() template.FuncMap {
	return template.FuncMap{
		"pair":   func(p, v any) pair { return pair{p, v} },
		"icon":   r.icon,
		"add":    func(a, b int) int { return a + b },
		"host":   host,
		"link":   link,
		"spoken": spoken,
	}
}

// icon draws an icon. It is decoration: the words beside it carry the meaning.
// Icons that show a direction get the class that mirrors them.
func (r *Renderer) icon(name string) (template.HTML, error) {
	body, ok := r.assets.Icon(name)
	if !ok {
		return "", fmt.Errorf("no icon is called %q", name)
	}
	class := "c-icon"
	if strings.HasPrefix(name, "chevron-right") || strings.HasPrefix(name, "arrow-right") || name == "log-out" {
		class += " c-icon--turns"
	}
	return template.HTML(`<svg class="` + class + `" viewBox="0 0 24 24" aria-hidden="true">` + body + `</svg>`), nil //nolint:gosec // our own embedded drawing
}

// otherSchemes are the addresses besides web pages that a page may hold: a
// telephone number, and a settings screen of Telegram.
var otherSchemes = regexp.MustCompile(`^(tel:\+?[0-9]{3,15}|tg://settings/[a-z_/-]+|otpauth://totp/[A-Za-z0-9%:?=&._-]+)$`)

// link lets an address with such a scheme through; html/template by itself
// knows only web and mail addresses. Any other address is left to it.
func link(address string) any {
	if otherSchemes.MatchString(address) {
		return template.URL(address) //nolint:gosec // matched just above
	}
	return address
}

// handle is an address or a user name inside what somebody says.
var handle = regexp.MustCompile(`@?[A-Za-z0-9-]+([._/][A-Za-z0-9-]+)+|@[A-Za-z0-9]+`)

// spoken sets addresses and user names in a message apart, so that they read
// from left to right in a line that reads from right to left.
func spoken(text string) template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range handle.FindAllStringIndex(text, -1) {
		b.WriteString(template.HTMLEscapeString(text[at:m[0]]))
		b.WriteString(`<bdi dir="ltr">` + template.HTMLEscapeString(text[m[0]:m[1]]) + `</bdi>`)
		at = m[1]
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String()) //nolint:gosec // every piece is escaped
}

// host returns the host of an address, which is what a reader can judge.
func host(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	h, _, _ := strings.Cut(rest, "/")
	return strings.TrimPrefix(h, "www.")
}

// TemplateFiles lists all template files, for the test that looks at each.
func TemplateFiles() ([]string, error) {
	var out []string
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".html" {
			out = append(out, name)
		}
		return err
	})
	return out, err
}

// Site returns what every page shares.
func (r *Renderer) Site() Site { return r.site }
