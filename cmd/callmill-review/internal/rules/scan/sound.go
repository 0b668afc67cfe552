package scan

import (
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"

	"callmill/pipeline/redact/sound"
)

// A character with a sound is spelled as one of a private area that stands for the
// class of its syllable, so that expressions apply to sounds as to characters.
const (
	firstSound = 0xE000
	lastSound  = 0xE7FF
)

// Sound returns a character that stands for all that sound like r; r itself where it
// has no sound.
func Sound(r rune) rune {
	if class := sound.Of(r).Class(); class != 0 {
		return firstSound + rune(class)
	}
	return r
}

func appendSound(dst []byte, text string) []byte {
	for _, r := range text {
		if r >= utf8.RuneSelf {
			r = Sound(r)
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// soundTree returns an expression for texts that are spelled by sound.
func soundTree(re *syntax.Regexp) *syntax.Regexp {
	heard := *re
	switch re.Op {
	case syntax.OpLiteral:
		heard.Rune = make([]rune, len(re.Rune))
		for i, r := range re.Rune {
			heard.Rune[i] = Sound(r)
		}
	case syntax.OpCharClass:
		heard.Rune = soundClass(re.Rune)
	}
	heard.Sub = make([]*syntax.Regexp, len(re.Sub))
	for i, sub := range re.Sub {
		heard.Sub[i] = soundTree(sub)
	}
	return &heard
}

// maxListed is the size of classes whose characters are spelled one by one; larger
// ones are 汉 in general, or all but a few.
const maxListed = 4096

// soundClass returns the class of the sounds of the characters in a class.
func soundClass(ranges []rune) []rune {
	if size(ranges) <= maxListed {
		return heardOf(ranges)
	}
	without := complement(ranges)
	if size(without) <= maxListed {
		return complement(heardOf(without))
	}
	return append(slices.Clone(ranges), firstSound, lastSound)
}

func size(ranges []rune) (n int) {
	for i := 0; i < len(ranges); i += 2 {
		n += int(ranges[i+1]-ranges[i]) + 1
	}
	return n
}

func heardOf(ranges []rune) []rune {
	var list []rune
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			list = append(list, Sound(r))
		}
	}
	slices.Sort(list)
	var heard []rune
	for _, r := range slices.Compact(list) {
		heard = append(heard, r, r)
	}
	return heard
}

// complement returns the characters that are not in the ranges, which are sorted.
func complement(ranges []rune) []rune {
	var rest []rune
	next := rune(0)
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] > next {
			rest = append(rest, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	if next <= unicode.MaxRune {
		rest = append(rest, next, unicode.MaxRune)
	}
	return rest
}
