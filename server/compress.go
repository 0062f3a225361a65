package server

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"

	"hisn/server/web"
)

// compressor makes the brotli copies in the background and keeps them under
// the data folder by the hash of what they hold, so that the next start has
// them at once. The folder is a cache: without it everything still works.
type compressor struct {
	mu  sync.Mutex // one run at a time
	dir string
	log *slog.Logger
}

func newCompressor(data string, log *slog.Logger) *compressor {
	return &compressor{dir: filepath.Join(data, "brotli"), log: log}
}

// run gives every body its brotli copy, in order, and removes copies that no
// body needs any more.
func (c *compressor) run(ctx context.Context, bodies []*web.Body) {
	c.mu.Lock()
	defer c.mu.Unlock()
	keep := true
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		c.log.Warn("compressed pages are not kept", "err", err)
		keep = false
	}
	known := map[string]bool{}
	for _, b := range bodies {
		known[b.Sum()+".br"] = true
		if kept, err := os.ReadFile(filepath.Join(c.dir, b.Sum()+".br")); err == nil {
			b.SetBrotli(kept)
		}
	}
	for _, b := range bodies {
		if ctx.Err() != nil {
			return
		}
		if b.HasBrotli() {
			continue
		}
		small := web.Brotli(b.Identity())
		b.SetBrotli(small)
		if keep {
			keep = c.keep(b.Sum()+".br", small)
		}
	}
	c.prune(known)
	debug.FreeOSMemory() // the encoder took a hundred times what a page needs
}

// keep writes a copy under a temporary name first, so that a file which is
// there is always whole.
func (c *compressor) keep(name string, content []byte) bool {
	tmp := filepath.Join(c.dir, "new")
	err := os.WriteFile(tmp, content, 0o600)
	if err == nil {
		err = os.Rename(tmp, filepath.Join(c.dir, name))
	}
	if err != nil {
		c.log.Warn("compressed pages are not kept", "err", err)
	}
	return err == nil
}

func (c *compressor) prune(known map[string]bool) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !known[e.Name()] {
			_ = os.Remove(filepath.Join(c.dir, e.Name()))
		}
	}
}
