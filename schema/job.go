package schema

import (
	"cmp"
	"slices"
	"time"
)

// Job is one person to reach, as ListJobs returns it, decoded from any of the
// shapes a response has. Empty strings, nil pointers and times of 0 stand for
// missing values; times are UTC timestamps in milliseconds.
//
// The tasks of a decoded Job are in the order of [Job.SortTasks].
//
// The tag hash is the number of a field in the content hash, see
// [Job.ContentHash]; fields without it are not part of the content. Those with the
// tag redacted are part of it where the job is redacted.
type Job struct {
	InstanceID string
	JobID      string `hash:"1"` // never empty after decode

	JobGroupID     string    `hash:"2"`
	ReferenceID    string    `hash:"3"`
	ScenarioID     string    `hash:"4"`
	StrategyID     string    `hash:"5"`
	Status         string    `hash:"6"` // such as JobSucceeded; others occur
	FailureReason  string    `hash:"7"`
	Priority       *int32    `hash:"8"`
	SystemPriority *int32    `hash:"9"`
	CallingNumbers []string  `hash:"10"` // without empty elements
	Contacts       []Contact `hash:"11"`
	Extras         []Extra   `hash:"12"`
	Summaries      []Summary `hash:"13"` // the job's business results
	Tasks          []Task    `hash:"14"`

	RequestID  string // of the response that carried this version
	ObservedAt int64  // when this version was received
	FirstSeen  int64  // when any version was first received, if earlier
	Undated    bool   // the input has no timestamp: ObservedAt is the start of the run
	Asked      bool   // the input answers a question for this job
	// Redacted says that personal data was taken out: what was made of it before, the
	// contact keys and the patterns, cannot be made again, and belongs to the content.
	Redacted bool
	Erased   bool // the job is not to be published, see redact: its person asked for that
}

// Task is one call attempt of a job.
type Task struct {
	TaskID     string `hash:"1"` // never empty after decode: <job_id>#<position> if the API returned none
	JobID      string `hash:"2"` // Tasks[].JobId if it differs from the enclosing job's id, else ""
	CallID     string `hash:"3"`
	ChatbotID  string `hash:"4"`
	ScenarioID string `hash:"5"`
	Status     string `hash:"6"` // a status of [Outcomes]; others occur
	Brief      string `hash:"7"`

	PlannedTime int64  `hash:"8"`
	ActualTime  int64  `hash:"9"`
	Duration    *int64 `hash:"10"` // as returned; the API documents no unit

	CallingNumber string  `hash:"11"`
	CalledNumber  string  `hash:"12"`
	ContactKey    string  `redacted:"15"` // HMAC of the called number, set by redact
	Contact       Contact `hash:"13"`     // the zero Contact if the task has none
	Turns         []Turn  `hash:"14"`

	Facts Facts
}

// CallTime returns when the call took place: the actual time, else the planned
// one, else 0.
func (t *Task) CallTime() int64 { return cmp.Or(t.ActualTime, t.PlannedTime) }

// Speakers of a turn. SpeakerUnknown is callmill's own, for a turn without one.
const (
	SpeakerRobot   = "Robot"
	SpeakerContact = "Contact"
	SpeakerUnknown = "Unknown"
)

// Turn is one line of a task's conversation.
type Turn struct {
	Speaker   string    `hash:"1"` // never empty after decode
	Script    string    `hash:"2"` // valid UTF-8, otherwise byte for byte as delivered; may be empty
	Timestamp int64     `hash:"3"` // when the text was stored, not when it was spoken
	Summaries []Summary `hash:"4"`
	// Pattern is the pattern of a robot's line in a redacted job; elsewhere it is "", and
	// made of the script.
	Pattern string `redacted:"5"`
}

// Contact is a person listed with a job or a task.
type Contact struct {
	ContactID   string `hash:"1"`
	Name        string `hash:"2"`
	Honorific   string `hash:"3"`
	PhoneNumber string `hash:"4"`
	ReferenceID string `hash:"5"`
	Role        string `hash:"6"`
	State       string `hash:"7"`
	JobID       string `hash:"8"`     // may differ from the enclosing job's
	Key         string `redacted:"9"` // HMAC of PhoneNumber, set by redact on the contacts of a job
}

// Extra is a business parameter of a job.
type Extra struct {
	Key   string `hash:"1"`
	Value string `hash:"2"`
}

// Summary is a business result: of a job, or of one turn.
type Summary struct {
	Category string `hash:"1"`
	Name     string `hash:"2"`
	Content  string `hash:"3"`
}

// Statuses of a job. The first three are final.
const (
	JobSucceeded  = "Succeeded"
	JobFailed     = "Failed"
	JobCancelled  = "Cancelled"
	JobScheduling = "Scheduling"
	JobExecuting  = "Executing"
	JobPaused     = "Paused"
	JobDrafted    = "Drafted"
)

// FinalStatus reports whether a job with this status is over.
func FinalStatus(jobStatus string) bool {
	return jobStatus == JobSucceeded || jobStatus == JobFailed || jobStatus == JobCancelled
}

// SortTasks sorts the tasks into the order of task_index: by call time, those
// without one last, then by task id.
func (j *Job) SortTasks() {
	if slices.IsSortedFunc(j.Tasks, CompareTasks) {
		return
	}
	slices.SortStableFunc(j.Tasks, CompareTasks)
}

// CompareTasks compares two tasks of a job in the order of [Job.SortTasks].
func CompareTasks(a, b Task) int {
	at, bt := a.CallTime(), b.CallTime()
	switch {
	case at == 0 && bt != 0:
		return 1
	case at != 0 && bt == 0:
		return -1
	}
	return cmp.Or(cmp.Compare(at, bt), cmp.Compare(a.TaskID, b.TaskID))
}

// Pending is a job that is asked for again.
type Pending struct {
	InstanceID string `json:"instance_id"`
	JobID      string `json:"job_id"`
	// Since is the time of the last call known when the job became pending, or
	// the time the job was first seen without one. Asking again does not change
	// it.
	Since  time.Time `json:"since"`
	Reason string    `json:"reason"` // one of Pending…
}

// Reasons why a job is pending.
const (
	PendingNotFinal  = "not_final" // more calls may follow
	PendingSettling  = "settling"  // over, but observed too soon after its last call
	PendingMissing   = "missing"   // the API does not know the id
	PendingUnfetched = "unfetched" // the API answers the id with errors only
)

// Sighting is what a run learned about a job it asked for.
type Sighting struct {
	InstanceID string
	JobID      string
	// Trouble is PendingMissing or PendingUnfetched; "" if the job was returned.
	Trouble    string
	Final      bool      // its status is terminal
	LastCall   time.Time // zero if it was never called
	ObservedAt time.Time
}
