// Package split reads JSON inputs that are too large to be held, or damaged,
// and yields parts that each read like an input of their own: runs of whole
// documents, and slices of the jobs of one document too large for that. Damage
// becomes a reject; no part has any.
//
// What is yielded is a function of the input: where a part ends depends on
// [Options], but the documents, jobs and rejects are the same however the input
// is cut and in whatever portions it is read. Every decision looks ahead as far
// as it has to, no further than its answer is certain, and never back.
//
// A large document is walked twice. The first pass notes the text around its
// jobs, which may say behind the last of them that none is to be published; the
// second yields the slices. Memory is a few times Options.PieceBytes, or the
// longest job.
//
// The package knows the shape of documents, but no field names: these are the
// [Grammar]'s. It decodes nothing.
package split

import (
	"errors"
	"io"

	"callmill/schema"
)

// Options tune Run.
type Options struct {
	MaxDepth    int // brackets that may be open at once
	MaxJobBytes int // a job longer than this is passed over and rejected
	PieceBytes  int // approximate length of a part

	Source Source // of rejects of documents that name none of their own
}

// Source says where and when a document was received.
type Source struct {
	InstanceID string
	ObservedAt int64 // ms
	Undated    bool  // ObservedAt is only the start of the run
}

// A Part is a piece of the input: Text, or Reject where it is not nil.
type Part struct {
	Text  []byte // one or more whole documents; valid until yield returns
	Items int64  // jobs and rejects that Text decodes to

	Reject *schema.Reject // without origin and position; Raw is valid until yield returns
	// Document says that Reject is about a document rather than one of its jobs.
	Document bool

	// Slice says that Text holds some of the jobs of a document that is an [Answer].
	Slice bool
	// Expected are the jobs that the document which ends with this part was to hold,
	// and does not. They are yielded behind what Text decodes to; there may be
	// nothing but them.
	Expected []schema.Expected
}

// Name classifies the name of a member.
type Name int

// Names by what they say about the object that has them.
const (
	Other    Name = iota
	Jobs          // of a response: its jobs
	Rows          // of a response of another kind: its rows, which look like jobs
	Wrapper       // of an object in the place of the list of jobs: the list
	Body          // of a raw line: its response
	Response      // only documents have it
	JobID         // of a job, and of what may lie inside one
	JobField      // of a job
	Inner         // of what lies inside a job, never of a job
)

// Step is what Grammar.Step found at the beginning of a text.
type Step struct {
	Length int   // of the document; 0 where it is damaged, or ends behind the text
	Items  int64 // it decodes to
}

// Outcome says what the jobs of a document come to.
type Outcome int

// Outcomes of a document.
const (
	Published Outcome = iota // its jobs are items
	Refused                  // the document as a whole is one reject
	Unread                   // its jobs, if any, are no items
)

// Verdict is what Grammar.Judge found.
type Verdict struct {
	Outcome Outcome
	Source  Source         // of the document
	Head    []byte         // of Published: behind it a list of jobs is closed by ]}
	Reject  *schema.Reject // of Refused; Raw is nil where it is the document
	Others  bool           // of Published: the document has jobs outside of its lists, too
	Answer  Answer         // nil where the document does not say what it was to hold
}

// Answer compares what was asked for with the parts of a document, which come one
// by one.
type Answer interface {
	// Part takes the next part, which is valid until it returns.
	Part(Part)
	// Rest is what did not come in any of them.
	Rest() []schema.Expected
}

// Grammar knows the names and the meaning of documents. Its methods are called
// from the goroutine of Run.
type Grammar interface {
	// Step measures the document, JSON or XML, that text begins with, inside
	// depth brackets; final says that the input ends where text does.
	Step(text []byte, depth int, final bool) Step
	// Name classifies a name.
	Name(name []byte) Name
	// JobID is the id of the damaged job that piece begins with, "" where it
	// cannot be read.
	JobID(piece []byte) string
	// Judge decodes a document from the text before and after its jobs. tasks
	// says that some of these have tasks.
	Judge(before, after []byte, tasks bool) Verdict
	// HasTasks reports whether a job may have tasks.
	HasTasks(job []byte) bool
}

// ErrEmpty is the error of an input that is nothing but white space.
var ErrEmpty = errors.New("empty input")

// Run reads the input that open starts and yields its parts in order. open is
// called a second time where a document is too large or damaged. Run ends with
// the first error of open, of a reader or of yield.
func Run(o Options, g Grammar, open func() (io.ReadCloser, error), yield func(Part) error) error {
	in, err := open()
	if err != nil {
		return err
	}
	defer in.Close()
	s := newSplitter(o, g, in)
	s.yield = yield
	s.survey = func() ([]outline, error) { return survey(o, g, open) }
	if err := s.run(); err != nil || s.met {
		return err
	}
	return ErrEmpty
}

// survey walks the whole input and returns the documents that were outlined.
func survey(o Options, g Grammar, open func() (io.ReadCloser, error)) ([]outline, error) {
	in, err := open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	s := newSplitter(o, g, in)
	err = s.run()
	return s.outlines, err
}
