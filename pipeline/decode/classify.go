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
// of ListJobGroups the campaigns: neither has jobs, and neither is ever a
// reject.
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
		d.keep(func(item schema.Decoded) bool { return item.Facts != nil })
		for i := range d.items {
			d.items[i].Position = d.n
		}
		return
	}
	d.takeBack()
	if e.action == schema.ActionListJobGroups {
		d.groups(piece)
	}
}

// keep drops the items of the document for which wanted is false.
func (d *decoder) keep(wanted func(schema.Decoded) bool) {
	d.items = slices.DeleteFunc(d.items, func(item schema.Decoded) bool { return !wanted(item) })
}

// dropFacts drops the facts of a document of another action.
func (d *decoder) dropFacts() {
	if d.hasFacts {
		d.keep(func(item schema.Decoded) bool { return item.Facts == nil })
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
		d.items = append(d.items, schema.Decoded{Position: d.n, Group: &row})
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
	d.takeBack()
	d.reject(r.Code, r.JobID, r.Reason, r.Raw)
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
	return !e.toldSo && e.code != "" && !e.codeIsOK() || e.status >= 400 || e.httpStatus >= 400
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
