//go:build cgo

package browser

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// album is where the READMEs have their pictures from.
const album = "../../screenshots"

// largest is how many bytes a picture may have.
const largest = 200_000

// pictures takes the pictures of the READMEs: of today, of the sentence of its first
// finding about hanging up and of the first call that ends there.
func pictures(t *testing.T, b *tab) {
	if err := os.MkdirAll(album, 0o755); err != nil {
		t.Fatal(err)
	}
	b.screen(1280, 800, false)
	b.visit("/today?lang=zh")
	taken := map[string]string{"today": b.where()}
	b.toSentence(t)
	taken["node"] = b.where()
	b.toCalls(t)
	taken["call"] = b.where()
	for _, lang := range []string{"zh", "en"} {
		b.visit("/about?lang=" + lang)
		for name, page := range taken {
			b.do(chromedp.Navigate(page))
			b.settle()
			value[string](b, `document.querySelector(".who span").textContent = "li"`) // not whoever runs the test
			b.picture(t, filepath.Join(album, name+"."+lang+".png"))
		}
	}
}

// picture writes what the window shows.
func (b *tab) picture(t *testing.T, path string) {
	t.Helper()
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	full, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, reduced(full)); err != nil {
		t.Fatal(err)
	}
	if small.Len() > largest {
		t.Errorf("%s has %d bytes, want at most %d", path, small.Len(), largest)
	}
	if err := os.WriteFile(path, small.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reduced returns a picture with the 256 colours that are the commonest in it, of those
// that differ by more than an eighth of what an eye sees.
func reduced(full image.Image) *image.Paletted {
	count := map[color.RGBA]int{}
	near := func(c color.Color) color.RGBA {
		r, g, b, _ := c.RGBA()
		round := func(v uint32) uint8 { return uint8(min(255, (v>>8+2)/4*4)) }
		return color.RGBA{round(r), round(g), round(b), 255}
	}
	box := full.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			count[near(full.At(x, y))]++
		}
	}
	colours := make([]color.RGBA, 0, len(count))
	for c := range count {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return bytes.Compare([]byte{a.R, a.G, a.B}, []byte{b.R, b.G, b.B})
	})
	var palette color.Palette
	for _, c := range colours[:min(256, len(colours))] {
		palette = append(palette, c)
	}
	known := map[color.RGBA]uint8{}
	p := image.NewPaletted(box, palette)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := near(full.At(x, y))
			i, ok := known[c]
			if !ok {
				i = uint8(palette.Index(c))
				known[c] = i
			}
			p.SetColorIndex(x, y, i)
		}
	}
	return p
}
