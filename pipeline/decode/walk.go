package decode

import "callmill/schema"

// document is the top-level value being read, the unit whose items are handed
// out together: a response with its jobs, a raw line, a bare job.
type document struct {
	text   []byte // the body it stands in
	start  int    // in text
	first  int64  // position of its first item
	level  int    // how much of window.path is around it
	before mark   // where the text may be cut before it
	ahead  bool   // its envelope was read ahead of its jobs, see readAhead
	inner  bool   // the text being read is a string of the document's
}

// documents reads every document of the text, one after the other: one
// response, JSON Lines, whatever stands behind each other.
func (d *Decoder) documents() {
	for !d.stopped && !d.window.ends() {
		d.mark()
		switch d.next() {
		case '{':
			d.document()
		case '[':
			d.arrayOfDocuments()
		case '<':
			d.xmlDocument()
		case 0:
			if d.p >= len(d.b) {
				return
			}
			d.garbage()
		default:
			d.garbage()
		}
	}
}

// open begins a document at p.
func (d *Decoder) open() {
	d.doc = document{text: d.b, start: d.p, first: d.n, before: d.window.marked, level: len(d.window.path)}
	d.env, d.refused = envelope{}, refusal{}
	if c := d.window.carried; c != nil && d.window.first == nil {
		d.env, d.refused = c.env, c.refused
		d.env.carried = true
	}
	d.at, d.lost = nowhere, false
}

func (d *Decoder) document() {
	d.open()
	ok := d.object("{")
	d.settle(ok)
}

// arrayOfDocuments reads [job, job …] or [response, response …].
func (d *Decoder) arrayOfDocuments() {
	start, depth := d.p, d.depth
	d.open()
	if !d.enter() {
		d.settle(false)
		return
	}
	d.count(arrayOfDocuments)
	d.push(opening{open: "[", fill: "null", close: "]"})
	for first := true; d.element(first); first = false {
		switch d.next() {
		case '{':
			d.document()
		case 'n':
			d.open()
			d.count(nullElement)
			if !d.literal("null") {
				d.settle(false)
			}
		default:
			if first {
				d.p, d.depth = start, depth
				d.pop()
				d.window.marked = d.doc.before
				d.garbage()
				return
			}
			d.strayElement()
		}
		if d.lost || d.stopped || d.window.ends() {
			return
		}
		d.mark()
	}
	if d.bad.code != "" {
		d.open()
		d.doc.start = min(d.bad.at, len(d.b))
		d.settle(false)
		return
	}
	d.pop()
}

// strayElement rejects an element of an array of documents that is none.
func (d *Decoder) strayElement() {
	d.open()
	ok := d.skip()
	if ok {
		d.reject(schema.RejectNotJobs, "", "an element is "+kindOf(d.b[d.doc.start])+", not a job or a response", d.b[d.doc.start:d.p])
		d.flush()
		return
	}
	d.settle(false)
}

// garbage rejects what begins like no document, up to where one begins.
func (d *Decoder) garbage() {
	if d.adrift && (d.b[d.p] == ',' || d.b[d.p] == ']' || d.b[d.p] == '}') {
		if d.window.cutting {
			d.b[d.p] = ' ' // the piece it goes on in is not adrift
		}
		d.p++
		return
	}
	d.open()
	whole := d.skip()
	if whole && d.next() == 0 && d.p >= len(d.b) && d.runsOut() {
		d.window.need = true
		return
	}
	if whole && (d.next() == 0 && d.p >= len(d.b) || d.b[d.p] == '{' || d.b[d.p] == '[') {
		d.reject(schema.RejectNotJobs, "", "well-formed, but "+kindOf(d.b[d.doc.start])+" is no response", d.b[d.doc.start:d.p])
		d.flush()
		return
	}
	if d.bad.code == "" {
		d.syntax("neither JSON nor XML")
	}
	d.settle(false)
}
