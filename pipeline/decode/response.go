package decode

import (
	"strconv"
	"strings"

	"callmill/schema"
)

// envelope is what a document says around its jobs, at whatever level.
type envelope struct {
	carried   bool // jobs of the document were in windows before
	holdsJobs bool // Jobs was there, be it empty
	success   bool
	toldSo    bool // Success was there
	code      string
	message   string
	requestID string
	status    int64 // HttpStatusCode

	wrapped  bool   // Jobs is a wrapper
	paged    bool   // Jobs has page numbers, as in ListJobsByGroup
	hasTasks bool   // a job in a wrapper mentions Tasks
	page     string // the action whose page this is, where a member tells

	line // of a raw line
}

// object reads the object at p as a document of whatever kind; open is its
// bracket, with the name it has in the object around it.
func (d *Decoder) object(open string) bool {
	start, depth := d.p, d.depth
	env, refused := d.env, d.refused
	if !d.enter() {
		return false
	}
	d.push(opening{open: open, fill: `"":null`, close: "}"})
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			break
		}
		if !d.env.holdsJobs && isJobField(name) {
			d.p, d.depth = start, depth
			d.env, d.refused = env, refused // what came before are fields of the job
			d.pop()
			d.window.marked = d.doc.before
			d.count(bareJob)
			return d.jobElement(isDocument)
		}
		if !d.envelopeField(name) {
			return false
		}
		d.mark()
	}
	if d.bad.code != "" {
		return false
	}
	d.pop()
	return true
}

func (d *Decoder) envelopeField(name []byte) bool {
	e := &d.env
	switch string(name) {
	case "Jobs":
		e.holdsJobs = true
		return d.jobsOf(`"Jobs":`)
	case "RequestId":
		return d.token(&e.requestID, "RequestId")
	case "Success":
		var ok bool
		e.success, e.toldSo, ok = d.truth("Success")
		return ok
	case "Code":
		return d.token(&e.code, "Code")
	case "Message":
		return d.content(&e.message, "Message")
	case "HttpStatusCode":
		var ok bool
		e.status, _, ok = d.integer("HttpStatusCode")
		return ok
	}
	if ok, known := d.lineField(name); known {
		return ok
	}
	if page := pageOf(name); page != "" {
		e.page = page
		return d.skip()
	}
	if upper := d.capital(name); upper != nil {
		return d.envelopeField(upper)
	}
	return d.unknown(name)
}

// pageOf names the action whose pages have this member. Such pages are
// counted, and are never a version of a job; the place to decode them is the
// skip after the call of pageOf.
func pageOf(member []byte) string {
	switch string(member) {
	case "SearchTaskInfoList", "searchTaskInfoList":
		return "SearchTask"
	case "JobGroups", "jobGroups":
		return "ListJobGroups"
	}
	return ""
}

// isJobField reports whether an object with this member, and without Jobs
// before it, is a job itself. status with a small letter is a raw line's.
func isJobField(name []byte) bool {
	switch string(name) {
	case "JobId", "JobGroupId", "ReferenceId", "ScenarioId", "StrategyId", "Status", "FailureReason",
		"Priority", "SystemPriority", "CallingNumbers", "Contacts", "Extras", "Summary", "Tasks",
		"jobId", "jobGroupId", "referenceId", "scenarioId", "strategyId", "failureReason",
		"priority", "systemPriority", "callingNumbers", "contacts", "extras", "summary", "tasks":
		return true
	}
	return false
}

// jobsOf reads the value of Jobs, or of what takes its place under name.
func (d *Decoder) jobsOf(name string) bool {
	switch d.next() {
	case '[':
		if !d.enter() {
			return false
		}
		d.push(opening{open: name + "[", fill: "null", close: "]"})
		d.lastElement = d.p
		for first := true; d.element(first) || d.mend(); first = false {
			if !d.jobElement(isElement) {
				return false
			}
			d.mark()
		}
		if d.bad.code != "" {
			return false
		}
		d.pop()
		return true
	case '{':
		if d.isWrapper(jobs) {
			return d.unwrapJobs(name)
		}
		d.count(objectForArray)
		return d.jobElement(isMember)
	case 'n':
		return d.literal("null")
	case '"':
		return d.emptyString("Jobs", "an array", emptyForArray)
	}
	return d.notA("Jobs", "an array")
}

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

// unwrapJobs is unwrap for jobs: page numbers beside them tell another action.
func (d *Decoder) unwrapJobs(outer string) bool {
	d.count(wrapped)
	d.env.wrapped = true
	if !d.enter() {
		return false
	}
	d.push(opening{open: outer + "{", fill: `"List":[]`, close: "}", keep: true})
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			break
		}
		switch {
		case jobs.wraps(name):
			if !d.jobsOf(`"List":`) {
				return false
			}
		case is(name, "PageNumber", "pageNumber") || is(name, "PageSize", "pageSize") || is(name, "TotalCount", "totalCount"):
			d.env.paged = true
			if !d.skip() {
				return false
			}
		case !d.unknown(name):
			return false
		}
		d.mark()
	}
	if d.bad.code != "" {
		return false
	}
	d.pop()
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

// settle ends the document and hands out its items; ok says that it was read
// to its end.
func (d *Decoder) settle(ok bool) {
	if d.stopped || d.window.hurt != nil {
		return
	}
	end := d.p
	if !ok && !d.lost {
		bad := d.bad
		way := d.wayOnFrom(bad.at)
		if d.window.more && (bad.code == schema.RejectTruncated || way.kind == atEnd) {
			d.window.need = true
			return
		}
		end = way.at
		if d.cutting() {
			d.stopAt(hurt{d.codeOf(bad, way), reasonOf(bad, d.doc.start), d.doc.start, way, true, false})
			return
		}
		d.count(damaged)
		d.reject(d.codeOf(bad, way), "", reasonOf(bad, d.doc.start), d.b[d.doc.start:end])
		d.bad = damage{}
		d.p, d.depth = end, 0
		d.lost = true
	}
	if d.lost {
		d.depth, d.adrift = 0, true
		d.window.path, d.doc.level = d.window.path[:0], 0
	}
	d.classify(d.b[d.doc.start:end])
	d.noteSettled()
	d.flush()
}

// classify takes back the items of a document that publishes none.
func (d *Decoder) classify(piece []byte) {
	e := &d.env
	found := d.n - d.doc.first
	switch {
	case e.otherAction() != "":
		d.takeBack()
		if !d.dry {
			d.actions[e.otherAction()]++
		}
	case e.toldSo && !e.success:
		d.takeBack()
		d.reject(schema.RejectAPIError, "", e.errorText(), piece)
	case d.refused.code != "":
		d.takeBack()
		d.reject(d.refused.code, "", d.refused.reason, piece)
	case found > 0 || d.lost || e.carried:
	case e.isError():
		d.reject(schema.RejectAPIError, "", e.errorText(), piece)
	case !e.holdsJobs && !e.isSuccess():
		d.reject(schema.RejectNotJobs, "", "well-formed, but no response of ListJobs", piece)
	}
}

// takeBack drops the items of the document.
func (d *Decoder) takeBack() {
	d.items = d.items[:0]
	d.n = d.doc.first
}

// otherAction names the action of a document that is none of ListJobs.
func (e *envelope) otherAction() string {
	switch {
	case e.action != "" && e.action != "ListJobs":
		return strings.Clone(e.action)
	case e.action != "":
		return ""
	case e.page != "":
		return e.page
	case e.paged && !e.hasTasks:
		return "ListJobsByGroup"
	}
	return ""
}

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
	if e.toldSo && !e.success {
		b.WriteString(" Success:false")
	}
	for _, s := range []string{e.code, e.message} {
		if s != "" {
			b.WriteString(" " + quoted(s))
		}
	}
	if status := max(e.status, e.httpStatus); status != 0 {
		b.WriteString(" with status " + strconv.FormatInt(status, 10))
	}
	return b.String()
}
