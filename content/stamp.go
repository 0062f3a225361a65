package content

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"hisn/locales"
)

// stamp names a state of the structure and of the English words. Eight hex
// digits are enough to notice a change; this is not a defence against forgery.
func stamp(structure, english []byte) string {
	h := sha256.New()
	h.Write(structure)
	h.Write([]byte{0})
	h.Write(english)
	return hex.EncodeToString(h.Sum(nil))[:8]
}

var stampLine = regexp.MustCompile(`(?m)^of: .*\n`)

// Stamp writes into every translation under dir that it is current. It is for
// the author who has just read the translations against the English; it
// returns the files it changed.
func Stamp(dir string) ([]string, error) {
	lib := (&reader{fsys: os.DirFS(dir)}).everything()
	var changed []string
	for _, it := range lib.items {
		for _, l := range locales.All() {
			if l == locales.English {
				continue
			}
			name := filepath.Join(dir, filepath.FromSlash(it.path), string(l)+it.ext)
			did, err := stampFile(name, it.stamp, it.ext == ".md")
			if err != nil {
				return changed, err
			}
			if did {
				changed = append(changed, name)
			}
		}
	}
	return changed, nil
}

func stampFile(name, stamp string, markdown bool) (bool, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return false, fmt.Errorf("stamping: %w", err)
	}
	line := []byte("of: " + stamp + "\n")
	out := stampLine.ReplaceAll(raw, nil)
	if markdown {
		out = bytes.Replace(out, []byte("---\n"), append([]byte("---\n"), line...), 1)
	} else {
		out = append(line, out...)
	}
	if bytes.Equal(raw, out) {
		return false, nil
	}
	if err := os.WriteFile(name, out, 0o644); err != nil { //nolint:gosec // authors share the pack
		return false, fmt.Errorf("stamping: %w", err)
	}
	return true, nil
}
