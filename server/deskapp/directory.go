package deskapp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"hisn/server/desks"
)

// Directory is where the signed directory of desks comes from: a public site or
// a file. Whoever brings it, it is believed for its signatures only.
type Directory struct {
	Site    string // address of the site, or ""
	File    string // a note on this machine, or ""
	Signers desks.Signers
	Client  *http.Client
	Now     func() time.Time

	mu   sync.Mutex
	seen int // the newest of this run; an older one is not taken
}

// ErrNoDirectory means that the program was not told where the directory is.
var ErrNoDirectory = errors.New("deskapp: no directory is named")

const (
	maxDirectory = 256 << 10
	directoryAt  = "/d/desks"
	directoryIn  = 20 * time.Second
)

// Current returns the directory as it holds now.
func (d *Directory) Current(ctx context.Context) (*desks.Directory, error) {
	raw, err := d.read(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	dir, err := desks.Verify(raw, d.Signers, d.seen, d.Now())
	if err != nil {
		return nil, err
	}
	d.seen = dir.Seq
	return dir, nil
}

func (d *Directory) read(ctx context.Context) ([]byte, error) {
	switch {
	case d.File != "":
		return os.ReadFile(d.File)
	case d.Site == "":
		return nil, ErrNoDirectory
	}
	ctx, stop := context.WithTimeout(ctx, directoryIn)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(d.Site, "/")+directoryAt, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "hisn-desk")
	answer, err := d.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, ErrNoDirectory
	}
	return io.ReadAll(io.LimitReader(answer.Body, maxDirectory+1))
}
