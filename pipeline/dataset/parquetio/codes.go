package parquetio

import "encoding/binary"

// isCodes reports whether texts, written plainly, all have one length, as ids,
// hashes and telephone numbers do: they repeat as a whole or not at all.
func isCodes(plain []byte) bool {
	if len(plain) < 4 {
		return false
	}
	length := binary.LittleEndian.Uint32(plain)
	size := 4 + int(length)
	if length == 0 || len(plain) == size || len(plain)%size != 0 {
		return false
	}
	for at := size; at < len(plain); at += size {
		if binary.LittleEndian.Uint32(plain[at:]) != length {
			return false
		}
	}
	return true
}
