package decode

import (
	"strings"
	"time"

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
	asked         string // where it tells what SearchTask said
}

// lineField reads a member of a raw line or of an SDK dump.
func (d *Decoder) lineField(name []byte) (ok, known bool) {
	e := &d.env
	switch string(name) {
	case "observed_at":
		return d.observedAt(), true
	case "instance_id":
		return d.token(&e.instanceID, "instance_id"), true
	case "action":
		return d.token(&e.action, "action"), true
	case "request_id":
		return d.token(&e.lineRequestID, "request_id"), true
	case "asked":
		return d.asked(), true
	case "headers":
		return d.skip(), true
	case "status":
		return d.lineStatus(), true
	case "statusCode":
		d.count(sdkDump)
		return d.lineStatus(), true
	case "body":
		return d.body(), true
	}
	return false, false
}

// observedAt reads RFC 3339 or milliseconds.
func (d *Decoder) observedAt() bool {
	e := &d.env
	d.count(rawLine)
	if d.next() != '"' {
		ok := d.instant(&e.observedAt, "observed_at")
		e.dated = e.observedAt != 0
		return ok
	}
	var s string
	if !d.token(&s, "observed_at") || s == "" {
		return d.bad.code == ""
	}
	t, err := time.Parse(time.RFC3339, s)
	switch {
	case err == nil:
		e.observedAt = t.UnixMilli()
	case allDigits(s) && len(s) <= 18:
		e.observedAt, _ = digits([]byte(s))
	default:
		d.refuse(schema.RejectTime, "observed_at", quoted(s)+", neither RFC 3339 nor milliseconds")
		return true
	}
	e.dated = true
	if e.observedAt < 0 || e.observedAt > maxInstant {
		d.refuse(schema.RejectTime, "observed_at", "an instant outside the years 1970 to 9998")
	}
	return true
}

// lineStatus reads the HTTP status; a job in lower camel case has a status of
// its own, which is read again when its other fields show it for a job.
func (d *Decoder) lineStatus() bool {
	if c := d.next(); c-'0' > 9 {
		return d.skip()
	}
	var ok bool
	d.env.httpStatus, _, ok = d.integer("status")
	return ok
}

// body reads the response within a raw line or an SDK dump: embedded, or as
// the text that was received.
func (d *Decoder) body() bool {
	switch d.next() {
	case '{':
		return d.object(`"body":{`)
	case '[':
		return d.jobsOf(`"body":`)
	case 'n':
		return d.literal("null")
	case '"':
		return d.bodyText()
	}
	return d.notA("body", "a response")
}

func (d *Decoder) bodyText() bool {
	text, ok := d.text()
	if !ok || strings.TrimSpace(text) == "" {
		return ok
	}
	d.count(bodyText)
	if d.doc.inner {
		d.refuse(schema.RejectShape, "body", "text within text")
		return true
	}
	d.inner = append(d.inner[:0], text...)
	outer := d.enterText(d.inner)
	d.doc.inner = true
	d.response()
	d.doc.inner, d.lost = false, false
	d.leaveText(outer)
	return !d.stopped
}

// response reads the text of a body, which is one document.
func (d *Decoder) response() {
	ok := true
	switch d.next() {
	case '{':
		ok = d.object("{")
	case '[':
		ok = d.jobsOf("")
	case '<':
		ok = d.xmlResponse()
	default:
		ok = d.skip() && d.fail(schema.RejectNotJobs, "the body is no response")
	}
	if d.stopped || d.lost {
		return
	}
	if ok && d.next() != 0 {
		ok = d.syntax("text after the response")
	}
	if ok {
		return
	}
	if d.env.httpStatus >= 400 && d.n == d.doc.first {
		return // classify calls it an api_error
	}
	d.count(damaged)
	d.reject(d.bad.code, "", "in body: "+reasonOf(d.bad, 0), d.b)
}

// enterText makes text what is being read, until leaveText.
func (d *Decoder) enterText(text []byte) (outer scanner) {
	outer = d.scanner
	d.scanner = scanner{b: text, depth: outer.depth, maxDepth: outer.maxDepth}
	return outer
}

func (d *Decoder) leaveText(outer scanner) { d.scanner = outer }
