// Package glance says of a text, at the cost of one look at each of its characters, what
// of a person may be in it: which sounds follow each other, which digits and letters are
// said, and how many in a row. For nearly all lines that is enough to know that nothing of
// a job is in them, and what a look found is true whatever the job.
//
// A look may say that something is there which is not, and never the other way round.
package glance

import (
	"slices"
	"unicode/utf8"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/people"
	"callmill/pipeline/redact/sound"
)

// Look is what one look at a text finds, whatever the job: enough to know of most lines
// that nothing of a job is in them.
type Look struct {
	Sounds            Sounds // classes of the sounds of its ideographs
	Pairs             Pairs  // of these, where one follows the other
	Said              uint64 // which digits, and from bit 10 on which letters
	Numerals, Letters int32  // how many characters are digits, written or spoken, and Latin letters
	Ideographs        bool
	Open              bool // after the last of these nothing says that a number ends there
	Pet               bool // may hold what calls somebody by a character: 小, 阿, or one twice
	Tailed            bool // may call digits the last ones
	// Row is the most digits, letters and characters that sound like a digit in a row, with
	// nothing between them but what says nothing, and Sure the most without the last.
	Row, Sure int32
}

// MayHear reports whether a name may be in the text: whether its characters may be there,
// one after the other.
func (look *Look) MayHear(chars []Reading) bool {
	for i := range chars {
		c := &chars[i]
		if !c.known() {
			continue
		}
		if !slices.ContainsFunc(c.Classes[:c.N], look.Sounds.Has) {
			return false
		}
		if i > 0 && chars[i-1].known() && !look.Pairs.mayFollow(&chars[i-1], c) {
			return false
		}
	}
	return true
}

// MayTitle reports whether a surname may be in the text with what calls somebody by it.
func (look *Look) MayTitle(chars []Reading) bool {
	for i := range chars {
		c := &chars[i]
		if !c.known() {
			return true
		}
		for _, class := range c.Classes[:c.N] {
			if look.Pairs.Has(besideTitle, class) {
				return true
			}
		}
	}
	return false
}

// The ideographs of the table of characters.
const (
	first = 0x4e00
	last  = 0x9fff
)

// character is the class of a character's commonest reading, its value as a digit and
// one, shifted, and what it may be beside a name or a number.
type character uint32

const (
	soundMask  = 1<<digitShift - 1
	digitShift = 9
	digitMask  = 0xf << digitShift
)

const (
	titleBit  character = 1 << (13 + iota) // begins a title
	callBit                                // 老, 小 or 姓, before a surname
	petBit                                 // 小 or 阿
	fillerBit                              // says nothing within a number or a name
	softBit                                // sounds like a digit
	tailBit                                // of a word that calls digits the last ones
)

// Table is what is known of each character. It does not change: it is safe for concurrent
// use.
type Table struct {
	Digits     [10][]sound.Syllable // the classes of what each digit is called
	characters [last - first + 1]character
}

// New makes a Table.
func New(lists *people.Lists) *Table {
	t := new(Table)
	for d, spoken := range []string{"零洞", "一幺", "二两", "三", "四", "五", "六", "七拐", "八", "九勾"} {
		for _, r := range spoken {
			t.Digits[d] = append(t.Digits[d], sound.Of(r).Class())
		}
	}
	var soft Sounds
	for _, sounds := range t.Digits {
		for _, s := range sounds {
			soft.Add(s)
		}
	}
	for r := rune(first); r <= last; r++ {
		class := sound.Of(r).Class()
		c := character(class) | character(Digit(r)+1)<<digitShift
		if lists.Class(r)&people.Titled != 0 {
			c |= titleBit
		}
		if class != 0 && soft.Has(class) {
			c |= softBit
		}
		t.characters[r-first] = c
	}
	for _, special := range []struct {
		runes string
		bit   character
	}{{"老小姓", callBit}, {"小阿", petBit}, {"呃嗯啊哦额唉那这个然后就是", fillerBit}, {"尾后末", tailBit}} {
		for _, r := range special.runes {
			t.characters[r-first] |= special.bit
		}
	}
	return t
}

// Character returns the class of a character's commonest reading, and its value as a digit,
// -1 for what is none.
func (t *Table) Character(r rune) (sound.Syllable, int8) {
	if first <= r && r <= last {
		c := t.characters[r-first]
		return sound.Syllable(c & soundMask), int8(c&digitMask>>digitShift) - 1
	}
	return 0, Digit(r)
}

// Look looks at each character of a text once.
func (t *Table) Look(text string) (look Look) {
	var r rune                       // the last character, 0 for what is no ideograph
	var is character                 // the same
	var heard, filled sound.Syllable // the last ideograph that says something, the last that does not
	gap := 0                         // how many of these are after heard
	row, sure := 0, 0                // at hand
	most, surest := 0, 0             // of any
	open := false
	for i := 0; i < len(text); {
		// Nearly all characters are ideographs of three bytes: they are decoded here.
		if c := text[i]; 0xe4 <= c && c <= 0xe9 && i+2 < len(text) {
			before, was := r, is
			r = rune(c&0xf)<<12 | rune(text[i+1]&0x3f)<<6 | rune(text[i+2]&0x3f)
			i += 3
			if r < first || r > last {
				most, surest, row, sure, open = max(most, row), max(surest, sure), 0, 0, false
				r, is = 0, 0
				continue
			}
			is = t.characters[r-first]
			x := is
			s := sound.Syllable(x & soundMask)
			look.Sounds.Add(s)
			look.Ideographs = true
			look.Pairs.Add(heard, s)
			if gap > 0 {
				look.Pairs.Add(filled, s)
			}
			if was != 0 {
				if x&titleBit != 0 {
					look.Pairs.Add(besideTitle, sound.Syllable(was&soundMask))
				}
				if was&callBit != 0 {
					look.Pairs.Add(besideTitle, s)
				}
			}
			look.Pet = look.Pet || x&petBit != 0 || r == before
			look.Tailed = look.Tailed || x&tailBit != 0
			if x&fillerBit != 0 {
				filled = s
				if gap++; gap > 1 {
					look.Pairs.fill() // what is heard beside what is not told apart
				}
			} else {
				heard, gap = s, 0
			}
			switch {
			case x&digitMask != 0:
				look.Numerals++
				look.Said |= 1 << (x&digitMask>>digitShift - 1)
				row, sure, open = row+1, sure+1, true
			case x&softBit != 0:
				row++
			case x&fillerBit == 0:
				most, surest, row, sure, open = max(most, row), max(surest, sure), 0, 0, false
			}
			continue
		}
		r, is = 0, 0
		c, size := char.Decode(text, i)
		i += size
		if d := Digit(c); d >= 0 {
			look.Numerals++
			look.Said |= 1 << d
			row, sure, open = row+1, sure+1, true
		} else if char.Letter(c) {
			look.Letters++
			look.Said |= Bit(c | 0x20)
			row, sure, open = row+1, sure+1, true
		} else if !Fills(c) {
			most, surest, row, sure, open = max(most, row), max(surest, sure), 0, 0, false
		}
	}
	look.Row, look.Sure, look.Open = int32(max(most, row)), int32(max(surest, sure)), open
	return look
}

// Says returns how many of some characters of a value are said.
func (look *Look) Says(bits []uint64) (n int) {
	for _, b := range bits {
		if look.Said&b != 0 {
			n++
		}
	}
	return n
}

// Bit returns the bit of Look.Said for a digit or a small letter, all bits for what
// else a value may have, of which Look does not tell whether it is said.
func Bit(r rune) uint64 {
	switch {
	case char.Digit(r):
		return 1 << (r - '0')
	case 'a' <= r && r <= 'z':
		return 1 << (10 + r - 'a')
	}
	return 1<<64 - 1
}

// Digit returns the value of a digit, written or spoken, -1 for what is none.
func Digit(r rune) int8 {
	if r < utf8.RuneSelf {
		if '0' <= r && r <= '9' {
			return int8(r - '0')
		}
		return -1
	}
	switch r {
	case '零', '〇', '洞':
		return 0
	case '一', '幺':
		return 1
	case '二', '两':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七', '拐':
		return 7
	case '八':
		return 8
	case '九', '勾':
		return 9
	}
	return -1
}

// Fills reports whether a character that is no ideograph says nothing within a number
// or a name.
func Fills(r rune) bool {
	switch r {
	case ' ', ',', '.', '-', '_', '/', '(', ')', ':', '*', '#', '\t', '·', '、', '。', '—', '–', '\u3000':
		return true
	}
	return false
}
