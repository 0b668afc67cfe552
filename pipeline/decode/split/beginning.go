package split

import (
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

// Write implements [io.Writer]; it never fails.
func (b *Beginning) Write(text []byte) (int, error) {
	if b.sum == nil {
		b.sum = sha256.New()
	}
	b.sum.Write(text)
	b.length += int64(len(text))
	if room := schema.MaxRejectRaw - len(b.raw); room > 0 {
		b.raw = append(b.raw, text[:min(room, len(text))]...)
	}
	return len(text), nil
}

// Keep puts the piece into a reject.
func (b *Beginning) Keep(r *schema.Reject) *schema.Reject {
	r.Raw = b.raw
	if b.sum != nil && (b.length > int64(len(b.raw)) || r.Code == schema.RejectTooLarge) {
		r.RawBytes, r.RawSHA256 = b.length, hex.EncodeToString(b.sum.Sum(nil))
	}
	return r
}
