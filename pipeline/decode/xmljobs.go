package decode

import (
	"bytes"
	"encoding/xml"

	"callmill/schema"
)

// jobs reads the content of <Jobs>: a job, or a wrapper of jobs.
func (x *xmlReader) jobs(name string, at int) bool {
	d := x.d
	d.env.holdsJobs = true
	for {
		t, ok := x.token()
		if !ok {
			return x.damaged(name, at)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return true
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				d.refuse(schema.RejectShape, name, "text, not a job")
			}
		case xml.StartElement:
			if !jobs.wraps([]byte(t.Name.Local)) {
				return x.job(name, at, &t)
			}
			d.count(wrapped)
			d.env.wrapped = true
			x.enter(at)
			if !x.wrapper(t) {
				return false
			}
			x.leave()
			return true
		}
	}
}

// wrapper reads the content of an element that wraps jobs, from its first
// child on.
func (x *xmlReader) wrapper(child xml.StartElement) bool {
	d := x.d
	at := x.base + int(x.tokens.InputOffset())
	at = bytes.LastIndexByte(d.b[:at], '<')
	for {
		x.attributes(child)
		name := child.Name.Local
		ok := true
		switch {
		case jobs.wraps([]byte(name)):
			ok = x.jobs(name, at)
		case name == "PageNumber" || name == "PageSize" || name == "TotalCount":
			d.env.paged = true
			ok = x.skip()
		default:
			d.count(unknownField)
			ok = x.skip()
		}
		if !ok {
			return false
		}
		d.p = x.at()
		d.mark()
		for {
			at = x.at()
			t, ok := x.token()
			if !ok {
				return false
			}
			if _, end := t.(xml.EndElement); end {
				return true
			}
			if next, is := t.(xml.StartElement); is {
				child = next
				break
			}
		}
	}
}

// job reads a job: the element name, which begins at at and was read up to its
// first child.
func (x *xmlReader) job(name string, at int, child *xml.StartElement) bool {
	d := x.d
	text, ok := x.spell(d.spelled[:0], child, 1)
	d.spelled = text
	if !ok {
		return x.damaged(name, at)
	}
	end := x.at()
	d.piece = d.b[at:end]
	outer := d.enterText(d.texts.keep(text))
	d.repeats = true
	d.readJob(0) // the text is well-formed
	d.repeats = false
	d.leaveText(outer)
	d.p = end
	d.env.holdsJobs = true
	return len(d.items) < maxWaiting || d.readAhead()
}

// damaged rejects the job that begins at at and goes on behind its end or at
// the next one, whichever comes first.
func (x *xmlReader) damaged(name string, at int) bool {
	d, bad := x.d, x.d.bad
	rest := d.b[at+1:]
	next := indexTag(rest, "<"+name)
	until := rest
	if next >= 0 {
		until = rest[:next]
	}
	closing := bytes.Index(until, []byte("</"+name+">"))
	if d.runsOut() && (bad.code == schema.RejectTruncated || next < 0 && closing < 0) {
		return d.ends()
	}
	w := way{len(d.b), atEnd}
	switch {
	case closing >= 0:
		w = way{at + 1 + closing + len("</"+name+">"), afterValue}
	case next >= 0:
		w = way{at + 1 + next, atJob}
	}
	if d.cutting() {
		return d.stopAt(hurt{d.codeOf(bad, w), reasonOf(bad, at), at, w, w.kind == atEnd, false})
	}
	d.count(damaged)
	d.reject(d.codeOf(bad, w), "", reasonOf(bad, at), d.b[at:w.at])
	d.bad = damage{}
	d.p = w.at
	if w.kind == atEnd {
		d.lost = true
		return false
	}
	x.restart(w.at)
	return true
}

// indexTag is the index in text of a start tag.
func indexTag(text []byte, tag string) int {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(tag))
		if i < 0 {
			return -1
		}
		i += from
		from = i + len(tag)
		if from < len(text) && bytes.IndexByte([]byte(" \t\r\n/>"), text[from]) >= 0 {
			return i
		}
	}
}
