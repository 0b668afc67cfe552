package decode

import (
	"strconv"

	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

// envelope is what a document says around its jobs, at any level.
type envelope struct {
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
	page     string // the action whose page this is, if a member names it
	stray    stray  // a member that may hold the jobs
	lost     bool   // the document is damaged, which was said

	line // of a raw line
}

// responseFields are those of a response itself.
func responseFields() []field[envelope] {
	return []field[envelope]{
		{"Jobs", (*Decoder).envelopeJobs},
		{"RequestId", func(d *Decoder, e *envelope) bool { return d.token(&e.requestID) }},
		{"Success", (*Decoder).success},
		{"Code", func(d *Decoder, e *envelope) bool { return d.token(&e.code) }},
		{"Message", func(d *Decoder, e *envelope) bool { return d.content(&e.message) }},
		{"HttpStatusCode", (*Decoder).httpStatusCode},
		{"SearchTaskInfoList", (*Decoder).searchTaskPage},
		{"JobGroups", (*Decoder).groupsPage},
	}
}

// lineFields are those of raw lines and SDK dumps.
func lineFields() []field[envelope] {
	return []field[envelope]{
		{"observed_at", (*Decoder).observedAt},
		{"instance_id", func(d *Decoder, e *envelope) bool { return d.token(&e.instanceID) }},
		{"action", func(d *Decoder, e *envelope) bool { return d.token(&e.action) }},
		{"request_id", func(d *Decoder, e *envelope) bool { return d.token(&e.lineRequestID) }},
		{"asked", func(d *Decoder, _ *envelope) bool { return d.Skip() }},
		{"headers", func(d *Decoder, _ *envelope) bool { return d.Skip() }},
		{"status", (*Decoder).lineStatus},
		{"statusCode", (*Decoder).dumpStatus},
		{"body", (*Decoder).body},
	}
}

// response reads the object at Pos as a document of any kind. It returns
// false where that is damaged, or better read in parts.
func (d *Decoder) response() bool {
	start, depth := d.Pos, d.Depth
	env, refused := d.env, d.refused
	if !d.Enter() {
		return false
	}
	after := 0
	for first := true; ; first = false {
		name, more := d.Member(first)
		if !more {
			return d.Bad.Code == ""
		}
		if !d.env.holdsJobs && isJobField(&d.objects, name) {
			d.Pos, d.Depth = start, depth
			d.env, d.refused = env, refused // what came before are fields of the job
			d.count(bareJob)
			return d.bareJob()
		}
		if !readMember(d, d.objects.envelope, &d.env, name, &after, (*Decoder).strayOfResponse) {
			return false
		}
	}
}

func (d *Decoder) envelopeJobs(e *envelope) bool {
	e.holdsJobs = true
	return d.list(jobs, d.jobElement)
}

func (d *Decoder) success(e *envelope) (ok bool) {
	e.success, e.toldSo, ok = d.truth()
	return ok
}

func (d *Decoder) httpStatusCode(e *envelope) (ok bool) {
	e.status, _, ok = d.integer()
	return ok
}

// groupsPage steps over a page of ListJobGroups, whose raw line is read when it
// was read to its end.
func (d *Decoder) groupsPage(e *envelope) bool {
	e.page = schema.ActionListJobGroups
	return d.Skip()
}

// jobElement reads the element of a list of jobs at Pos, which is one item.
func (d *Decoder) jobElement() bool {
	d.env.holdsJobs = true
	c := d.Next()
	if c == '{' {
		return d.readJob() && !d.crowded()
	}
	if d.xml != nil {
		return d.damagedXML()
	}
	start := d.Pos
	if !d.Skip() {
		return false
	}
	d.reject(schema.RejectShape, "", "an element of Jobs is "+jsonscan.Kind(c)+", not an object", d.Text[start:d.Pos])
	return !d.crowded()
}

// bareJob reads a job that stands in the place of a response.
func (d *Decoder) bareJob() bool {
	d.foreign, d.bare = "", true
	ok := d.jobElement()
	d.foreign, d.bare = "", false
	return ok
}

// readJob reads the object at Pos as a job and adds it to the items. It returns
// false at damage.
func (d *Decoder) readJob() bool {
	j := &d.read // which escapes, as what reads a field is a function value
	start, outer := d.Pos, d.refused
	d.refused = refusal{}
	defer func() { d.at, d.refused = nowhere, outer }()
	if d.dry && !d.Skip() || !d.dry && !d.job(j) {
		return false
	}
	if d.env.wrapped && !d.env.hasTasks {
		d.env.hasTasks = mentionsTasks(d.Text[start:d.Pos])
	}
	if d.dry {
		d.n++
	} else {
		d.judge(j, d.received(start))
	}
	return true
}

// judge makes an item of a job that was read to its end.
func (d *Decoder) judge(j *schema.Job, piece []byte) {
	switch {
	case len(piece) > d.o.MaxJobBytes:
		d.reject(schema.RejectTooLarge, j.JobID, "a job of "+strconv.Itoa(len(piece))+" bytes", piece)
	case d.foreign != "" && len(j.Tasks) == 0 && len(j.Contacts) == 0:
		d.reject(schema.RejectNotJobs, "", "well-formed, but an object with "+d.foreign+" is no job", piece)
	case d.refused.code != "":
		d.reject(d.refused.code, j.JobID, d.refused.reason, piece)
	case j.JobID == "":
		d.reject(schema.RejectNoJobID, "", "a job without JobId", piece)
	default:
		d.items = append(d.items, schema.Decoded{Position: d.n, Job: d.memory.jobs.one(*j)})
		d.n++
	}
}
