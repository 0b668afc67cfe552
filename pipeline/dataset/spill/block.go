package spill

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/s2"
)

// ErrDamaged means that bytes read back are not those that were written.
var ErrDamaged = errors.New("damaged records")

// checksumBytes is the length of the checksum before a block.
const checksumBytes = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendCompressed appends a block: its checksum, then what s2 makes of it,
// which has none of its own.
func appendCompressed(dst, block []byte) []byte {
	dst = slices.Grow(dst, checksumBytes+s2.MaxEncodedLen(len(block)))
	start := len(dst) + checksumBytes
	dst = dst[:start+len(s2.Encode(dst[start:cap(dst)], block))]
	binary.LittleEndian.PutUint32(dst[start-checksumBytes:], crc32.Checksum(dst[start:], castagnoli))
	return dst
}

// decompress returns the block that appendCompressed was given, in new memory.
func decompress(compressed []byte) ([]byte, error) {
	if len(compressed) < checksumBytes {
		return nil, ErrDamaged
	}
	sum, compressed := binary.LittleEndian.Uint32(compressed), compressed[checksumBytes:]
	if crc32.Checksum(compressed, castagnoli) != sum {
		return nil, ErrDamaged
	}
	return s2.Decode(nil, compressed)
}
