package decode

import (
	"callmill/pipeline/decode/fields"
	"callmill/schema"
)

// searchTaskPage reads the rows of a page of SearchTask.
func (d *decoder) searchTaskPage() bool {
	d.env.page = schema.ActionSearchTask
	d.ResetElements()
	return d.ObjectList(fields.Rows, 0, d.factsRow, nil)
}

func (d *decoder) factsRow() bool {
	f := &d.row
	switch {
	case !d.Facts(f):
		return false
	case d.Dry:
	case f.JobID == "":
		d.Count(factsWithoutID)
	case f.TaskID == "":
		d.Count(factsWithoutID)
		d.hasFacts = true
		d.items = append(d.items, d.expected(f.JobID, ""))
	default:
		d.hasFacts = true
		d.items = append(d.items, waiting{Decoded: schema.Decoded{Position: d.n, Facts: d.KeepFacts(f)}})
	}
	return true
}
