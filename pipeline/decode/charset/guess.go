package charset

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// A guess is an encoding that a text without declaration may be in.
type guess int

const (
	utf8Text guess = iota // the first of equals
	gb18030
	big5
	guesses // how many there are
)

func (g guess) encoding() encoding.Encoding {
	switch g {
	case gb18030:
		return simplifiedchinese.GB18030
	case big5:
		return traditionalchinese.Big5
	}
	return nil
}

// evidence is how well a text reads in each of the encodings: of its bytes that
// are not ASCII, how many quarters belong to characters, and to what kind.
//
// In UTF-8 characters of three bytes and more count in full: these are rarely
// well-formed by chance. Two Chinese bytes often are, and so those of two count
// in full only in runs of one alphabet, or beside ASCII letters. In the others
// almost any two bytes are a character, so it counts what people write: in full
// the first level of the standard, the four to five thousand characters in common
// use, and punctuation; half the second level; a quarter the characters that GBK
// and Hong Kong's supplement have besides, of which traditional text has some.
// Text in one of the three then reads for more than nine tenths in its own
// encoding, and for less than two thirds in the others.
type evidence struct {
	bytes    int // that are not ASCII
	quarters [guesses]int
}

const (
	full    = 4
	half    = 2
	quarter = 1
)

func (e *evidence) add(more *evidence) {
	e.bytes += more.bytes
	for g, n := range more.quarters {
		e.quarters[g] += n
	}
}

// atLeast reports whether so many quarters of the text read in an encoding.
func (e *evidence) atLeast(quarters int, g guess) bool { return e.quarters[g] >= quarters*e.bytes }

// best is the encoding in which most of the text reads.
func (e *evidence) best() guess {
	best := utf8Text
	for g := range guesses {
		if e.quarters[g] > e.quarters[best] {
			best = g
		}
	}
	return best
}

// fewBytes is how many bytes say little: fewer are what the text around them is
// or, where they are all there is, UTF-8 with damage unless they clearly are not.
const fewBytes = 8

// decide returns the encoding of a text; ok is false where most of it reads in
// none.
func (e *evidence) decide() (g guess, ok bool) {
	g = e.best()
	if e.atLeast(3, g) || e.atLeast(2, g) && e.bytes >= fewBytes/2 {
		return g, true
	}
	return utf8Text, e.bytes < fewBytes
}

// within is the encoding of a part of a text that is in g: another one only where
// the part clearly is.
func (e *evidence) within(g guess) guess {
	own := e.best()
	if e.bytes >= fewBytes && e.atLeast(3, own) && 9*e.quarters[own] > 10*e.quarters[g] {
		return own
	}
	return g
}

// examine reads text in each of the encodings.
func examine(text []byte) (e evidence) {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		weight, size := weighUTF8(text, i)
		e.bytes += size
		e.quarters[utf8Text] += weight * size
		i += size
	}
	e.quarters[gb18030] = pairs(text, weighGB18030)
	e.quarters[big5] = pairs(text, weighBig5)
	return e
}

// weighUTF8 returns the weight of what begins at i, per byte, and its length:
// that of one character, or of a run of those of two bytes.
func weighUTF8(text []byte, i int) (weight, size int) {
	r, size := utf8.DecodeRune(text[i:])
	switch {
	case !utf8.FullRune(text[i:]): // the text is cut in a character
		return full, len(text) - i
	case size == 1:
		return 0, 1
	case size > 2:
		return full, size
	}
	end, of, same := i+2, alphabetOf(r), true
	for {
		r, size := utf8.DecodeRune(text[end:])
		if size != 2 {
			break
		}
		same = same && alphabetOf(r) == of
		end += 2
	}
	beside := i > 0 && isWord(text[i-1]) || end < len(text) && isWord(text[end])
	switch {
	case end-i > 2 && !same:
		return 0, end - i
	case end-i == 2 && !beside:
		return half, 2
	}
	return full, end - i
}

// alphabet is a part of Unicode whose characters may stand side by side.
type alphabet int

// alphabetOf returns the alphabet of a character of two bytes.
func alphabetOf(r rune) alphabet {
	for i, end := range [...]rune{0xc0, 0x250, 0x370, 0x400, 0x530, 0x590, 0x600} {
		if r < end {
			return alphabet(i)
		}
	}
	return -1 // Arabic and what follows it
}

func isWord(c byte) bool { return c-'0' <= 9 || c|0x20-'a' <= 25 }

// isNarrow reports whether text, which is UTF-8, has characters of two bytes and
// none of more: that may be a few Chinese characters of another encoding.
func isNarrow(text []byte) (narrow bool) {
	for i := 0; i < len(text); {
		if i+8 <= len(text) && binary.LittleEndian.Uint64(text[i:])&0x8080808080808080 == 0 {
			i += 8
			continue
		}
		if text[i] >= 0xe0 {
			return false
		}
		narrow = narrow || text[i] >= utf8.RuneSelf
		i++
	}
	return narrow
}

// pairs sums up the weights of the characters of text; weigh returns that of the
// one that text begins with, per byte that is not ASCII, and its length.
func pairs(text []byte, weigh func([]byte) (weight, size int)) (quarters int) {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		weight, size := weigh(text[i:])
		for _, c := range text[i : i+size] {
			if c >= utf8.RuneSelf {
				quarters += weight
			}
		}
		i += size
	}
	return quarters
}

func weighGB18030(b []byte) (weight, size int) {
	if len(b) < 2 || b[0] < 0x81 || b[0] == 0xff {
		return 0, 1
	}
	lead, trail := b[0], b[1]
	switch {
	case trail >= '0' && trail <= '9':
		if len(b) < 4 || b[2] < 0x81 || b[2] == 0xff || b[3] < '0' || b[3] > '9' {
			return 0, 1
		}
		return full, 4
	case trail < 0x40 || trail == 0x7f || trail == 0xff:
		return 0, 1
	case trail >= 0xa1 && (lead >= 0xb0 && lead <= 0xd7 || lead >= 0xa1 && lead <= 0xa3):
		return full, 2
	case trail >= 0xa1 && lead >= 0xd8 && lead <= 0xf7:
		return half, 2
	case trail >= 0xa1 && lead >= 0xa4 || trail < 0xa1 && lead >= 0xa1 && lead <= 0xa7:
		return 0, 2 // other scripts, or for private use
	}
	return quarter, 2
}

func weighBig5(b []byte) (weight, size int) {
	if len(b) < 2 || b[0] < 0x81 || b[0] == 0xff {
		return 0, 1
	}
	lead, trail := b[0], b[1]
	switch {
	case trail < 0x40 || trail > 0x7e && trail < 0xa1 || trail == 0xff:
		return 0, 1
	case lead >= 0xa4 && lead <= 0xc5, lead == 0xc6 && trail <= 0x7e, lead >= 0xa1 && lead <= 0xa3:
		return full, 2
	case lead >= 0xc9 && lead <= 0xf9:
		return half, 2
	}
	return quarter, 2 // of Hong Kong's supplement
}

// guesser decodes the parts of one text, in order.
type guesser struct {
	seen    evidence // of the parts that are not UTF-8
	decided bool     // a part was met that is not UTF-8
	other   bool     // something was not in UTF-8
}

// decode returns text, the next part, in UTF-8, but for bytes that are no
// characters: those become one that is none in UTF-8 either, so that what reads
// a string meets the damage in it. ok is false, at the first part only, where
// most of the text is in no encoding that is known. The result may alias text.
//
// Text is decided upon line by line, as files are put together of others.
func (g *guesser) decode(text []byte) (decoded []byte, ok bool) {
	valid := (!g.decided || g.seen.best() == utf8Text) && utf8.Valid(text)
	if valid && !isNarrow(text) {
		return text, true
	}
	found := examine(text)
	if best := found.best(); valid && (best == utf8Text || !found.atLeast(3, best)) {
		return text, true
	}
	g.seen.add(&found)
	all, known := g.seen.decide()
	if !known && !g.decided {
		return nil, false
	}
	g.decided = true
	decoded = make([]byte, 0, len(text)+len(text)/2)
	for line := range bytes.Lines(text) {
		in := all
		if found.bytes > 0 {
			own := examine(line)
			in = own.within(all)
		}
		if in == utf8Text {
			decoded = append(decoded, line...)
			continue
		}
		g.other = true
		decoded = appendDecoded(decoded, line, in.encoding())
	}
	return decoded, true
}

// decodeAll decodes a whole text as reader does.
func (g *guesser) decodeAll(text []byte) (decoded []byte, ok bool) {
	if utf8.Valid(text) && !isNarrow(text) {
		return text, true
	}
	for {
		block := text
		if len(text) >= blockBytes {
			block = text[:boundary(text[:blockBytes])]
		}
		part, ok := g.decode(block)
		if !ok {
			return nil, false
		}
		if text = text[len(block):]; len(text) == 0 && decoded == nil {
			return part, true
		}
		if decoded = append(decoded, part...); len(text) == 0 {
			return decoded, true
		}
	}
}

// damage is the byte that decode writes in place of what is not a character.
const damage = 0xff

func appendDecoded(dst, text []byte, e encoding.Encoding) []byte {
	decoded, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return append(dst, text...) // decoders of these encodings have no error
	}
	for {
		before, after, found := bytes.Cut(decoded, []byte("\uFFFD"))
		dst = append(dst, before...)
		if !found {
			return dst
		}
		dst, decoded = append(dst, damage), after
	}
}
