package numbers

import (
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/numbers/form"
	"callmill/pipeline/redact/numbers/words"
	"callmill/pipeline/redact/span"
)

// How far from a number a word may be that says what it is, in bytes.
const (
	farLeft  = 3 * 24
	farRight = 3 * 12
	// A line that answers has at most so much before the number.
	answerStart = 3 * 16

	longestLabel = len("[验证码]")
)

// before returns what the words left of a place say of a number there; floor is
// where the number before it ends.
func (f *Finder) before(text string, floor, at int) span.Kind {
	from := max(floor, at-farLeft)
	for from < at && !utf8.RuneStart(text[from]) {
		from++
	}
	return f.Nearest(text, from, at).Kind
}

// What may stand between a number and the word behind it that says what it is, and
// which of such words there are: 是我的微信, 结尾, 这个验证码.
var joints = []string{"就是", "是", "的", "这个", "那个", "我的", "我", "为", "这", "，", ",", " ", "您的", "你的", "她的", "他的", "你们发的", "发来的", "那", "本"}

// after returns what the words right of a place say of a number there.
func (f *Finder) after(text string, at int) span.Kind {
	rest := text[at:min(len(text), at+farRight+longestLabel)]
	if end, _ := span.NextLabel(rest, 0); end < len(rest) {
		rest = rest[:end]
	}
	if len(rest) > farRight {
		rest = rest[:farRight]
	}
	said := 0
	for rest != "" {
		for _, w := range []string{"开头", "打头", "起头", "开始的"} {
			if strings.HasPrefix(rest, w) {
				return form.Part
			}
		}
		if n, k := f.TriggerAt(rest, 0); n > 0 {
			switch {
			case k == span.Tail:
				return k
			case (said > 0 || strings.HasPrefix(rest, "这")) && k != form.Amount && k != form.Nobody:
				return k
			}
			return ""
		}
		joined := false
		for _, j := range joints {
			if strings.HasPrefix(rest, j) {
				rest, joined = rest[len(j):], true
				if len(j) >= 3 && j != "，" {
					said++
				}
				break
			}
		}
		if !joined {
			break
		}
	}
	return ""
}

// asked returns what the lines before a line ask for, if the line answers: the
// number begins it but for a few words.
func (f *Finder) asked(call []span.Line, line, at int) span.Kind {
	text := call[line].Text
	if at > answerStart {
		return ""
	}
	for i, c := range text[:at] {
		if i < at && c == '[' && span.LabelAt(text, i) > 0 {
			return ""
		}
	}
	for back := line - 1; back >= 0 && back >= line-4; back-- {
		said := call[back].Text
		if call[back].Speaker == call[line].Speaker {
			// The speaker's own line counts if it ends with the word: 我的电话是.
			if k := f.lastOf(call, back); k.Kind != "" && len(said)-k.End <= 3*8 {
				return k.Kind
			}
			if !f.Acknowledges(said) && f.labelled(said) == "" {
				return ""
			}
			continue
		}
		if f.Acknowledges(said) {
			continue
		}
		return f.lastOf(call, back).Kind
	}
	return ""
}

// ending is the last trigger of a line.
type ending struct {
	known bool
	words.Trigger
}

// lastOf returns the last trigger of a line. A line is searched once, however many
// numbers are asked for in it.
func (f *Finder) lastOf(call []span.Line, line int) words.Trigger {
	for len(f.ends) <= line {
		f.ends = append(f.ends, ending{})
	}
	if k := &f.ends[line]; !k.known {
		*k = ending{true, f.Nearest(call[line].Text, 0, len(call[line].Text))}
	}
	return f.ends[line].Trigger
}

// labelled returns the kind of the label a text ends with, "" if it does not.
func (f *Finder) labelled(text string) span.Kind {
	if i := strings.LastIndexByte(text, '['); i >= 0 && span.LabelAt(text, i) > 0 {
		return span.Of(text[i : i+span.LabelAt(text, i)])
	}
	return ""
}
