package segment

import (
	"testing"
	"unicode/utf8"
)

func benchLines(b *testing.B) []string {
	var lines []string
	for _, s := range realLines(b) {
		if n := utf8.RuneCountInString(s); n >= 16 && n <= 24 {
			lines = append(lines, s)
		}
	}
	return lines
}

func BenchmarkCut(b *testing.B) {
	lines := benchLines(b)
	n := 0
	for _, l := range lines {
		n += utf8.RuneCountInString(l)
	}
	b.Logf("%d lines of %.1f", len(lines), float64(n)/float64(len(lines)))
	for _, hmm := range []bool{false, true} {
		name := map[bool]string{false: "plain", true: "hmm"}[hmm]
		s, err := New(Options{HMM: hmm})
		s = must(b, s, err)
		b.Run("fast/"+name, func(b *testing.B) {
			b.ReportAllocs()
			var dst []int32
			i := 0
			for b.Loop() {
				dst = s.Cut(dst[:0], lines[i%len(lines)])
				i++
			}
		})
		g, err := plainGSE()
		if hmm {
			g, err = modelGSE()
		}
		ref := must(b, g, err).words
		b.Run("gse/"+name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				ref.Cut(lines[i%len(lines)], hmm)
				i++
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		_, err := loadBuiltin()
		if err != nil {
			b.Fatal(err)
		}
	}
}
