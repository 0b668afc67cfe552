package decode

import (
	"bytes"
	"strings"

	"callmill/schema"
)

// reject adds a reject to the items of the document.
func (d *decoder) reject(code, jobID, reason string, piece []byte) {
	r := schema.Reject{JobID: jobID, Code: code, Reason: reason, Raw: piece}
	d.rejectAs(&r)
}

// rejectAs adds a copy of r to the items of the document.
func (d *decoder) rejectAs(r *schema.Reject) {
	position := d.n
	d.n++
	if !d.Dry {
		d.items = append(d.items, d.rejectAt(position, r))
	}
}

// rejectAt is the item of a copy of r.
func (d *decoder) rejectAt(position int64, r *schema.Reject) waiting {
	own := *r
	own.Origin, own.Position = d.raw.Origin, position
	own.JobID, own.Raw = strings.Clone(r.JobID), bytes.Clone(r.Raw)
	if own.Code == schema.RejectTruncated && d.raw.Fault != "" && !d.faultTold {
		d.faultTold = true
		d.raw.TellFault(&own)
	}
	return waiting{Decoded: schema.Decoded{Position: position, Reject: &own}}
}
