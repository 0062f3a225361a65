// Package static holds the files that pages need: styles, scripts, the font
// and the icons.
//
// The style sheets that every page needs are joined into one (app.css) and
// minified once at start, so that the first paint waits for a single file; what
// few pages need stands in css/pages and is asked for by them. Scripts stay modules and
// are loaded after it. One hash stands for the whole tree and is part of every
// address: relative imports inside modules keep working and everything can be
// cached for ever.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed css js fonts/*.woff2 icons/*.svg img words
var files embed.FS

// Assets is the tree of served files. It is read-only after New.
type Assets struct {
	hash  string
	files map[string]File
	icons map[string]string
}

// File is one served file.
type File struct {
	Type string // media type
	Body []byte
}

// New joins, minifies and hashes the embedded files.
func New() (*Assets, error) {
	a := &Assets{files: map[string]File{}, icons: map[string]string{}}
	m := minify.New()
	m.AddFunc("text/css", css.Minify)
	m.AddFunc("text/javascript", js.Minify)

	sheet, err := styles(m)
	if err != nil {
		return nil, err
	}
	a.files["css/app.css"] = File{"text/css; charset=utf-8", sheet}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !served(name) {
			return err
		}
		raw, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		switch path.Ext(name) {
		case ".svg":
			if strings.HasPrefix(name, "icons/") {
				a.icons[strings.TrimSuffix(path.Base(name), ".svg")] = inline(raw)
				return nil
			}
		case ".css":
			if raw, err = m.Bytes("text/css", raw); err != nil {
				return fmt.Errorf("minifying %s: %w", name, err)
			}
		case ".js":
			if strings.HasPrefix(name, vendor) {
				break // small already, and known by its checksum
			}
			if raw, err = m.Bytes("text/javascript", raw); err != nil {
				return fmt.Errorf("minifying %s: %w", name, err)
			}
		}
		a.files[name] = File{mediaType(name), raw}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading assets: %w", err)
	}
	a.hash = hash(a.files)
	return a, nil
}

// vendor is where code of others stands, as it was bundled.
const vendor = "js/vendor/"

// served says whether a file goes out under its own name.
func served(name string) bool {
	switch {
	case strings.HasPrefix(name, "css/"):
		return strings.HasPrefix(name, "css/pages/")
	case strings.HasPrefix(name, vendor):
		return path.Ext(name) != ".sha256" // the licences go out with what they are about
	}
	return true
}

// The order of the cascade. Components follow each other by name and do not
// depend on that order. There are no cascade layers: a browser that does not
// know them would show a bare page, and many phones are old.
func styles(m *minify.M) ([]byte, error) {
	names := []string{"css/tokens.css", "css/base.css", "css/layout.css"}
	components, err := fs.Glob(files, "css/components/*.css")
	if err != nil {
		return nil, err
	}
	names = append(append(names, components...), "css/print.css")
	var all bytes.Buffer
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading styles: %w", err)
		}
		all.Write(raw)
		all.WriteByte('\n')
	}
	return m.Bytes("text/css", all.Bytes())
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func hash(files map[string]File) string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	h := sha256.New()
	for _, name := range names {
		fmt.Fprintf(h, "%s\x00%d\x00", name, len(files[name].Body))
		h.Write(files[name].Body)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// Hash names this state of the whole tree.
func (a *Assets) Hash() string { return a.hash }

// URL returns the address of a file for use in a page.
func (a *Assets) URL(name string) string { return "/static/" + a.hash + "/" + name }

// Files returns all served files by name.
func (a *Assets) Files() map[string]File { return a.files }

// Icon returns the drawing of an icon without its size and colour, which the
// style sheet gives it.
func (a *Assets) Icon(name string) (string, bool) { s, ok := a.icons[name]; return s, ok }

var (
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	opening = regexp.MustCompile(`(?s)<svg[^>]*>`)
	space   = regexp.MustCompile(`\s+`)
)

// inline keeps only what a page needs of a Lucide drawing. The attributes that
// all of them share are set once in the style sheet.
func inline(raw []byte) string {
	s := comment.ReplaceAllString(string(raw), "")
	s = opening.ReplaceAllString(s, "")
	s = strings.Replace(s, "</svg>", "", 1)
	s = space.ReplaceAllString(s, " ")
	return strings.TrimSpace(strings.ReplaceAll(s, " />", "/>"))
}
