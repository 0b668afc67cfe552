package schema

// Raw is a piece of input on its way to decode: a whole response of up to
// 16 MiB, or one job cut out of a larger one and wrapped again so that it
// reads like a response of its own.
type Raw struct {
	Origin   string // where it is from: a path relative to the argument, or the request
	Sequence int64  // order of delivery within the run, from 0; later wins within one instant
	Position int64  // index in its origin of the first job in Body

	InstanceID string // the deployment asked; a raw line names its own
	ObservedAt int64  // when it was received, ms
	Undated    bool   // ObservedAt is only the start of the run

	// Body is the input as received, decompressed. It belongs to the receiver
	// until Release is called; what decode hands out may alias it.
	Body []byte

	// Part says that decode cut Body from a larger input: it is UTF-8, and without
	// damage.
	Part bool
	// Slice says that decode cut Body from a document that is longer, so that what
	// was asked for may be in others of its pieces.
	Slice bool
	// Expected is what decode found to be expected behind Body, after all pieces of
	// its document.
	Expected []Expected

	// Fault says why the origin ended early (a torn archive, say); what could
	// be read of it is in Body or came before. Empty: it did not.
	Fault string

	// Archive, if not nil, is the damaged archive that Fault is about. The reject
	// keeps it instead of the text.
	Archive *Archive

	// Reject, where not nil, is all there is to say of the piece: the source
	// itself found it unusable, such as a job beyond what can be held.
	Reject *Reject

	// Replay is the published reject whose input Body is; nil if the input is not
	// read again.
	Replay *Replay

	// Release, where not nil, returns Body to its maker for reuse.
	Release func()
}

// Replay is a published reject whose input is read again. It stays this one
// reject, even if it is refused for another reason this time.
type Replay struct {
	RejectID string
	Reject   Reject
}

// TellFault adds Fault to the reason of a reject, and replaces its input by the
// damaged archive, if Archive is set.
func (r *Raw) TellFault(reject *Reject) {
	reject.Reason += ": " + r.Fault
	if a := r.Archive; a != nil {
		reject.Raw, reject.RawBytes, reject.RawSHA256 = a.Head, a.Bytes, a.SHA256
	}
}

// Archive is a compressed input as stored, in the form a reject keeps it.
type Archive struct {
	Head   []byte // at most its first MiB
	Bytes  int64  // its length
	SHA256 string // of all of it, hexadecimal
}

// Reject is input that could not become rows.
type Reject struct {
	InstanceID string
	JobID      string // where it could be read
	Origin     string
	Position   int64
	Code       string // one of Reject…
	Reason     string // for people: what was met where
	Raw        []byte // the piece of input, whole unless RawBytes says otherwise; the table keeps the first MiB
	RawBytes   int64  // length of the piece where Raw is only its beginning, else 0
	RawSHA256  string // of the whole piece, hexadecimal, where Raw is only its beginning
	ObservedAt int64
	Undated    bool
}

// Codes of rejects.
const (
	RejectSyntax    = "syntax"    // not JSON or XML, or damaged
	RejectTruncated = "truncated" // ends in the middle
	RejectShape     = "shape"     // a list, an object or an identity has a shape that is on no list
	RejectNoJobID   = "no_job_id" // a job without id
	RejectNotJobs   = "not_jobs"  // well-formed, but no ListJobs response
	RejectAPIError  = "api_error" // the response says Success:false
	RejectTooDeep   = "too_deep"  // nested deeper than any response
	RejectTooLarge  = "too_large" // one job beyond what can be held
	RejectNumber    = "number"    // a number that cannot be, where it is not optional
	RejectUnfetched = "unfetched" // an id the API answers with errors only
	RejectEmpty     = "empty"     // no bytes at all
	RejectEncoding  = "encoding"  // a declared encoding that is not supported, or text in none that is recognized
	RejectTime      = "time"      // an instant that cannot be, where it is not optional
	RejectNotAsked  = "not_asked" // a job in an answer to a question for others
)

// Decoded is one thing found in a Raw: exactly one of Job, Facts, Expected, Group,
// Reject and Err is set.
type Decoded struct {
	Job   *Job       // valid until the next Decoded is asked for
	Facts *TaskFacts // of SearchTask; valid until the next Decoded is asked for
	// Expected is a job that is listed, or that was asked for and did not come; valid
	// until the next Decoded is asked for.
	Expected *Expected
	Group    *JobGroupRow // a campaign; the receiver's to keep
	Reject   *Reject      // the receiver's to keep
	Err      error        // the input cannot be read on, which ends the run
	// Position is the index of the job in its origin.
	Position int64
}

// Counts are named tallies, such as coercions by kind.
type Counts map[string]int64

// Add adds the tallies of more to c.
func (c Counts) Add(more Counts) {
	for k, n := range more {
		c[k] += n
	}
}
