package jsonscan

import (
	"testing"
	"unicode/utf8"
)

// TestValidUTF8: the same verdict as utf8.Valid on every pair of bytes behind
// and before what is common, and on what is nearly a character.
func TestValidUTF8(t *testing.T) {
	check := func(s string) {
		if got, want := ValidUTF8([]byte(s)), utf8.ValidString(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
	for a := range 256 {
		for b := range 256 {
			pair := string([]byte{byte(a), byte(b)})
			for _, s := range []string{pair, "你" + pair, pair + "\x80", pair + "\x80\x80", "ab" + pair + "\xbf\xbfcd", pair + "\x9f\xbf你好"} {
				check(s)
			}
		}
	}
}

// TestPlain: the end of plain text is found wherever it is within a word.
func TestPlain(t *testing.T) {
	for _, special := range []byte{'"', '\\', 0, 0x1f} {
		for at := range 20 {
			text := make([]byte, 24)
			for i := range text {
				text[i] = "a \x7f\x80\xa2\xdc\xff!#[]"[i%11]
			}
			text[at] = special
			if got, _ := Plain(text, 0); got != at {
				t.Errorf("%q: %d, want %d", text, got, at)
			}
		}
	}
	if end, ascii := Plain([]byte("abcdefghij\xe4"), 0); end != 11 || ascii {
		t.Errorf("got %d, ascii %v", end, ascii)
	}
}
