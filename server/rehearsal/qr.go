package rehearsal

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white edge that readers of such pictures need, in modules.
const quiet = 4

// Picture is a QR code as one path of an SVG drawing.
type Picture struct {
	Size int    // width and height of the drawing, in modules
	Path string // black modules, joined into runs
}

// Draw makes the QR code of text.
func Draw(text string) (Picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Picture{}, fmt.Errorf("rehearsal: drawing: %w", err)
	}
	n := code.Bounds().Dx()
	var b strings.Builder
	for y := range n {
		for x := 0; x < n; {
			run := 0
			for x+run < n && code.At(x+run, y) == color.Black {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			}
			x += max(1, run)
		}
	}
	return Picture{Size: n + 2*quiet, Path: b.String()}, nil
}
