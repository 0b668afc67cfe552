// Package sound says how a Chinese character is pronounced: its syllables,
// without tones. A recognizer that hears a name writes it with any characters
// that sound like it, so what it wrote can only be compared by sound.
//
// The table is read where it lies, in the program's own data: nothing is decoded
// at start or kept, and a program that asks for no sound pays for none.
package sound

import (
	_ "embed"
	"strings"
)

// Syllable is one of the 400 or so syllables of Mandarin, without its tone; 0 is
// none. The numbers follow the alphabet and may change with the table: they are
// not to be stored.
type Syllable uint16

// The table covers the characters from first to last: 〇, and what Unicode calls
// the unified ideographs up to extension A. What lies beyond (rare characters in
// extensions B and later) has no sound here.
const (
	first = 0x3007
	last  = 0x9fff
)

// An entry of the index is 0, a syllable, or, with the bit more, where in the
// lists its readings begin; the bit more in a list says that it goes on.
const more = 0x8000

// width is the length of a line of syllables.txt: the longest has six letters.
const width = 7

var (
	// syllables are the names by number, each padded to a line of the same length.
	//go:embed syllables.txt
	syllables string

	// index has two bytes, the high one first, for each character of the table.
	//go:embed index.bin
	index string

	// lists are the readings of characters that have several, as the index has them.
	//go:embed lists.bin
	lists string

	// classes has the class of every syllable, from number 1 on; see Class.
	//go:embed classes.bin
	classes string
)

func at(table string, i int) uint16 { return uint16(table[2*i])<<8 | uint16(table[2*i+1]) }

// Of returns the commonest reading of a character, 0 if it has none.
func Of(r rune) Syllable {
	if r < first || r > last {
		return 0
	}
	entry := at(index, int(r-first))
	if entry&more != 0 {
		entry = at(lists, int(entry&^more)) &^ more
	}
	return Syllable(entry)
}

// Append appends the readings of a character to dst, the commonest first.
func Append(dst []Syllable, r rune) []Syllable {
	if r < first || r > last {
		return dst
	}
	entry := at(index, int(r-first))
	if entry == 0 {
		return dst
	}
	if entry&more == 0 {
		return append(dst, Syllable(entry))
	}
	for i := int(entry &^ more); ; i++ {
		reading := at(lists, i)
		dst = append(dst, Syllable(reading&^more))
		if reading&more == 0 {
			return dst
		}
	}
}

// String returns the syllable in letters, ü as v: "zhong", "lv"; "" for 0.
func (s Syllable) String() string {
	if s == 0 || int(s) > Count() {
		return ""
	}
	line := syllables[(int(s)-1)*width:]
	return strings.TrimRight(line[:width], " \n")
}

// Class returns what the syllable cannot be told from on a telephone line: the
// first syllable of its class. Classes unite zh and z, ch and c, sh and s, n and l
// at the beginning, and in and ing, en and eng, an and ang at the end.
func (s Syllable) Class() Syllable {
	if s == 0 || int(s) > Count() {
		return 0
	}
	return Syllable(at(classes, int(s)-1))
}

// Count returns how many syllables there are; they are numbered from 1.
func Count() int { return len(syllables) / width }
