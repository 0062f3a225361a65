// Package content is the knowledge of the site: sources, services, fixes, the
// triage, the contact directory, guides and plain pages.
//
// Structure is written once, in English-free YAML, and the words of each
// language stand in a file of their own beside it:
//
//	fixes/whatsapp-two-step/fix.yaml          ids, weights, menu paths, sources
//	fixes/whatsapp-two-step/{ar,ckb,en}.yaml  words, with the same keys in all
//
// A translation carries in its key "of" the stamp of the structure and of the
// English words it was made from; when either changes, it is stale until
// somebody has read it again and run "hisn content stamp".
//
// Load decodes strictly and checks everything that must hold across files
// (check.go) and inside sentences (lint.go). A pack with a single problem is
// refused as a whole: a Library that exists is complete in all languages.
package content

import (
	"embed"
	"io/fs"
	"runtime"
	"slices"
	"sort"

	"golang.org/x/sync/errgroup"

	"hisn/locales"
)

//go:embed sources services fixes access obstacles quizzes chats paths passphrase triage directory guides pages replies
//go:embed evenings agreement supervision family
var embedded embed.FS

// Embedded returns the pack that is built into the binary.
func Embedded() fs.FS { return embedded }

// Library is a whole, checked pack. It is read-only after Load and safe for
// concurrent use.
type Library struct {
	Sources    map[string]Source
	Services   []*Service // by Order
	Fixes      []*Fix     // by service, then as ranked within it (effect, id)
	Access     []*Access  // by service
	Obstacles  *Obstacles
	Quizzes    []*Quiz // by Order
	Chats      []*Chat // by Order
	Paths      *Paths
	Passphrase *Passphrase
	Triage     *Triage
	Directory  *Directory
	Guides     []*Guide   // by Order
	Pages      []*Page    // by ID
	Evenings   []*Evening // by band, then Order
	Agreement  *Agreement
	Cards      []*Card // by Order
	Family     Family
	Letters    []*Letter // by Order

	services map[string]*Service
	fixes    map[string]*Fix
	access   map[string]*Access
	quizzes  map[string]*Quiz
	chats    map[string]*Chat
	guides   map[string]*Guide
	pages    map[string]*Page
	evenings map[string]*Evening
	cards    map[string]*Card
	letters  map[string]*Letter
	items    []item // everything that has words, for Status
}

// Service returns the service with the given id.
func (l *Library) Service(id string) (*Service, bool) { s, ok := l.services[id]; return s, ok }

// Fix returns the fix with the given id.
func (l *Library) Fix(id string) (*Fix, bool) { f, ok := l.fixes[id]; return f, ok }

// AccessTo returns the way back into the service with the given id.
func (l *Library) AccessTo(service string) (*Access, bool) { a, ok := l.access[service]; return a, ok }

// Quiz returns the quiz with the given id.
func (l *Library) Quiz(id string) (*Quiz, bool) { q, ok := l.quizzes[id]; return q, ok }

// Chat returns the chat with the given id.
func (l *Library) Chat(id string) (*Chat, bool) { c, ok := l.chats[id]; return c, ok }

// Guide returns the guide with the given id.
func (l *Library) Guide(id string) (*Guide, bool) { g, ok := l.guides[id]; return g, ok }

// Page returns the plain page with the given id.
func (l *Library) Page(id string) (*Page, bool) { p, ok := l.pages[id]; return p, ok }

// Evening returns the story with the given id.
func (l *Library) Evening(id string) (*Evening, bool) { e, ok := l.evenings[id]; return e, ok }

// Card returns the card of settings with the given id.
func (l *Library) Card(id string) (*Card, bool) { c, ok := l.cards[id]; return c, ok }

// Letter returns the ready-made reply with the given id.
func (l *Library) Letter(id string) (*Letter, bool) { x, ok := l.letters[id]; return x, ok }

// FixesOf returns the fixes of one service, strongest first.
func (l *Library) FixesOf(service string) []*Fix {
	var out []*Fix
	for _, f := range l.Fixes {
		if f.Service == service {
			out = append(out, f)
		}
	}
	return out
}

// Load reads a pack. It returns either a complete Library or every Problem of
// structure that it found, in file order. Sentences are looked at by Lint.
func Load(fsys fs.FS) (*Library, []Problem) {
	r := &reader{fsys: fsys}
	lib := r.everything()
	if len(r.problems) > 0 {
		return nil, sorted(r.problems)
	}
	lib.sort()
	if problems := check(lib); len(problems) > 0 {
		return nil, sorted(problems)
	}
	return lib, nil
}

// everything reads all units, complete or not, and notes the problems.
func (r *reader) everything() *Library {
	lib := &Library{
		Sources:    r.sources(),
		Obstacles:  &Obstacles{},
		Paths:      &Paths{},
		Passphrase: &Passphrase{},
		Triage:     &Triage{},
		Directory:  &Directory{},
		services:   map[string]*Service{},
		fixes:      map[string]*Fix{},
		access:     map[string]*Access{},
		quizzes:    map[string]*Quiz{},
		chats:      map[string]*Chat{},
		guides:     map[string]*Guide{},
		pages:      map[string]*Page{},
		evenings:   map[string]*Evening{},
		cards:      map[string]*Card{},
		Agreement:  &Agreement{},
		Family:     Family{Signs: &Signs{}, Told: &Told{}, People: &Refuge{}, Pack: &Pack{}, Simple: &Simple{}},
		letters:    map[string]*Letter{},
	}
	lib.Services = each(r, "services", "service.yaml", lib.services, func() *Service { return &Service{} })
	lib.Fixes = each(r, "fixes", "fix.yaml", lib.fixes, func() *Fix { return &Fix{} })
	lib.Access = each(r, "access", "access.yaml", lib.access, func() *Access { return &Access{} })
	lib.Quizzes = each(r, "quizzes", "quiz.yaml", lib.quizzes, func() *Quiz { return &Quiz{} })
	lib.Chats = each(r, "chats", "chat.yaml", lib.chats, func() *Chat { return &Chat{} })
	lib.Guides = each(r, "guides", "guide.yaml", lib.guides, func() *Guide { return &Guide{} })
	lib.Pages = each(r, "pages", "page.yaml", lib.pages, func() *Page { return &Page{} })
	lib.Evenings = each(r, "evenings", "evening.yaml", lib.evenings, func() *Evening { return &Evening{} })
	lib.Cards = each(r, "supervision", "card.yaml", lib.cards, func() *Card { return &Card{} })
	r.unit("agreement", "agreement.yaml", "agreement", lib.Agreement)
	r.unit("family/signs", "signs.yaml", "signs", lib.Family.Signs)
	r.unit("family/told", "told.yaml", "told", lib.Family.Told)
	r.unit("family/people", "people.yaml", "people", lib.Family.People)
	r.unit("family/evening", "evening.yaml", "evening", lib.Family.Pack)
	r.unit("family/simple", "simple.yaml", "simple", lib.Family.Simple)
	lib.Letters = each(r, "replies", "reply.yaml", lib.letters, func() *Letter { return &Letter{} })
	r.unit("paths", "paths.yaml", "paths", lib.Paths)
	r.unit("passphrase", "passphrase.yaml", "passphrase", lib.Passphrase)
	r.unit("obstacles", "obstacles.yaml", "obstacles", lib.Obstacles)
	r.unit("triage", "triage.yaml", "now", lib.Triage)
	r.unit("directory", "directory.yaml", "directory", lib.Directory)
	lib.items = r.items
	return lib
}

// each reads every folder of one kind and enters it under its id.
func each[U unit](r *reader, folder, structure string, byID map[string]U, fresh func() U) []U {
	ids := r.dirs(folder)
	all, readers := make([]U, len(ids)), make([]reader, len(ids))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, id := range ids {
		g.Go(func() error {
			all[i], readers[i].fsys = fresh(), r.fsys
			readers[i].unit(folder+"/"+id, structure, id, all[i])
			return nil
		})
	}
	_ = g.Wait() // what is wrong stands in the readers
	for i, id := range ids {
		byID[id] = all[i]
		r.problems = append(r.problems, readers[i].problems...)
		r.items = append(r.items, readers[i].items...)
	}
	return all
}

func (l *Library) sort() {
	sort.Slice(l.Services, func(i, j int) bool { return l.Services[i].Order < l.Services[j].Order })
	sort.Slice(l.Access, func(i, j int) bool { return l.orderOf(l.Access[i].Service) < l.orderOf(l.Access[j].Service) })
	sort.Slice(l.Quizzes, func(i, j int) bool { return l.Quizzes[i].Order < l.Quizzes[j].Order })
	sort.Slice(l.Chats, func(i, j int) bool { return l.Chats[i].Order < l.Chats[j].Order })
	sort.Slice(l.Guides, func(i, j int) bool { return l.Guides[i].Order < l.Guides[j].Order })
	sort.Slice(l.Cards, func(i, j int) bool { return l.Cards[i].Order < l.Cards[j].Order })
	sort.SliceStable(l.Evenings, func(i, j int) bool {
		a, b := l.Evenings[i], l.Evenings[j]
		if a.Band != b.Band {
			return slices.Index(Bands(), a.Band) < slices.Index(Bands(), b.Band)
		}
		return a.Order < b.Order
	})
	sort.Slice(l.Letters, func(i, j int) bool { return l.Letters[i].Order < l.Letters[j].Order })
	sort.Slice(l.Fixes, func(i, j int) bool {
		a, b := l.Fixes[i], l.Fixes[j]
		if a.Service != b.Service {
			return l.orderOf(a.Service) < l.orderOf(b.Service)
		}
		if a.Effect != b.Effect {
			return a.Effect > b.Effect
		}
		return a.ID < b.ID
	})
}

func (l *Library) orderOf(service string) int {
	if s, ok := l.services[service]; ok {
		return s.Order
	}
	return 1 << 20
}

// Review records that a person of a role has read the words of one language.
type Review struct {
	Role Role `yaml:"role"`
	On   Date `yaml:"on"`
}

// Role is the capacity in which somebody reviews words.
type Role string

// The roles a text should be read by. None is claimed that did not happen.
const (
	NativeReader    Role = "native-reader"
	ChildProtection Role = "child-protection-reader"
	Lawyer          Role = "lawyer"
)

// Roles lists the roles in the order in which the about page names them.
func Roles() []Role { return []Role{NativeReader, ChildProtection, Lawyer} }

// Head is what every words file starts with.
type Head struct {
	Of     string   `yaml:"of"`     // stamp of what was translated; empty in en
	Review []Review `yaml:"review"` // empty means draft
}

func (h Head) head() Head { return h }

// Words holds one value per language. For returns it; Load guarantees that no
// language is missing.
type Words[T any] map[locales.Lang]T

// For returns the words in l.
func (w Words[T]) For(l locales.Lang) T { return w[l] }
