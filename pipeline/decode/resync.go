package decode

import (
	"bytes"
	"strconv"

	"callmill/schema"
)

// A way on from damage is the next place that is certainly whole again.
type way struct {
	at   int
	kind wayKind
}

type wayKind int

const (
	atEnd      wayKind = iota // there is none
	afterValue                // the damaged value ends here
	atJob                     // what can only be a job
	atDocument                // what can only be a response or a raw line
)

// wayOn finds the way on from damage in the value at start: behind its closing
// bracket, unless a job or a response begins before that, for those never
// stand within a job. It is atEnd, too, where a window ends before it is clear.
func (d *Decoder) wayOn(start int) way {
	next := d.unmistakable(d.firstWayOn(start))
	if rest := d.b[start:]; len(rest) == 0 || rest[0] != '{' && rest[0] != '[' {
		return next
	}
	whole := d.b
	d.b = d.b[:next.at]
	end, closed := d.skim(start)
	d.b = whole
	switch {
	case !closed:
		return next
	case d.runsOut() && next.kind == atEnd && !d.clearly(end):
		return next
	case d.credible(end, next):
		return way{end, afterValue}
	}
	return next
}

// firstWayOn is the first place a way on from damage in the value at start may
// be. What is too deep is not searched from its beginning, where each of its
// levels may look like a document.
func (d *Decoder) firstWayOn(start int) int {
	if d.bad.code == schema.RejectTooDeep {
		return max(start+1, d.bad.at)
	}
	return start + 1
}

// clearly reports whether the text in the window shows what follows on end.
func (d *Decoder) clearly(end int) bool {
	s := scanner{b: d.b, p: end, maxDepth: 1}
	if s.next() != ',' {
		return false
	}
	s.p++
	if s.next() != '{' {
		return s.p < len(s.b)
	}
	s.enter()
	_, _, _, ok := s.name(true)
	return ok
}

// credible reports whether the value that skim found to end at end is followed
// by what can follow on a job. Where a quote is lost, skim takes strings for
// brackets and brackets for strings.
func (d *Decoder) credible(end int, next way) bool {
	s := scanner{b: d.b, p: end, maxDepth: 1}
	if s.next() != ',' {
		return next.kind != atJob || next.at == s.p || bytes.IndexByte(d.b[end:next.at], '\n') >= 0
	}
	s.p++
	if s.next() != '{' {
		return s.p == len(s.b) || s.b[s.p] == 'n'
	}
	s.enter()
	name, _ := s.member(true)
	return !belongsInJob(name)
}

// wayOnFrom finds the way on for a document damaged at at, outside its jobs.
func (d *Decoder) wayOnFrom(at int) way {
	return d.unmistakable(max(at, d.doc.start+1))
}

// effortFor is how many bytes may be read again in search of a way on, so that
// no input takes more than time linear in its length.
func effortFor(length int) int { return 16*length + 1024 }

// found remembers where unmistakable came to, so that no stretch is searched
// twice.
type found struct {
	text []byte
	from int
	way  way
}

// unmistakable finds the first object from from on that is certainly a job or
// a document.
func (d *Decoder) unmistakable(from int) way {
	if f := d.found; len(f.text) > 0 && len(f.text) == len(d.b) && &f.text[0] == &d.b[0] && f.from <= from && from <= f.way.at {
		return f.way
	}
	w := way{len(d.b), atEnd}
	for i := from; i < len(d.b) && d.effort > 0; i++ {
		n := bytes.IndexByte(d.b[i:], '{')
		if n < 0 {
			break
		}
		i += n
		if kind := d.recognize(i); kind != atEnd {
			w = way{i, kind}
			break
		}
	}
	if d.markup {
		for _, tag := range []string{"<?xml ", "<ListJobsResponse"} {
			if i := bytes.Index(d.b[min(from, w.at):w.at], []byte(tag)); i >= 0 {
				w = way{from + i, atDocument}
			}
		}
	}
	d.found = found{d.b, from, w}
	return w
}

// recognize tells what the object at at is by its names: atJob, atDocument, or
// atEnd for neither. A job must be whole; a document need not be.
func (d *Decoder) recognize(at int) wayKind {
	s := scanner{b: d.b, p: at, maxDepth: d.maxDepth, stack: d.stack}
	defer func() {
		d.stack = s.stack
		d.effort -= s.p - at + 1
	}()
	s.enter()
	hasID, jobLike, success := false, true, false
	for first := true; ; first = false {
		name, more := s.member(first)
		if !more {
			break
		}
		switch string(name) {
		case "Jobs", "jobs", "observed_at", "instance_id", "statusCode":
			return atDocument
		case "Success", "success":
			success = true
		case "JobId", "jobId":
			hasID = s.next() == '"' || s.p < len(s.b) && s.b[s.p]-'0' <= 9
		default:
			jobLike = jobLike && !belongsInJob(name)
		}
		if !s.skip() {
			return atEnd
		}
	}
	switch {
	case s.bad.code != "":
		return atEnd
	case success:
		return atDocument
	case hasID && jobLike:
		return atJob
	}
	return atEnd
}

// belongsInJob reports whether name is a field of what lies within a job and
// not one of a job: an object that has it is no job, though it may have a
// JobId.
func belongsInJob(name []byte) bool {
	if len(name) == 0 {
		return false
	}
	switch string(name[1:]) {
	case "askId", "allId", "hatbotId", "lanedTime", "ctualTime", "uration", "rief", "allingNumber", "alledNumber",
		"ontact", "onversation", "ontactId", "ontactName", "onorific", "honeNumber", "ole", "tate",
		"cript", "peaker", "imestamp", "ey", "alue", "ategory", "ontent", "ummaryName":
		return true
	}
	return false
}

// codeOf is the code of a reject for bad: what ran off the end of the input is
// truncated only where nothing whole follows.
func (d *Decoder) codeOf(bad damage, w way) string {
	if bad.code == schema.RejectTruncated && w.kind != atEnd {
		return schema.RejectSyntax
	}
	return bad.code
}

func reasonOf(bad damage, start int) string {
	return bad.what + ", at byte " + strconv.Itoa(bad.at-start)
}
