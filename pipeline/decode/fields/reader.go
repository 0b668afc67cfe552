// Package fields reads the documented objects of a response: jobs, with all that
// lies inside them, and rows of SearchTask. Each object has a table of its
// fields, each value is read in any of the spellings on the list of package
// decode. It knows nothing of what stands around jobs.
package fields

import (
	"unsafe"

	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

// A Reader reads objects and values from the text of its scanner. Its methods
// return false at damage only, which the scanner tells. A value that cannot be
// what its field should be is stepped over and counted, and its job keeps the
// rest; what no job can do without, or be built like, is noted as Refused.
//
// Not safe for concurrent use.
type Reader struct {
	jsonscan.Scanner

	Refused Refusal // the first since it was emptied
	XML     bool    // the text was XML, where a list is spelled as repeated members
	Dry     bool    // nothing is counted
	Valid   bool    // the text is known to be UTF-8
	Bare    bool    // the job stands in the place of a response
	Foreign string  // a name it has and jobs do not

	objects objects
	tally   tally
	names   map[string]string // of the fields that were counted
	field   string            // name of the field being read, for reasons

	required bool // an impossible value is refused

	// The job being read.
	at         place
	alien      Suspect // may hold its calls
	alienLines Suspect // may hold the lines of the call being read
	lists      lists
	elements   int  // of its lists so far
	innerText  bool // within the text of CallingNumbers

	codes   []string // of the row being read
	quiet   bool     // fields that are not in the table are not counted
	upper   []byte
	scratch []byte
	memory  memory // what was read points to it
}

// NewReader returns a Reader of texts with up to maxDepth open brackets.
func NewReader(maxDepth int) *Reader {
	return &Reader{
		Scanner: jsonscan.Scanner{MaxDepth: maxDepth},
		objects: newObjects(),
		tally:   newTally(),
		names:   map[string]string{},
		at:      place{top: outside},
	}
}

// Free takes back the memory of everything that was read or kept.
func (r *Reader) Free() { r.memory.reset() }

// KeepJob returns a copy of j, valid until Free.
func (r *Reader) KeepJob(j *schema.Job) *schema.Job { return r.memory.jobs.one(*j) }

// KeepFacts returns a copy of f, valid until Free.
func (r *Reader) KeepFacts(f *schema.TaskFacts) *schema.TaskFacts { return r.memory.facts.one(*f) }

// KeepExpected returns a copy of x, valid until Free.
func (r *Reader) KeepExpected(x *schema.Expected) *schema.Expected { return r.memory.expected.one(*x) }

// KeepText returns a copy of text, valid until Free.
func (r *Reader) KeepText(text []byte) []byte { return r.memory.texts.keep(text) }

// ResetElements begins a list outside of jobs, of which there must not be too
// many elements.
func (r *Reader) ResetElements() { r.elements = 0 }

// EnterText makes text what is being read, until LeaveText.
func (r *Reader) EnterText(text []byte) (outer jsonscan.Scanner) {
	outer = r.Scanner
	r.Scanner = jsonscan.Scanner{Text: text, Depth: outer.Depth, MaxDepth: outer.MaxDepth}
	return outer
}

// LeaveText returns to the text around the one that EnterText began.
func (r *Reader) LeaveText(outer jsonscan.Scanner) { r.Scanner = outer }

// alias is a string over b, which must not change as long as it is in use.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
