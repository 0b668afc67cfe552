package rawlog

import (
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// frame is where a group lies in its file.
type frame struct{ offset, size int64 }

// errTorn says that a file does not continue with a whole frame.
var errTorn = errors.New("torn")

// frameAt measures the frame at offset without decompressing it (RFC 8878,
// section 3.1.1): a header, blocks with their sizes, a checksum. It returns
// errTorn where the file ends or is damaged before the frame's end, and I/O
// errors as they are.
func frameAt(r io.ReaderAt, offset int64) (frame, error) {
	var header zstd.Header
	head := make([]byte, zstd.HeaderMaxSize)
	n, err := r.ReadAt(head, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return frame{}, err
	}
	if header.Decode(head[:n]) != nil || header.Skippable {
		return frame{}, errTorn
	}
	const rle, reserved = 1, 3
	end := offset + int64(header.HeaderSize)
	for last := false; !last; {
		var block [3]byte
		if err := readFull(r, block[:], end); err != nil {
			return frame{}, err
		}
		bits := int64(block[0]) | int64(block[1])<<8 | int64(block[2])<<16
		last = bits&1 != 0
		size := bits >> 3
		switch bits >> 1 & 3 {
		case rle:
			size = 1
		case reserved:
			return frame{}, errTorn
		}
		end += int64(len(block)) + size
	}
	if header.HasCheckSum {
		end += 4
	}
	// The frame is whole if its last byte is there.
	if err := readFull(r, make([]byte, 1), end-1); err != nil {
		return frame{}, err
	}
	return frame{offset, end - offset}, nil
}

// readFull reads all of b, or returns errTorn where the file ends before.
func readFull(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return errTorn
	}
	return err
}
