package decode

import (
	"strconv"

	"callmill/schema"
)

// mend finds the next job where something other than a comma or a bracket
// follows on a job. It returns false where the array ended, or is lost.
func (d *Decoder) mend() bool {
	bad := d.bad
	if bad.code != schema.RejectSyntax {
		return false
	}
	way := d.unmistakable(bad.at)
	if way.kind != atJob {
		return false
	}
	if d.cutting() {
		return d.stopAt(hurt{bad.code, reasonOf(bad, d.lastElement), d.lastElement, way, false, false})
	}
	d.count(damaged)
	d.reject(bad.code, "", reasonOf(bad, d.lastElement), d.b[d.lastElement:way.at])
	d.bad = damage{}
	d.p = way.at
	return true
}

// maxWaiting is how many items wait for the end of their document. A response
// has at most 99 jobs; the envelope of one with more is read ahead.
const maxWaiting = 1024

// jobPlace is what a job is in its document.
type jobPlace int

const (
	isElement  jobPlace = iota // of Jobs: others may follow
	isMember                   // Jobs itself
	isDocument                 // there is nothing around it
)

// jobElement reads a job, or finds a way on where there is none: every element
// but null is one item. It returns false where the rest of the document is
// lost, and p is where to go on.
func (d *Decoder) jobElement(as jobPlace) bool {
	d.env.holdsJobs = true
	for {
		next := d.next()
		start, depth := d.p, d.depth
		d.lastElement = start
		if next == 'n' {
			d.count(nullElement)
			return d.literal("null")
		}
		if d.readJob(start) {
			return len(d.items) < maxWaiting || d.readAhead()
		}
		jobID, bad := d.badID, d.bad
		if d.runsOut() && bad.code == schema.RejectTruncated {
			return false
		}
		way := d.wayOn(start)
		if way.kind == atEnd && d.runsOut() {
			return d.ends()
		}
		lost := way.kind != afterValue && (way.kind != atJob || as != isElement)
		if d.cutting() {
			return d.stopAt(hurt{d.codeOf(bad, way), reasonOf(bad, start), start, way, lost, !lost && as == isDocument})
		}
		d.count(damaged)
		d.reject(d.codeOf(bad, way), jobID, reasonOf(bad, start), d.b[start:way.at])
		d.bad = damage{}
		d.p, d.depth, d.lost = way.at, depth, lost
		if lost || way.kind == afterValue {
			return !lost
		}
	}
}

// readJob reads one element and adds it to the items. It returns false at
// damage.
func (d *Decoder) readJob(start int) bool {
	d.badID = ""
	if start >= len(d.b) || d.b[start] != '{' {
		if !d.skip() {
			return false
		}
		d.reject(schema.RejectShape, "", "an element of Jobs is "+kindOf(d.b[start])+", not an object", d.b[start:d.p])
		return true
	}
	var j schema.Job
	outer := d.refused
	d.refused = refusal{}
	defer func() { d.at, d.refused = nowhere, outer }()
	if d.dry {
		if !d.skip() {
			return false
		}
		d.n++
	} else if !d.job(&j) {
		d.badID = j.JobID
		return false
	}
	piece := d.b[start:d.p]
	if d.repeats {
		piece = d.piece
	}
	if d.env.wrapped && !d.env.hasTasks {
		d.env.hasTasks = mentions(piece, "Tasks") || mentions(piece, "tasks")
	}
	if d.dry {
		return true
	}
	d.judge(&j, piece)
	return true
}

// judge makes an item of a job that was read to its end.
func (d *Decoder) judge(j *schema.Job, piece []byte) {
	switch {
	case len(piece) > d.o.MaxJobBytes:
		d.reject(schema.RejectTooLarge, j.JobID, "a job of "+strconv.Itoa(len(piece))+" bytes", piece)
	case d.refused.code != "":
		d.reject(d.refused.code, j.JobID, d.refused.reason, piece)
	case j.JobID == "":
		d.reject(schema.RejectNoJobID, "", "a job without JobId", piece)
	default:
		d.items = append(d.items, schema.Decoded{Position: d.n, Job: d.jobs.one(*j)})
		d.n++
	}
}
