package decode

import (
	"unsafe"

	"callmill/pipeline/decode/jsonscan"
)

// text reads the string at p. The result aliases the input; where that has
// escapes or is not UTF-8, it lies in the decoder's own memory. Both are valid
// until the document's jobs have been handed out.
func (d *Decoder) text() (string, bool) {
	start := d.Pos + 1
	end, ascii := jsonscan.Plain(d.Text, start)
	if end < len(d.Text) && d.Text[end] == '"' {
		d.Pos = end + 1
		raw := d.Text[start:end]
		if ascii || jsonscan.ValidUTF8(raw) {
			return alias(raw), true
		}
		return d.repaired(raw), true
	}
	if _, ok := d.SkipString(); !ok {
		return "", false
	}
	return d.repaired(d.Text[start : d.Pos-1]), true
}

// repaired is raw with its escapes resolved and each byte, or lone surrogate,
// that is not a character replaced by U+FFFD.
func (d *Decoder) repaired(raw []byte) string {
	var damaged bool
	d.scratch, damaged = jsonscan.Unescape(d.scratch[:0], raw)
	if damaged {
		d.count(invalidUTF8)
	}
	return alias(d.memory.texts.keep(d.scratch))
}

// alias is a string over b, which must not change as long as it is in use.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
