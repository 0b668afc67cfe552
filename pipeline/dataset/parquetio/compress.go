package parquetio

import "github.com/klauspost/compress/zstd"

// Compressor compresses the pages of the writers of one goroutine, one page at
// a time. The zero value is ready.
//
// parquet-go's own codec keeps encoders where the garbage collector may take
// them at any time, and each remembers 8 MiB although a page has 1: six open
// tables of two workers held 96 MB.
type Compressor struct{ encoder, codes *zstd.Encoder }

const (
	// windowBytes is how far back a page is compared with itself: all of it. A
	// page ends after the batch that filled it, so it may be larger than pageBytes.
	windowBytes = 2 * pageBytes
	// codesWindowBytes is the same for codes: those that repeat do so soon.
	codesWindowBytes = shortPageBytes
)

// encode gives the compressed bytes, in dst where they fit. codes says what src
// is for the most part: ids, hashes or numbers.
func (c *Compressor) encode(dst, src []byte, codes bool) (_ []byte, err error) {
	encoder := &c.encoder
	if codes {
		encoder = &c.codes
	}
	if *encoder == nil {
		if *encoder, err = newEncoder(codes); err != nil {
			return nil, err
		}
	}
	return (*encoder).EncodeAll(src, dst[:0]), nil
}

// newEncoder makes the encoder of codes and numbers, or that of everything else.
//
// Of ids and hashes the fastest level makes pages as small as the others do, in
// a fifth of the time: few letters are all they have in common. Texts become a
// tenth larger with it, some pages of places a third.
func newEncoder(codes bool) (*zstd.Encoder, error) {
	level, window := zstd.SpeedDefault, windowBytes
	if codes {
		level, window = zstd.SpeedFastest, codesWindowBytes
	}
	return zstd.NewWriter(nil,
		zstd.WithEncoderLevel(level),
		zstd.WithAllLitEntropyCompression(codes), // also where nothing repeats
		zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window),
		zstd.WithLowerEncoderMem(true), // a window of memory, not two
		zstd.WithZeroFrames(true),      // other readers want a frame for no bytes, too
		zstd.WithEncoderCRC(false),     // pages have their own
	)
}
