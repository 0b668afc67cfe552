package words

import (
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/span"
)

// Trigger is a word of a text that says what a number beside it is.
type Trigger struct {
	Kind       span.Kind // or another word of the list: amount, none, part
	Start, End int       // in bytes
}

// Nearest returns the last trigger in a part of a text, of kind "" if there is none.
// What was found at the left may not lie in a label or before one.
func (l *Lists) Nearest(text string, from, to int) (last Trigger) {
	for i := from; i < to; {
		if n := span.LabelAt(text, i); n > 0 {
			i, last = i+n, Trigger{}
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r < 1<<16 && l.class[r]&isTrigger != 0 {
			if n, kind := l.TriggerAt(text, i); n > 0 && i+n <= to {
				// Of two that end at one place the longer one counts, which was found first.
				if k := (Trigger{kind, i, i + n}); k.End > last.End {
					last = k
				}
			}
		}
		i += size
	}
	return last
}

// TriggerAt returns the length and the kind of the trigger that begins at a byte of a
// text, 0 if none does.
func (l *Lists) TriggerAt(text string, i int) (int, span.Kind) {
	n, kind := l.triggers.at(text, i)
	if r, _ := utf8.DecodeRuneInString(text[i:]); r < 1<<16 && l.class[r]&isTrigger != 0 && strings.ContainsRune(counts, r) {
		if c, k := counting(text[i:]); c > n {
			return c, k
		}
	}
	if n == 0 {
		return 0, ""
	}
	return n, l.kinds[kind-1]
}

// counts are the characters that a trigger of counting begins with.
const counts = "后末最倒尾结前头开三四五六八几34568"

// counting reads a trigger that counts, 后四位, 最后那三个数字, 前三位, 六位数字, at the
// beginning of a text.
func counting(text string) (int, span.Kind) {
	i, kind := 0, span.Code
	if len(text) > 2 && text[0] >= 0xE5 { // the first byte of all of these
		if n := prefix(text, "后面", "后边", "后头", "后", "末尾", "末", "最后", "倒数", "尾号", "结尾", "尾"); n > 0 {
			i, kind = n, span.Tail
		} else if n := prefix(text, "前面", "前边", "前", "开头", "头"); n > 0 {
			i, kind = n, "part"
		}
	}
	if i > 0 {
		i += prefix(text[i:], "那", "的")
	}
	n := prefix(text[i:], "三", "四", "五", "六", "八", "几", "3", "4", "5", "6", "8")
	if n == 0 {
		return 0, ""
	}
	i += n
	if n = prefix(text[i:], "位", "个"); n == 0 {
		return 0, ""
	}
	i += n
	if kind != span.Code {
		return i + prefix(text[i:], "数字是", "数字", "数是", "号码", "号", "数", "是"), kind
	}
	if n = prefix(text[i:], "数字是", "数字", "数是", "数", "的验证码", "的数字", "的码", "的数", "码"); n == 0 {
		return 0, ""
	}
	return i + n, kind
}

// prefix returns the length of the first of some words that a text begins with, 0 if
// it does with none.
func prefix(text string, words ...string) int {
	for _, w := range words {
		if strings.HasPrefix(text, w) {
			return len(w)
		}
	}
	return 0
}

// Digit returns the value of a digit, '0' to '9', and whether the character is one
// or only sounds like one.
func (l *Lists) Digit(r rune) (value byte, hard, soft bool) {
	if r >= 1<<16 {
		return 0, false, false
	}
	return l.digit[r], l.class[r]&isDigit != 0, l.class[r]&isSoft != 0
}

// IsProvince says whether a character begins plates, and is not only one of the same
// sound.
func (l *Lists) IsProvince(r rune) bool { return l.plate[r] }

// Acknowledges says whether a line says nothing but that its speaker listens.
func (l *Lists) Acknowledges(text string) bool {
	if len(text) > 3*20 {
		return false
	}
	for i := 0; i < len(text); {
		if n, _ := l.acks.at(text, i); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !strings.ContainsRune("，。、？！,.?! …~～；;", r) {
			return false
		}
		i += size
	}
	return true
}

// IsAcknowledged says whether a place is at or within a word that only acknowledges.
func (l *Lists) IsAcknowledged(text string, at int) bool {
	for i := max(0, at-3*4); i <= at; i++ {
		if n, _ := l.acks.at(text, i); n > at-i {
			return true
		}
	}
	return false
}

// Counted says whether what follows a place makes digits before it an amount or a
// time; long digits are only counted by few words.
func (l *Lists) Counted(text string, at int, long bool) bool {
	for at < len(text) && text[at] == ' ' {
		at++
	}
	d := &l.units
	if long {
		d = &l.counted
	}
	if n, _ := d.at(text, at); n > 0 {
		return true
	}
	if !long {
		// A range: 3974到7269.
		for _, to := range [...]string{"到", "至", "~", "～"} {
			if strings.HasPrefix(text[at:], to) {
				r, _ := utf8.DecodeRuneInString(text[at+len(to):])
				_, hard, _ := l.Digit(r)
				return hard
			}
		}
	}
	return false
}

// Paid says whether what stands directly before a place makes digits there an
// amount.
func (l *Lists) Paid(text string, at int) bool {
	before := strings.TrimRight(text[:at], " 是为:：约了")
	for _, c := range l.currencies {
		if strings.HasSuffix(before, c) {
			return true
		}
	}
	return false
}
