package decode

import (
	"bytes"
	"cmp"
	"strings"
	"unsafe"

	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// line is what a raw line {observed_at, instance_id, action, asked, status,
// request_id, body} says around its response, and an SDK dump {headers,
// statusCode, body}.
type line struct {
	instanceID    string
	action        string
	observedAt    int64
	dated         bool // observed_at was there
	lineRequestID string
	httpStatus    int64
	noAnswer      bool     // httpStatus is 0: the body says why in our words
	asked         []string // ids of jobs
}

// readAsked reads the ids of jobs that a raw line asked for. The member is our own:
// what is something else in it says nothing, and is nothing to complain of.
func (d *decoder) readAsked() bool {
	if d.Next() != '{' {
		return d.Skip()
	}
	if !d.Enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.Member(first)
		if !more {
			return d.Bad.Code == ""
		}
		ok := false
		if string(name) == "job_ids" && d.Next() == '[' {
			ok = d.readIDs()
		} else {
			ok = d.Skip()
		}
		if !ok {
			return false
		}
	}
}

func (d *decoder) readIDs() bool {
	if !d.Enter() {
		return false
	}
	d.env.asked = nil
	start := len(d.ids)
	for first := true; d.Element(first); first = false {
		if d.Next() != '"' {
			if !d.Skip() {
				return false
			}
			continue
		}
		id, ok := d.ReadString()
		if !ok {
			return false
		}
		d.ids = append(d.ids, strings.TrimSpace(id))
	}
	d.env.asked = d.ids[start:len(d.ids):len(d.ids)]
	return d.Bad.Code == ""
}

// lineStatus reads the HTTP status; a job in lower camel case has a status of
// its own, which is read again when its other fields show that it is a job.
func (d *decoder) lineStatus() (ok bool) {
	if c := d.Next(); c-'0' > 9 {
		return d.Skip()
	}
	told := false
	d.env.httpStatus, told, ok = d.Integer()
	d.env.noAnswer = told && d.env.httpStatus == 0
	return ok
}

// httpFailed reports whether there is no answer, but at most what a server says
// that failed.
func (l *line) httpFailed() bool { return l.noAnswer || l.httpStatus >= 400 }

// body reads the response within a raw line or an SDK dump: embedded, or as
// the text that was received.
func (d *decoder) body() bool {
	switch d.Next() {
	case '{':
		return d.response()
	case '[':
		return d.jobList()
	case 'n':
		return d.Literal("null")
	case '"':
		return d.bodyText()
	}
	return d.NotA("body", "a response")
}

func (d *decoder) bodyText() bool {
	text, ok := d.ReadString()
	if !ok || strings.TrimSpace(text) == "" {
		return ok
	}
	d.Count(bodyText)
	if d.doc.inner {
		d.Refuse(schema.RejectShape, "body", "text within text")
		return true
	}
	outer := d.EnterText(unsafe.Slice(unsafe.StringData(text), len(text)))
	d.doc.inner = true
	ok = d.innerDocument()
	d.doc.inner = false
	d.LeaveText(outer)
	return ok
}

// innerDocument reads the text of a body, which is one document. It returns
// false where the document around it is better read in parts.
func (d *decoder) innerDocument() bool {
	items, n, refused, met := len(d.items), d.n, d.Refused, d.Met()
	ok := false
	switch d.Next() {
	case '{':
		ok = d.response()
	case '[':
		ok = d.jobList()
	case '<':
		doc, _ := d.readMarkup(true)
		d.decodeXML(doc)
		if doc.Bad.Code != "" {
			d.rejectBody(doc.Bad.Code, reasonOf(doc.Bad))
		}
		return true
	}
	if ok && d.Next() != jsonscan.End {
		d.Fail(jsonscan.Syntax, "text after the response")
		d.rejectBody(jsonscan.Syntax, reasonOf(d.Bad))
		return true
	}
	if ok {
		return true
	}
	if d.crowded() {
		return false
	}
	d.items, d.n, d.Refused = d.items[:items], n, refused
	d.Recount(&met)
	if d.env.httpFailed() && d.n == d.doc.first {
		return true // classify calls it an api_error
	}
	d.innerParts()
	return true
}

func (d *decoder) rejectBody(code, reason string) {
	if d.env.httpFailed() && d.n == d.doc.first {
		return // classify calls it an api_error
	}
	d.Count(damaged)
	d.reject(code, "", "in body: "+reason, d.Text)
}

// innerParts reads the text of a body, which is damaged, in parts that are not.
func (d *decoder) innerParts() {
	text, parts, action, ids := d.Text, d.parts, d.env.action, d.env.asked
	d.parts = true
	_ = d.split(text, func(part split.Part) error {
		if r := part.Reject; r != nil {
			if part.Document {
				r.Reason, r.Raw = "in body: "+r.Reason, bytes.Clone(text)
			}
			d.rejectOfPart(part)
			return nil
		}
		outer := d.EnterText(d.KeepText(part.Text))
		d.innerPart()
		d.LeaveText(outer)
		return nil
	})
	d.parts = parts
	d.env.action, d.env.asked = cmp.Or(action, d.env.action), ids
	d.env.holdsJobs = true // or its absence was rejected
}

func (d *decoder) innerPart() {
	for d.Bad.Code == "" {
		d.env.holdsJobs = false
		switch d.Next() {
		case '{':
			d.response()
		case '<':
			doc, _ := d.readMarkup(true)
			d.decodeXML(doc)
			return
		default:
			return
		}
	}
}
