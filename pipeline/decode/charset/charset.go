// Package charset turns the bytes of an input into UTF-8: byte-order marks,
// UTF-16 and UTF-32 without declaration, the encodings that an XML declaration
// may name, and, where nothing is declared, GB18030 and Big5, which the text
// itself shows (guess.go). Of JSON single damaged bytes pass as they are: each
// string is repaired where it is read.
package charset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// charset is how the bytes of an input stand for characters.
type charset struct {
	encoding encoding.Encoding // nil: UTF-8
	mark     int               // bytes of the byte-order mark in front
}

// isXML reports whether an input that begins with head is XML, whose parser
// takes only valid characters.
func isXML(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<"))
}

// marks are the byte-order marks, those that begin like another one first.
var marks = [...]struct {
	mark string
	charset
}{
	{"\xef\xbb\xbf", charset{nil, 3}},
	{"\xff\xfe\x00\x00", charset{utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), 4}},
	{"\x00\x00\xfe\xff", charset{utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 4}},
	{"\xff\xfe", charset{unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 2}},
	{"\xfe\xff", charset{unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2}},
}

// charsetOf detects the charset of an input from its first bytes: a byte-order
// mark, the zeros that UTF-16 puts beside the first bracket, or the
// declaration of XML.
func charsetOf(head []byte) (charset, error) {
	for _, m := range marks {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.charset, nil
		}
	}
	for _, wide := range wides {
		if wide.opensDocument(head) {
			return charset{wide.Encoding, 0}, nil
		}
	}
	return declaredCharset(head)
}

// wides are the encodings that show without a mark by the zeros beside ASCII,
// those that begin like another one first.
var wides = [...]wide{
	{utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), 4, 0},
	{utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 4, 3},
	{unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 2, 0},
	{unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2, 1},
}

// wide is an encoding in which ASCII has size bytes, all of them 0 but the one at
// at.
type wide struct {
	encoding.Encoding
	size, at int
}

// opensDocument reports whether head begins, behind white space, with a bracket.
func (w wide) opensDocument(head []byte) bool {
	for len(head) >= w.size {
		for i, c := range head[:w.size] {
			if i != w.at && c != 0 {
				return false
			}
		}
		switch head[w.at] {
		case '{', '[', '<':
			return true
		case ' ', '\t', '\r', '\n':
			head = head[w.size:]
		default:
			return false
		}
	}
	return false
}

var (
	xmlDeclaration = regexp.MustCompile(`^\s*<\?xml\s[^>]{0,500}\?>`)
	xmlEncoding    = regexp.MustCompile(`\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)
)

func declaredCharset(head []byte) (charset, error) {
	name := xmlEncoding.FindSubmatch(xmlDeclaration.Find(head[:min(len(head), headBytes)]))
	if name == nil {
		return charset{}, nil
	}
	e, err := htmlindex.Get(string(name[1]))
	if err != nil || e == encoding.Replacement {
		return charset{}, fmt.Errorf("the declared encoding %q is not supported", name[1])
	}
	switch canonical, _ := htmlindex.Name(e); canonical {
	case "utf-8", "utf-16le", "utf-16be":
		return charset{}, nil // a declaration that can be read is not in UTF-16
	}
	return charset{encoding: e}, nil
}

// Notes say what Decode did to a body.
type Notes struct {
	Mark       bool // it began with a byte-order mark
	Transcoded bool // it was not in UTF-8, or a part of it was not
	Repaired   bool // bytes that are not characters became U+FFFD
}

// Decode returns body in UTF-8, without a byte-order mark; of JSON with
// exceptions, see the package comment. The result may alias body. An error says
// that the declared encoding is not supported, that body is not in it, or that
// it is in none that is recognized.
func Decode(body []byte) (text []byte, notes Notes, err error) {
	c, err := charsetOf(body)
	if err != nil {
		return nil, notes, err
	}
	notes.Mark, notes.Transcoded = c.mark > 0, c.encoding != nil
	body = body[c.mark:]
	if c.encoding != nil {
		if text, err = c.encoding.NewDecoder().Bytes(body); err != nil {
			return nil, notes, fmt.Errorf("not in the declared encoding: %w", err)
		}
		notes.Repaired = bytes.ContainsRune(text, utf8.RuneError)
		// What is UTF-8 now must not be declared as something else.
		return text[len(xmlDeclaration.Find(text[:min(len(text), headBytes)])):], notes, nil
	}
	var g guesser
	text, ok := body, true
	if !notes.Mark {
		text, ok = g.decodeAll(body)
		notes.Transcoded = g.other
	}
	if !ok {
		return nil, notes, errUnknown
	}
	if isXML(text) && !utf8.Valid(text) {
		text = runes.ReplaceIllFormed().Bytes(text)
		notes.Repaired = true
	}
	return text, notes, nil
}

var errUnknown = errors.New("most of the text is neither in UTF-8 nor in UTF-16, GB18030 or Big5")

// headBytes is how much of an input is looked at for its charset.
const headBytes = 1024

// Unsupported is the error of an input whose encoding is not supported, or not
// recognized. It is about the input, not about reading it.
type Unsupported struct{ error }

// NewReader is Decode for an input that is too large to be held: what it begins
// with shows its encoding, and behind that each line may show another one. Its
// error is an *Unsupported, or one of in.
func NewReader(in io.Reader) (io.Reader, error) {
	raw, head, err := peek(in)
	if err != nil {
		return nil, err
	}
	c, err := charsetOf(head)
	if err != nil {
		return nil, &Unsupported{err}
	}
	_, _ = raw.Discard(c.mark) // which was peeked
	if c.encoding == nil {
		return undeclared(raw, c.mark > 0, isXML(head[c.mark:]))
	}
	decoded, head, err := peek(transform.NewReader(raw, c.encoding.NewDecoder()))
	if err != nil {
		return nil, err
	}
	_, _ = decoded.Discard(len(xmlDeclaration.Find(head)))
	return decoded, nil
}

// undeclared is NewReader for an input that is UTF-8, or says nothing of itself.
func undeclared(in io.Reader, marked, xml bool) (io.Reader, error) {
	if !marked {
		r := &reader{in: in}
		if err := r.fill(); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		in = r
	}
	if xml {
		return transform.NewReader(in, runes.ReplaceIllFormed()), nil
	}
	return in, nil
}

// peek returns a reader of in and what it begins with.
func peek(in io.Reader) (r *bufio.Reader, head []byte, err error) {
	r = bufio.NewReaderSize(in, 64<<10)
	head, err = r.Peek(headBytes)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return r, head, err
}
