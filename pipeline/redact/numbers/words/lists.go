// Package words is what finders of numbers know of the language: which characters are
// digits or sound like one, which words stand between digits, end a number, or say
// what it is. It cuts lines into tokens.
//
// The lists are in lists/, one a file, each with what it is and how to extend it.
package words

import (
	"embed"
	"slices"
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/sound"
	"callmill/pipeline/redact/span"
)

//go:embed lists/*.txt
var files embed.FS

// What a character may be, in Lists.class.
const (
	isDigit   uint8 = 1 << iota // a digit in full width, a numeral, one of the long forms
	isSoft                      // sounds like a digit
	isCommon                    // is one of the commonest words, besides
	isStart                     // begins a word of Lists.words
	isRare                      // of words for @, a birthday or an age
	isTrigger                   // begins a word of Lists.triggers
	isUnit                      // after up to four digits makes them an amount or a part of a date
	isPlate                     // is in Lists.plate
)

// What a word is that the tokenizer knows.
const (
	filler    uint8 = iota + 1
	corrector       // takes back what was said
	plain           // holds a numeral, and is no number
	atSign
	dotSign
	tldSign
	underSign
	caseSign
	crossSign
	hostSign
)

// Lists are the lists, as finders need them. They are not changed after Load: any
// number of goroutines may use them.
type Lists struct {
	class [1 << 16]uint8 // by character
	digit [1 << 16]byte  // value of digits and of what sounds like them, '0' to '9'
	plate map[rune]bool  // first characters of plates; true for those that are right

	words      dictionary // what the tokenizer knows
	acks       dictionary // what the other speaker says meanwhile
	units      dictionary
	counted    dictionary
	currencies []string
	triggers   dictionary // values are indexes of kinds
	kinds      []span.Kind
}

// spoken are the digits as they are said, by value.
var spoken = [10]string{"零〇", "幺一壹", "二两贰弍貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖"}

// Load reads the lists.
func Load() *Lists {
	l := &Lists{plate: map[rune]bool{}}
	for v, runes := range spoken {
		for _, r := range runes + string('0'+rune(v)) + string('０'+rune(v)) {
			l.class[r] |= isDigit
			l.digit[r] = '0' + byte(v)
		}
	}
	for _, fields := range lines("homophones") {
		for _, f := range fields[1:] {
			common := strings.HasPrefix(f, "*")
			for _, r := range strings.TrimPrefix(f, "*") {
				if l.class[r]&isDigit != 0 {
					continue
				}
				l.class[r] |= isSoft
				if common {
					l.class[r] |= isCommon
				}
				l.digit[r] = fields[0][0]
			}
		}
	}
	for _, fields := range lines("provinces") {
		for i, f := range fields {
			for _, r := range f {
				l.plate[r] = l.plate[r] || i == 0
			}
		}
	}
	l.hear()
	l.hearProvinces()
	for r := range l.plate {
		l.class[r] |= isPlate
	}
	for _, fields := range lines("fillers") {
		for _, f := range fields {
			if word, found := strings.CutPrefix(f, "*"); found {
				l.words.add(word, corrector)
			} else {
				l.words.add(f, filler)
			}
		}
	}
	signs := map[string]uint8{"at": atSign, "dot": dotSign, "tld": tldSign, "under": underSign, "case": caseSign, "cross": crossSign, "host": hostSign}
	for _, fields := range lines("signs") {
		for _, f := range fields[1:] {
			if !l.words.has(f) {
				l.words.add(f, signs[fields[0]])
			}
			if r, _ := utf8.DecodeRuneInString(f); signs[fields[0]] == atSign && r >= utf8.RuneSelf {
				l.class[r] |= isRare
			}
		}
	}
	for _, list := range []struct {
		name string
		into *dictionary
	}{{"words", &l.words}, {"acknowledgements", &l.acks}, {"units", &l.units}, {"counted", &l.counted}} {
		for _, fields := range lines(list.name) {
			for _, f := range fields {
				list.into.add(f, plain)
			}
		}
	}
	for _, fields := range lines("currencies") {
		l.currencies = append(l.currencies, fields...)
	}
	for _, fields := range lines("triggers") {
		l.kinds = append(l.kinds, span.Kind(fields[0]))
		for _, f := range fields[1:] {
			l.triggers.add(f, uint8(len(l.kinds)))
		}
	}
	for _, r := range l.words.starts {
		if r < 1<<16 {
			l.class[r] |= isStart
		}
	}
	for _, r := range l.triggers.starts {
		if r < 1<<16 {
			l.class[r] |= isTrigger
		}
	}
	for _, r := range counts {
		l.class[r] |= isTrigger // see counting
	}
	for _, r := range "元块年月日时秒天岁万千百折点次米楼层" {
		l.class[r] |= isUnit
	}
	for _, r := range "生诞今属" {
		l.class[r] |= isRare
	}
	return l
}

// sounds are the syllables of the digits, and of those that dialects do not keep apart
// from them.
var sounds = [10][]string{{"ling", "lin"}, {"yao", "yi"}, {"er", "liang"}, {"san", "shan"}, {"si", "shi"}, {"wu"}, {"liu"}, {"qi"}, {"ba"}, {"jiu"}}

// hear adds all characters that sound like a digit to those of the list, as common
// ones: a recogniser may write any of them. Those that begin plates, 陕, do so first.
func (l *Lists) hear() {
	heard := make([]byte, sound.Count()+1) // 0: no digit
	for v, names := range sounds {
		for s := range heard {
			if slices.Contains(names, sound.Syllable(s).String()) {
				heard[s] = '0' + byte(v)
			}
		}
	}
	for r := rune(0x4e00); r <= 0x9fff; r++ {
		v := heard[sound.Of(r)]
		if v != 0 && !l.plate[r] && l.class[r]&(isDigit|isSoft) == 0 && !strings.ContainsRune("十拾时室石", r) {
			l.class[r] |= isSoft | isCommon
			l.digit[r] = v
		}
	}
}

// SoundsLike reports whether a character of a text, at a byte, has one of some syllables,
// and returns its length.
func SoundsLike(text string, i int, names ...string) (length int, is bool) {
	if i >= len(text) {
		return 0, false
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	s := sound.Of(r)
	return size, s != 0 && slices.Contains(names, s.String())
}

// hearProvinces adds all characters that sound like the first of a plate.
func (l *Lists) hearProvinces() {
	provinces := make([]bool, sound.Count()+1)
	for r, right := range l.plate {
		if right {
			provinces[sound.Of(r)] = true
		}
	}
	for r := rune(0x4e00); r <= 0x9fff; r++ {
		if _, is := l.plate[r]; !is && provinces[sound.Of(r)] {
			l.plate[r] = false
		}
	}
}

// lines returns the words of each line of a list.
func lines(name string) (all [][]string) {
	text, err := files.ReadFile("lists/" + name + ".txt")
	if err != nil {
		panic(err) // it is embedded
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] != "#" {
			all = append(all, fields)
		}
	}
	return all
}

// dictionary finds words by their first character.
type dictionary struct {
	words  [1 << 10][]entry // by the low bits of the character, the longest first
	starts []rune           // the first characters
}

type entry struct {
	word  string
	value uint8
}

func (d *dictionary) add(word string, value uint8) {
	r, _ := utf8.DecodeRuneInString(word)
	same := &d.words[int(r)%len(d.words)]
	*same = append(*same, entry{word, value})
	// The longest first: it is the one that is meant.
	slices.SortStableFunc(*same, func(a, b entry) int { return len(b.word) - len(a.word) })
	d.starts = append(d.starts, r)
}

func (d *dictionary) has(word string) bool {
	n, _ := d.at(word, 0)
	return n == len(word)
}

// at returns the length and the value of the longest word that begins at a byte of
// a text, 0 if none does.
func (d *dictionary) at(text string, i int) (int, uint8) {
	if i >= len(text) {
		return 0, 0
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	for _, e := range d.words[int(r)%len(d.words)] {
		if strings.HasPrefix(text[i:], e.word) {
			return len(e.word), e.value
		}
	}
	return 0, 0
}
