// Package trace finds what is left of somebody in texts and in JSON that no table
// holds: kept responses, refused input, reports. It knows the spellings a number has
// (digits in groups, of other scripts, spoken) and cuts a job out of a response that
// holds others, too.
//
// What it finds is found by values alone: it understands no language. Somebody whom
// another person's call mentions by name is not found.
package trace

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"callmill/pipeline/internal/digit"
)

// Values are what identifies somebody.
type Values struct {
	Numbers    []string // digits, normalized
	References []string
	Jobs       []string // ids of their jobs
	// Others are ids of jobs that have one of the numbers or references, too, and are not
	// to be cut out.
	Others []string
	// Inputs are texts that are theirs as a whole, such as what was refused of a response.
	Inputs []Input
}

// Input names a text without holding it.
type Input struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// Object is what an object of a JSON text says that has the id of a job.
type Object struct {
	Job                 string
	Numbers, References []string // as they are written
	Last                int64    // when it says that somebody was called last, in ms; 0: it does not
}

// Tracer looks for values. Safe for concurrent use.
type Tracer struct {
	numbers    [][]byte
	references []string
	jobs       map[string]bool
	lengths    map[int]bool // of the ids
	odd        []string     // ids of jobs that no token is: looked for in the text
	others     map[string]bool
	inputs     map[Input]bool
	sizes      map[int64]bool // of the inputs
	number     func(string) string
	decode     func([]byte) []byte
	match      func(*Object) bool
}

// Options say how texts are read.
type Options struct {
	// Number normalizes a phone number to its digits.
	Number func(string) string
	// Decode returns text of another encoding as UTF-8; nil: there is none.
	Decode func([]byte) []byte
	// Match reports whether an object is theirs, besides those of their jobs: where only
	// digests of the values are known. An id by itself is an object that says no more.
	// nil: none is. A tracer with it is as safe for concurrent use as it is.
	Match func(*Object) bool
}

// New returns what looks for the values of somebody.
func New(v Values, o Options) *Tracer {
	t := &Tracer{jobs: map[string]bool{}, lengths: map[int]bool{}, others: map[string]bool{}, number: o.Number, decode: o.Decode, match: o.Match}
	if len(v.Inputs) > 0 {
		t.inputs, t.sizes = map[Input]bool{}, map[int64]bool{}
	}
	for _, i := range v.Inputs {
		t.inputs[i], t.sizes[i.Bytes] = true, true
	}
	for _, n := range v.Numbers {
		if n != "" {
			t.numbers = append(t.numbers, []byte(n))
		}
	}
	for _, r := range v.References {
		if r != "" {
			t.references = append(t.references, r)
		}
	}
	for _, j := range v.Jobs {
		t.jobs[j], t.lengths[len(j)] = true, true
		if !isToken(j) {
			t.odd = append(t.odd, j)
		}
	}
	for _, j := range v.Others {
		t.others[j] = true
	}
	return t
}

// In reports whether a text holds a value: a number in any spelling, a reference id, a
// job id.
func (t *Tracer) In(text []byte) bool {
	if !utf8.Valid(text) && t.decode != nil {
		if decoded := t.decode(text); decoded != nil && t.in(decoded) {
			return true
		}
	}
	return t.in(text)
}

func (t *Tracer) in(text []byte) bool {
	if t.plain(text) {
		return true
	}
	if bytes.Contains(text, []byte(`\u`)) {
		return t.plain(unescape(text))
	}
	return false
}

func (t *Tracer) plain(text []byte) bool {
	return t.hasJob(text) || t.hasReference(text) || len(t.numbers) > 0 && t.hasNumber(text)
}

// isInput reports whether a text is one of the inputs.
func (t *Tracer) isInput(text []byte) bool {
	if !t.sizes[int64(len(text))] {
		return false
	}
	sum := sha256.Sum256(text)
	return t.inputs[Input{int64(len(text)), hex.EncodeToString(sum[:])}]
}

func (t *Tracer) hasReference(text []byte) bool {
	for _, r := range t.references {
		if containsWord(text, r) {
			return true
		}
	}
	return false
}

// containsWord reports whether a text holds a value that is not a part of a longer
// token.
func containsWord(text []byte, value string) bool {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(value))
		if i < 0 {
			return false
		}
		begin, end := at+i, at+i+len(value)
		if (begin == 0 || !isTokenByte(text[begin-1]) || !isTokenByte(value[0])) &&
			(end == len(text) || !isTokenByte(text[end]) || !isTokenByte(value[len(value)-1])) {
			return true
		}
		at = begin + 1
	}
}

func (t *Tracer) hasJob(text []byte) bool {
	if len(t.jobs) == 0 {
		return false
	}
	for _, id := range t.odd {
		if bytes.Contains(text, []byte(id)) {
			return true
		}
	}
	for i := 0; i < len(text); {
		if !isTokenByte(text[i]) {
			i++
			continue
		}
		begin := i
		for i < len(text) && isTokenByte(text[i]) {
			i++
		}
		if t.lengths[i-begin] && t.jobs[string(text[begin:i])] {
			return true
		}
	}
	return false
}

func isTokenByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// spoken returns the digit that a character stands for when a number is said or
// written in characters.
func spoken(r rune) (byte, bool) {
	switch r {
	case '零', '〇', '○', '洞', '⓪':
		return 0, true
	case '一', '壹', '幺', '妖', '腰', '么', '①':
		return 1, true
	case '二', '两', '贰', '弍', '②':
		return 2, true
	case '三', '叁', '③':
		return 3, true
	case '四', '肆', '④':
		return 4, true
	case '五', '伍', '⑤':
		return 5, true
	case '六', '陆', '⑥':
		return 6, true
	case '七', '柒', '拐', '⑦':
		return 7, true
	case '八', '捌', '吧', '⑧':
		return 8, true
	case '九', '玖', '勾', '⑨':
		return 9, true
	}
	return 0, false
}

// Plain returns a number as it was said or written, with digits for the characters that
// stand for them.
func Plain(number string) string {
	return strings.Map(func(r rune) rune {
		if d, ok := spoken(r); ok {
			return '0' + rune(d)
		}
		return r
	}, number)
}

// between are characters that stand between the digits of one number.
const between = " \t\r\n\u00a0\u3000-－—–_.．·•()（）/,，、。 嗯啊呃额哦噢诶就是那个然后的对\u0000"

// digitOf returns the digit that a character stands for.
func digitOf(r rune) (byte, bool) {
	if r >= utf8.RuneSelf {
		if d, ok := spoken(r); ok {
			return d, true
		}
	}
	return digit.Value(r)
}

// hasNumber looks for the numbers in what a text holds of digits: those between which
// nothing but fillers stands are one row.
func (t *Tracer) hasNumber(text []byte) bool {
	var row []byte
	var joined []bool // whether the digit follows the one before at once
	next := false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if d, ok := digitOf(r); ok {
			row, joined = append(row, '0'+d), append(joined, next)
			next = true
		} else {
			next = false
			if len(row) > 0 && r != utf8.RuneError && !strings.ContainsRune(between, r) {
				if t.inRow(row, joined) {
					return true
				}
				row, joined = row[:0], joined[:0]
			}
		}
		i += size
	}
	return t.inRow(row, joined)
}

// inRow reports whether a row of digits holds a number that is not a part of a longer
// one: before it may stand the country's code, or zeros.
func (t *Tracer) inRow(row []byte, joined []bool) bool {
	for _, n := range t.numbers {
		if len(row) < len(n) {
			continue
		}
		for at := 0; ; at++ {
			i := bytes.Index(row[at:], n)
			if i < 0 {
				break
			}
			at += i
			if end := at + len(n); end < len(row) && joined[end] {
				continue
			}
			begin := at
			for begin > 0 && joined[begin] {
				begin--
			}
			if prefix := string(row[begin:at]); prefix == "" || strings.Trim(prefix, "0") == "" || strings.TrimLeft(prefix, "0") == "86" || strings.TrimRight(strings.TrimLeft(prefix, "0"), "0") == "86" {
				return true
			}
		}
	}
	return false
}

// unescape replaces the escapes of JSON strings by their characters.
func unescape(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		if text[i+1] == 'u' && i+6 <= len(text) {
			var s string
			end := i + 6
			if end+6 <= len(text) && text[end] == '\\' && text[end+1] == 'u' {
				end += 6 // perhaps the second half of a pair
			}
			if json.Unmarshal([]byte(`"`+string(text[i:end])+`"`), &s) == nil {
				out = append(out, s...)
				i = end - 1
				continue
			}
		}
		out = append(out, ' ')
		i++
	}
	return out
}

// Blot replaces the strings of a JSON text that hold a value by "[erased]", keys
// excepted unless they do, too. It returns how many.
func (t *Tracer) Blot(text []byte) ([]byte, int) {
	var out []byte
	n, from := 0, 0
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		begin := i
		for i++; i < len(text) && text[i] != '"'; i++ {
			if text[i] == '\\' {
				i++
			}
		}
		end := min(i+1, len(text))
		var s string
		if json.Unmarshal(text[begin:end], &s) != nil || !t.In([]byte(s)) {
			continue
		}
		out = append(append(out, text[from:begin]...), `"[erased]"`...)
		from = end
		n++
	}
	if n == 0 {
		return text, 0
	}
	return append(out, text[from:]...), n
}

func fromBase64(s string) ([]byte, bool) {
	raw, err := base64.StdEncoding.DecodeString(s)
	return raw, err == nil && len(raw) > 0
}
