package content

import (
	"fmt"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"

	"hisn/locales"
)

// checker gathers what must hold across files.
type checker struct {
	lib      *Library
	problems []Problem
}

// check returns everything in lib that does not fit together. lib has been
// decoded without errors.
func check(lib *Library) []Problem {
	c := &checker{lib: lib}
	for key, s := range lib.Sources {
		c.source(key, s)
	}
	for _, s := range lib.Services {
		c.service(s)
	}
	for _, f := range lib.Fixes {
		c.fix(f)
	}
	c.order()
	c.numbers()
	for _, a := range lib.Access {
		c.access(a)
	}
	c.obstacles(lib.Obstacles)
	for _, q := range lib.Quizzes {
		c.quiz(q)
	}
	for _, ch := range lib.Chats {
		c.chat(ch)
	}
	c.paths(lib.Paths)
	c.passphrase(lib.Passphrase)
	for _, g := range lib.Guides {
		c.guide(g)
	}
	for _, p := range lib.Pages {
		c.prose("pages/"+p.ID, p.Words, p.Sources)
	}
	for _, r := range lib.Letters {
		c.letter(r)
	}
	c.triage(lib.Triage)
	c.directory(lib.Directory)
	c.family(lib)
	return c.problems
}

func (c *checker) fail(file, format string, args ...any) {
	c.problems = append(c.problems, Problem{File: file, Message: fmt.Sprintf(format, args...)})
}

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *checker) id(file, id string) {
	if !kebab.MatchString(id) {
		c.fail(file, "id %q is not lower-case words joined by hyphens", id)
	}
}

func (c *checker) link(file, address string, tg bool) {
	if tg && strings.HasPrefix(address, "tg://settings/") {
		return
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil {
		c.fail(file, "%q is not a web address", address)
		return
	}
	if !Allowed(u.Hostname()) {
		c.fail(file, "%s is not in the list of places that the site may link to (allow.go)", u.Hostname())
	}
}

func (c *checker) sources(file string, keys []string) {
	for _, k := range keys {
		if _, ok := c.lib.Sources[k]; !ok {
			c.fail(file, "no source is called %q", k)
		}
	}
}

func (c *checker) source(key string, s Source) {
	c.id(s.file, key)
	if u, err := url.Parse(s.URL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		c.fail(s.file, "%s: %q is not a web address", key, s.URL)
	}
	if !slices.Contains([]Strength{Official, Mirror, Several, Single, Code}, s.Strength) {
		c.fail(s.file, "%s: strength %q is not known", key, s.Strength)
	}
	if s.Supports == "" || s.On.IsZero() {
		c.fail(s.file, "%s: says neither what it supports nor when it was read", key)
	}
}

func (c *checker) due(file string, d Due) {
	if d.Checked.IsZero() || d.Expires < 1 || d.Expires > 730 {
		c.fail(file, "checked and expires (1 to 730 days) are needed")
	}
}

func (c *checker) service(s *Service) {
	file := path.Join("services", s.ID, "service.yaml")
	c.id(file, s.ID)
	c.link(file, s.Help, false)
	for _, sys := range s.Systems {
		if !slices.Contains(Systems(), sys) {
			c.fail(file, "system %q is not known", sys)
		}
	}
	for id, l := range s.Labels {
		switch {
		case l.Symbol != "":
			if !slices.Contains(Symbols(), l.Symbol) {
				c.fail(file, "label %s: symbol %q is not known", id, l.Symbol)
			}
		case l.English == "" || l.Arabic == "":
			c.fail(file, "label %s needs both en and ar", id)
		}
		if l.ArabicFrom != "" {
			c.sources(file, []string{l.ArabicFrom})
		}
	}
	c.sameKeys(path.Join("services", s.ID), ".yaml", flatWords(s.Words), nil)
}

// Symbols lists the icons that a label may be drawn as.
func Symbols() []string {
	return []string{"more-vertical", "menu", "settings", "more-horizontal", "user"}
}

func (c *checker) guide(g *Guide) {
	file := path.Join("guides", g.ID, "guide.yaml")
	c.id(file, g.ID)
	c.due(file, g.Due)
	c.prose(path.Join("guides", g.ID), g.Words, g.Sources)
	for _, id := range g.Related.Fixes {
		if _, ok := c.lib.Fix(id); !ok {
			c.fail(file, "no fix is called %q", id)
		}
	}
	for _, id := range g.Related.Guides {
		if _, ok := c.lib.Guide(id); !ok {
			c.fail(file, "no guide is called %q", id)
		}
	}
}

func (c *checker) prose(dir string, words Words[Prose], sources []string) {
	c.sources(dir, sources)
	c.sameKeys(dir, ".md", flatWords(words), map[string]bool{"title": true, "summary": true, "body": true})
	for l, p := range words {
		for _, address := range p.Links {
			if !c.internal(address) {
				c.fail(path.Join(dir, string(l)+".md"), "no page has the address %q", address)
			}
		}
	}
}

// internal reports whether an address without language leads to a page.
func (c *checker) internal(address string) bool {
	kind, id, _ := strings.Cut(strings.TrimPrefix(address, "/"), "/")
	switch kind {
	case "", "now", "contact", "privacy", "about":
		return id == ""
	case "check", "access":
		_, ok := c.lib.Service(id)
		return ok || id == "" || (kind == "check" && id == "sheet")
	case "fix":
		_, ok := c.lib.Fix(id)
		return ok
	case "learn":
		return c.lesson(id)
	case "family":
		return c.familyPage(id)
	}
	return false
}

// lesson reports whether an address below /learn leads to a page.
func (c *checker) lesson(id string) bool {
	kind, name, _ := strings.Cut(id, "/")
	ok := false
	switch kind {
	case "quiz":
		_, ok = c.lib.Quiz(name)
	case "chat":
		_, ok = c.lib.Chat(name)
	case "", "two-step", "passphrase":
		ok = name == ""
	default:
		_, ok = c.lib.Guide(id)
	}
	return ok
}

// sameKeys compares the keys of all languages with want, or with the English
// ones where want is nil, and refuses empty words.
func (c *checker) sameKeys(dir, ext string, flat map[locales.Lang]map[string]string, want map[string]bool) {
	optional := func(key string) bool {
		return strings.HasSuffix(key, ".hint") || strings.HasSuffix(key, ".note") || strings.HasSuffix(key, ".aloud")
	}
	if want == nil {
		want = map[string]bool{}
		for k := range flat[locales.English] {
			want[k] = true
		}
	}
	for _, l := range locales.All() {
		file := path.Join(dir, string(l)+ext)
		for _, k := range sortedKeys(want) {
			text, ok := flat[l][k]
			if !ok || (strings.TrimSpace(text) == "" && !optional(k)) {
				c.fail(file, "%s is missing", k)
			}
		}
		for _, k := range sortedKeys(flat[l]) {
			if !want[k] && !optional(k) {
				c.fail(file, "%s is not used", k)
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// flatWords turns the words of each language into "key.key" → text.
func flatWords[T any](w Words[T]) map[locales.Lang]map[string]string {
	out := map[locales.Lang]map[string]string{}
	for l, words := range w {
		out[l] = map[string]string{}
		flatten(reflect.ValueOf(words), "", out[l])
	}
	return out
}

func flatten(v reflect.Value, key string, into map[string]string) {
	join := func(k string) string { return strings.TrimPrefix(key+"."+k, ".") }
	switch v.Kind() {
	case reflect.String:
		into[key] = v.String()
	case reflect.Map:
		for _, k := range v.MapKeys() {
			flatten(v.MapIndex(k), join(k.String()), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.Type == reflect.TypeFor[Head]() {
				continue
			}
			name := field.Tag.Get("yaml")
			if name == "-" {
				name = strings.ToLower(field.Name)
			}
			flatten(v.Field(i), join(name), into)
		}
	default:
	}
}
