package schema

import (
	"cmp"
	"encoding/binary"
)

// TaskFacts is a row of SearchTask: what it says of one call attempt and
// ListJobs does not.
type TaskFacts struct {
	InstanceID string
	JobID      string
	TaskID     string
	ObservedAt int64 // when the row was received, ms
	Undated    bool  // ObservedAt is only the start of the run that read it
	Facts      Facts
}

// Facts are what SearchTask knows of a task and ListJobs does not.
type Facts struct {
	JobGroupName          string
	ScriptName            string
	CallMS                *int64 // CallDuration, ms
	RingingS              *int32 // RecordingDuration, which is the ringing, s
	EndReason             *int32 // TaskEndReason, 1–11
	ReachedEnd            *bool  // HasReachedEndOfFlow
	LastPlaybackCompleted *bool
	HungUpByRejection     *bool
	DialExceptions        []string // DialExceptionCodes
}

// IsZero reports whether SearchTask said nothing.
func (f *Facts) IsZero() bool {
	return f.JobGroupName == "" && f.ScriptName == "" && f.CallMS == nil && f.RingingS == nil &&
		f.EndReason == nil && f.ReachedEnd == nil && f.LastPlaybackCompleted == nil &&
		f.HungUpByRejection == nil && len(f.DialExceptions) == 0
}

// Or returns the facts, with those of more where nothing is known. The result
// shares memory with both.
func (f Facts) Or(more Facts) Facts {
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

// AppendTo appends an encoding of the facts to b. Equal facts have equal
// encodings; it is for data that does not outlive the process.
func (f *Facts) AppendTo(b []byte) []byte {
	b = appendText(b, f.JobGroupName, f.ScriptName)
	b = appendNumber(b, f.CallMS)
	b = appendNumber(b, f.RingingS)
	b = appendNumber(b, f.EndReason)
	b = appendBool(b, f.ReachedEnd)
	b = appendBool(b, f.LastPlaybackCompleted)
	b = appendBool(b, f.HungUpByRejection)
	b = binary.AppendUvarint(b, uint64(len(f.DialExceptions)))
	return appendText(b, f.DialExceptions...)
}

// CutFacts reads what AppendTo appended from the head of b and returns the rest;
// ok is false where b was not written by it. The facts do not share memory with
// b.
func CutFacts(b []byte) (f Facts, rest []byte, ok bool) {
	r := factsReader{rest: b}
	f.JobGroupName, f.ScriptName = r.text(), r.text()
	f.CallMS = readNumber[int64](&r)
	f.RingingS, f.EndReason = readNumber[int32](&r), readNumber[int32](&r)
	f.ReachedEnd, f.LastPlaybackCompleted, f.HungUpByRejection = r.bool(), r.bool(), r.bool()
	for n := r.uvarint(); n > 0 && !r.failed; n-- {
		f.DialExceptions = append(f.DialExceptions, r.text())
	}
	return f, r.rest, !r.failed
}

// factsReader reads values one after the other. After an error it returns zero
// values, and failed is set.
type factsReader struct {
	rest   []byte
	failed bool
}

func (r *factsReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.failed, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *factsReader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.failed, r.rest = true, nil
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *factsReader) bool() *bool {
	if v := r.uvarint(); v > 0 {
		return new(v == 2)
	}
	return nil
}

// readNumber reads what appendNumber appended.
func readNumber[T int32 | int64](r *factsReader) *T {
	if r.uvarint() == 0 {
		return nil
	}
	v := r.uvarint()
	return new(T(int64(v>>1) ^ -int64(v&1)))
}

func appendBool(b []byte, v *bool) []byte {
	switch {
	case v == nil:
		return append(b, 0)
	case *v:
		return append(b, 2)
	}
	return append(b, 1)
}
