package figures

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFigures(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{Number(0), "0"}, {Number(999), "999"}, {Number(1000), "1,000"}, {Number(int64(1234567)), "1,234,567"}, {Number(-1234), "−1,234"},
		{Number("x"), "–"}, {Number(12.6), "13"},
		{Percent(.287), "28.7%"}, {Percent(math.NaN()), "–"}, {Percent(math.Inf(1)), "–"},
		{Interval(91, 413), "[18–26]"}, {Interval(4, 347), "[0.4–2.9]"}, {Interval(0, 0), ""}, {Interval(3, 2), ""},
		{Z(8.7), "z 8.7 ▲"}, {Z(-6.3), "z −6.3 ▼"}, {Z(math.NaN()), "–"},
		{Short("您好，请问", 3), "您好…"}, {Short("您好", 2), "您好"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// No cell is a formula to a spreadsheet, and no text is changed otherwise.
func TestUnformula(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+86138": "'+86138", "-": "'-", "-1": "-1", "-1.5": "-1.5", "-1+2": "'-1+2", "@a": "'@a", "\tx": "'\tx", "＝1": "'＝1", "a=1": "a=1", "": "",
	} {
		if got := Unformula(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		got := Unformula(text)
		if strings.TrimPrefix(got, "'") != strings.TrimPrefix(text, "'") {
			t.Errorf("%q became %q", text, got)
		}
		if first, _ := utf8.DecodeRuneInString(got); strings.ContainsRune("=+@\t\r\n", first) && got != "" {
			t.Errorf("%q is still a formula", got)
		}
	})
}
