package decode

import (
	"callmill/pipeline/decode/fields"
	"callmill/schema"
)

// searchTaskPage reads the rows of a page of SearchTask.
func (d *Decoder) searchTaskPage() bool {
	d.env.page = schema.ActionSearchTask
	d.ResetElements()
	return d.ObjectList(fields.Rows, 0, d.factsRow, nil)
}

func (d *Decoder) factsRow() bool {
	f := &d.row
	switch {
	case !d.Facts(f):
		return false
	case d.Dry:
	case f.JobID == "" || f.TaskID == "":
		d.Count(fields.FactsWithoutID)
	default:
		d.hasFacts = true
		d.items = append(d.items, schema.Decoded{Position: d.n, Facts: d.KeepFacts(f)})
	}
	return true
}
