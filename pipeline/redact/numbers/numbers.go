// Package numbers finds what has a form: numbers of phones, cards, orders, plates,
// accounts, dates of birth, tails and codes, written or as speech recognition
// writes them when they are said.
//
// # How a number is read
//
// A line is looked at once; nearly all have nothing, and are left. The others are
// cut into tokens: digits (figures, numerals, 三个八, 双六), characters that sound
// like one (幺 heard as 腰), letters, pauses, fillers. Lines of one speaker are read
// as one where digits end the first and begin the second, and the other says only
// 嗯 or repeats them.
//
// A stretch of digits and what may stand between them can be one number, several,
// or a date and a number. It is cut where something stands between digits, so that
// the parts have the best forms: eleven digits of a mobile phone, an area code and
// a number, eighteen digits with a date of birth, a date, a range. Characters that
// sound like a digit count as one inside a number, and at its edges where that
// makes a known form. Checksums (GB 11643, ISO/IEC 7812) make a form better and say
// what it is; a misheard number has none and goes as well.
//
// Seven digits or more that are no date, amount, range, list or count go, whatever
// they are. Fewer go where the words around them, or the line before, say what they
// are: 尾号, 验证码, 工号. Words nearest to the left decide, then those directly to
// the right, then what was asked for.
//
// Package form knows what numbers look like, words the language. Its lists are files.
package numbers

import (
	"callmill/pipeline/redact/numbers/birth"
	"callmill/pipeline/redact/numbers/words"
	"callmill/pipeline/redact/span"
)

// Finder finds numbers in conversations. It reuses its space. Not safe for
// concurrent use.
type Finder struct {
	*words.Lists

	looks  []Look
	facts  []Look // of the call at hand
	done   []bool // lines that belong to a chain that was read
	chain  []int  // lines that are read as one
	tokens []words.Token
	region region
	echoes []echo
	left   []left
	judged int // forms, of this conversation
	most   int // forms that may be judged at some length
	ends   []ending
}

// Look is what one look at a line finds, see the method Look.
type Look = words.Facts

// New returns a Finder. It reads the lists.
func New() *Finder { return &Finder{Lists: words.Load()} }

// Find appends the numbers of a conversation to dst, in no order. They may overlap.
func (f *Finder) Find(dst []span.Span, call []span.Line) []span.Span {
	f.looks = f.looks[:0]
	for _, l := range call {
		f.looks = append(f.looks, f.Look(l.Text))
	}
	return f.FindLooked(dst, call, f.looks)
}

// FindLooked is Find for a caller that has the Look of each line.
func (f *Finder) FindLooked(dst []span.Span, call []span.Line, looks []Look) []span.Span {
	f.facts, f.done = looks, f.done[:0]
	any, births, digits := false, false, false
	for i, facts := range looks {
		f.done = append(f.done, !facts.Worth() && !facts.MayGoOn())
		births, digits = births || facts.Birth, digits || facts.Digits > 0
		any = any || facts.Worth() || facts.MayGoOn() || (facts.Birth || facts.Age) && facts.Digits > 0 || birth.MayTell(facts, call[i].Text)
	}
	if !any && !(births && digits) {
		return dst
	}
	f.echoes, f.left = f.echoes[:0], f.left[:0]
	f.judged, f.most, f.ends = 0, leastWork, f.ends[:0]
	for _, l := range call {
		f.most += workPerByte * len(l.Text)
	}
	dst = birth.Finder{Lists: f.Lists}.Find(dst, call, f.facts)
	if !any {
		return dst
	}
	for line := range call {
		if f.done[line] || !f.facts[line].Worth() && f.next(call, line) < 0 && !f.names(call, line) {
			continue
		}
		f.read(call, line)
		dst = f.accounts(dst, call)
		dst = f.stretches(dst, call)
	}
	return f.repeats(dst)
}

// How many forms of numbers may be judged in a conversation until its stretches are
// searched only as they stand: calls need a hundred, nonsense a thousand times
// as many.
const (
	leastWork   = 4000
	workPerByte = 8
)

// spent says whether so many forms were judged that doubts are left as they are.
func (f *Finder) spent() bool { return f.judged > f.most }

// names says whether a line that has two digits only says what they are, with others
// that were misheard: 尾号吧零山幺.
func (f *Finder) names(call []span.Line, line int) bool {
	if f.facts[line].Letters > 0 && f.plated(call[line].Text) {
		return true // 豫A洞洞拐幺勾
	}
	if f.facts[line].Free < 2 {
		return false
	}
	switch f.Nearest(call[line].Text, 0, len(call[line].Text)).Kind {
	case span.Tail, span.Code, span.QQ, span.Plate:
		return true
	}
	return false
}

// plated says whether a text has the first character of a plate with a letter after it.
func (f *Finder) plated(text string) bool {
	var last rune
	for _, r := range text {
		if letter := r|0x20 >= 'a' && r|0x20 <= 'z'; letter && last != 0 && f.IsProvince(last) {
			return true
		}
		last = r
	}
	return false
}

// longestChain is how many lines a number may be split over.
const longestChain = 24

// read makes the tokens of a line, and of those after it that go on with its
// digits.
func (f *Finder) read(call []span.Line, line int) {
	f.chain = append(f.chain[:0], line)
	f.tokens = f.Tokens(f.tokens[:0], line, call[line].Text)
	f.times(0)
	f.done[line] = true
	for len(f.chain) < longestChain && goesOn(f.tokens) {
		next := f.next(call, f.chain[len(f.chain)-1])
		if next < 0 {
			return
		}
		n := len(f.tokens)
		f.tokens = append(f.tokens, words.Token{Line: -1, What: words.Newline})
		f.tokens = f.Tokens(f.tokens, next, call[next].Text)
		if !continues(f.tokens[n+1:]) {
			f.tokens = f.tokens[:n]
			return
		}
		f.times(n)
		f.chain = append(f.chain, next)
		f.done[next] = true
	}
}

// next returns the next line of the speaker of a line that may go on with a number,
// -1 if the conversation goes on with something else first.
func (f *Finder) next(call []span.Line, line int) int {
	for i := line + 1; i < len(call) && i <= line+4; i++ {
		switch {
		case call[i].Speaker == call[line].Speaker:
			if !f.done[i] {
				return i
			}
			if !f.Acknowledges(call[i].Text) {
				return -1
			}
		case !f.Acknowledges(call[i].Text) && !(f.facts[i].Digits > 0 && f.digitsOnly(call[i].Text)):
			return -1
		}
	}
	return -1
}

// digitsOnly says whether a line repeats digits and says nothing else.
func (f *Finder) digitsOnly(text string) bool {
	if len(text) > 3*24 {
		return false
	}
	n := len(f.tokens)
	f.tokens = f.Tokens(f.tokens, 0, text)
	only, digits := true, 0
	for _, k := range f.tokens[n:] {
		switch k.What {
		case words.Digit:
			digits++
		case words.Soft, words.Blank, words.Pause, words.Fill:
		default:
			only = only && f.IsAcknowledged(text, k.Start)
		}
	}
	f.tokens = f.tokens[:n]
	return only && digits > 0
}

// goesOn says whether the last thing of tokens that counts may be a part of a number.
func goesOn(tokens []words.Token) bool {
	for i := len(tokens) - 1; i >= 0; i-- {
		switch tokens[i].What {
		case words.Digit, words.Soft, words.Letter, words.Under, words.Dot, words.At:
			return true
		case words.Blank, words.Pause, words.Fill:
		default:
			return false
		}
	}
	return false
}

// continues says whether the first thing of tokens that counts may be a part of a
// number.
func continues(tokens []words.Token) bool {
	for _, k := range tokens {
		switch k.What {
		case words.Digit, words.Soft, words.Letter, words.Under, words.Dot, words.At, words.Cross:
			return true
		case words.Blank, words.Pause, words.Fill, words.Corr, words.Case:
		default:
			return false
		}
	}
	return false
}

// times makes figures beside a colon no digits: they are a time. It looks at tokens
// from one on.
func (f *Finder) times(from int) {
	t := f.tokens
	for i := from; i < len(t); i++ {
		if t[i].What != words.Other || t[i].Value != ':' {
			continue
		}
		if i == 0 || i+1 == len(t) || !t[i-1].Written || !t[i+1].Written && t[i+1].What != words.Other {
			continue
		}
		for k, n := i-1, 0; k >= 0 && n < 2 && t[k].Written; k, n = k-1, n+1 {
			t[k].What = words.Other
		}
		for k, n := i+1, 0; k < len(t) && n < 2 && t[k].Written; k, n = k+1, n+1 {
			t[k].What = words.Other
		}
	}
}
