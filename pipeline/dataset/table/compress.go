package table

import "github.com/klauspost/compress/zstd"

// Compressor compresses the pages of the writers of one goroutine, one page at
// a time. The zero value is ready.
//
// parquet-go's own codec keeps encoders where the garbage collector may take
// them at any time, and each remembers 8 MiB although a page has 1: six open
// tables of two workers held 96 MB.
type Compressor struct{ encoder *zstd.Encoder }

// windowBytes is how far back a page is compared with itself: all of it. A
// page ends after the batch that filled it, so it may be larger than pageBytes.
const windowBytes = 2 * pageBytes

// encode gives the compressed bytes, in dst where they fit.
func (c *Compressor) encode(dst, src []byte) ([]byte, error) {
	if c.encoder == nil {
		encoder, err := zstd.NewWriter(nil,
			// The fastest level saves a few percent of a run's CPU time and
			// makes turns a fifth larger.
			zstd.WithEncoderLevel(zstd.SpeedDefault),
			zstd.WithEncoderConcurrency(1),
			zstd.WithWindowSize(windowBytes),
			zstd.WithLowerEncoderMem(true), // a window of memory, not two
			zstd.WithZeroFrames(true),      // other readers want a frame for no bytes, too
			zstd.WithEncoderCRC(false),     // pages have their own
		)
		if err != nil {
			return nil, err
		}
		c.encoder = encoder
	}
	return c.encoder.EncodeAll(src, dst[:0]), nil
}
