package segment

import (
	"unicode"
	"unicode/utf8"
)

// kind classifies a character for the layer over both engines and for the hidden
// Markov model.
type kind uint8

const (
	han   kind = iota // a Chinese character
	mark              // punctuation, a symbol, an emoji, a control character, a damaged byte
	point             // a mark that may be a decimal point

	// Kinds from here on may share a word with their neighbours.
	letter // of any other script, of any width
	digit
	space
	extend // belongs to the character before it: combining marks, variation selectors, skin tones
	joiner // extend, and also ties the mark after it
	flag   // a regional indicator, two of which are a flag
)

// shares reports whether a character of kind k that is not part of a dictionary
// word may still share a word with its neighbours.
func (k kind) shares() bool { return k >= letter }

// spells reports whether a character of kind k is a letter or a digit.
func (k kind) spells() bool { return k == letter || k == digit }

// kindOf classifies by the Unicode tables of the Go release in use, as the
// regular expressions of gse do.
func kindOf(r rune) kind {
	switch {
	case r < utf8.RuneSelf:
		return kindOfASCII(r)
	case r == '．':
		return point
	case r == '\u200D':
		return joiner
	case r == '\u200C', r >= 0x1F3FB && r <= 0x1F3FF:
		return extend
	case unicode.Is(unicode.Regional_Indicator, r):
		return flag
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	case unicode.IsSpace(r):
		return space
	case unicode.IsMark(r):
		return extend
	}
	return mark
}

func kindOfASCII(r rune) kind {
	switch {
	case r >= '0' && r <= '9':
		return digit
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return letter
	case r == ' ', r >= '\t' && r <= '\r':
		return space
	case r == '.':
		return point
	}
	return mark
}
