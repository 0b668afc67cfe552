package fields

import "callmill/pipeline/decode/jsonscan"

// ReadString reads the string at Pos. The result aliases the input; where that has
// escapes or is not UTF-8, it lies in the reader's own memory. Both are valid
// until Free.
func (r *Reader) ReadString() (string, bool) {
	start := r.Pos + 1
	end, ascii := jsonscan.Plain(r.Text, start)
	if end < len(r.Text) && r.Text[end] == '"' {
		r.Pos = end + 1
		raw := r.Text[start:end]
		if ascii || r.Valid || jsonscan.ValidUTF8(raw) {
			return alias(raw), true
		}
		return r.repaired(raw), true
	}
	if _, ok := r.SkipString(); !ok {
		return "", false
	}
	return r.repaired(r.Text[start : r.Pos-1]), true
}

// repaired is raw with its escapes resolved and each byte, or lone surrogate,
// that is not a character replaced by U+FFFD.
func (r *Reader) repaired(raw []byte) string {
	var damaged bool
	r.scratch, damaged = jsonscan.Unescape(r.scratch[:0], raw)
	text := alias(r.memory.texts.keep(r.scratch))
	if damaged {
		r.CountDamaged()
	}
	return text
}
