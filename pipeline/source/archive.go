package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"callmill/schema"
)

// recorder keeps what a reject needs of an archive while the archive is read:
// standard input cannot be read again once damage is met.
type recorder struct {
	head  []byte
	bytes int64
	sum   hash.Hash
}

func newRecorder() *recorder { return &recorder{sum: sha256.New()} }

// add records the next bytes of the archive.
func (r *recorder) add(b []byte) {
	r.head = append(r.head, b[:min(len(b), schema.MaxRejectRaw-len(r.head))]...)
	r.bytes += int64(len(b))
	_, _ = r.sum.Write(b) // a hash never fails
}

// archive describes everything recorded.
func (r *recorder) archive() *schema.Archive {
	return &schema.Archive{Head: r.head, Bytes: r.bytes, SHA256: hex.EncodeToString(r.sum.Sum(nil))}
}

// faultOf says why an archive could not be read to its end.
func faultOf(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return "the archive ends in the middle"
	case errors.Is(err, gzip.ErrChecksum) || errors.Is(err, zstd.ErrCRCMismatch):
		return "the archive's checksum is wrong"
	}
	return fmt.Sprintf("the archive is damaged: %v", err)
}
