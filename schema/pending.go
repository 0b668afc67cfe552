package schema

import "time"

// Pending is a job that is asked for again.
type Pending struct {
	InstanceID string `json:"instance_id"`
	JobID      string `json:"job_id"`
	// Since is the last call that was known when the job became pending, or
	// when it was first seen without one. It does not move by asking again.
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
	// Trouble is PendingMissing or PendingUnfetched; "": the job came.
	Trouble    string
	Final      bool      // its status is terminal
	LastCall   time.Time // zero: it was never called
	ObservedAt time.Time
}
