package spill

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unsafe"
)

// Codec encodes records, or decodes them: its methods take pointers to values,
// which are written or set, so that both directions are one description of a
// record. What decoding sets aliases the record. Of a damaged record values are
// zero, and Err returns an error. Not safe for concurrent use.
type Codec struct {
	Decoding bool
	bytes    []byte // encoded so far, or being decoded
	at       int    // how many of them are decoded
	failed   bool   // they are damaged; all count as decoded
}

// Encoder returns a Codec that appends to b.
func Encoder(b []byte) Codec { return Codec{bytes: b} }

// Decoder returns a Codec that reads b.
func Decoder(b []byte) Codec { return Codec{Decoding: true, bytes: b} }

// Bytes returns what was encoded, or what is left to decode.
func (c *Codec) Bytes() []byte { return c.bytes[c.at:] }

// Err returns ErrDamaged if anything was damaged.
func (c *Codec) Err() error {
	if c.failed {
		return ErrDamaged
	}
	return nil
}

// Fail notes that the record is damaged.
func (c *Codec) Fail() { c.failed, c.at = true, len(c.bytes) }

// take returns the next n bytes; ok is false where there are fewer.
func (c *Codec) take(n uint64) (b []byte, ok bool) {
	if n > uint64(len(c.bytes)-c.at) {
		c.Fail()
		return nil, false
	}
	start := c.at
	c.at += int(n)
	return c.bytes[start:c.at:c.at], true
}

// Fixed is for bytes whose number is known, such as a key: records sort by them.
func (c *Codec) Fixed(b []byte) {
	if !c.Decoding {
		c.bytes = append(c.bytes, b...)
		return
	}
	read, _ := c.take(uint64(len(b)))
	clear(b[copy(b, read):])
}

// Int is for a number by which records sort, in 8 bytes.
func (c *Codec) Int(v *int64) {
	if !c.Decoding {
		c.bytes = binary.BigEndian.AppendUint64(c.bytes, uint64(*v)^1<<63)
		return
	}
	*v = 0
	if b, ok := c.take(8); ok {
		*v = int64(binary.BigEndian.Uint64(b) ^ 1<<63)
	}
}

// SortText is for a text by which records sort, with any bytes after it: 0 is written
// as 0, 1, and 0, 0 ends it.
func (c *Codec) SortText(s *string) {
	if c.Decoding {
		*s = c.sortText()
		return
	}
	for text := *s; ; {
		before, after, found := strings.Cut(text, "\x00")
		if c.bytes = append(c.bytes, before...); !found {
			break
		}
		c.bytes, text = append(c.bytes, 0, 1), after
	}
	c.bytes = append(c.bytes, 0, 0)
}

func (c *Codec) sortText() (text string) {
	for {
		zero := bytes.IndexByte(c.Bytes(), 0)
		if zero < 0 {
			c.Fail()
			return ""
		}
		part, ok := c.take(uint64(zero) + 2)
		switch {
		case !ok || part[zero+1] > 1:
			c.Fail()
			return ""
		case part[zero+1] == 0:
			return text + unsafe.String(unsafe.SliceData(part), zero)
		}
		text += string(part[:zero+1])
	}
}

// Text is for a text, with its length before it.
func (c *Codec) Text(s *string) {
	n := uint64(len(*s))
	c.Uvarint(&n)
	if !c.Decoding {
		c.bytes = append(c.bytes, *s...)
		return
	}
	b, _ := c.take(n)
	*s = unsafe.String(unsafe.SliceData(b), len(b))
}

// Bool is for a byte, 1 for true.
func (c *Codec) Bool(v *bool) {
	b := byte(0)
	if *v {
		b = 1
	}
	c.Byte(&b)
	*v = b != 0
}

// Byte is for a byte.
func (c *Codec) Byte(b *byte) {
	switch {
	case !c.Decoding:
		c.bytes = append(c.bytes, *b)
	case c.at == len(c.bytes):
		*b = 0
		c.Fail()
	default:
		*b = c.bytes[c.at]
		c.at++
	}
}

// Varint is for a number, the smaller the shorter.
func (c *Codec) Varint(v *int64) {
	u := uint64(*v)<<1 ^ uint64(*v>>63)
	c.Uvarint(&u)
	*v = int64(u>>1) ^ -int64(u&1)
}

// Uvarint is Varint for a number that is not negative.
func (c *Codec) Uvarint(v *uint64) {
	switch { // most take one byte
	case !c.Decoding && *v < 0x80:
		c.bytes = append(c.bytes, byte(*v))
		return
	case !c.Decoding:
		c.bytes = binary.AppendUvarint(c.bytes, *v)
		return
	case c.at < len(c.bytes) && c.bytes[c.at] < 0x80:
		*v = uint64(c.bytes[c.at])
		c.at++
		return
	}
	n := 0
	if *v, n = binary.Uvarint(c.bytes[c.at:]); n <= 0 {
		*v = 0
		c.Fail()
		return
	}
	c.at += n
}
