package schema

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
