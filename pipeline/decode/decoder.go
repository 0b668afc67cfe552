package decode

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"callmill/pipeline/decode/charset"
	"callmill/pipeline/decode/fields"
	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/markup"
	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// Options tune a Decoder. The zero value is what a run uses.
type Options struct {
	// MaxDepth is how many brackets may be open at once; 0 is 256.
	MaxDepth int
	// MaxJobBytes is the length of the longest job that is not rejected as
	// too_large; 0 is 64 MiB.
	MaxJobBytes int
	// PieceBytes is the approximate length of the pieces of Cut; 0 is 1 MiB.
	PieceBytes int
	// Groups reads the campaigns of a raw line of ListJobGroups; nil leaves them
	// out.
	Groups func(*schema.RawLine) []schema.JobGroupRow
	// Listed reads the ids of a raw line of ListJobsByGroup in which not all that
	// is listed could be read as jobs; nil leaves those out.
	Listed func(*schema.RawLine) []string
}

func (o Options) withDefaults() Options {
	o.MaxDepth = cmp.Or(max(o.MaxDepth, 0), 256)
	o.MaxJobBytes = cmp.Or(max(o.MaxJobBytes, 0), 64<<20)
	o.PieceBytes = cmp.Or(max(o.PieceBytes, 0), 1<<20)
	return o
}

// A Decoder reads bodies one after the other, in memory that it reuses. Not
// safe for concurrent use.
type Decoder struct{ d *decoder }

// New returns a Decoder.
func New(o Options) *Decoder { return &Decoder{newDecoder(o)} }

// Items yields every job, every reject and what else there is in raw, in order.
// What an item points to is valid until the next one is asked for; strings may
// alias raw.Body. A reject is the receiver's to keep.
//
// Facts and what is expected take no position: they have that of the next item
// that does.
//
// The items of a response come when its end was read. raw.Reject, where the
// source found the piece unusable, is yielded as it is.
func (d *Decoder) Items(raw *schema.Raw) iter.Seq[schema.Decoded] { return d.d.all(raw) }

// Findings returns what was met since New: among the coercions, as
// action_<name>, the lines and pages of other actions. Kinds never met are
// absent.
func (d *Decoder) Findings() schema.Findings { return d.d.Findings() }

// decoder is a Decoder with the methods of its reader, which are not for users.
type decoder struct {
	*fields.Reader
	o         Options
	envelopes *fields.Table[decoder] // responses, and what may stand around them
	responses *fields.Table[decoder]

	// The body being read.
	raw       *schema.Raw
	yield     func(schema.Decoded) bool
	stopped   bool  // by yield
	n         int64 // position of the next item
	faultTold bool  // a reject gave raw.Fault as its reason
	parts     bool  // the body is a part that package split made
	slice     bool  // the part holds some of the jobs of its document
	judging   bool  // what was asked for is of no interest
	grammar   *grammar

	// The document being read.
	doc      document
	env      envelope
	items    []waiting        // for the end of the document
	hasFacts bool             // items has some, or rows that name a job only
	xml      *markup.Document // being read
	ids      []string         // that it asked for, as often as it says so
	asked    asked            // these, and what became of them

	read schema.Job       // the job being read
	row  schema.TaskFacts // the row of SearchTask being read
}

// waiting is an item of a document that was not read to its end.
type waiting struct {
	schema.Decoded
	piece []byte // of a job: as it was received
}

// document is the top-level value being read, the unit whose items are handed
// out together: a response with its jobs, a raw line, a bare job.
type document struct {
	start int   // in the text
	first int64 // position of its first item
	inner bool  // the text being read is a string of the document's
}

func newDecoder(o Options) *decoder {
	o = o.withDefaults()
	return &decoder{
		Reader:    fields.NewReader(o.MaxDepth),
		o:         o,
		envelopes: fields.NewTable(slices.Concat(responseFields(), lineFields())),
		responses: fields.NewTable(responseFields()),
	}
}

// all yields what Items does.
func (d *decoder) all(raw *schema.Raw) iter.Seq[schema.Decoded] {
	return func(yield func(schema.Decoded) bool) {
		d.raw, d.yield, d.stopped, d.faultTold = raw, yield, false, false
		d.n = raw.Position
		d.decode()
		d.raw, d.yield, d.Text = nil, nil, nil
	}
}

func (d *decoder) decode() {
	if d.raw.Reject != nil {
		d.rejectOfSource(*d.raw.Reject)
		return
	}
	d.env, d.parts, d.slice = envelope{}, d.raw.Part, d.raw.Slice
	body, ok := d.utf8()
	if !ok {
		d.flush()
		return
	}
	d.Reset(body)
	d.Free()
	d.documents()
	d.expect(d.raw.Expected)
	if d.stopped {
		return
	}
	if fault := d.raw.Fault; fault != "" && !d.faultTold {
		d.env = envelope{}
		d.reject(schema.RejectTruncated, "", endsEarly, d.raw.Body)
		d.flush()
	} else if d.n == d.raw.Position && fault == "" && blank(body) {
		d.reject(schema.RejectEmpty, "", "no bytes", d.raw.Body)
		d.flush()
	}
}

// utf8 returns the body in UTF-8; false where that cannot be, which is a
// reject.
func (d *decoder) utf8() ([]byte, bool) {
	d.MaxDepth = d.o.MaxDepth
	if d.parts {
		d.MaxDepth += 2 // split may write brackets around a job
		d.Valid = false
		return d.raw.Body, true
	}
	if d.Valid = isValidJSON(d.raw.Body); d.Valid {
		return d.raw.Body, true
	}
	body, notes, err := charset.Decode(d.raw.Body)
	if err != nil {
		d.reject(schema.RejectEncoding, "", err.Error(), d.raw.Body)
		return nil, false
	}
	if notes.Mark {
		d.Count(byteOrderMark)
	}
	if notes.Transcoded {
		d.Count(transcoded)
	}
	if notes.Repaired {
		d.CountDamagedAs("text")
	}
	return body, true
}

// Text returns a response in UTF-8, without a byte-order mark, as a Decoder reads
// it; it may alias body. An error says that it is in no encoding that is known.
func Text(body []byte) ([]byte, error) {
	if isValidJSON(body) {
		return body, nil
	}
	text, _, err := charset.Decode(body)
	return text, err
}

// isValidJSON reports whether a body can only be JSON in UTF-8: the usual case.
func isValidJSON(body []byte) bool {
	if len(body) < 2 || body[0] != '{' && body[0] != '[' || body[1] == 0 {
		return false
	}
	valid, narrow := jsonscan.Width(body)
	return valid && !narrow
}

const endsEarly = "the input ends early"

// rejectOfSource yields the reject that the source made, with why the input
// ended.
func (d *decoder) rejectOfSource(r schema.Reject) {
	fault := d.raw.Fault
	if fault != "" && r.Code == schema.RejectEmpty {
		r.Code, r.Reason = schema.RejectTruncated, endsEarly
	}
	if fault != "" && r.Code == schema.RejectTruncated {
		d.raw.TellFault(&r)
	}
	d.stopped = !d.yield(schema.Decoded{Position: d.n, Reject: &r})
	d.n++
	d.expect(d.raw.Expected)
	if fault == "" || r.Code == schema.RejectTruncated || d.stopped {
		return
	}
	d.env = envelope{}
	d.reject(schema.RejectTruncated, "", endsEarly, nil)
	d.flush()
}

func blank(text []byte) bool {
	s := jsonscan.Scanner{Text: text}
	return s.Next() == jsonscan.End
}

// flush yields the items found so far.
func (d *decoder) flush() {
	for _, item := range d.items {
		if d.stopped {
			break
		}
		d.hand(item.Decoded)
	}
	clear(d.items)
	d.items, d.hasFacts = d.items[:0], false
	if !d.Dry && !d.judging { // grammar reads the envelope, too
		d.Free()
	}
}

// hand completes an item with what its envelope says and yields it.
func (d *decoder) hand(item schema.Decoded) {
	from := d.env.source(d.raw)
	switch {
	case item.Job != nil:
		j := item.Job
		j.InstanceID, j.ObservedAt, j.Undated = from.InstanceID, from.ObservedAt, from.Undated
		j.RequestID = d.env.requestID
		if j.RequestID == "" {
			j.RequestID = d.env.lineRequestID
		}
	case item.Facts != nil:
		f := item.Facts
		f.InstanceID, f.Facts.ObservedAt, f.Undated = from.InstanceID, from.ObservedAt, from.Undated
	case item.Expected != nil:
		x := item.Expected
		x.InstanceID, x.ObservedAt = from.InstanceID, from.ObservedAt
	case item.Reject != nil:
		r := item.Reject
		r.InstanceID, r.ObservedAt, r.Undated = strings.Clone(from.InstanceID), from.ObservedAt, from.Undated
	}
	d.stopped = !d.yield(item)
}

// source is where and when the document, a part of raw, was received.
func (e *envelope) source(raw *schema.Raw) split.Source {
	s := split.Source{InstanceID: raw.InstanceID, ObservedAt: raw.ObservedAt, Undated: raw.Undated}
	if e.instanceID != "" {
		s.InstanceID = e.instanceID
	}
	if e.dated {
		s.ObservedAt, s.Undated = e.observedAt, false
	}
	return s
}
