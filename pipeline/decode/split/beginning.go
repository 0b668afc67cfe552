package split

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"callmill/schema"
)

// Beginning is what a reject keeps of a piece of input that may be too large to
// be held: its first MiB, its length and its hash. The zero value is empty.
type Beginning struct {
	raw    []byte
	length int64
	sum    hash.Hash
}

// Add appends text, which is copied.
func (b *Beginning) Add(text []byte) {
	if b.sum == nil {
		b.sum = sha256.New()
	}
	b.sum.Write(text)
	b.length += int64(len(text))
	if room := schema.MaxRejectRaw - len(b.raw); room > 0 {
		b.raw = append(b.raw, bytes.Clone(text[:min(room, len(text))])...)
	}
}

// Keep puts the piece into a reject.
func (b *Beginning) Keep(r *schema.Reject) *schema.Reject {
	r.Raw = b.raw
	if b.sum != nil && (b.length > int64(len(b.raw)) || r.Code == schema.RejectTooLarge) {
		r.RawBytes, r.RawSHA256 = b.length, hex.EncodeToString(b.sum.Sum(nil))
	}
	return r
}
