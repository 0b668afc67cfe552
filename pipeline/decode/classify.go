package decode

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"callmill/pipeline/decode/fields"
	"callmill/schema"
)

// classify decides what the items of a document come to, now that all of it
// was read: one that says Success:false behind its jobs publishes none.
func (d *decoder) classify(piece []byte) {
	e := &d.env
	found := d.n - d.doc.first
	switch {
	case e.otherAction() != "":
		d.otherPage(piece)
	case (e.failed() || found == 0 && e.isError()) && d.unfetchedAlone(piece):
	case e.failed():
		d.takeBackAll()
		d.reject(schema.RejectAPIError, "", e.errorText(), piece)
	case d.Refused.Code != "":
		d.takeBack()
		d.reject(d.Refused.Code, "", d.Refused.Reason, piece)
	case found > 0 || e.lost:
		d.dropFacts()
	case e.isError():
		d.takeBackAll()
		d.reject(schema.RejectAPIError, "", e.errorText(), piece)
	case e.suspect.Name != "" && (e.suspect.Mentions || !e.holdsJobs && e.isSuccess()):
		d.takeBackAll()
		d.reject(schema.RejectNotJobs, "", "no Jobs, but "+e.suspect.Kind+" named "+e.suspect.Name+", which is not documented", piece)
	case !e.holdsJobs && !e.isSuccess():
		d.takeBackAll()
		d.reject(schema.RejectNotJobs, "", "well-formed, but no response of ListJobs", piece)
	default:
		d.dropFacts()
	}
}

// otherPage counts a page of another action. Of SearchTask it leaves the facts,
// of ListJobGroups the campaigns, of ListJobsByGroup that its jobs are expected:
// none has jobs whole, and none is ever a reject.
func (d *decoder) otherPage(piece []byte) {
	e := &d.env
	action := e.otherAction()
	if action != schema.ActionSearchTask {
		d.Forget()
	}
	d.Count(fields.Kind("action_" + fields.Shortened(action)))
	if action == schema.ActionSearchTask && !e.failed() {
		if d.Refused.Code != "" {
			d.Count(fields.FactsNotRead)
		}
		d.n = d.doc.first
		d.keep(func(item *waiting) bool { return item.Facts != nil || item.Expected != nil })
		for i := range d.items {
			d.items[i].Position = d.n
		}
		return
	}
	if e.action == schema.ActionListJobsByGroup && !e.failed() {
		d.listed(piece)
		return
	}
	d.takeBack()
	if e.action == schema.ActionListJobGroups {
		d.groups(piece)
	}
}

// listed leaves of a page of ListJobsByGroup that each of its jobs is expected.
func (d *decoder) listed(piece []byte) {
	whole := d.Refused.Code == "" && len(d.items) > 0
	page := d.items
	d.takeBack()
	named := map[string]bool{"": true}
	name := func(id string) {
		if !named[id] {
			named[id] = true
			d.items = append(d.items, d.expected(id, ""))
		}
	}
	for _, item := range page { // of which each makes one at most
		if item.Job != nil {
			name(item.Job.JobID)
			continue
		}
		whole = false
		if item.Reject != nil {
			name(item.Reject.JobID)
		}
	}
	clear(page[len(d.items):])
	if whole || d.o.Listed == nil || d.Dry {
		return
	}
	var line schema.RawLine
	if json.Unmarshal(piece, &line) == nil {
		for _, id := range d.o.Listed(&line) {
			name(id)
		}
	}
}

// keep drops the items of the document for which wanted is false.
func (d *decoder) keep(wanted func(*waiting) bool) {
	d.items = slices.DeleteFunc(d.items, func(item waiting) bool { return !wanted(&item) })
}

// dropFacts drops the facts of a document of another action.
func (d *decoder) dropFacts() {
	if d.hasFacts {
		d.keep(func(item *waiting) bool { return item.Facts == nil && item.Expected == nil })
	}
}

// groups adds the campaigns of a raw line of ListJobGroups. Such lines are few
// and of one spelling, our own: encoding/json reads them.
func (d *decoder) groups(piece []byte) {
	if d.o.Groups == nil || d.Dry {
		return
	}
	var line schema.RawLine
	if json.Unmarshal(piece, &line) != nil {
		return
	}
	for _, row := range d.o.Groups(&line) {
		d.items = append(d.items, waiting{Decoded: schema.Decoded{Position: d.n, Group: &row}})
	}
}

// unfetchedAlone rejects the id that a raw line of ListJobs asked for in vain
// instead of what was found in it, if it is such a line.
func (d *decoder) unfetchedAlone(piece []byte) bool {
	if d.env.action != schema.ActionListJobs || d.Dry {
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
	d.takeBackAll()
	d.reject(r.Code, strings.TrimSpace(r.JobID), r.Reason, r.Raw)
	return true
}

// otherAction returns the action of a document that is not of ListJobs, "" for one that
// is.
func (e *envelope) otherAction() string {
	switch {
	case e.action != "" && e.action != schema.ActionListJobs:
		return strings.Clone(e.action)
	case e.action != "":
		return ""
	case e.page != "":
		return e.page
	case e.paged && !e.hasTasks:
		return schema.ActionListJobsByGroup
	}
	return ""
}

// failed reports whether the response says Success:false.
func (e *envelope) failed() bool { return e.toldSo && !e.success }

// isError: a document without jobs that reports trouble other than by
// Success:false.
func (e *envelope) isError() bool {
	return !e.toldSo && e.code != "" && !e.codeIsOK() || e.status >= 400 || e.httpFailed()
}

func (e *envelope) codeIsOK() bool { return e.code == "OK" || e.code == "200" || e.code == "Success" }

func (e *envelope) isSuccess() bool {
	return e.toldSo && e.success || e.codeIsOK() || e.status == 200
}

func (e *envelope) errorText() string {
	var b strings.Builder
	b.WriteString("the API answered")
	if e.failed() {
		b.WriteString(" Success:false")
	}
	for _, s := range []string{e.code, e.message} {
		if s != "" {
			b.WriteString(" " + fields.Quoted(s))
		}
	}
	if status := max(e.status, e.httpStatus); status != 0 {
		b.WriteString(" with status " + strconv.FormatInt(status, 10))
	}
	return b.String()
}
