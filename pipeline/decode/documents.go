package decode

import (
	"errors"

	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// documents reads every document of the text, one after the other: a single
// response, JSON Lines or concatenated documents. Where one is
// damaged, or holds more than should wait for its end, the rest of the text is
// read in parts.
func (d *Decoder) documents() {
	for !d.stopped {
		start, ok := d.Pos, true
		switch d.Next() {
		case jsonscan.End:
			return
		case '{':
			start = d.Pos
			ok = d.document()
		case '[':
			start = d.Pos
			var inside bool
			if start, inside, ok = d.arrayOfDocuments(); !ok && inside {
				d.inParts(start, true)
				return
			}
		case '<':
			d.xmlDocument()
		default:
			ok = false
		}
		if !ok {
			d.inParts(start, false)
			return
		}
	}
}

// open begins a document at Pos.
func (d *Decoder) open() {
	d.doc = document{start: d.Pos, first: d.n}
	d.env, d.refused, d.at = envelope{}, refusal{}, nowhere
}

// document reads the document at Pos and yields its items. It returns false
// where it cannot be read as a whole; then none was yielded.
func (d *Decoder) document() bool {
	d.open()
	counted := d.tally.kinds
	if !d.response() {
		d.takeBack()
		d.tally.kinds = counted
		return false
	}
	d.settle(d.Text[d.doc.start:d.Pos])
	return true
}

// arrayOfDocuments reads [job, job …] or [response, response …]. Where it
// returns false, start is where to read on in parts, inside the array or at its
// beginning.
func (d *Decoder) arrayOfDocuments() (start int, inside, ok bool) {
	begin := d.Pos
	if !d.Enter() {
		return begin, false, false
	}
	for first := true; !d.stopped; first = false {
		start = d.Pos
		c := byte(']')
		if d.Element(first) {
			c = d.Text[d.Pos]
		}
		if first {
			start = begin
		}
		if d.Bad.Code != "" || first && c != '{' && c != 'n' && c != ']' {
			return start, !first, false
		}
		if first {
			d.count(arrayOfDocuments)
		}
		switch {
		case c == ']':
			return start, true, true
		case c == '{' && d.document():
		case c == 'n' && d.Literal("null"):
			d.count(nullElement)
		default:
			return start, !first, false
		}
	}
	return start, true, true
}

// settle ends a document that was read to its end, and yields its items.
func (d *Decoder) settle(piece []byte) {
	d.classify(piece)
	d.flush()
}

// takeBack drops the items of the document.
func (d *Decoder) takeBack() {
	d.items = d.items[:0]
	d.n = d.doc.first
}

// maxWaiting is how many items wait for the end of a document that is longer
// than a part would be. A response of the API has at most 99 jobs.
const maxWaiting = 1024

// crowded reports whether so many items wait for the end of the document that
// it is better read in parts.
func (d *Decoder) crowded() bool {
	return len(d.items) >= maxWaiting && !d.parts && !d.dry && d.Pos-d.doc.start > 2*d.o.PieceBytes
}

var errStopped = errors.New("stopped")

// inParts reads the text from start on, which is damaged, in parts that are
// not; array says that it begins inside an array of documents.
func (d *Decoder) inParts(start int, array bool) {
	if d.parts { // a part is whole: this is a fault of the program, not of the input
		d.open()
		d.reject(schema.RejectSyntax, "", "the input could not be cut", d.Text[min(start, len(d.Text)):])
		d.flush()
		return
	}
	text := d.Text[min(start, len(d.Text)):]
	d.parts = true
	d.MaxDepth += 2
	_ = d.split(text, array, d.markup, func(part split.Part) error {
		d.env = envelope{}
		if part.Reject != nil {
			d.rejectOfPart(part)
			d.env.instanceID, d.env.observedAt = part.Reject.InstanceID, part.Reject.ObservedAt
			d.env.dated = !part.Reject.Undated
			d.flush()
		} else {
			d.Reset(part.Text)
			d.documents()
		}
		if d.stopped {
			return errStopped
		}
		return nil
	})
	d.parts = false
	d.MaxDepth -= 2
}

func (d *Decoder) rejectOfPart(part split.Part) {
	if damageCode(part.Reject.Code) {
		d.count(damaged)
	}
	d.rejectAs(part.Reject)
}

func damageCode(code string) bool {
	switch code {
	case schema.RejectSyntax, schema.RejectTruncated, schema.RejectTooDeep:
		return true
	}
	return false
}
