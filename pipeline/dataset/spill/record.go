package spill

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// AppendInt appends a number, in 8 bytes, so that the order of records is that of
// the numbers.
func AppendInt(b []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(v)^1<<63)
}

// Int reads what AppendInt appended from the head of b.
func Int(b []byte) int64 { return int64(binary.BigEndian.Uint64(b) ^ 1<<63) }

// AppendBool appends a byte, 1 for true.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// AppendText appends a text with its length before it: records do not sort by it.
func AppendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// CutText reads what AppendText appended from the head of b, and returns the rest.
func CutText(b []byte) (text string, rest []byte) {
	length, n := binary.Uvarint(b)
	return string(b[n : n+int(length)]), b[n+int(length):]
}

// AppendSortable appends a text so that the order of the bytes is that of the
// texts, also where another text or number follows: 0 is written as 0, 255, and
// 0 ends it.
func AppendSortable(b []byte, text string) []byte {
	for {
		zero := strings.IndexByte(text, 0)
		if zero < 0 {
			return append(append(b, text...), 0)
		}
		b = append(append(b, text[:zero]...), 0, 0xFF)
		text = text[zero+1:]
	}
}

// CutSortable reads what AppendSortable appended from the head of b, and returns
// the rest; ok is false where b was not written by it.
func CutSortable(b []byte) (text string, rest []byte, ok bool) {
	for {
		zero := bytes.IndexByte(b, 0)
		if zero < 0 {
			return "", nil, false
		}
		text += string(b[:zero])
		if zero+1 == len(b) || b[zero+1] != 0xFF {
			return text, b[zero+1:], true
		}
		text, b = text+"\x00", b[zero+2:]
	}
}
