package decode

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
	"golang.org/x/text/transform"
)

// charset is how the bytes of an input stand for characters.
type charset struct {
	encoding encoding.Encoding // nil: UTF-8
	mark     int               // bytes of the byte-order mark in front
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

// charsetOf tells the charset of an input by its first bytes: a byte-order
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
	name := xmlEncoding.FindSubmatch(xmlDeclaration.Find(head[:min(len(head), 1024)]))
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

// utf8 is body in UTF-8 without a byte-order mark.
func (d *Decoder) utf8(body []byte) ([]byte, error) {
	c, err := charsetOf(body)
	if err != nil {
		return nil, err
	}
	if c.mark > 0 {
		d.count(byteOrderMark)
	}
	body = body[c.mark:]
	if c.encoding == nil {
		return d.validXML(body), nil
	}
	d.count(transcoded)
	text, err := c.encoding.NewDecoder().Bytes(body)
	if err != nil {
		return nil, fmt.Errorf("not in the declared encoding: %w", err)
	}
	if bytes.ContainsRune(text, utf8.RuneError) {
		d.count(invalidUTF8)
	}
	return text, nil
}

// validXML repairs a body that is XML, for the XML parser takes no byte that is
// no character. Of JSON each text is repaired where it is read.
func (d *Decoder) validXML(body []byte) []byte {
	start := scanner{b: body}
	if start.next() != '<' || utf8.Valid(body) {
		return body
	}
	d.count(invalidUTF8)
	repaired := make([]byte, 0, len(body)+64)
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		repaired = utf8.AppendRune(repaired, r)
		i += n
	}
	return repaired
}

// encodingError is trouble with the charset of an input, which is a reject and
// not an error.
type encodingError struct{ error }

// utf8Reader is utf8 for an input that is too large to be held.
func utf8Reader(in io.Reader) (io.Reader, error) {
	head := bufio.NewReaderSize(in, 64<<10)
	first, err := head.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	c, err := charsetOf(first)
	if err != nil {
		return nil, &encodingError{err}
	}
	if _, err := head.Discard(c.mark); err != nil {
		return nil, err
	}
	start := scanner{b: first[c.mark:]}
	switch {
	case c.encoding == nil && start.next() != '<':
		return head, nil
	case c.encoding == nil: // repaired as validXML does
		return transform.NewReader(head, unicode.UTF8.NewDecoder()), nil
	}
	text := bufio.NewReaderSize(transform.NewReader(head, c.encoding.NewDecoder()), 64<<10)
	first, err = text.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	// What is now UTF-8 must not say that it is something else.
	if _, err := text.Discard(len(xmlDeclaration.Find(first))); err != nil {
		return nil, err
	}
	return text, nil
}
