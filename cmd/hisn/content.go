package main

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"hisn/content"
	"hisn/locales"
)

// content works on a pack: the folder that is named, or the built-in one.
func (e env) content(args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("%w: content check | status | graph [DIR], or content stamp DIR", errUsage)
	}
	if args[0] == "stamp" {
		if len(args) != 2 {
			return fmt.Errorf("%w: content stamp DIR", errUsage)
		}
		return e.stamp(args[1])
	}
	pack := content.Embedded()
	if len(args) == 2 {
		info, err := os.Stat(args[1])
		if err != nil || !info.IsDir() {
			return fmt.Errorf("%w: %q is not a folder", errUsage, args[1])
		}
		pack = os.DirFS(args[1])
	}
	switch args[0] {
	case "check":
		return e.check(pack)
	case "status":
		return e.status(pack)
	case "graph":
		return e.graph(pack)
	}
	return fmt.Errorf("%w: content has no part %q", errUsage, args[0])
}

func (e env) check(pack fs.FS) error {
	lib, problems := content.Check(pack)
	if len(problems) > 0 {
		return e.refuse(problems)
	}
	fmt.Fprintf(e.out, "%d services, %d fixes, %d guides, %d channels, %d sources: no problem found\n",
		len(lib.Services), len(lib.Fixes), len(lib.Guides), len(lib.Directory.Channels), len(lib.Sources))
	return nil
}

func (e env) refuse(problems []content.Problem) error {
	for _, p := range problems {
		fmt.Fprintln(e.out, p)
	}
	return fmt.Errorf("%d problems", len(problems))
}

// soon is how far ahead status looks for facts that become due.
const soon = 30 * 24 * time.Hour

func (e env) status(pack fs.FS) error {
	lib, problems := content.Load(pack)
	if len(problems) > 0 {
		return e.refuse(problems)
	}
	now := time.Now()
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "item\tfacts due\tstale words\tnot reviewed")
	var stale, due int
	for _, s := range lib.Status() {
		when := "-"
		if !s.Expires.IsZero() {
			when = s.Expires.Format(time.DateOnly)
			if s.Expires.Before(now.Add(soon)) {
				when += " !"
				due++
			}
		}
		stale += len(s.Stale)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Path, when, join(s.Stale), join(s.Drafts))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "\n%d texts, %d stale translations, %d due within 30 days\n", len(lib.Status()), stale, due)
	for _, l := range locales.All() {
		by, total := lib.Reviewed(l)
		for _, role := range content.Roles() {
			fmt.Fprintf(e.out, "%s: %d of %d read by a %s\n", l, by[role], total, role)
		}
	}
	return nil
}

func join(langs []locales.Lang) string {
	if len(langs) == 0 {
		return "-"
	}
	var out []string
	for _, l := range langs {
		out = append(out, string(l))
	}
	return strings.Join(out, " ")
}

func (e env) graph(pack fs.FS) error {
	lib, problems := content.Load(pack)
	if len(problems) > 0 {
		return e.refuse(problems)
	}
	return lib.Draw(e.out, locales.English)
}

func (e env) stamp(dir string) error {
	changed, err := content.Stamp(dir)
	if err != nil {
		return err
	}
	for _, name := range changed {
		fmt.Fprintln(e.out, name)
	}
	fmt.Fprintf(e.out, "%d files stamped\n", len(changed))
	return nil
}
