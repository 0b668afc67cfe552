package schema

import (
	"cmp"
	"reflect"
)

// TaskFacts is a row of SearchTask: what it says of one call attempt and
// ListJobs does not.
type TaskFacts struct {
	InstanceID string
	JobID      string
	TaskID     string
	CallTime   int64 // ActualTime, ms; 0: none
	Undated    bool  // Facts.ObservedAt is only the start of the run that read it
	Facts      Facts // ObservedAt is when the row was received
}

// Facts are what SearchTask knows of a task and ListJobs does not, as columns of
// tasks; TaskRow has the same fields.
type Facts struct {
	// ObservedAt is when the row was received that brought the values, ms; 0 for
	// none, and where that is not known.
	ObservedAt int64 `parquet:"facts_observed_at,optional,timestamp(millisecond)" since:"2"`

	JobGroupName          string   `parquet:"job_group_name,optional"`
	ScriptName            string   `parquet:"script_name,optional"`
	CallMS                *int64   `parquet:"call_ms,optional"`     // CallDuration, ms
	RingingS              *int32   `parquet:"ringing_s,optional"`   // RecordingDuration, which is the ringing, s
	EndReason             *int32   `parquet:"end_reason,optional"`  // TaskEndReason, 1–11
	ReachedEnd            *bool    `parquet:"reached_end,optional"` // HasReachedEndOfFlow
	LastPlaybackCompleted *bool    `parquet:"last_playback_completed,optional"`
	HungUpByRejection     *bool    `parquet:"hung_up_by_rejection,optional"`
	DialExceptions        []string `parquet:"dial_exceptions,list"` // DialExceptionCodes
}

// IsZero reports whether SearchTask said nothing, whenever that was.
func (f *Facts) IsZero() bool {
	return f.JobGroupName == "" && f.ScriptName == "" && f.CallMS == nil && f.RingingS == nil &&
		f.EndReason == nil && f.ReachedEnd == nil && f.LastPlaybackCompleted == nil &&
		f.HungUpByRejection == nil && len(f.DialExceptions) == 0
}

// Merge returns what the facts and another row of SearchTask say of the task
// together: of each value what the later of the two knows, else what the earlier
// does. Of two of one timestamp, row is the later. ObservedAt is that of the later,
// unless the earlier says as much alone: a row that says nothing new does not move
// it. The result shares memory with both.
//
// There is one ObservedAt for all values, and no history. So rows in any order give
// the same facts but where a value goes back to what it was, or where several rows
// say together what a later one repeats.
func (f Facts) Merge(row Facts) Facts {
	switch {
	case row.IsZero():
		return f
	case f.IsZero():
		return row
	}
	earlier, later := f, row
	if row.ObservedAt < f.ObservedAt {
		earlier, later = row, f
	}
	merged := later.or(earlier)
	values := merged
	if values.ObservedAt = earlier.ObservedAt; values.Equal(&earlier) {
		return earlier
	}
	return merged
}

// Equal reports whether two rows of SearchTask say the same and were received at the
// same time.
func (f *Facts) Equal(other *Facts) bool {
	a, b := *f, *other
	if len(a.DialExceptions)+len(b.DialExceptions) == 0 {
		a.DialExceptions, b.DialExceptions = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

// or returns the facts, with the values of more where none is known.
func (f Facts) or(more Facts) Facts {
	if len(f.DialExceptions) == 0 {
		f.DialExceptions = more.DialExceptions
	}
	f.JobGroupName = cmp.Or(f.JobGroupName, more.JobGroupName)
	f.ScriptName = cmp.Or(f.ScriptName, more.ScriptName)
	f.CallMS = cmp.Or(f.CallMS, more.CallMS)
	f.RingingS = cmp.Or(f.RingingS, more.RingingS)
	f.EndReason = cmp.Or(f.EndReason, more.EndReason)
	f.ReachedEnd = cmp.Or(f.ReachedEnd, more.ReachedEnd)
	f.LastPlaybackCompleted = cmp.Or(f.LastPlaybackCompleted, more.LastPlaybackCompleted)
	f.HungUpByRejection = cmp.Or(f.HungUpByRejection, more.HungUpByRejection)
	return f
}

// Coder encodes values, or decodes them: its methods write or set what they are
// given. Damaged values are decoded as zero, and Err is not nil afterwards.
type Coder interface {
	Text(*string)
	Bool(*bool)
	Varint(*int64)
	Uvarint(*uint64)
	Err() error
}

// Code encodes the facts, or decodes them into zero facts. Equal facts have equal
// encodings. A lake keeps them: another encoding is another format of its states.
func (f *Facts) Code(c Coder) {
	short := func(v *int32) {
		n := int64(*v)
		c.Varint(&n)
		*v = int32(n)
	}
	c.Varint(&f.ObservedAt)
	c.Text(&f.JobGroupName)
	c.Text(&f.ScriptName)
	optional(c, &f.CallMS, c.Varint)
	optional(c, &f.RingingS, short)
	optional(c, &f.EndReason, short)
	optional(c, &f.ReachedEnd, c.Bool)
	optional(c, &f.LastPlaybackCompleted, c.Bool)
	optional(c, &f.HungUpByRejection, c.Bool)
	n := uint64(len(f.DialExceptions))
	c.Uvarint(&n)
	for i := 0; uint64(i) < n && c.Err() == nil; i++ {
		if i == len(f.DialExceptions) {
			f.DialExceptions = append(f.DialExceptions, "")
		}
		c.Text(&f.DialExceptions[i])
	}
}

// optional is for a value that may be nil, as it is before it is decoded.
func optional[T any](c Coder, v **T, code func(*T)) {
	known := *v != nil
	if c.Bool(&known); !known {
		return
	}
	if *v == nil {
		*v = new(T)
	}
	code(*v)
}
