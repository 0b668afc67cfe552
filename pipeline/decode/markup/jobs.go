package markup

import (
	"bytes"
	"encoding/xml"

	"callmill/pipeline/decode/jsonscan"
)

// jobs reads the content of <Jobs>: a job, or elements that wrap jobs.
func (r *reader) jobs(name string, at int) bool {
	r.h.Note(HasJobs)
	for {
		t, ok := r.token()
		if !ok {
			return r.damaged(name, at)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return true
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				r.h.Refused(name, "")
			}
		case xml.StartElement:
			if !r.names.Wraps(t.Name.Local) {
				return r.job(name, at, &t)
			}
			r.h.Note(Wrapped)
			r.enter(at)
			if !r.wrapper(t) {
				return false
			}
			r.open = r.open[:len(r.open)-1]
			return true
		}
	}
}

// wrapper reads the content of an element that wraps jobs, from its first
// child on.
func (r *reader) wrapper(child xml.StartElement) bool {
	at := bytes.LastIndexByte(r.text[:r.at()], '<')
	for {
		r.attributes(child)
		name, ok := child.Name.Local, true
		switch {
		case r.names.Wraps(name):
			ok = r.jobs(name, at)
		case name == "PageNumber" || name == "PageSize" || name == "TotalCount":
			r.h.Note(Paged)
			ok = r.skip()
		default:
			ok = r.unknown(name, at)
		}
		if !ok {
			return false
		}
		r.good = r.at()
		next, at2, more := r.child()
		if !more {
			return r.bad.Code == ""
		}
		child, at = next, at2
	}
}

// child steps to the next child of the element that is open. It returns false
// at its end, or at damage, which ends the document.
func (r *reader) child() (child xml.StartElement, at int, more bool) {
	for {
		at = r.at()
		t, ok := r.token()
		if !ok {
			return child, at, r.lost()
		}
		switch t := t.(type) {
		case xml.EndElement:
			return child, at, false
		case xml.StartElement:
			return t, at, true
		}
	}
}

// job reads a job: the element name, which begins at at and was read up to its
// first child.
func (r *reader) job(name string, at int, child *xml.StartElement) bool {
	text, ok := r.spell(r.spelled[:0], child, 1)
	r.spelled = text
	if !ok {
		return r.damaged(name, at)
	}
	r.pos = r.at()
	r.h.Job(text, r.text[at:r.pos])
	return true
}

// damaged reports the job that begins at at and goes on behind its end or at
// the next one, whichever comes first.
func (r *reader) damaged(name string, at int) bool {
	r.ends() // unless there is another reason
	if !r.limit() {
		return false
	}
	bad := r.bad
	rest := r.text[at+1:]
	next := indexTag(rest, "<"+name)
	until := rest
	if next >= 0 {
		until = rest[:next]
	}
	end, lost := len(r.text), false
	if closing := bytes.Index(until, []byte("</"+name+">")); closing >= 0 {
		end = at + 1 + closing + len("</"+name+">")
	} else if next >= 0 {
		end = at + 1 + next
	} else {
		lost = true
	}
	if bad.Code == jsonscan.Truncated && !lost {
		bad.Code = jsonscan.Syntax // only what nothing whole follows is truncated
	}
	bad.At -= at
	r.h.Damaged(bad, r.text[at:end])
	r.bad = jsonscan.Damage{}
	r.pos, r.good = end, end
	if lost {
		return false
	}
	r.restart(end)
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

// spell appends the content of the element being read, up to its end, as JSON:
// an object where it has elements, else a string. child is its first element,
// where that was already read. Repeated elements become repeated members.
func (r *reader) spell(dst []byte, child *xml.StartElement, depth int) ([]byte, bool) {
	if depth > r.maxDepth {
		return dst, r.tooDeep()
	}
	start, text, members := len(dst), false, 0
	dst = append(dst, '"')
	for {
		var t xml.Token
		if child != nil {
			t, child = *child, nil
		} else if next, ok := r.token(); ok {
			t = next
		} else {
			return dst, false
		}
		switch t := t.(type) {
		case xml.CharData:
			text = text || len(bytes.TrimSpace(t)) > 0
			if members == 0 {
				dst = appendEscaped(dst, t)
			}
		case xml.StartElement:
			if t.Name.Local == "Jobs" || t.Name.Local == "Job" {
				r.pos = r.at()
				return dst, r.fail(jsonscan.Syntax, "XML: a job within a job")
			}
			r.attributes(t)
			if members++; members == 1 {
				dst = append(dst[:start], '{')
			} else {
				dst = append(dst, ',')
			}
			dst = append(dst, '"')
			dst = appendEscaped(dst, []byte(t.Name.Local))
			dst = append(dst, '"', ':')
			var ok bool
			if dst, ok = r.spell(dst, nil, depth+1); !ok {
				return dst, false
			}
		case xml.EndElement:
			if members == 0 {
				return append(dst, '"'), true
			}
			if text {
				dst = append(dst, `,"`+MixedText+`":""`...)
			}
			return append(dst, '}'), true
		}
	}
}

// appendEscaped appends text as the inside of a JSON string.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
