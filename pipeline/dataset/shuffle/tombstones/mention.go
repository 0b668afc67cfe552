package tombstones

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/pipeline/calendar"
)

// Mentions reports whether a text that is no job, such as what was rejected, names
// somebody who was erased, as of an instant in ms: a number in any spelling, or a
// reference or job id as a word or a text in quotes.
func (l *Limits) Mentions(text []byte, ms int64) bool {
	if l.List.Empty() || len(text) == 0 {
		return false
	}
	day := l.day(ms)
	if day < l.List.before {
		return true
	}
	plain := string(text)
	if l.numbered(plain, day) || l.words(plain, day) {
		return true
	}
	if unescaped := unescape(plain); unescaped != plain {
		return l.numbered(unescaped, day) || l.words(unescaped, day)
	}
	return false
}

// escapes are those of JSON that a number may be written with.
var escapes = regexp.MustCompile(`(?:\\u[0-9a-fA-F]{4})+`)

// unescape replaces the escapes of a text that may be JSON, however damaged.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	text = strings.ReplaceAll(text, `\"`, `"`) // JSON in JSON
	return escapes.ReplaceAllStringFunc(text, func(e string) string {
		var s string
		if json.Unmarshal([]byte(`"`+e+`"`), &s) != nil {
			return e
		}
		return s
	})
}

const (
	// leastDigits is how many digits a number has at least, to be looked for in a text.
	leastDigits = 5
	// mostBetween is how many marks and spaces are between two digits of one number.
	mostBetween = 3
)

// numbered looks at what may be a number: digits of any script, with a few marks in
// between.
func (l *Limits) numbered(text string, day calendar.Day) bool {
	if len(l.List.numbers) == 0 {
		return false
	}
	starts, between := []int(nil), 0 // of the runs of digits of a number
	end, digits, last := 0, 0, false
	look := func() bool {
		defer func() { starts, digits = starts[:0], 0 }()
		if digits < leastDigits {
			return false
		}
		for i, start := range starts { // the number may follow another, or a date
			for j := i; j < len(starts); j++ {
				stop := end
				if j+1 < len(starts) {
					stop = starts[j+1]
				}
				if l.number(l.Key(text[start:stop]), day) {
					return true
				}
			}
		}
		return false
	}
	for i, r := range text {
		switch {
		case unicode.IsDigit(r):
			if !last {
				starts = append(starts, i)
			}
			digits++
			end, between, last = i+utf8.RuneLen(r), 0, true
		case len(starts) > 0 && between < mostBetween && (unicode.IsSpace(r) || unicode.IsPunct(r) && r != '"' && r != ',' || r == '+'):
			between, last = between+1, false
		default:
			if last = false; len(starts) > 0 && look() {
				return true
			}
		}
	}
	return len(starts) > 0 && look()
}

// words looks at texts in quotes and between elements, and at words.
func (l *Limits) words(text string, day calendar.Day) bool {
	if len(l.List.references)+len(l.List.anyJobs) == 0 {
		return false
	}
	for _, marks := range []string{`"<>`, "\"<> \t\r\n:,;&=/?()[]{}"} {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(marks, r) }) {
			if l.reference(word, day) || l.anyJob(word) {
				return true
			}
		}
	}
	return false
}
