package segment

import (
	"testing"
	"unicode/utf8"
)

// FuzzCut checks what holds for any bytes.
func FuzzCut(f *testing.F) {
	for _, s := range oddities {
		f.Add(s)
	}
	for _, s := range realLines(f)[:50] {
		f.Add(s)
	}
	user := UserDict{Name: "user.txt", Text: []byte("王品牛排 100\n的 5\n😀a 7\n4.5 3\n")}
	var cutters []cutter
	for _, o := range []Options{{}, {HMM: true}, {HMM: true, Dicts: []UserDict{user}}} {
		cutters = append(cutters, segmenter(f, o))
	}
	f.Fuzz(func(t *testing.T, script string) {
		for _, s := range cutters {
			at := 0
			for _, n := range s.Cut(nil, script) {
				if n <= 0 || int(n) > len(script)-at {
					t.Fatalf("%q: a word of %d bytes at %d", script, n, at)
				}
				at += int(n)
				if at < len(script) && utf8.ValidString(script) && !utf8.RuneStart(script[at]) {
					t.Fatalf("%q: a character is cut at %d", script, at)
				}
			}
			if at != len(script) {
				t.Fatalf("%q: the words end at %d", script, at)
			}
		}
	})
}

// FuzzUserDict checks that a dictionary is read or refused, and that words it
// brings leave the text whole.
func FuzzUserDict(f *testing.F) {
	f.Add("王品牛排 100 nz\nVIP卡\t20", "去王品牛排")
	f.Add("\uFEFFＴ恤 5\r\n\r\n", "Ｔ恤")
	f.Add("好 1e11\n", "好")
	f.Fuzz(func(t *testing.T, text, script string) {
		s, err := New(Options{Dicts: []UserDict{{Name: "fuzz", Text: []byte(text)}}})
		if err != nil {
			return
		}
		wordsOf(t, s, script)
	})
}
