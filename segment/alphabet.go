package segment

import (
	"maps"
	"unicode"

	"callmill/segment/internal/trie"
)

// char describes a character to the engine.
type char struct {
	code uint16 // of its lower case
	kind kind
}

// unknown is the code of characters that neither words nor model have. It is
// the label of no node.
const unknown = trie.MaxCode + 1

// alphabet maps characters to their codes and kinds.
type alphabet struct {
	low  [1 << 16]char   // by code point
	high map[rune]uint16 // codes of lower-case characters beyond
	next uint16          // the first code not given yet
}

// newAlphabet assigns the codes from 1 on to runes, which are in lower case.
func newAlphabet(runes []rune) *alphabet {
	a := &alphabet{high: map[rune]uint16{}, next: 1}
	for i := range a.low {
		a.low[i] = char{code: unknown, kind: kindOf(rune(i))}
	}
	a.add(runes)
	return a
}

// with returns an alphabet that also knows runes, which are in lower case and
// new to it; ok is false where codes run out.
func (a *alphabet) with(runes []rune) (more *alphabet, ok bool) {
	if len(runes) == 0 {
		return a, true
	}
	if len(runes) > unknown-int(a.next) {
		return nil, false
	}
	own := *a
	own.high = maps.Clone(a.high)
	own.add(runes)
	return &own, true
}

// add assigns the next codes to runes. There must be enough codes left.
func (a *alphabet) add(runes []rune) {
	codes := make(map[rune]uint16, len(runes))
	for _, r := range runes {
		codes[r] = a.next
		a.next++
		if r >= rune(len(a.low)) {
			a.high[r] = codes[r]
		}
	}
	for i := range a.low {
		if code, ok := codes[unicode.ToLower(rune(i))]; ok {
			a.low[i].code = code
		}
	}
}

// of returns the code and kind of r.
func (a *alphabet) of(r rune) char {
	if r < rune(len(a.low)) {
		return a.low[r]
	}
	c := char{code: unknown, kind: kindOf(r)}
	if code, ok := a.high[unicode.ToLower(r)]; ok {
		c.code = code
	}
	return c
}
