package words

import (
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/span"
)

// Facts are What one look at a line finds: enough to know of nearly every line
// that it holds nothing.
type Facts struct {
	Digits  int32 // hard ones: figures and numerals
	Free    int32 // those of them that no unit follows: of no amount, no date
	Letters int32 // of ASCII
	Runes   int32
	Sign    bool // may hold a word for @
	Birth   bool // may hold a word for a birthday
	Age     bool // may hold a word that follows one
}

// So many digits are an amount or a part of a date where a unit follows, and so many
// where a sign joins them.
const (
	few    = 4
	joined = 10
)

// Look reads a line once.
func (l *Lists) Look(text string) (f Facts) {
	run, most := int32(0), int32(few) // digits at hand, and how many of them a unit takes
	timed := false                    // a colon is between them
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= 0xE0 && c < 0xF0 && i+2 < len(text):
			// Three bytes, as nearly all characters here are. Bytes that are no UTF-8
			// make a wrong character at worst: tokens decode with care.
			r := uint16(c)<<12 | uint16(text[i+1]&0x3F)<<6 | uint16(text[i+2]&0x3F)
			k := l.class[r]
			i += 3
			if k&isDigit != 0 {
				run++
				break
			}
			if run > 0 {
				f.Digits += run
				counted := k&isUnit != 0 && run <= most && !(i < len(text) && text[i] >= 'A' && text[i] < utf8.RuneSelf) // 163点com
				if !counted && !(timed && run <= 8) && !(r == '分' && run <= few && !strings.HasPrefix(text[i:], "机")) {
					f.Free += run
				}
				run, most, timed = 0, few, false
			}
			if k&isRare != 0 {
				switch r {
				case '生', '诞':
					f.Birth = f.Birth || i < 6 || !titled(text[i-6:i-3])
				case '今', '属':
					f.Age = true
				default:
					f.Sign = true
				}
			}
		case c < utf8.RuneSelf:
			if c-'0' < 10 {
				run++
				i++
				break
			}
			if run > 0 {
				if i+1 < len(text) && text[i+1]-'0' < 10 && (c == '-' || c == '.' || c == ',' || c == ':') {
					// 500-1000, 4.5, 9:00-21:00
					most, timed = joined, timed || c == ':'
					i++
					break
				}
				f.Digits += run
				if !(timed && run <= 8) {
					f.Free += run
				}
				run, most, timed = 0, few, false
			}
			switch {
			case c|0x20 >= 'a' && c|0x20 <= 'z':
				f.Letters++
			case c == '@':
				f.Sign = true
			}
			i++
		default:
			i++
			for i < len(text) && !utf8.RuneStart(text[i]) {
				i++
			}
		}
		f.Runes++
	}
	f.Digits += run
	if !(timed && run <= 8) {
		f.Free += run
	}
	return f
}

// titled says whether a character makes a word with 生 that is no birth: 先生, 医生.
func titled(before string) bool {
	switch before {
	case "先", "医", "学", "发", "产", "卫", "陌", "花":
		return true
	}
	return false
}

// shortLine is how long a line is, in characters, that may be no more than a part of
// a number, of one digit or two.
const shortLine = 24

// Worth says whether a line is to be read closely.
func (f Facts) Worth() bool {
	return f.Free >= 3 || f.Letters >= 3 || f.Sign && f.Digits+f.Letters > 0
}

// MayGoOn says whether a line that is not worth it alone may be a part of a number.
func (f Facts) MayGoOn() bool {
	return f.Free+f.Letters > 0 && f.Runes <= shortLine
}

// What a token is.
const (
	Digit    uint8 = iota + 1 // hard: a figure or a numeral
	Soft                      // sounds like a digit
	Letter                    // of ASCII, also in full width
	Blank                     // a space or a sign that joins: - . · ( )
	Pause                     // a comma or the end of a sentence
	Fill                      // a filler
	Corr                      // takes back What was said
	At                        // said or written
	Dot                       // said
	TLD                       // the end of a domain, misheard
	Under                     // said or written
	Case                      // how a letter is written
	Host                      // who keeps mail: 网易
	Cross                     // the X that ends the number of an identity card, said
	Province                  // the first character of a plate, right or misheard
	Other                     // anything else: ends a number
	Newline                   // between lines of one speaker
)

// Token is a part of a line.
type Token struct {
	Line       int // of the conversation
	Start, End int // in bytes of the line
	What       uint8
	Value      byte  // of a digit '0' to '9', of a letter the letter in upper case, of others their first byte
	Times      uint8 // how often a digit stands there: 三个八
	Written    bool  // a figure
	Common     bool  // soft, and one of the commonest words
}

// Tokens appends those of a line.
func (l *Lists) Tokens(dst []Token, line int, text string) []Token {
	base := len(dst)
	for i := 0; i < len(text); {
		c := text[i]
		k := Token{Line: line, Start: i, Times: 1, What: Other, Value: c}
		if c < utf8.RuneSelf {
			i = l.ascii(&k, text, i)
		} else {
			before := len(dst) > base && (dst[len(dst)-1].What == Digit || dst[len(dst)-1].What == Soft || dst[len(dst)-1].What == Letter)
			i = l.wide(&k, text, i, before, before && dst[len(dst)-1].Written)
		}
		k.End = i
		dst = append(dst, k)
	}
	return dst
}

func (l *Lists) ascii(k *Token, text string, i int) (next int) {
	c := text[i]
	switch {
	case c-'0' < 10:
		k.What, k.Value, k.Written = Digit, c, true
		if n := l.repeated(k, text, i, 1); n > 0 {
			return n
		}
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		k.What, k.Value = Letter, c&^0x20
	case c == ' ', c == '-', c == '.', c == '(', c == ')', c == '\t', c == '*':
		k.What = Blank
	case c == ',', c == ';', c == '/':
		k.What = Pause
	case c == '_':
		k.What = Under
	case c == '@':
		k.What = At
	case c == '[':
		if n := span.LabelAt(text, i); n > 0 {
			return i + n
		}
	}
	return i + 1
}

func (l *Lists) wide(k *Token, text string, i int, afterDigit, afterFigure bool) (next int) {
	r, size := utf8.DecodeRuneInString(text[i:])
	next = i + size
	if r >= 1<<16 || r == utf8.RuneError {
		return next
	}
	switch {
	case r >= 'Ａ' && r <= 'Ｚ':
		k.What, k.Value = Letter, byte(r-'Ａ')+'A'
		return next
	case r >= 'ａ' && r <= 'ｚ':
		k.What, k.Value = Letter, byte(r-'ａ')+'A'
		return next
	}
	class := l.class[r]
	if r == '一' || r == '幺' {
		if d, n := l.oneOf(text, next); n > 0 {
			k.What, k.Value = Digit, d
			return n
		}
	}
	if class&isStart != 0 {
		if n, value := l.words.at(text, i); n > 0 && !(value == plain && afterDigit && l.softSecond(text[i:i+n], size)) {
			k.What = [...]uint8{filler: Fill, corrector: Corr, plain: Other, atSign: At, dotSign: Dot, tldSign: TLD, underSign: Under, caseSign: Case, crossSign: Cross, hostSign: Host}[value]
			return i + n
		}
	}
	switch {
	case class&isDigit != 0:
		k.What, k.Value, k.Written = Digit, l.digit[r], r >= '０' && r <= '９'
		if n := l.repeated(k, text, i, size); n > 0 {
			return n
		}
	case r == '加' && afterDigit:
		k.What = Fill
	case r == '仨' || r == '俩':
		if d, n := l.one(text, next); n > 0 && !l.counts(text, next+n) {
			k.What, k.Value, k.Times = Digit, d, 2
			if r == '仨' {
				k.Times = 3
			}
			return next + n
		}
	case r == '双':
		if d, n := l.one(text, next); n > 0 && !l.counts(text, next+n) {
			k.What, k.Value, k.Times = Digit, d, 2
			return next + n
		}
	case class&isSoft != 0 && !(afterFigure && l.Counted(text, i, false)):
		k.What, k.Value, k.Common = Soft, l.digit[r], class&isCommon != 0
	default:
		switch r {
		case '，', '、', '。', '；', '…', '．', '／':
			k.What = Pause
		case '：':
			k.Value = ':'
		case '（', '）', '－', '—', '–', '·', '　', '•', '‐', '‑', '−', '\u00a0', '＋':
			k.What = Blank
		default:
			if class&isPlate != 0 {
				k.What = Province
			}
		}
	}
	return next
}

// softSecond says whether the second character of a word may be a misheard digit.
func (l *Lists) softSecond(word string, first int) bool {
	r, _ := utf8.DecodeRuneInString(word[first:])
	return r < 1<<16 && l.class[r]&isSoft != 0
}

// one returns the value of a single hard digit at a place and its length.
func (l *Lists) one(text string, i int) (value byte, size int) {
	if i >= len(text) {
		return 0, 0
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	if r >= 1<<16 || l.class[r]&isDigit == 0 {
		return 0, 0
	}
	return l.digit[r], size
}

// counts says whether What stands at a place makes the digit before it a part of
// an amount: 三个八百, 双十.
func (l *Lists) counts(text string, i int) bool {
	n, _ := l.units.at(text, i)
	return n > 0
}

// oneOf reads what follows 一 in 一个七, a digit of a number: its value and where it
// ends, 0 if it is something else.
func (l *Lists) oneOf(text string, i int) (value byte, next int) {
	const ge = "个"
	if len(text) < i+len(ge) || text[i:i+len(ge)] != ge {
		return 0, 0
	}
	i += len(ge)
	d, size := l.one(text, i)
	if size == 0 || l.counts(text, i+size) {
		return 0, 0
	}
	if n, _ := l.words.at(text, i); n > size {
		return 0, 0 // 一个三星
	}
	return d, i + size
}

// repeated reads 三个八, four zeros and the like: k is the count. It returns where
// that ends, 0 if it is none.
func (l *Lists) repeated(k *Token, text string, i, size int) (next int) {
	n := k.Value - '0'
	if n < 2 || n > 9 {
		return 0
	}
	const ge = "个"
	j := i + size
	if len(text) < j+len(ge) || text[j:j+len(ge)] != ge {
		return 0
	}
	j += len(ge)
	d, size := l.one(text, j)
	if size == 0 || l.counts(text, j+size) {
		return 0
	}
	if _, again := l.one(text, j+size); again > 0 && k.Written {
		return 0 // 3个12
	}
	k.Value, k.Times = d, n
	return j + size
}
