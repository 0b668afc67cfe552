package parquetio

import (
	"encoding/binary"

	"github.com/parquet-go/parquet-go/encoding/delta"
)

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

// encodeCodes encodes codes, in plain encoding, as DELTA_LENGTH_BYTE_ARRAY: their
// lengths come first, and take next to nothing if all are the same. In plain
// encoding the lengths are what zstd finds to repeat in every code: hashes then
// took a tenth more bytes and several times the time.
func encodeCodes(dst, plain []byte) ([]byte, error) {
	length := int(binary.LittleEndian.Uint32(plain))
	lengths := make([]int32, len(plain)/(4+length))
	for i := range lengths {
		lengths[i] = int32(length)
	}
	dst, err := (&delta.BinaryPackedEncoding{}).EncodeInt32(dst[:0], lengths)
	if err != nil {
		return nil, err
	}
	for at := 4; at < len(plain); at += 4 + length {
		dst = append(dst, plain[at:at+length]...)
	}
	return dst, nil
}
