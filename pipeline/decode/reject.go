package decode

import (
	"bytes"
	"fmt"
	"strings"

	"callmill/schema"
)

// refusal is the first value of a job, or of an envelope, whose shape is on no
// list.
type refusal struct{ code, reason string }

func (d *Decoder) refuse(code, name, what string) {
	if d.refused.code == "" {
		d.refused = refusal{code, d.at.path() + name + " is " + what}
	}
}

// path is where in a job the value being read is, up to its own name.
func (at place) path() string {
	var b strings.Builder
	step := func(list string, i int) {
		if i >= 0 {
			fmt.Fprintf(&b, "%s[%d].", list, i)
		}
	}
	step("Contacts", at.contact)
	step("Extras", at.extra)
	step("Tasks", at.task)
	if at.person {
		b.WriteString("Contact.")
	}
	step("Conversation", at.turn)
	step("Summary", at.summary)
	return b.String()
}

// reject adds a reject to the items of the document.
func (d *Decoder) reject(code, jobID, reason string, piece []byte) {
	r := schema.Reject{JobID: jobID, Code: code, Reason: reason, Raw: piece}
	d.rejectAs(&r)
}

// rejectAs completes a copy of r and adds it to the items of the document.
func (d *Decoder) rejectAs(r *schema.Reject) {
	position := d.n
	d.n++
	if d.dry {
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
