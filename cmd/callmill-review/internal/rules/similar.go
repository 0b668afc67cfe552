package rules

import (
	"slices"
	"unicode"

	"callmill/cmd/callmill-review/internal/rules/scan"
)

// Phrase is what a line is compared by: its pairs of neighbouring characters, sorted,
// without marks and spaces. A line of one character is that character.
type Phrase []uint64

// PhraseOf returns the phrase of a line, as it sounds if sound is set.
func PhraseOf(line string, sound bool) Phrase {
	var p Phrase
	last := rune(0)
	for _, r := range line {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if sound {
			r = scan.Sound(r)
		}
		r = unicode.ToLower(r)
		if last != 0 {
			p = append(p, uint64(last)<<32|uint64(r))
		}
		last = r
	}
	if len(p) == 0 && last != 0 {
		p = append(p, uint64(last))
	}
	slices.Sort(p)
	return p
}

// Likeness is Dice's coefficient of two phrases (Dice, Measures of the amount of ecologic
// association between species, Ecology 26, 1945): 1 of equal ones, 0 where they have
// nothing in common, or one is empty.
func Likeness(a, b Phrase) float64 {
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			common, i, j = common+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	if common == 0 {
		return 0
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}

func isLike(line string, phrases []Phrase, least float64, sound bool) bool {
	p := PhraseOf(line, sound)
	return slices.ContainsFunc(phrases, func(q Phrase) bool { return Likeness(p, q) >= least })
}

// Chars returns how many characters of a line are compared.
func (p Phrase) Chars() int {
	if len(p) == 1 && p[0] < 1<<32 {
		return 1
	}
	return len(p) + min(len(p), 1)
}
