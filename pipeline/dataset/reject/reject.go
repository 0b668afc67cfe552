// Package reject makes rows of rejects: of input that could not become others.
//
// Which rejects the table has, and when they leave it, is decided elsewhere.
package reject

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"callmill/schema"
)

// Row returns the row of a reject as it is when the reject is met for the first time,
// but for the run, which the caller knows. Raw aliases the input of the reject.
func Row(r *schema.Reject) schema.RejectRow {
	sum := sha256.Sum256(r.Raw)
	size, hash := int64(len(r.Raw)), hex.EncodeToString(sum[:])
	if r.RawBytes > 0 {
		size, hash = r.RawBytes, r.RawSHA256
	}
	return schema.RejectRow{
		InstanceID: r.InstanceID, RejectID: id(r.Code, r.JobID, hash), JobID: r.JobID,
		// A path and what a reason quotes may be of any bytes, a text in the table may
		// not.
		Origin: strings.ToValidUTF8(r.Origin, "\uFFFD"), Reason: strings.ToValidUTF8(r.Reason, "\uFFFD"),
		Position: r.Position, Code: r.Code,
		Raw: r.Raw[:min(len(r.Raw), schema.MaxRejectRaw)], RawBytes: size, RawSHA256: hash,
		FirstSeen: r.ObservedAt,
	}
}

// Compare is the order of the table.
func Compare(a, b *schema.RejectRow) int {
	return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.RejectID, b.RejectID))
}

// GroupBytes is how much input a row group of rejects holds: it is in memory until the
// row group is written.
const GroupBytes = 8 << 20

// id is the same for the same trouble with the same input, wherever and whenever it
// is met.
func id(code, jobID, rawSHA256 string) string {
	h := sha256.New()
	for _, part := range []string{code, jobID, rawSHA256} {
		_, _ = io.WriteString(h, part+"\x00") // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
