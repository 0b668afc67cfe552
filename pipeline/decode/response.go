package decode

import (
	"strconv"

	"callmill/pipeline/decode/fields"
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

	wrapped  bool           // Jobs is a wrapper
	paged    bool           // Jobs has page numbers, as in ListJobsByGroup
	hasTasks bool           // a job in a wrapper mentions Tasks
	page     string         // the action whose page this is, if a member names it
	suspect  fields.Suspect // may hold the jobs
	lost     bool           // the document is damaged, which was said

	line // of a raw line
}

// A field of an envelope is read into that of the decoder.
type field = fields.Field[decoder]

// responseFields are those of a response itself.
func responseFields() []field {
	list := []field{
		{Name: "Jobs", Read: func(_ *fields.Reader, d *decoder) bool {
			d.env.holdsJobs = true
			return d.jobList()
		}},
		{Name: "RequestId", Read: func(r *fields.Reader, d *decoder) bool { return r.Token(&d.env.requestID) }},
		{Name: "Success", Read: func(r *fields.Reader, d *decoder) (ok bool) {
			return r.Required(func() bool {
				d.env.success, d.env.toldSo, ok = r.Truth()
				return ok
			})
		}},
		{Name: "Code", Read: func(r *fields.Reader, d *decoder) bool { return r.Token(&d.env.code) }},
		{Name: "Message", Read: func(r *fields.Reader, d *decoder) bool { return r.Content(&d.env.message) }},
		{Name: "HttpStatusCode", Read: func(r *fields.Reader, d *decoder) (ok bool) {
			d.env.status, _, ok = r.Integer()
			return ok
		}},
		{Name: "SearchTaskInfoList", Read: func(_ *fields.Reader, d *decoder) bool { return d.searchTaskPage() }},
		{Name: "JobGroups", Read: func(r *fields.Reader, d *decoder) bool {
			d.env.page = schema.ActionListJobGroups // whose raw line is read when it was read to its end
			return r.Skip()
		}},
	}
	for _, name := range []string{"Labels", "VariableNames", "PageIndex", "PageSize", "Total"} { // beside the rows of SearchTask
		list = append(list, field{Name: name, Read: skip})
	}
	return list
}

func skip(r *fields.Reader, _ *decoder) bool { return r.Skip() }

// lineFields are those of raw lines and SDK dumps.
func lineFields() []field {
	return []field{
		{Name: "observed_at", Read: func(r *fields.Reader, d *decoder) (ok bool) {
			r.Count(rawLine)
			return r.Required(func() bool {
				d.env.dated, ok = r.Time(&d.env.observedAt)
				return ok
			})
		}},
		{Name: "instance_id", Read: func(r *fields.Reader, d *decoder) bool {
			return r.Required(func() bool { return r.Token(&d.env.instanceID) })
		}},
		{Name: "action", Read: func(r *fields.Reader, d *decoder) bool {
			return r.Required(func() bool { return r.Token(&d.env.action) })
		}},
		{Name: "request_id", Read: func(r *fields.Reader, d *decoder) bool { return r.Token(&d.env.lineRequestID) }},
		{Name: "asked", Read: func(_ *fields.Reader, d *decoder) bool { return d.readAsked() }},
		{Name: "headers", Read: skip},
		{Name: "status", Read: func(_ *fields.Reader, d *decoder) bool { return d.lineStatus() }},
		{Name: "statusCode", Read: func(r *fields.Reader, d *decoder) bool {
			r.Count(sdkDump)
			return d.lineStatus()
		}},
		{Name: "body", Read: func(_ *fields.Reader, d *decoder) bool { return d.body() }},
	}
}

// response reads the object at Pos as a document of any kind. It returns
// false where that is damaged, or better read in parts.
func (d *decoder) response() bool {
	start, depth := d.Pos, d.Depth
	env, refused, unknown := d.env, d.Refused, d.UnknownMet()
	if !d.Enter() {
		return false
	}
	after := 0
	for first := true; ; first = false {
		name, more := d.Member(first)
		if !more {
			return d.Bad.Code == ""
		}
		if !d.env.holdsJobs && d.isJobField(name) {
			d.Pos, d.Depth = start, depth
			d.env, d.Refused = env, refused // what came before are fields of the job
			d.RecountUnknown(unknown)
			d.Count(bareJob)
			return d.bareJob()
		}
		if !fields.ReadMember(d.Reader, d.envelopes, d, name, &after, suspectJobs) {
			return false
		}
	}
}

// suspectJobs notes a member of a response that may hold its jobs.
func suspectJobs(r *fields.Reader, d *decoder, name, value []byte) {
	s, is := r.Suspect(name, value, "JobId")
	if e := &d.env; is && (e.suspect.Name == "" || s.Mentions && !e.suspect.Mentions) {
		e.suspect = s
	}
}

// jobList reads the value of Jobs, or of what takes its place.
func (d *decoder) jobList() bool {
	if d.Next() == '{' && d.IsWrapper(fields.Jobs) {
		d.env.wrapped = true
	}
	return d.List(fields.Jobs, d.jobElement, d.besideJobs)
}

// besideJobs steps over what a wrapper holds beside jobs: page numbers belong to
// another action.
func (d *decoder) besideJobs(name []byte) bool {
	if fields.Spells(name, "PageNumber") || fields.Spells(name, "PageSize") || fields.Spells(name, "TotalCount") {
		d.env.paged = true
		return d.Skip()
	}
	start := d.Pos
	if !d.Unknown(name) {
		return false
	}
	suspectJobs(d.Reader, d, name, d.Text[start:d.Pos])
	return true
}

// jobElement reads the element of a list of jobs at Pos, which is one item.
func (d *decoder) jobElement() bool {
	d.env.holdsJobs = true
	c := d.Next()
	if c == '{' {
		return d.readJob() && !d.crowded()
	}
	if d.XML {
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
func (d *decoder) bareJob() bool {
	d.Foreign, d.Bare = "", true
	ok := d.jobElement()
	d.Foreign, d.Bare = "", false
	return ok
}

// readJob reads the object at Pos as a job and adds it to the items. It returns
// false at damage.
func (d *decoder) readJob() bool {
	j := &d.read // which escapes, as what reads a field is a function value
	start, outer := d.Pos, d.Refused
	d.Refused = fields.Refusal{}
	defer func() { d.Refused = outer }()
	if d.Dry && !d.Skip() || !d.Dry && !d.Job(j) {
		return false
	}
	if d.env.wrapped && !d.env.hasTasks {
		d.env.hasTasks = mentionsTasks(d.Text[start:d.Pos])
	}
	if d.Dry {
		d.n++
	} else {
		d.judge(j, d.received(start))
	}
	return true
}

// judge makes an item of a job that was read to its end.
func (d *decoder) judge(j *schema.Job, piece []byte) {
	switch {
	case len(piece) > d.o.MaxJobBytes:
		d.reject(schema.RejectTooLarge, j.JobID, "a job of "+strconv.Itoa(len(piece))+" bytes", piece)
	case d.Foreign != "" && len(j.Tasks) == 0 && len(j.Contacts) == 0:
		d.Forget()
		d.reject(schema.RejectNotJobs, "", "well-formed, but an object with "+d.Foreign+" is no job", piece)
	case d.Refused.Code != "":
		d.reject(d.Refused.Code, j.JobID, d.Refused.Reason, piece)
	case j.JobID == "":
		d.reject(schema.RejectNoJobID, "", "a job without JobId", piece)
	default:
		d.items = append(d.items, waiting{schema.Decoded{Position: d.n, Job: d.KeepJob(j)}, piece})
		d.n++
	}
}
