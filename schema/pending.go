package schema

// PendingRow is something that is expected and not in the tables whole: a job, or
// one of its calls. It is a row of the file pending of a snapshot, by instance, job,
// task and reason.
type PendingRow struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
	TaskID     string `parquet:"task_id,optional"` // "" (NULL): the entry is about the job
	// Since is the time of the call, or else when it was first noticed, ms. Asking
	// again does not change it.
	Since  int64  `parquet:"since,timestamp(millisecond)"`
	Reason string `parquet:"reason"` // one of Pending…
	// ContentHash is of the version that is held or confirmed.
	ContentHash string `parquet:"content_hash,optional"`
	// Facts are SearchTask's columns of a call that is not in the tables yet.
	Facts
}

// Reasons of entries besides those of [Pending].
const (
	PendingRejected     = "rejected"      // it came as a reject, or in an answer that could not be read
	PendingIncomplete   = "incomplete"    // the job is there without this call, or the call without a line
	PendingShrunk       = "shrunk"        // a version is held that lacks something of the published one
	PendingConfirmed    = "confirmed"     // a version that was held was seen again, and is published
	PendingWithoutFacts = "without_facts" // a call in a searched window that SearchTask has not named
	PendingGivenUp      = "given_up"      // by an operator: neither asked for nor alerted
)

// Expected is a job that a campaign lists, or that was asked for and did not come.
type Expected struct {
	InstanceID string
	JobID      string
	// Trouble is PendingMissing, PendingRejected or PendingUnfetched for a job that
	// was asked for; "" for one that a campaign lists; PendingNotFinal or
	// PendingSettling for one in the tables that has to be asked for again.
	Trouble    string
	ObservedAt int64 // ms
}
