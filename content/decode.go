package content

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"hisn/locales"
)

// Problem is one thing that an author must mend before a pack is accepted.
type Problem struct {
	File    string // path inside the pack
	Line    int    // 0 when the problem is not on one line
	Message string
	Excerpt string // the offending line, trimmed; may be empty
}

func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": " + p.Message)
	if p.Excerpt != "" {
		b.WriteString("\n    " + p.Excerpt)
	}
	return b.String()
}

func sorted(ps []Problem) []Problem {
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].File != ps[j].File {
			return ps[i].File < ps[j].File
		}
		return ps[i].Line < ps[j].Line
	})
	return ps
}

// Date is a calendar day written as "2006-01-02".
type Date struct{ time.Time }

// UnmarshalYAML accepts only the one form, quoted or not.
func (d *Date) UnmarshalYAML(n *yaml.Node) error {
	t, err := time.Parse(time.DateOnly, n.Value)
	if err != nil {
		return fmt.Errorf("line %d: %q is not a day like 2026-11-23", n.Line, n.Value)
	}
	d.Time = t
	return nil
}

// Due is the part of an item that says when its facts were checked and how
// long that holds.
type Due struct {
	Checked Date `yaml:"checked"`
	Expires int  `yaml:"expires"` // days
}

// Until returns the last day on which the facts count as checked.
func (d Due) Until() time.Time { return d.Checked.AddDate(0, 0, d.Expires) }

// Stale reports whether the facts should have been checked again before now.
func (d Due) Stale(now time.Time) bool { return now.After(d.Until().AddDate(0, 0, 1)) }

// unit is one item of the pack: a structure and its words.
type unit interface {
	// setWords decodes the words of one language with the given decoder and
	// returns their head.
	setWords(l locales.Lang, f file) (Head, error)
	name() string
}

// item is what Status and the linter need to know of one item.
type item struct {
	path  string // folder inside the pack
	ext   string // .yaml or .md
	stamp string
	heads map[locales.Lang]Head
	files map[locales.Lang]file
	due   *Due
}

// file is a words file that has been read.
type file struct {
	name string
	raw  []byte
}

type reader struct {
	fsys     fs.FS
	problems []Problem
	items    []item
}

func (r *reader) fail(file string, line int, msg string, raw []byte) {
	r.problems = append(r.problems, Problem{File: file, Line: line, Message: msg, Excerpt: excerpt(raw, line)})
}

func (r *reader) read(name string) ([]byte, bool) {
	raw, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		msg := "cannot be read"
		if errors.Is(err, fs.ErrNotExist) {
			msg = "is missing"
		}
		r.fail(name, 0, msg, nil)
		return nil, false
	}
	return raw, true
}

// dirs lists the sub-folders of one folder of the pack, sorted.
func (r *reader) dirs(folder string) []string {
	entries, err := fs.ReadDir(r.fsys, folder)
	if err != nil {
		r.fail(folder, 0, "is missing", nil)
		return nil
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

func (r *reader) sources() map[string]Source {
	out := map[string]Source{}
	names, err := fs.Glob(r.fsys, "sources/*.yaml")
	if err != nil || len(names) == 0 {
		r.fail("sources", 0, "holds no sources", nil)
	}
	for _, name := range names {
		raw, ok := r.read(name)
		if !ok {
			continue
		}
		group := map[string]Source{}
		if !r.decode(name, raw, &group) {
			continue
		}
		for key, s := range group {
			if _, dup := out[key]; dup {
				r.fail(name, 0, "source "+key+" stands in another file too", nil)
			}
			s.file = name
			out[key] = s
		}
	}
	return out
}

// unit reads one folder: its structure into u, then the words of each language.
func (r *reader) unit(folder, structure, id string, u unit) {
	name := path.Join(folder, structure)
	raw, ok := r.read(name)
	if !ok || !r.decode(name, raw, u) {
		return
	}
	if u.name() != id {
		r.fail(name, 1, fmt.Sprintf("id is %q, its place says %q", u.name(), id), raw)
	}
	it := item{path: folder, ext: ".yaml", heads: map[locales.Lang]Head{}, files: map[locales.Lang]file{}}
	if _, ok := u.(interface{ markdown() }); ok {
		it.ext = ".md"
	}
	if d, ok := u.(interface{ dueDate() *Due }); ok {
		it.due = d.dueDate()
	}
	for _, l := range locales.All() {
		name := path.Join(folder, string(l)+it.ext)
		if raw, ok := r.read(name); ok {
			it.files[l] = file{name, raw}
		}
	}
	it.stamp = stamp(raw, it.files[locales.English].raw)
	for l, f := range it.files {
		head, err := u.setWords(l, f)
		if err != nil {
			r.yamlProblems(f.name, f.raw, err)
			continue
		}
		it.heads[l] = head
		if l == locales.English && head.Of != "" {
			r.fail(f.name, 1, "English is the source and carries no stamp (of)", f.raw)
		}
	}
	r.items = append(r.items, it)
}

func (r *reader) decode(name string, raw []byte, into any) bool {
	if err := strict(raw, into); err != nil {
		r.yamlProblems(name, raw, err)
		return false
	}
	return true
}

// strict decodes exactly one YAML document without unknown or repeated keys.
func strict(raw []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("line 1: the file is empty")
		}
		return err
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return errors.New("line 1: one document a file")
	}
	return nil
}

// decodeWords decodes a words file of l into w, a pointer to a struct, and
// then writes the digits of its texts in the habit of l.
func decodeWords(l locales.Lang, f file, w any) error {
	if err := strict(f.raw, w); err != nil {
		return err
	}
	localDigits(l, reflect.ValueOf(w).Elem())
	return nil
}

// localDigits rewrites every string below v, in place, except in a Head.
func localDigits(l locales.Lang, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(locales.Digits(l, v.String()))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Head]() {
			return
		}
		for i := range v.NumField() {
			localDigits(l, v.Field(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			localDigits(l, value)
			v.SetMapIndex(key, value)
		}
	default:
	}
}

var lineOf = regexp.MustCompile(`line (\d+): ?`)

// yamlProblems turns the decoder's error into problems with line and excerpt.
func (r *reader) yamlProblems(name string, raw []byte, err error) {
	messages := []string{err.Error()}
	var te *yaml.TypeError
	if errors.As(err, &te) {
		messages = te.Errors
	}
	for _, m := range messages {
		line := 0
		if at := lineOf.FindStringSubmatch(m); at != nil {
			line, _ = strconv.Atoi(at[1])
			m = strings.Replace(m, at[0], "", 1)
		}
		r.fail(name, line, strings.TrimPrefix(m, "yaml: "), raw)
	}
}

func excerpt(raw []byte, line int) string {
	if line < 1 {
		return ""
	}
	lines := strings.Split(string(raw), "\n")
	if line > len(lines) {
		return ""
	}
	s := strings.TrimSpace(lines[line-1])
	if r := []rune(s); len(r) > 90 {
		s = string(r[:90]) + "…"
	}
	return s
}
