package decode

import (
	"encoding/json"
	"strings"

	"callmill/schema"
)

// A raw line of a pull tells in "asked" what SearchTask had said of the tasks
// of its jobs (see schema.RawLine); lines of ListJobGroups hold campaigns, and
// one that asked for a single id in vain stands for a reject of its own. Such
// lines are few and of one spelling, ours: encoding/json reads them.

// asked reads what a raw line asked for.
func (d *Decoder) asked() bool {
	start := d.p
	if !d.skip() {
		return false
	}
	d.env.asked = ""
	if text := string(d.b[start:d.p]); strings.Contains(text, `"facts"`) {
		d.env.asked = strings.TrimSpace(text)
	}
	return true
}

// attachFacts gives the tasks of a job what SearchTask had said of them.
func (d *Decoder) attachFacts(job *schema.Job) {
	if d.askedText != d.env.asked {
		var asked schema.RawAsked
		// What is no RawAsked carries no facts that are known.
		_ = json.Unmarshal([]byte(d.env.asked), &asked)
		d.askedText, d.facts = d.env.asked, asked.Facts
	}
	facts := d.facts[job.JobID]
	if len(facts) == 0 {
		return
	}
	for i := range job.Tasks {
		if f, ok := facts[job.Tasks[i].TaskID]; ok {
			job.Tasks[i].Facts = f.Facts()
		}
	}
}

// groups yields the campaigns of a line or page of ListJobGroups.
func (d *Decoder) groups(piece []byte) {
	if d.o.Groups == nil || d.dry {
		return
	}
	var line schema.RawLine
	if json.Unmarshal(piece, &line) != nil {
		return
	}
	for _, row := range d.o.Groups(&line) {
		d.items = append(d.items, schema.Decoded{Position: d.n, Group: &row})
	}
}

// unfetchedAlone rejects the id that a line of ListJobs asked for in vain
// instead of what was found in it, if it is such a line.
func (d *Decoder) unfetchedAlone(piece []byte) bool {
	if d.env.action != schema.ActionListJobs || d.dry {
		return false
	}
	var line schema.RawLine
	if json.Unmarshal(piece, &line) != nil {
		return false
	}
	r := line.Unfetched()
	if r == nil {
		return false
	}
	d.takeBack()
	d.reject(r.Code, r.JobID, r.Reason, r.Raw)
	return true
}
