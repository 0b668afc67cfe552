package verdict

import (
	"cmp"

	"callmill/schema"
)

// Job is what is known of a job when all that a run brings of it is there. Its
// lists are in the order in which they count: by instant, within one instant by
// delivery.
type Job struct {
	// InstanceID and JobID may be missing of a job of which nothing but sightings of
	// the published content is known.
	InstanceID, JobID string

	Published *Published          // nil: nothing is
	OnHold    bool                // it is kept, however old it is
	Entries   []schema.PendingRow // what is pending of it, in order

	// What the run met.
	Sightings []Sighting
	Facts     []Fact
	Expected  []schema.Expected
}

// Met reports whether the run met the job.
func (j *Job) Met() bool { return len(j.Facts)+len(j.Sightings)+len(j.Expected) > 0 }

// Published is the version of a job that is published before the run. Instants are
// in ms.
type Published struct {
	Content             schema.ContentHash
	Observed, FirstSeen int64
	LastCall            int64 // 0: none
	Undated             bool  // Observed is the start of a run
	Final               bool  // its status is terminal
	HasTasks            bool  // at least one
	// Tasks are in the order of the table. They may be left out where the run met
	// nothing of the job but sightings of this content that nobody asked for.
	Tasks []PublishedTask
}

// PublishedTask is a task as it is published, which has its id.
type PublishedTask struct {
	Task
	Facts schema.Facts
}

// Sighting is a version of a job as a run met it. There is one for every job seen,
// so it is small.
type Sighting struct {
	Moment
	Content schema.ContentHash // in the format of what is published
	// Name is the hash in the format that the run publishes, where that is another;
	// else zero.
	Name schema.ContentHash
	// Entry is where the version is kept; 0: it is not, its content being the
	// published one.
	Entry    uint64
	Day      int32 // that the version lives under, where it is kept
	Undated  bool  // Observed is the start of the run
	Final    bool  // its status is terminal
	Asked    bool  // it answers a question for the job
	LastCall int64 // ms; 0: none
	// FirstSeen is when the job was first seen, in ms, where an earlier run did; else 0.
	FirstSeen int64
	Tasks     []Task
	HasTasks  bool   // also of a published version whose tasks are left out
	Request   string // of a version that is not kept, needed if it comes back after another one
}

// SightingOf describes a version of a job, but for its hash, its place in the run and
// where it is kept.
func SightingOf(job *schema.Job) Sighting {
	s := Sighting{
		Moment: Moment{Observed: job.ObservedAt}, FirstSeen: job.FirstSeen, Undated: job.Undated, Final: schema.FinalStatus(job.Status), Asked: job.Asked,
		HasTasks: len(job.Tasks) > 0,
	}
	s.Tasks, s.LastCall = tasksOf(job)
	return s
}

// Fact is what SearchTask said of a task in one row.
type Fact struct {
	Observed int64
	TaskID   string
	Call     int64 // when it was, ms; 0: not known
	Facts    schema.Facts
	// earlier says that an earlier run met it.
	earlier bool
}

// Moment is a point in the order of a run: an instant in ms, then the place in
// the order of delivery, which is of pieces of input, then of jobs in a piece.
type Moment struct{ Observed, Sequence, Position int64 }

// Compare is the order of a run.
func (a Moment) Compare(b Moment) int {
	return cmp.Or(cmp.Compare(a.Observed, b.Observed), cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Position, b.Position))
}
