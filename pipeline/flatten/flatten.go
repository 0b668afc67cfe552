// Package flatten turns a job into the rows of the six day tables, and rows
// into the job again.
//
// [Flattener.Rows] derives every derived column: the day and hour of a call,
// attempts, outcomes, counts, gaps, words and patterns. [Job] drops them;
// flattening loses nothing that the API said.
//
// The package reads no files, segments no text itself (see [Segmenter]) and
// removes no personal data (redact runs before it).
package flatten

import (
	"cmp"
	"math"
	"time"

	"callmill/pipeline/flatten/pattern"
	"callmill/schema"
)

// Version is the version of the derived columns. It is raised when one of them
// changes its meaning.
const Version = 2

// Segmenter divides a script into words.
type Segmenter interface {
	// Cut appends the length in bytes of each word to dst. Lengths are positive
	// and add up to len(script).
	Cut(dst []int32, script string) []int32
}

// Flattener flattens jobs. It reuses its buffers from job to job. Not safe for
// concurrent use.
type Flattener struct {
	loc        *time.Location
	segment    Segmenter
	patterns   *pattern.Replacer // of the current call
	patternsOf *schema.Job       // whose values patterns has; nil if none's

	rows schema.Rows
	room schema.Rows // of Gather: the memory of its rows, from the beginning

	// What the rows point into. One that is full is left to the rows, and there is a new
	// one (see withRoom).
	texts   []string // tokens, calling numbers, dial exceptions
	gaps    []int64
	indexes []int32

	words []int32 // lengths of the words of a script
	slots []byte  // the patterns that differ from their script, end to end
	spans []span  // where each of them lies
}

// span is the position of a turn's pattern in Flattener.slots.
type span struct{ turn, start, end int }

// New makes a Flattener. Days and hours are those of loc, words those of seg.
func New(loc *time.Location, seg Segmenter) *Flattener {
	return &Flattener{
		loc:      loc,
		segment:  seg,
		patterns: pattern.NewReplacer(pattern.Call{}),
		// Never nil, so that an empty list is not NULL.
		texts: make([]string, 0, 1024),
	}
}

// Rows returns the rows of a job whose content has the given hash. The job's
// tasks must be in the order of [schema.Job.SortTasks].
//
// The rows share the job's strings and nothing else of it; where the job has no
// first_seen, it is observed_at. They are valid until the next call, and to be
// read only: the rows of a task share pointers.
func (f *Flattener) Rows(j *schema.Job, hash schema.ContentHash) *schema.Rows {
	f.Reset()
	return f.Add(j, hash)
}

// Add is Rows for several jobs at a time: copies of the rows stay valid until
// Reset.
func (f *Flattener) Add(j *schema.Job, hash schema.ContentHash) *schema.Rows {
	f.begin()
	return f.add(j, hash)
}

// gatheredRows is how many rows of a table Gather has room for at first.
const gatheredRows = 1024

// Gather is Add, but the tables of the rows, and not only copies, stay valid until
// Reset. Rows of jobs that are gathered one after the other mostly lie end to end.
func (f *Flattener) Gather(j *schema.Job, hash schema.ContentHash) *schema.Rows {
	rows := f.rows
	rows.Tasks = behind(&f.room.Tasks, rows.Tasks)
	rows.Turns = behind(&f.room.Turns, rows.Turns)
	rows.Contacts = behind(&f.room.Contacts, rows.Contacts)
	rows.Extras = behind(&f.room.Extras, rows.Extras)
	rows.Summaries = behind(&f.room.Summaries, rows.Summaries)
	f.begin()
	f.rows = rows
	return f.add(j, hash)
}

// behind returns the room behind rows, or new room where it is scarce.
func behind[T any](room *[]T, rows []T) []T {
	if cap(rows)-len(rows) < gatheredRows/8 {
		*room = make([]T, 0, gatheredRows)
		return *room
	}
	return rows[len(rows):]
}

func (f *Flattener) add(j *schema.Job, hash schema.ContentHash) *schema.Rows {
	f.addContacts(j)
	f.addExtras(j)
	f.addSummaries(j, "", nil, j.Summaries)

	var seen attempts
	var first, last int64
	for i := range j.Tasks {
		t := &j.Tasks[i]
		outcome := schema.OutcomeOf(t.Status)
		attempt := seen.add(&outcome)
		f.addTask(j, i, &outcome, attempt)
		first, last = widen(first, last, t.CallTime())
	}
	f.setPatterns()

	f.rows.Job = f.jobRow(j, hash)
	f.rows.Job.JobOutcome = seen.outcome(j.Status)
	f.rows.Job.DialedCount = seen.dialed
	f.rows.Job.FirstCallTime, f.rows.Job.LastCallTime = first, last
	f.rows.JobDate = f.jobDate(first)
	f.rows.Undated = j.Undated
	return &f.rows
}

// JobDate returns the day that a job lives under, as [schema.Rows.JobDate], and
// its first call, in ms; 0 where it has none.
func (f *Flattener) JobDate(j *schema.Job) (day int32, firstCall int64) {
	for i := range j.Tasks {
		firstCall, _ = widen(firstCall, firstCall, j.Tasks[i].CallTime())
	}
	return f.jobDate(firstCall), firstCall
}

func (f *Flattener) jobDate(firstCall int64) int32 {
	if firstCall == 0 {
		return schema.NoDate
	}
	day, _ := f.dayAndHour(firstCall)
	return day
}

func (f *Flattener) jobRow(j *schema.Job, hash schema.ContentHash) schema.JobRow {
	return schema.JobRow{
		InstanceID:     j.InstanceID,
		JobID:          j.JobID,
		JobGroupID:     j.JobGroupID,
		JobReferenceID: j.ReferenceID,
		ScenarioID:     j.ScenarioID,
		StrategyID:     j.StrategyID,
		JobStatus:      j.Status,
		FailureReason:  j.FailureReason,
		Priority:       copyOf(j.Priority),
		SystemPriority: copyOf(j.SystemPriority),
		CallingNumbers: f.list(j.CallingNumbers),
		IsFinal:        schema.FinalStatus(j.Status),
		TaskCount:      count(len(j.Tasks)),
		RequestID:      j.RequestID,
		ContentHash:    hash.String(),
		FirstSeen:      cmp.Or(j.FirstSeen, j.ObservedAt),
		ObservedAt:     j.ObservedAt,
	}
}

// list copies texts into f.texts.
func (f *Flattener) list(texts []string) []string {
	f.texts = withRoom(f.texts, len(texts))
	start := len(f.texts)
	f.texts = append(f.texts, texts...)
	return f.texts[start:len(f.texts):len(f.texts)]
}

// widen extends the range first–last to the instant ms; 0 is not an instant.
func widen(first, last, ms int64) (int64, int64) {
	switch {
	case ms == 0:
		return first, last
	case first == 0:
		return ms, ms
	}
	return min(first, ms), max(last, ms)
}

// copyOf copies a value, so that rows outlive the job, whose memory is reused.
func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// count converts n to the type of a column. No job has more than fits.
func count(n int) int32 { return int32(min(n, math.MaxInt32)) }

// Buffers larger than this are given up instead of reused: one huge job should
// not hold its memory for the rest of the run.
const (
	maxKeptRows  = 1 << 14 // some 4 MB of turns
	maxKeptTexts = 1 << 18 // 4 MB
	maxKeptBytes = 4 << 20
)

// begin empties the buffers that are of one job only.
func (f *Flattener) begin() {
	f.rows.Reset(maxKeptRows)
	f.words = empty(f.words, maxKeptTexts)
	f.slots = empty(f.slots, maxKeptBytes)
	f.spans = empty(f.spans, maxKeptTexts)
	f.patternsOf = nil
}

// Reset reuses the memory that earlier rows point to.
func (f *Flattener) Reset() {
	if f.room.Tasks != nil { // what was gathered goes
		f.rows = f.room
	}
	f.texts = empty(f.texts, maxKeptTexts)
	f.gaps = empty(f.gaps, maxKeptTexts)
	f.indexes = empty(f.indexes, maxKeptTexts)
}

// withRoom returns buf, or a new buffer where it has no room for n more. To let it grow
// would copy what the rows have of the old one: with a huge job, several times over.
func withRoom[T any](buf []T, n int) []T {
	if cap(buf)-len(buf) >= n {
		return buf
	}
	return make([]T, 0, max(n, min(2*cap(buf), maxKeptTexts)))
}

// empty returns buf without elements, or a new buffer where buf is larger than
// is worth keeping. It is never nil.
func empty[T any](buf []T, maxKept int) []T {
	if cap(buf) > maxKept {
		return make([]T, 0, 1)
	}
	return buf[:0]
}
