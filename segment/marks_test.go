package segment

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestLettersStayTogether: no word ends between two letters or digits,
// whatever the dictionaries hold.
func TestLettersStayTogether(t *testing.T) {
	s := segmenter(t, Options{Dicts: []UserDict{{Text: []byte("ab 900\nb好 900\n好a 900\na好1 900\nａ1 9\na.b 9\n")}}})
	rapid.Check(t, func(t *rapid.T) {
		script := rapid.StringOfN(rapid.SampledFrom([]rune("ab1ａ.好IP卡é\u0301 ")), 0, 12, -1).Draw(t, "script")
		at := 0
		for _, n := range s.Cut(nil, script) {
			at += int(n)
			before, _ := utf8.DecodeLastRuneInString(script[:at])
			after, _ := utf8.DecodeRuneInString(script[at:])
			if at < len(script) && kindOf(before).spells() && kindOf(after).spells() {
				t.Fatalf("%q is cut at %d", script, at)
			}
		}
		if at != len(script) {
			t.Fatalf("%q: the words end at %d", script, at)
		}
	})
}

func TestKinds(t *testing.T) {
	for want, runes := range map[kind]string{
		han:    "的㐀𠀀〇々豈",
		mark:   "。，！“…—、+%％①Ⅷ○😀°\x00\x7f\ufffd\u200b\ufeff",
		point:  ".．",
		letter: "azAZａＺéßЖΩあカー한ไ",
		digit:  "09０９٣",
		space:  " \t\n\v\f\r\u0085\u00a0\u3000\u2028",
		extend: "\u0301\ufe0f\u200c🏽\u20e3\U000E0100",
		joiner: "\u200d",
		flag:   "🇨",
	} {
		for _, r := range runes {
			if got := kindOf(r); got != want {
				t.Errorf("%q (%U) is of kind %d, want %d", r, r, got, want)
			}
		}
	}
}
