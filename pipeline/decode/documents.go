package decode

import (
	"bytes"
	"errors"

	"callmill/pipeline/decode/fields"
	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// documents reads every document of the text, one after the other: a single
// response, JSON Lines or concatenated documents. An array of documents, and
// what follows one that is damaged or holds more than should wait for its end,
// is read in parts.
func (d *decoder) documents() {
	for !d.stopped {
		switch d.Next() {
		case jsonscan.End:
			return
		case '{':
			if d.document() {
				continue
			}
		case '<':
			d.xmlDocument()
			continue
		case 'n': // an element of an array, of which parts are left
			if d.parts && d.Literal("null") {
				d.Count(fields.NullElement)
				continue
			}
		}
		d.inParts()
		return
	}
}

// open begins a document at Pos.
func (d *decoder) open() {
	d.Settle()
	d.doc = document{start: d.Pos, first: d.n}
	d.env, d.Refused, d.ids = envelope{}, fields.Refusal{}, d.ids[:0]
}

// document reads the document at Pos and yields its items. It returns false
// where it cannot be read as a whole; then none was yielded.
func (d *decoder) document() bool {
	d.open()
	if !d.response() {
		d.takeBack()
		d.Recount(nil)
		d.Pos = d.doc.start
		return false
	}
	d.settle(d.Text[d.doc.start:d.Pos])
	return true
}

// settle ends a document that was read to its end, and yields its items.
func (d *decoder) settle(piece []byte) {
	d.classify(piece)
	d.reconcile()
	d.flush()
}

// takeBack drops the items of the document.
func (d *decoder) takeBack() {
	d.items = d.items[:0]
	d.n = d.doc.first
}

// takeBackAll also forgets what was found in the items, as the document as a
// whole is a reject.
func (d *decoder) takeBackAll() {
	d.takeBack()
	d.Forget()
}

// maxWaiting is how many items wait for the end of a document that is longer
// than a part would be. A response of the API has at most 99 jobs.
const maxWaiting = 1024

// crowded reports whether so many items wait for the end of the document that
// it is better read in parts.
func (d *decoder) crowded() bool {
	return len(d.items) >= maxWaiting && !d.parts && !d.Dry && !d.XML && d.Pos-d.doc.start > 2*d.o.PieceBytes
}

var errStopped = errors.New("stopped")

// inParts reads the text from Pos on, which is damaged, or an array, in parts
// that are neither.
func (d *decoder) inParts() {
	text := d.Text[d.Pos:]
	if d.parts { // a part is whole: this is a fault of the program, not of the input
		d.open()
		d.reject(schema.RejectSyntax, "", "the input could not be cut", text)
		d.flush()
		return
	}
	if holdsDocuments(text) {
		d.Count(arrayOfDocuments)
	}
	d.parts = true
	d.MaxDepth += 2
	_ = d.split(text, func(part split.Part) error {
		d.env, d.slice = envelope{}, part.Slice
		if part.Reject != nil {
			d.rejectOfPart(part)
			d.env.instanceID, d.env.observedAt = part.Reject.InstanceID, part.Reject.ObservedAt
			d.env.dated = !part.Reject.Undated
			d.flush()
		} else {
			d.Reset(part.Text)
			d.documents()
		}
		d.expect(part.Expected)
		if d.stopped {
			return errStopped
		}
		return nil
	})
	d.parts, d.slice = false, false
	d.MaxDepth -= 2
}

// holdsDocuments reports whether text begins an array of objects.
func holdsDocuments(text []byte) bool {
	inside, isArray := bytes.CutPrefix(text, []byte("["))
	s := jsonscan.Scanner{Text: inside}
	c := s.Next()
	return isArray && (c == '{' || c == 'n' || c == ']')
}

func (d *decoder) rejectOfPart(part split.Part) {
	if damageCode(part.Reject.Code) {
		d.Count(damaged)
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
