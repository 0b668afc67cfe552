package jsonscan

import (
	"math/rand/v2"
	"strings"
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

// TestWidth: a long text is judged as its characters are, wherever the odd one
// among them is.
func TestWidth(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	parts := []string{"a", "0123456789", "你", "好，请问", "é", "😀", "\uFFFD", "\u0800", "\ud7ff", "\ue000"}
	for range 20_000 {
		var b strings.Builder
		for kinds := 1 + random.IntN(len(parts)); b.Len() < random.IntN(600); {
			b.WriteString(parts[random.IntN(kinds)])
		}
		text := []byte(b.String())
		if len(text) > 0 && random.IntN(3) == 0 {
			text[random.IntN(len(text))] = byte(random.IntN(256))
		}
		if random.IntN(8) == 0 {
			text = text[:random.IntN(len(text)+1)]
		}
		narrow := false
		for _, r := range string(text) {
			narrow = narrow || r >= utf8.RuneSelf
		}
		narrow = narrow && utf8.Valid(text) && !strings.ContainsFunc(string(text), func(r rune) bool { return r >= 0x800 })
		if valid, is := Width(text); valid != utf8.Valid(text) || is != narrow {
			t.Fatalf("%q: %v, narrow %v", text, valid, is)
		}
	}
}
