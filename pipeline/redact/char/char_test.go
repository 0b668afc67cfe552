package char

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestDecode: the short way for most ideographs gives what the library does.
func TestDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[一-龥ａ-ｚ０-９〇　a\x00]*`), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		for i := 0; i < len(text); {
			got, size := Decode(text, i)
			want, wantSize := utf8.DecodeRuneInString(text[i:])
			if want = Half(want); want == utf8.RuneError {
				want = 0
			}
			if got != want || size != wantSize {
				t.Fatalf("Decode(%q, %d) = %U, %d, want %U, %d", text, i, got, size, want, wantSize)
			}
			i += size
		}
	})
}

func TestHalf(t *testing.T) {
	for r, want := range map[rune]rune{'！': '!', '０': '0', 'ｚ': 'z', '～': '~', '　': '　', 'a': 'a', '中': '中'} {
		if got := Half(r); got != want {
			t.Errorf("Half(%c) = %c, want %c", r, got, want)
		}
	}
}
