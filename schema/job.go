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
type Job struct {
	InstanceID string
	JobID      string // never empty after decode

	JobGroupID     string
	ReferenceID    string
	ScenarioID     string
	StrategyID     string
	Status         string // such as JobSucceeded; others occur
	FailureReason  string
	Priority       *int32
	SystemPriority *int32
	CallingNumbers []string // without empty elements
	Contacts       []Contact
	Extras         []Extra
	Summaries      []Summary // the job's business results
	Tasks          []Task

	RequestID  string // of the response that carried this version
	ObservedAt int64  // when this version was received
	FirstSeen  int64  // when any version was first received, if earlier
	Undated    bool   // the input has no timestamp: ObservedAt is the start of the run
}

// Task is one call attempt of a job.
type Task struct {
	TaskID     string // never empty after decode: <job_id>#<position> if the API returned none
	JobID      string // Tasks[].JobId if it differs from the enclosing job's id, else ""
	CallID     string
	ChatbotID  string
	ScenarioID string
	Status     string // a status of [Outcomes]; others occur
	Brief      string

	PlannedTime int64
	ActualTime  int64
	Duration    *int64 // as returned; the API documents no unit

	CallingNumber string
	CalledNumber  string
	ContactKey    string  // HMAC of the called number, set by redact
	Contact       Contact // the zero Contact if the task has none
	Turns         []Turn

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
	Speaker   string // never empty after decode
	Script    string // valid UTF-8, otherwise byte for byte as delivered; may be empty
	Timestamp int64  // when the text was stored, not when it was spoken
	Summaries []Summary
}

// Contact is a person listed with a job or a task.
type Contact struct {
	ContactID   string
	Name        string
	Honorific   string
	PhoneNumber string
	ReferenceID string
	Role        string
	State       string
	JobID       string // may differ from the enclosing job's
	Key         string // HMAC of PhoneNumber, set by redact on the contacts of a job
}

// Extra is a business parameter of a job.
type Extra struct{ Key, Value string }

// Summary is a business result: of a job, or of one turn.
type Summary struct{ Category, Name, Content string }

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
