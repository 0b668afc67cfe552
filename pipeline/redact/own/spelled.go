package own

import (
	"slices"
	"strings"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/own/glance"
	"callmill/pipeline/redact/span"
)

// spelled is a value that is said character by character: a number, an id, a plate.
type spelled struct {
	kind       span.Kind
	runes      []rune   // digits, small letters, ideographs
	bits       []uint64 // of runes, see bitOf
	plain      bool     // digits alone
	ideographs bool     // besides the first
	lead       int      // 1 if that is an ideograph
}

// How long a value, or a part of it, must be to be told from other numbers.
const (
	leastID     = 5  // characters of an id with letters
	leastNumber = 6  // digits
	leastPart   = 7  // digits of a part that stands alone
	leastOpen   = 2  // characters before the end of a line
	tailLength  = 4  // of what is called the last digits
	mostSpelled = 64 // beyond it nothing is said character by character
	fewSpelled  = 16 // values that are searched for where the search is short
)

// learnSpelled takes in a value; what is too short to be told from any other number is
// left to what says what it is.
func (f *Finder) learnSpelled(value string, k span.Kind) {
	if len(value) < tailLength || len(value) > 2*mostSpelled || masked(value) {
		return
	}
	v := spelled{kind: k, plain: true}
	start := len(f.letters)
	for _, r := range value {
		r = char.Half(r)
		switch {
		case '0' <= r && r <= '9':
		case char.Letter(r):
			r |= 0x20
			v.plain = false
		case char.Ideograph(r):
			v.plain = false
			if len(f.letters) == start {
				v.lead = 1
			} else {
				v.ideographs = true
			}
		default:
			continue
		}
		f.letters = append(f.letters, r)
	}
	v.runes = f.letters[start:len(f.letters):len(f.letters)]
	if k == span.Phone {
		v.runes = national(v.runes)
	}
	tail := k == span.Tail && len(v.runes) >= tailLength
	if !tail && (v.plain && len(v.runes) < leastNumber || len(v.runes) < leastID || !slices.ContainsFunc(v.runes, char.Digit)) {
		return
	}
	for i := range f.spelled {
		if slices.Equal(f.spelled[i].runes, v.runes) {
			return
		}
	}
	from := len(f.bits)
	for _, r := range v.runes {
		f.bits = append(f.bits, glance.Bit(r))
	}
	v.bits = f.bits[from:len(f.bits):len(f.bits)]
	f.spelled = append(f.spelled, v)
}

// national returns a number without the code of the country.
func national(digits []rune) []rune {
	rest := digits
	if len(rest) > 4 && rest[0] == '0' && rest[1] == '0' {
		rest = rest[2:]
	}
	if len(rest) >= 12 && rest[0] == '8' && rest[1] == '6' {
		return rest[2:]
	}
	return digits
}

// begun is a value of which a line held a part and then ended.
type begun struct {
	value   int
	matched int
	speaker string
	line    int
	spans   []span.Span // in bytes
}

// maySpell reports whether a value, or a part of one that counts, may be in a text, see
// findValue and findTail: at least half of its characters must be said, in one row.
func (f *Finder) maySpell(look *Look) bool {
	spots := int(look.Numerals + look.Letters)
	if spots < leastOpen || len(f.spelled) == 0 {
		return false
	}
	if len(f.spelled) > fewSpelled {
		return true // it takes as long as the search
	}
	for i := range f.spelled {
		v := &f.spelled[i]
		row, sure := int(look.Row)+v.lead, int(look.Sure)+v.lead
		if v.ideographs || v.kind == span.Tail && v.lead > 0 {
			return true
		}
		if v.kind != span.Tail {
			// The beginning of it at the end of the line.
			if look.Open && row >= leastOpen && look.Said&v.bits[0] != 0 {
				return true
			}
			// All of it, or 7 characters and more.
			said := 0
			for k, bit := range v.bits {
				if look.Said&bit != 0 {
					said++
				}
				n := k + 1
				if n > row {
					break
				}
				if 2*min(said, sure) >= n && (n == len(v.bits) || n >= leastPart) {
					return true
				}
			}
			if !v.plain || len(v.bits) < leastNumber {
				continue
			}
			// Its last digits: all but one of 7 are said.
			if len(v.bits) > leastPart && row >= leastPart && sure >= leastPart-1 && look.Says(v.bits[len(v.bits)-leastPart:]) >= leastPart-1 {
				return true
			}
		}
		tail := v.bits
		if v.kind != span.Tail {
			if tail = tail[len(tail)-tailLength:]; !look.Tailed {
				continue
			}
		}
		if sure >= len(tail) && look.Says(tail) == len(tail) {
			return true
		}
	}
	return false
}

// maySpellWritten is maySpell for a text without ideographs, where nothing only sounds
// like a digit: what is said of a value is written in a row there.
func (f *Finder) maySpellWritten(text string) bool {
	f.written = f.written[:0]
	for i := 0; i < len(text); {
		r, size := char.Decode(text, i)
		i += size
		if d := glance.Digit(r); d >= 0 {
			f.written = append(f.written, '0'+byte(d))
		} else if char.Letter(r) {
			f.written = append(f.written, byte(r|0x20))
		}
	}
	for i := range f.spelled {
		v := &f.spelled[i]
		if v.ideographs || v.lead > 0 || len(f.spelled) > fewSpelled {
			return true
		}
		head, tail := v.runes[:min(len(v.runes), leastPart)], v.runes[len(v.runes)-tailLength:]
		tailed := v.plain || v.kind == span.Tail
		for at, c := range f.written {
			if rune(c) == head[0] {
				rest := f.written[at:]
				if n := common(rest, head); n == len(head) || n >= leastOpen && n == len(rest) {
					return true
				}
			}
			if tailed && rune(c) == tail[0] && common(f.written[at:], tail) == tailLength {
				return true
			}
		}
	}
	return false
}

// common returns how many characters two texts begin with alike.
func common(text []byte, value []rune) (n int) {
	for n < len(text) && n < len(value) && rune(text[n]) == value[n] {
		n++
	}
	return n
}

// findSpelled finds the spelled values in line i of the call, also those that began in
// an earlier line of the same speaker.
func (f *Finder) findSpelled(dst []span.Span, call []span.Line, i int) []span.Span {
	l := &f.line
	if l.numerals+l.letters == 0 || len(f.spelled) == 0 {
		return dst
	}
	if len(f.open) > 0 {
		f.work -= len(f.open)
		dst = f.goOn(dst, call, i)
	}
	if l.numerals+l.letters < leastOpen {
		return dst
	}
	for k := range f.spelled {
		if k >= fewSpelled && f.shortened() {
			break
		}
		v := &f.spelled[k]
		f.work -= len(l.spots)
		if v.plain && l.spoken || char.Ideograph(v.runes[0]) {
			f.work -= len(l.runes)
		}
		if v.kind == span.Tail {
			f.findTail(v.runes, true)
			continue
		}
		f.findValue(k, call[i].Speaker, i)
		if v.plain && len(v.runes) >= leastNumber {
			f.findTail(v.runes[len(v.runes)-tailLength:], false)
		}
	}
	return dst
}

// findValue finds one value in the line, and notes where it only begins.
func (f *Finder) findValue(k int, speaker string, line int) {
	l := &f.line
	v := &f.spelled[k]
	for at := f.nextSpot(v, 0); at < len(l.runes); at = f.nextSpot(v, at+1) {
		i := at
		says := f.says(i, v.runes[0])
		if f.joinsLeft(i, v.runes[0]) {
			continue
		}
		n, end, sure := f.spell(v.runes, i)
		switch {
		case 2*sure < n || !says && n < leastPart:
		case n == len(v.runes) && !f.joinsRight(end, v.runes[n-1]):
			f.add(v.kind, f.withPrefix(v, i), end)
			at = end - 1
		case n >= leastPart && !f.joinsRight(end, v.runes[n-1]):
			f.add(v.kind, i, end)
			if f.ends(end) {
				f.open = append(f.open, begun{value: k, matched: n, speaker: speaker, line: line})
			}
			at = end - 1
		case n >= leastOpen && f.ends(end):
			f.open = append(f.open, begun{
				value: k, matched: n, speaker: speaker, line: line,
				spans: []span.Span{{Line: line, Start: l.at[i], End: l.at[end], Kind: v.kind, Layer: span.Own}},
			})
		}
	}
	// The last digits of it, 7 or more, after others that were misheard or left out.
	if v.plain && len(v.runes) > leastPart && l.numerals >= leastPart-1 {
		rest := v.runes[len(v.runes)-leastPart:]
		for _, i := range l.spots {
			if n, end, sure := f.spell(rest, i); n == len(rest) && sure >= n-1 && !f.joinsRight(end, rest[n-1]) && !f.joinsLeft(i, rest[0]) {
				f.add(v.kind, i, end)
			}
		}
	}
}

// nextSpot returns where from i on a value may begin: where its first character is
// said, or, in a line that holds enough of it, sounds like it. It returns the length of
// the line if there is no such place.
func (f *Finder) nextSpot(v *spelled, i int) int {
	l := &f.line
	c := v.runes[0]
	if v.plain && l.spoken && l.numerals >= leastPart-2 || char.Ideograph(c) {
		for ; i < len(l.runes); i++ {
			if f.says(i, c) || f.sounds(i, c) {
				return i
			}
		}
		return i
	}
	from, _ := slices.BinarySearch(l.spots, i)
	for _, at := range l.spots[from:] {
		if f.says(at, c) {
			return at
		}
	}
	return len(l.runes)
}

// withPrefix returns where a number begins before which the code of the country may
// stand: +86.
func (f *Finder) withPrefix(v *spelled, i int) int {
	l := &f.line
	if v.kind != span.Phone {
		return i
	}
	k := i
	for k > 0 && (l.runes[k-1] == ' ' || l.runes[k-1] == '-') {
		k--
	}
	if l.rune(k-1) == '6' && l.rune(k-2) == '8' {
		k -= 2
		if l.rune(k-1) == '+' {
			return k - 1
		}
		return k
	}
	return i
}

// says reports whether the character at i is one of a value, as it is written or said.
func (f *Finder) says(i int, want rune) bool {
	l := &f.line
	if !l.within(i) {
		return false
	}
	if d := l.digits[i]; d >= 0 {
		return rune('0'+d) == want || l.runes[i] == want
	}
	r := l.runes[i]
	return r == want || char.Letter(r) && r|0x20 == want
}

// sounds reports whether the character at i sounds like a digit.
func (f *Finder) sounds(i int, want rune) bool {
	return f.line.within(i) && char.Digit(want) && f.line.sounds[i] != 0 && slices.Contains(f.glance.Digits[want-'0'], f.line.sounds[i])
}

// spell compares a value with the line from i on: how many of its characters are said,
// where they end, how many of them are not only alike in sound.
func (f *Finder) spell(value []rune, i int) (n, end, sure int) {
	l := &f.line
	end = i
	for at := i; n < len(value); {
		switch {
		case f.says(at, value[n]):
			sure++
		case f.sounds(at, value[n]):
		default:
			gap := l.filler(at)
			if gap == 0 || at-end > 6 || n == 0 {
				return n, end, sure
			}
			at += gap
			continue
		}
		n++
		at++
		end = at
	}
	return n, end, sure
}

// joinsLeft reports whether what is at i is the middle of a number or a word.
func (f *Finder) joinsLeft(i int, c rune) bool {
	l := &f.line
	p := l.rune(i - 1)
	if char.Digit(c) {
		if p == '6' && l.rune(i-2) == '8' && !char.Digit(l.rune(i-3)) {
			return false // 86
		}
		return char.Digit(p) && char.Digit(l.rune(i))
	}
	return char.Letter(c) && char.Letter(p)
}

// joinsRight reports whether a number or a word goes on at i.
func (f *Finder) joinsRight(i int, last rune) bool {
	l := &f.line
	r := l.rune(i)
	if char.Digit(last) {
		if l.digit(i) >= 0 && !char.Digit(l.rune(i-1)) && !char.Digit(r) {
			return true
		}
		return char.Digit(r) && char.Digit(l.rune(i-1))
	}
	return char.Letter(last) && char.Letter(r)
}

// ends reports whether nothing but what says nothing is from i to the end of the line.
func (f *Finder) ends(i int) bool {
	l := &f.line
	for i < len(l.runes) {
		n := l.filler(i)
		if n == 0 {
			return false
		}
		i += n
	}
	return true
}

// goOn completes values that began in an earlier line of the speaker.
func (f *Finder) goOn(dst []span.Span, call []span.Line, i int) []span.Span {
	l := &f.line
	kept := f.open[:0]
	for _, b := range f.open {
		if b.speaker != call[i].Speaker {
			if i-b.line <= 2 {
				kept = append(kept, b)
			}
			continue
		}
		if i-b.line > 3 {
			continue
		}
		v := &f.spelled[b.value]
		rest := v.runes[b.matched:]
		at := 0
		for at < len(l.runes) && at < 6 && !f.says(at, rest[0]) {
			at++
		}
		n, end, sure := f.spell(rest, at)
		switch {
		case 2*sure < n || n == 0:
		case n == len(rest) && !f.joinsRight(end, rest[n-1]):
			dst = append(dst, b.spans...)
			f.add(v.kind, at, end)
		case f.ends(end):
			b.matched += n
			b.line = i
			b.spans = append(b.spans, span.Span{Line: i, Start: l.at[at], End: l.at[end], Kind: v.kind, Layer: span.Own})
			kept = append(kept, b)
		}
	}
	f.open = kept
	return dst
}

// findTail finds the last digits of a number where they stand alone: the whole line, or
// after what calls them the last.
func (f *Finder) findTail(tail []rune, known bool) {
	l := &f.line
	if l.numerals < len(tail) {
		return
	}
	for _, i := range l.spots {
		if !f.says(i, tail[0]) {
			continue
		}
		n, end, sure := f.spell(tail, i)
		if n < len(tail) || sure < n {
			continue
		}
		if l.digit(end) >= 0 || l.digit(i-1) >= 0 || l.rune(end) == '元' || l.rune(end) == '块' || l.rune(end) == '年' {
			continue
		}
		if f.tailCalled(i) || known && f.ends(end) && f.begins(i) {
			f.add(span.Tail, i, end)
		}
	}
}

// begins reports whether hardly anything is before i.
func (f *Finder) begins(i int) bool {
	for k := range i {
		if !f.line.edge(k) && f.line.filler(k) == 0 {
			return false
		}
	}
	return true
}

// tailCalled reports whether the words before i call what follows the last digits.
func (f *Finder) tailCalled(i int) bool {
	l := &f.line
	before := string(l.runes[max(0, i-8):i])
	for _, w := range []string{"尾号", "尾数", "后四位", "末四位", "后4位", "末4位", "最后四", "结尾"} {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}
