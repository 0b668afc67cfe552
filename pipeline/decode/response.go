package decode

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
