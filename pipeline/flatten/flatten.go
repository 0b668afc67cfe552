// Package flatten turns a job into the rows of the six day tables, and rows
// into the job again.
//
// [Flattener.Rows] computes every derived column: the day and hour of a call,
// attempts, outcomes, counts, gaps, words and patterns. [Job] drops them, so
// that flattening loses nothing of what the API said.
//
// The package is pure: it reads no files, cuts no words itself (see
// [Segmenter]) and hides nothing (redact comes before it).
package flatten

import (
	"cmp"
	"math"
	"time"

	"callmill/schema"
)

// Version is that of the derived columns: it changes when one of them changes
// its meaning.
const Version = 1

// Segmenter cuts a script into words.
type Segmenter interface {
	// Cut appends the length in bytes of each word to dst. The lengths are
	// above 0 and add up to len(script).
	Cut(dst []int32, script string) []int32
}

// Flattener makes rows of jobs. It reuses its buffers from job to job. Not safe
// for concurrent use.
type Flattener struct {
	loc      *time.Location
	segment  Segmenter
	patterns patterns // of the present call

	rows schema.Rows

	// What the rows point into. Where one must grow, the rows so far keep the
	// old array, and nothing is written to that any more.
	texts   []string // tokens, calling numbers, dial exceptions
	gaps    []int64
	indexes []int32

	words []int32 // lengths of the words of a script
	slots []byte  // the patterns that differ from their script, end to end
	spans []span  // where each of them lies
}

// span is the place of a turn's pattern in Flattener.slots.
type span struct{ turn, start, end int }

// New makes a Flattener. Days and hours are those of loc, words those of seg.
func New(loc *time.Location, seg Segmenter) *Flattener {
	return &Flattener{
		loc:     loc,
		segment: seg,
		// Never nil, so that an empty list is a list, too.
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
	day, _ := dayAndHour(firstCall, f.loc)
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

// list copies texts to where the rows keep theirs.
func (f *Flattener) list(texts []string) []string {
	start := len(f.texts)
	f.texts = append(f.texts, texts...)
	return f.texts[start:len(f.texts):len(f.texts)]
}

// widen makes the range first–last hold the instant ms; 0 is no instant.
func widen(first, last, ms int64) (int64, int64) {
	switch {
	case ms == 0:
		return first, last
	case first == 0:
		return ms, ms
	}
	return min(first, ms), max(last, ms)
}

// copyOf lets rows outlive the job, whose memory is reused.
func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// count is n as a column holds it. What would not fit takes more input than
// one job can have.
func count(n int) int32 { return int32(min(n, math.MaxInt32)) }
