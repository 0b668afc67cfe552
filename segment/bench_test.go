package segment

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Run: go test -run '^$' -bench . -count 6 ./segment
//
// BenchmarkCut alternates between the engines, so that a busy machine slows
// both; compare medians of ns/op.

// benchLines are real lines of about 20 characters.
func benchLines(b *testing.B) (lines []string) {
	for _, s := range realLines(b) {
		if n := utf8.RuneCountInString(s); n >= 16 && n <= 24 {
			lines = append(lines, s)
		}
	}
	return lines
}

func BenchmarkCut(b *testing.B) {
	lines := benchLines(b)
	for _, hmm := range []bool{false, true} {
		name := map[bool]string{false: "plain", true: "hmm"}[hmm]
		fast, err := New(Options{HMM: hmm})
		fast = must(b, fast, err)
		ref, err := modelGSE()
		ref = must(b, ref, err)
		b.Run(name+"/Segmenter", func(b *testing.B) {
			b.ReportAllocs()
			var dst []int32
			for i := 0; b.Loop(); i++ {
				dst = fast.Cut(dst[:0], lines[i%len(lines)])
			}
		})
		b.Run(name+"/gse", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				ref.cut(lines[i%len(lines)], hmm)
			}
		})
	}
}

// BenchmarkCutParallel shows what waits for memory or for each other.
func BenchmarkCutParallel(b *testing.B) {
	lines := benchLines(b)
	s, err := New(Options{})
	s = must(b, s, err)
	b.RunParallel(func(pb *testing.PB) {
		var dst []int32
		for i := 0; pb.Next(); i++ {
			dst = s.Cut(dst[:0], lines[i%len(lines)])
		}
	})
}

// BenchmarkCutLong is a megabyte without any break.
func BenchmarkCutLong(b *testing.B) {
	s, err := New(Options{HMM: true})
	s = must(b, s, err)
	for _, c := range []string{"的", "乂", "a", "1.", "国中华人民共和"} {
		script := strings.Repeat(c, 1<<20/len(c))
		b.Run(c, func(b *testing.B) {
			b.SetBytes(int64(len(script)))
			var dst []int32
			for b.Loop() {
				dst = s.Cut(dst[:0], script)
			}
		})
	}
}

// BenchmarkLoad is what a process waits for before it can cut.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := loadBuiltin(); err != nil {
			b.Fatal(err)
		}
	}
}
