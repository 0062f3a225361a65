package server

import (
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"syscall"
	"time"

	"hisn/content"
)

// look is how often the content folder is looked at. A look reads names, sizes
// and times of some two hundred small files.
const look = 2 * time.Second

// watch keeps the pages true: it takes a changed pack when it is whole, and
// renders again when a new day has begun, because facts become due. SIGHUP
// asks for both at once.
func (s *Server) watch(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			s.refresh(ctx, true)
		case <-tick.C:
			s.refresh(ctx, false)
		}
	}
}

// refresh renders the site again if there is a reason to. A pack that is not
// whole is reported and changes nothing.
func (s *Server) refresh(ctx context.Context, force bool) {
	current := s.site.Current()
	lib := current.Library
	newDay := s.now().UTC().YearDay() != current.Day.UTC().YearDay()
	if s.cfg.Content != "" {
		if marks := folderState(s.cfg.Content); force || marks != s.marks {
			s.marks = marks
			fresh, problems := content.Check(os.DirFS(s.cfg.Content))
			if len(problems) > 0 {
				for _, p := range problems {
					s.log.Error("content refused, the last good one stays", "problem", p.String())
				}
				return
			}
			lib = fresh
		}
	}
	if lib == current.Library && !newDay && !force && s.sealed() == current.Sealed {
		return
	}
	if err := s.site.Use(lib); err != nil {
		s.log.Error("rendering failed, the last good pages stay", "err", err)
		return
	}
	s.log.Info("site rendered again")
	s.work.Go(func() { s.compress(ctx) })
}

// folderState sums up names, sizes and times of the files of a pack.
func folderState(dir string) string {
	h := fnv.New64a()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if ext := path.Ext(name); ext != ".yaml" && ext != ".md" {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	if err != nil {
		return "unreadable"
	}
	return fmt.Sprint(h.Sum64())
}
