package decode

import (
	"bytes"
	"strings"

	"callmill/schema"
)

// reject adds a reject to the items of the document.
func (d *Decoder) reject(code, jobID, reason string, piece []byte) {
	r := schema.Reject{JobID: jobID, Code: code, Reason: reason, Raw: piece}
	d.rejectAs(&r)
}

// rejectAs completes a copy of r and adds it to the items of the document.
func (d *Decoder) rejectAs(r *schema.Reject) {
	position := d.n
	d.n++
	if d.Dry {
		return
	}
	own := *r
	own.Origin, own.Position = d.raw.Origin, position
	own.JobID, own.Raw = strings.Clone(r.JobID), bytes.Clone(r.Raw)
	if own.Code == schema.RejectTruncated && d.raw.Fault != "" && !d.faultTold {
		d.faultTold = true
		d.raw.TellFault(&own)
	}
	d.items = append(d.items, schema.Decoded{Position: position, Reject: &own})
}
