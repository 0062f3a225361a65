package server_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers is the order of the packages, low to high. A package imports only
// packages of lower lines. A package that is missing here fails the test.
var layers = [][]string{
	{"locales", "static", "server/fault"},
	{"content/markdown", "server/seal", "server/share"},
	{"content"},
	{"server/checkup", "server/desks", "server/family", "server/limit", "server/oneshot", "server/quiz", "server/rehearsal"},
	{"server/report", "server/officer"},
	{"server/casework", "server/desklink"},
	{"server/store"},
	{"server/view"},
	{"server/web"},
	{"server/web/site", "server/web/desk", "server/web/gallery", "server/web/private", "server/deskapp"},
	{"server/demo"},
	{"server"},
	{"cmd/hisn"},
}

// forTests are imported by tests only.
var forTests = []string{"server/deskapp/deskapptest", "server/store/storetest", "server/web/webtest", "server/e2e"}

func rank(pkg string) int {
	for i, line := range layers {
		if slices.Contains(line, pkg) {
			return i
		}
	}
	return -1
}

func goFiles(t *testing.T, visit func(name string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != ".") {
			return fs.SkipDir
		}
		if err == nil && strings.HasSuffix(name, ".go") {
			visit(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	only := map[string][]string{ // a library and who may import it
		"github.com/labstack/echo/v4": {"server", "server/web", "server/web/site", "server/web/desk", "server/web/gallery", "server/web/private", "server/deskapp"},
		"html/template":               {"server/view", "content/markdown", "content"},
		"github.com/ulule/limiter/v3": {"server/limit"},
		"github.com/pquerna/otp":      {"server/rehearsal", "server/officer"},
		"database/sql":                {"server/store"},
	}
	goFiles(t, func(name string) {
		pkg := path.Dir(name)
		isTest := strings.HasSuffix(name, "_test.go")
		if slices.Contains(forTests, pkg) || isTest {
			return
		}
		if rank(pkg) < 0 {
			t.Errorf("package %s has no place in the order", pkg)
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), "../"+name, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		for _, imp := range f.Imports {
			to, _ := strconv.Unquote(imp.Path.Value)
			if inner, ok := strings.CutPrefix(to, "hisn/"); ok && rank(inner) >= rank(pkg) {
				t.Errorf("%s imports %s, which is not below it", name, inner)
			}
			if who, ok := only[to]; ok && !slices.Contains(who, pkg) {
				t.Errorf("%s imports %s; only %v do", name, to, who)
			}
		}
	})
}

// TestSizes keeps pieces small enough to read in one go.
func TestSizes(t *testing.T) {
	t.Parallel()
	limits := []struct {
		dir, suffix string
		lines       int
	}{
		{"../server/view/templates", ".html", 200}, {"../static/css", ".css", 200}, {"../static/js", ".js", 250},
	}
	count := func(name string, most int) {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(raw), "\n"); n > most {
			t.Errorf("%s has %d lines, %d at the most", name, n, most)
		}
	}
	for _, l := range limits {
		err := fs.WalkDir(os.DirFS(l.dir), ".", func(name string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(name, l.suffix) {
				count(l.dir+"/"+name, l.lines)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	goFiles(t, func(name string) {
		most := 400
		if strings.HasSuffix(name, "_test.go") {
			most = 700
		}
		count("../"+name, most)
	})
}

// TestStyles_noPhysicalDirections: what is written for one direction breaks in
// the other.
func TestStyles_noPhysicalDirections(t *testing.T) {
	t.Parallel()
	physical := regexp.MustCompile(`(?m)(margin|padding|border)-(left|right|top|bottom)\b|^\s*(left|right|top|bottom|width|height|min-height|max-width)\s*:|text-align:\s*(left|right)|float:\s*(left|right)`)
	err := fs.WalkDir(os.DirFS("../static/css"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile("../static/css/" + name)
		for _, m := range physical.FindAllString(string(raw), -1) {
			t.Errorf("%s: %q", name, m)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
