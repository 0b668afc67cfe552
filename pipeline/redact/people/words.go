package people

import (
	_ "embed"
	"unicode/utf8"
)

// words2 and words3 are common words of two and of three characters in the order of
// their bytes, a line of the same length for each. They are searched where they lie.
//
//go:embed lists/words2.txt
var words2 string

//go:embed lists/words3.txt
var words3 string

// cjk is the length in bytes of each character in words2 and words3.
const cjk = 3

// wordIndex says for each ideograph which words of a list begin with it: those from
// its own number to that of the next.
type wordIndex [last - first + 2]uint16

// index reads a list of words of a length in bytes.
func (x *wordIndex) index(words string, length int) {
	width := length + 1
	next := 0
	for i := range len(words) / width {
		r, _ := utf8.DecodeRuneInString(words[i*width:])
		for ; next <= int(r-first); next++ {
			x[next] = uint16(i)
		}
	}
	for ; next < len(x); next++ {
		x[next] = uint16(len(words) / width)
	}
}

// Word reports whether two or three characters are a common word and no name: 任何,
// 马上, 总是. Of words of three characters it knows only those that read like a name
// or end with a surname.
func (l *Lists) Word(text ...rune) bool {
	if len(text) < 2 || text[0] < first || text[0] > last || text[1] < first {
		return false
	}
	words, index := words2, &l.words2
	switch len(text) {
	case 2:
	case 3:
		words, index = words3, &l.words3
	default:
		return false
	}
	var room [2 * utf8.UTFMax]byte
	key := room[:0]
	for _, r := range text[1:] {
		key = utf8.AppendRune(key, r)
	}
	width := len(text)*cjk + 1
	if len(key) != width-1-cjk {
		return false
	}
	from, to := int(index[text[0]-first]), int(index[text[0]-first+1])
	for from < to {
		at := (from + to) / 2
		switch word := words[at*width+cjk : (at+1)*width-1]; {
		case word == string(key):
			return true
		case word < string(key):
			from = at + 1
		default:
			to = at
		}
	}
	return false
}
