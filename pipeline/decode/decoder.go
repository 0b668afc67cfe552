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
}

func (o Options) withDefaults() Options {
	o.MaxDepth = cmp.Or(max(o.MaxDepth, 0), 256)
	o.MaxJobBytes = cmp.Or(max(o.MaxJobBytes, 0), 64<<20)
	o.PieceBytes = cmp.Or(max(o.PieceBytes, 0), 1<<20)
	return o
}

// A Decoder reads bodies one after the other, in memory that it reuses. Not
// safe for concurrent use.
type Decoder struct {
	*fields.Reader
	o         Options
	envelopes *fields.Table[Decoder] // responses, and what may stand around them
	responses *fields.Table[Decoder]

	// The body being read.
	raw       *schema.Raw
	yield     func(schema.Decoded) bool
	stopped   bool  // by yield
	n         int64 // position of the next item
	faultTold bool  // a reject gave raw.Fault as its reason
	parts     bool  // the body is a part that package split made
	grammar   *grammar

	// The document being read.
	doc      document
	env      envelope
	items    []schema.Decoded // waiting for the end of the document
	hasFacts bool             // items has some
	xml      *markup.Document // being read

	read schema.Job       // the job being read
	row  schema.TaskFacts // the row of SearchTask being read
}

// document is the top-level value being read, the unit whose items are handed
// out together: a response with its jobs, a raw line, a bare job.
type document struct {
	start int   // in the text
	first int64 // position of its first item
	inner bool  // the text being read is a string of the document's
}

// New returns a Decoder.
func New(o Options) *Decoder {
	o = o.withDefaults()
	return &Decoder{
		Reader:    fields.NewReader(o.MaxDepth),
		o:         o,
		envelopes: fields.NewTable(slices.Concat(responseFields(), lineFields())),
		responses: fields.NewTable(responseFields()),
	}
}

// Items yields every job, every reject and what else there is in raw, in order.
// What a job or facts point to is valid until the next item is asked for;
// strings may alias raw.Body. A reject is the receiver's to keep.
//
// The items of a response come when its end was read. raw.Reject, where the
// source found the piece unusable, is yielded as it is.
func (d *Decoder) Items(raw *schema.Raw) iter.Seq[schema.Decoded] {
	return func(yield func(schema.Decoded) bool) {
		d.raw, d.yield, d.stopped, d.faultTold = raw, yield, false, false
		d.n = raw.Position
		d.decode()
		d.raw, d.yield, d.Text = nil, nil, nil
	}
}

func (d *Decoder) decode() {
	if d.raw.Reject != nil {
		d.rejectOfSource(*d.raw.Reject)
		return
	}
	d.env, d.parts = envelope{}, d.raw.Part
	body, ok := d.utf8()
	if !ok {
		d.flush()
		return
	}
	d.Reset(body)
	d.Free()
	d.documents()
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
func (d *Decoder) utf8() ([]byte, bool) {
	d.MaxDepth = d.o.MaxDepth
	if d.parts {
		d.MaxDepth += 2 // split may write brackets around a job
		return d.raw.Body, true
	}
	body, notes, err := charset.Decode(d.raw.Body)
	if err != nil {
		d.reject(schema.RejectEncoding, "", err.Error(), d.raw.Body)
		return nil, false
	}
	if notes.Mark {
		d.Count(fields.ByteOrderMark)
	}
	if notes.Transcoded {
		d.Count(fields.Transcoded)
	}
	if notes.Repaired {
		d.Count(fields.InvalidUTF8)
	}
	return body, true
}

const endsEarly = "the input ends early"

// rejectOfSource yields the reject that the source made, with why the input
// ended.
func (d *Decoder) rejectOfSource(r schema.Reject) {
	fault := d.raw.Fault
	if fault != "" && r.Code == schema.RejectEmpty {
		r.Code, r.Reason = schema.RejectTruncated, endsEarly
	}
	if fault != "" && r.Code == schema.RejectTruncated {
		d.raw.TellFault(&r)
	}
	d.stopped = !d.yield(schema.Decoded{Position: d.n, Reject: &r})
	if fault == "" || r.Code == schema.RejectTruncated || d.stopped {
		return
	}
	d.n++
	d.env = envelope{}
	d.reject(schema.RejectTruncated, "", endsEarly, nil)
	d.flush()
}

func blank(text []byte) bool {
	s := jsonscan.Scanner{Text: text}
	return s.Next() == jsonscan.End
}

// flush yields the items found so far.
func (d *Decoder) flush() {
	for _, item := range d.items {
		if d.stopped {
			break
		}
		d.hand(item)
	}
	clear(d.items)
	d.items, d.hasFacts = d.items[:0], false
	if !d.Dry {
		d.Free()
	}
}

// hand completes an item with what its envelope says and yields it.
func (d *Decoder) hand(item schema.Decoded) {
	instance, observed, undated := d.source()
	switch {
	case item.Job != nil:
		j := item.Job
		j.InstanceID, j.ObservedAt, j.Undated = instance, observed, undated
		j.RequestID = d.env.requestID
		if j.RequestID == "" {
			j.RequestID = d.env.lineRequestID
		}
	case item.Facts != nil:
		f := item.Facts
		f.InstanceID, f.ObservedAt, f.Undated = instance, observed, undated
	case item.Reject != nil:
		r := item.Reject
		r.InstanceID, r.ObservedAt, r.Undated = strings.Clone(instance), observed, undated
	}
	d.stopped = !d.yield(item)
}

// source is where and when the document was received.
func (d *Decoder) source() (instanceID string, observedAt int64, undated bool) {
	instanceID, observedAt, undated = d.raw.InstanceID, d.raw.ObservedAt, d.raw.Undated
	if d.env.instanceID != "" {
		instanceID = d.env.instanceID
	}
	if d.env.dated {
		observedAt, undated = d.env.observedAt, false
	}
	return instanceID, observedAt, undated
}
