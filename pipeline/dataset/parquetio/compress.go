package parquetio

import "github.com/klauspost/compress/zstd"

// Compressor compresses the pages of the writers of one goroutine, one page at
// a time. The zero value is ready.
//
// parquet-go's own codec keeps encoders in a sync.Pool, and each has a window of
// 8 MiB although a page has 1: six open tables of two workers held 96 MB.
type Compressor struct{ encoder, codes *zstd.Encoder }

const (
	// windowBytes is the window of the encoder: a whole page, which may be larger
	// than pageBytes, since it ends after the batch that filled it.
	windowBytes = 2 * pageBytes
	// codesWindowBytes is the same for codes: those that repeat do so soon.
	codesWindowBytes = shortPageBytes
)

// encode returns the compressed bytes, in dst if they fit. codes says that src is
// mostly ids, hashes or numbers.
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
// The fastest level compresses ids and hashes as well as the others do, in a
// fraction of the time: they share a small alphabet, the length before each, and
// nothing else. Instants become a tenth larger, in half the time; so much of a
// file are they that a tenth is a hundredth of it. Texts become a tenth larger, too,
// and some pages of dictionary indexes a third.
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
		zstd.WithZeroFrames(true),      // other readers expect a frame also for no bytes
		zstd.WithEncoderCRC(false),     // pages have their own
	)
}
