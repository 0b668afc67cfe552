package schema

import "time"

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
