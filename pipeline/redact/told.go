package redact

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"callmill/schema"
)

// left stands for what is left out of a message.
const left = "…"

// Reject takes out of a reject what it has of its input, but under [Keep]: the input,
// of which the length and the hash stay, and what the reason quotes of it.
func (r *Redactor) Reject(reject *schema.Reject) {
	if r.options.Mode == Keep {
		return
	}
	reject.Reason, reject.Origin = Reason(reject.Reason), Origin(reject.Origin)
	if reject.RawBytes == 0 && len(reject.Raw) > 0 {
		sum := sha256.Sum256(reject.Raw)
		reject.RawBytes, reject.RawSHA256 = int64(len(reject.Raw)), hex.EncodeToString(sum[:])
	}
	reject.Raw = nil
}

// Origin returns where input came from without what may be a number of somebody's: a file
// is often named for whom it is about. Days and times stay.
func Origin(origin string) string {
	return eachNumber(origin, " -.", func(number string) string {
		if countDigits(number) < longNumber {
			return number
		}
		for _, layout := range []string{"20060102", "20060102150405", time.DateOnly} {
			if at, err := time.Parse(layout, number); err == nil && 2000 <= at.Year() && at.Year() < 2100 {
				return number
			}
		}
		return left
	})
}

func countDigits(text string) (n int) {
	for i := range len(text) {
		if '0' <= text[i] && text[i] <= '9' {
			n++
		}
	}
	return n
}

// eachNumber replaces each run of digits, those between which a single one of some
// characters stands being one.
func eachNumber(text, between string, by func(digits string) string) string {
	var b strings.Builder
	isDigit := func(i int) bool { return i < len(text) && '0' <= text[i] && text[i] <= '9' }
	for i := 0; i < len(text); {
		if !isDigit(i) {
			b.WriteByte(text[i])
			i++
			continue
		}
		end := i
		for isDigit(end) || end > i && isDigit(end+1) && strings.IndexByte(between, text[end]) >= 0 {
			end++
		}
		b.WriteString(by(text[i:end]))
		i = end
	}
	return b.String()
}

// Reason returns the reason of a reject without what it may have of the input: what is
// in quotes, what is not English, addresses of mail, and long numbers.
func Reason(reason string) string {
	if first, last := strings.IndexByte(reason, '"'), strings.LastIndexByte(reason, '"'); first < last {
		reason = reason[:first+1] + left + reason[last:] // what is quoted may have quotes in it
	}
	reason = eachNumber(reason, " -.", func(number string) string {
		if countDigits(number) < longNumber {
			return number
		}
		return left
	})
	var b strings.Builder
	for i, word := range strings.Split(reason, " ") {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(withoutValues(word))
	}
	return b.String()
}

// longNumber is how many digits tell more than a place in an input.
const longNumber = 7

// withoutValues returns a word without what may be a value in it.
func withoutValues(word string) string {
	if strings.Contains(word, "@") {
		return left
	}
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if word[i] < utf8.RuneSelf {
			b.WriteByte(word[i])
			continue
		}
		for i+1 < len(word) && word[i+1] >= utf8.RuneSelf {
			i++
		}
		b.WriteString(left)
	}
	return strings.ReplaceAll(b.String(), left+left, left)
}

// Findings takes out of findings what an input made up and may hold a value: names of
// fields that look like none, which are counted together.
func Findings(f *schema.Findings) {
	for _, counts := range []schema.Counts{f.Coercions, f.Unknown} {
		for _, name := range slices.Collect(maps.Keys(counts)) {
			if isName(name) {
				continue
			}
			n := counts[name]
			delete(counts, name)
			counts[withoutName(name)] += n
		}
	}
}

// withoutName returns the place of a field without its name.
func withoutName(name string) string {
	if at := strings.LastIndexByte(name, '.'); at >= 0 && isName(name[:at]) {
		return name[:at+1] + left
	}
	return left
}

// isName reports whether a text looks like the place and the name of a field.
func isName(text string) bool {
	digits := 0
	for i := range len(text) {
		c := text[i]
		if digits++; c < '0' || c > '9' {
			digits = 0
		}
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if digits >= longNumber || !letter && digits == 0 && !strings.ContainsRune("_.-[]:#", rune(c)) {
			return false
		}
	}
	return true
}
