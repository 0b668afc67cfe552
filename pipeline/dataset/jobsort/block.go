package jobsort

import (
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/s2"
)

const (
	// blockBytes is how much of a segment is compressed and read back at a
	// time: while a bucket is read, a block of each segment that may have it is
	// in memory. With the job that fills it a block is mostly within 32 KiB,
	// the largest size class of the allocator.
	blockBytes = 28 << 10
	// checksumBytes is how long the checksum is that comes before a block.
	checksumBytes = 4
)

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
		return nil, errDamaged
	}
	sum, compressed := binary.LittleEndian.Uint32(compressed), compressed[checksumBytes:]
	if crc32.Checksum(compressed, castagnoli) != sum {
		return nil, errDamaged
	}
	return s2.Decode(nil, compressed)
}
