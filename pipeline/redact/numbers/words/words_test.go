package words

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/redact/span"
)

// The lists are read by people who add to them, so what they promise holds.
func TestLists(t *testing.T) {
	l := Load()
	for _, fields := range lines("homophones") {
		if len(fields[0]) != 1 || fields[0] < "0" || fields[0] > "9" {
			t.Errorf("homophones: %q is no digit", fields[0])
		}
	}
	kinds := append(span.Kinds(), "amount", "none", "part")
	seen := map[string]string{}
	for _, fields := range lines("triggers") {
		known := false
		for _, k := range kinds {
			known = known || string(k) == fields[0]
		}
		if !known {
			t.Errorf("triggers: %q is no kind", fields[0])
		}
		for _, w := range fields[1:] {
			if before, is := seen[w]; is && before != fields[0] {
				t.Errorf("triggers: %s is of %s and of %s", w, before, fields[0])
			}
			seen[w] = fields[0]
		}
	}
	for _, fields := range lines("words") {
		for _, w := range fields {
			if !strings.ContainsFunc(w, func(r rune) bool { _, hard, _ := l.Digit(r); return !hard }) {
				t.Errorf("words: %s is made of digits alone, and would be cut out of numbers", w)
			}
		}
	}
}

func TestTokens(t *testing.T) {
	l := Load()
	for text, want := range map[string]string{
		"幺零２3":         "1 0 2 3",
		"三个八，双六":       "8×3 | 6×2",
		"一个七":          "7",
		"三个八百块":        "3 . 8 . .",
		"幺腰吧":          "1 ~1 ~8",
		"A1-x":         "A 1 _ X",
		"呃，那个 不对":      "f | f _ c",
		"a艾特qq点com":    "A @ Q Q . C O M",
		"下划线@点康姆":      "u @ . t",
		"第一":           ".",
		"[电话]1":        ". 1",
		"京":            "p",
		"大写的叉":         "x",
		"\xff\xe4\xb8": ". . .",
	} {
		var got []string
		at := 0
		for _, k := range l.Tokens(nil, 0, text) {
			if k.Start != at {
				t.Errorf("%q: a token begins at %d, want %d", text, k.Start, at)
			}
			at = k.End
			s := "."
			switch k.What {
			case Digit:
				s = string(k.Value)
			case Soft:
				s = "~" + string(k.Value)
			case Letter:
				s = string(k.Value)
			case Blank:
				s = "_"
			case Pause:
				s = "|"
			case Fill:
				s = "f"
			case Corr:
				s = "c"
			case At:
				s = "@"
			case TLD:
				s = "t"
			case Under:
				s = "u"
			case Cross:
				s = "x"
			case Province:
				s = "p"
			}
			if k.Times > 1 {
				s += "×" + string('0'+rune(k.Times))
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		if at != len(text) {
			t.Errorf("%q: tokens end at %d", text, at)
		}
	}
}

func TestLook(t *testing.T) {
	l := Load()
	for text, want := range map[string]Facts{
		"您2020年1月15日的订单共1200元":    {Digits: 11, Runes: 21},
		"人均500-1000元，4.5分":        {Digits: 9, Runes: 16},
		"9:00-21:00，010-58109988": {Digits: 18, Free: 11, Runes: 22},
		"尾号3106":                  {Digits: 4, Free: 4, Runes: 6},
		"幺零零二":                    {Digits: 4, Free: 4, Runes: 4},
		"163点com":                 {Digits: 3, Free: 3, Letters: 3, Runes: 7},
		"张先生您好":                   {Runes: 5},
		"我生日八月":                   {Digits: 1, Birth: true, Runes: 5},
		"a@b":                     {Letters: 2, Sign: true, Runes: 3},
	} {
		got := l.Look(text)
		got.Runes = want.Runes // of the lines it may count digits once
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestTriggers(t *testing.T) {
	l := Load()
	for text, want := range map[string]span.Kind{
		"电话是":       span.Phone,
		"电话的尾号":     span.Tail,
		"身份证最后那四位数": span.Tail,
		"后面六个数字是":   span.Tail,
		"前三位":       "part",
		"短信里的六位数字":  span.Code,
		"电话费":       "amount",
		"银行卡余额":     "amount",
		"公众号":       "none",
		"电话[电话]":    "",
		"您好":        "",
	} {
		if got := l.Nearest(text, 0, len(text)); got.Kind != want {
			t.Errorf("%q says %q, want %q", text, got.Kind, want)
		}
	}
}

func TestAcknowledges(t *testing.T) {
	l := Load()
	for text, want := range map[string]bool{
		"": true, "嗯": true, "好的，您继续。": true, "对对对": true, "不着急您慢慢看": true,
		"您要几份": false, "三": false, "[电话]": false,
	} {
		if got := l.Acknowledges(text); got != want {
			t.Errorf("Acknowledges(%q) = %v", text, got)
		}
	}
}

func TestTokensCoverAnyText(t *testing.T) {
	l := Load()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text") + rapid.SampledFrom([]string{"", "三个", "双", "一个", "[电", "\xe4"}).Draw(t, "end")
		at := 0
		for _, k := range l.Tokens(nil, 0, text) {
			if k.Start != at || k.End <= k.Start {
				t.Fatalf("%q: a token from %d to %d, want one from %d", text, k.Start, k.End, at)
			}
			if utf8.ValidString(text) && !utf8.RuneStart(text[k.Start]) {
				t.Fatalf("%q: a token begins within a character", text)
			}
			at = k.End
		}
		if at != len(text) {
			t.Fatalf("%q: tokens end at %d", text, at)
		}
		l.Look(text)
		l.Nearest(text, 0, len(text))
		l.Acknowledges(text)
	})
}
