package decode

import (
	"iter"
	"strings"

	"callmill/schema"
)

// Options tune a Decoder. The zero value is what a run uses.
type Options struct {
	// MaxDepth is how many brackets may be open at once; 0 is 256.
	MaxDepth int
	// MaxJobBytes is the length of the longest job that is not refused as
	// too_large; 0 is 64 MiB.
	MaxJobBytes int
	// PieceBytes is about how long the pieces of Cut are; 0 is 1 MiB.
	PieceBytes int
	// Groups reads the campaigns of a raw line of ListJobGroups; nil leaves them
	// out.
	Groups func(*schema.RawLine) []schema.JobGroupRow
}

const (
	defaultMaxDepth    = 256
	defaultMaxJobBytes = 64 << 20
	defaultPieceBytes  = 1 << 20
)

func (o Options) withDefaults() Options {
	if o.MaxDepth <= 0 {
		o.MaxDepth = defaultMaxDepth
	}
	if o.MaxJobBytes <= 0 {
		o.MaxJobBytes = defaultMaxJobBytes
	}
	if o.PieceBytes <= 0 {
		o.PieceBytes = defaultPieceBytes
	}
	return o
}

// A Decoder reads bodies one after the other, in memory it uses again. It is
// for one goroutine at a time.
type Decoder struct {
	scanner
	o       Options
	tally   [kinds]int64
	actions map[string]int64

	// The body being read.
	raw       *schema.Raw
	yield     func(schema.Decoded) bool
	stopped   bool  // by yield
	n         int64 // position of the next item
	faultTold bool  // a reject gave raw.Fault as its reason
	adrift    bool  // damage was met: separators between documents are what is left of it
	effort    int   // bytes that may still be spent on looking for a way on
	found     found // the last way on found

	// The document being read.
	doc       document
	env       envelope
	items     []schema.Decoded // found, and waiting for its end
	lost      bool             // damage was met, rejected, and p is where to go on
	repeats   bool             // XML: a list is spelled as repeated elements
	dry       bool             // only count items, decode no job
	innerText bool
	spelled   []byte   // XML as JSON, reused
	piece     []byte   // XML: the job being read, as it was received
	markup    bool     // the text has XML
	inner     []byte   // a body given as text, without its escapes
	scout     *Decoder // reads envelopes ahead
	askedText string   // of facts
	facts     map[string]map[string]schema.RawFacts

	// The job being read.
	at          place
	refused     refusal
	lists       lists
	elements    int    // of its lists so far
	lastElement int    // where the element of Jobs begins that was read last
	badID       string // id of a job that was damaged, where it was read
	seen        map[string]struct{}
	upper       []byte
	scratch     []byte

	window window // for Cut

	// What the items point to, until the document's end.
	texts    arena[byte]
	jobs     arena[schema.Job]
	tasks    arena[schema.Task]
	turns    arena[schema.Turn]
	contacts arena[schema.Contact]
	extras   arena[schema.Extra]
	results  arena[schema.Summary]
	strings  arena[string]
	int32s   arena[int32]
	int64s   arena[int64]
}

// New makes a Decoder.
func New(o Options) *Decoder {
	o = o.withDefaults()
	return &Decoder{
		scanner: scanner{maxDepth: o.MaxDepth},
		o:       o,
		actions: map[string]int64{},
		seen:    map[string]struct{}{},
	}
}

func (d *Decoder) count(k kind) {
	if d.dry || d.repeats && k.usualInXML() {
		return
	}
	d.tally[k]++
}

// Items yields every job and every reject of raw, in order. A job, and all it
// points to, is valid until the next one is asked for; its strings may alias
// raw.Body. A reject is the receiver's to keep.
//
// A response's items come when its end was read. raw.Reject, where the source
// found the piece unusable itself, is handed on as it is.
func (d *Decoder) Items(raw *schema.Raw) iter.Seq[schema.Decoded] {
	return func(yield func(schema.Decoded) bool) {
		d.raw, d.yield, d.stopped, d.faultTold = raw, yield, false, false
		d.n = raw.Position
		d.decode()
		d.raw, d.yield, d.b = nil, nil, nil
	}
}

func (d *Decoder) decode() {
	if d.raw.Reject != nil {
		d.handOnReject(*d.raw.Reject)
		return
	}
	body, err := d.utf8(d.raw.Body)
	if err != nil {
		d.reject(schema.RejectEncoding, "", err.Error(), d.raw.Body)
		d.flush()
		return
	}
	d.begin(body)
	d.documents()
	if d.stopped {
		return
	}
	if fault := d.raw.Fault; fault != "" && !d.faultTold {
		d.reject(schema.RejectTruncated, "", "the input ends early", d.raw.Body)
		d.flush()
	} else if d.n == d.raw.Position && fault == "" && blank(body) {
		d.reject(schema.RejectEmpty, "", "no bytes", d.raw.Body)
		d.flush()
	}
}

// handOnReject yields the reject the source made, with why the input ended.
func (d *Decoder) handOnReject(r schema.Reject) {
	fault := d.raw.Fault
	if fault != "" && r.Code == schema.RejectTruncated {
		d.raw.TellFault(&r)
	}
	d.stopped = !d.yield(schema.Decoded{Position: d.n, Reject: &r})
	if fault == "" || r.Code == schema.RejectTruncated || d.stopped {
		return
	}
	d.n++
	d.env = envelope{}
	d.reject(schema.RejectTruncated, "", "the input ends early", nil)
	d.flush()
}

func (d *Decoder) begin(text []byte) {
	d.scanner = scanner{b: text, maxDepth: d.maxDepth, stack: d.stack, unquoted: d.unquoted}
	d.markup, d.window = false, window{path: d.window.path[:0]}
	d.adrift, d.effort, d.found = false, effortFor(len(text)), found{}
	d.release()
}

func blank(text []byte) bool {
	s := scanner{b: text}
	return s.next() == 0 && s.p == len(text)
}

// flush hands out the items found so far.
func (d *Decoder) flush() {
	for _, item := range d.items {
		if d.stopped {
			break
		}
		d.hand(item)
	}
	clear(d.items)
	d.items = d.items[:0]
	if !d.dry {
		d.release()
	}
}

// release takes back the memory of items that were handed out.
func (d *Decoder) release() {
	d.texts.reset()
	d.jobs.reset()
	d.tasks.reset()
	d.turns.reset()
	d.contacts.reset()
	d.extras.reset()
	d.results.reset()
	d.strings.reset()
	d.int32s.reset()
	d.int64s.reset()
}

// hand completes an item with what its envelope says and yields it.
func (d *Decoder) hand(item schema.Decoded) {
	instance, observed, undated := d.raw.InstanceID, d.raw.ObservedAt, d.raw.Undated
	if d.env.instanceID != "" {
		instance = d.env.instanceID
	}
	if d.env.dated {
		observed, undated = d.env.observedAt, false
	}
	if j := item.Job; j != nil {
		j.InstanceID, j.ObservedAt, j.Undated = instance, observed, undated
		j.RequestID = d.env.requestID
		if j.RequestID == "" {
			j.RequestID = d.env.lineRequestID
		}
		if d.env.asked != "" {
			d.attachFacts(j)
		}
	} else if r := item.Reject; r != nil {
		r.InstanceID, r.ObservedAt, r.Undated = strings.Clone(instance), observed, undated
	}
	d.stopped = !d.yield(item)
}
