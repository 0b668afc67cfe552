// Package charset turns the bytes of an input into UTF-8: byte-order marks,
// UTF-16 and UTF-32 without declaration, and the encodings that an XML
// declaration may name. Bytes of JSON in UTF-8 pass as they are, valid or not.
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

// transformer returns what makes UTF-8 of an input that begins with head; nil
// where it is as it should be. The parser of XML takes only valid characters; of
// JSON each string is repaired where it is read.
func (c charset) transformer(head []byte) transform.Transformer {
	if c.encoding != nil {
		return c.encoding.NewDecoder()
	}
	if bytes.HasPrefix(bytes.TrimLeft(head[c.mark:], " \t\r\n"), []byte("<")) {
		return runes.ReplaceIllFormed()
	}
	return nil
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
	if len(head) >= 2 {
		switch {
		case opensDocument(head[0]) && head[1] == 0:
			return charset{unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 0}, nil
		case head[0] == 0 && opensDocument(head[1]):
			return charset{unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 0}, nil
		}
	}
	return declaredCharset(head)
}

func opensDocument(c byte) bool { return c == '{' || c == '[' || c == '<' }

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
	Transcoded bool // it was not in UTF-8
	Repaired   bool // bytes that are not characters became U+FFFD
}

// Decode returns body in UTF-8, without a byte-order mark. The result may alias
// body. An error says that the declared encoding is not supported, or that body
// is not in it.
func Decode(body []byte) (text []byte, notes Notes, err error) {
	c, err := charsetOf(body)
	if err != nil {
		return nil, notes, err
	}
	notes.Mark, notes.Transcoded = c.mark > 0, c.encoding != nil
	t := c.transformer(body)
	body = body[c.mark:]
	if t == nil || c.encoding == nil && utf8.Valid(body) {
		return body, notes, nil
	}
	if text, _, err = transform.Bytes(t, body); err != nil {
		return nil, notes, fmt.Errorf("not in the declared encoding: %w", err)
	}
	notes.Repaired = bytes.ContainsRune(text, utf8.RuneError)
	if c.encoding != nil { // what is UTF-8 now must not be declared as something else
		text = text[len(xmlDeclaration.Find(text[:min(len(text), headBytes)])):]
	}
	return text, notes, nil
}

// headBytes is how much of an input is looked at for its charset.
const headBytes = 1024

// Unsupported is the error of an input whose declared encoding is not
// supported. It is about the input, not about reading it.
type Unsupported struct{ error }

// NewReader is Decode for an input that is too large to be held. Its error is
// an *Unsupported, or one of in.
func NewReader(in io.Reader) (io.Reader, error) {
	raw, head, err := peek(in)
	if err != nil {
		return nil, err
	}
	c, err := charsetOf(head)
	if err != nil {
		return nil, &Unsupported{err}
	}
	t := c.transformer(head)
	_, _ = raw.Discard(c.mark) // which was peeked
	if t == nil {
		return raw, nil
	}
	text := transform.NewReader(raw, t)
	if c.encoding == nil {
		return text, nil
	}
	decoded, head, err := peek(text)
	if err != nil {
		return nil, err
	}
	_, _ = decoded.Discard(len(xmlDeclaration.Find(head)))
	return decoded, nil
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
