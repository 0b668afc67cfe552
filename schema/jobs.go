package schema

// JobRow is a row of jobs: one person to reach.
//
// Key: instance_id, job_id.
type JobRow struct {
	// Robot deployment the job belongs to.
	InstanceID string `parquet:"instance_id,dict" key:"1"`
	// Id of the job, as the API gives it; not always a UUID.
	JobID string `parquet:"job_id" key:"2"`
	// Campaign the job belongs to.
	JobGroupID string `parquet:"job_group_id,optional,dict"`
	// The business's own id of the job.
	JobReferenceID string `parquet:"job_reference_id,optional"`
	// Scenario (business id) of the job.
	ScenarioID string `parquet:"scenario_id,optional,dict"`
	// Calling strategy of the job.
	StrategyID string `parquet:"strategy_id,optional,dict"`
	// Job.Status: Scheduling, Executing, Succeeded, Paused, Failed, Cancelled, Drafted, or what the API said.
	JobStatus string `parquet:"job_status,optional,dict"`
	// Job.FailureReason.
	FailureReason string `parquet:"failure_reason,optional,dict"`
	// Priority of the job.
	Priority *int32 `parquet:"priority,optional"`
	// Priority given by the system.
	SystemPriority *int32 `parquet:"system_priority,optional"`
	// Numbers the job may be called from.
	CallingNumbers []string `parquet:"calling_numbers,list" parquet-element:",dict"`
	// Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status.
	JobOutcome string `parquet:"job_outcome,dict"`
	// Whether job_status is Succeeded, Failed or Cancelled.
	IsFinal bool `parquet:"is_final"`
	// Number of call attempts, dialled or not.
	TaskCount int32 `parquet:"task_count"`
	// Number of attempts whose stage is connected or not_connected.
	DialedCount int32 `parquet:"dialed_count"`
	// Earliest call time of the job's tasks (actual, else planned); its day is the job's job_date.
	FirstCallTime int64 `parquet:"first_call_time,optional,timestamp(millisecond),delta"`
	// Latest call time of the job's tasks.
	LastCallTime int64 `parquet:"last_call_time,optional,timestamp(millisecond),delta"`
	// Request that brought this version of the job.
	RequestID string `parquet:"request_id,optional,dict"`
	// Hash of what ListJobs said of the job, whatever the spelling: 32 hexadecimal digits of its SHA-256.
	ContentHash string `parquet:"content_hash"`
	// Earliest instant at which any version of the job was received.
	FirstSeen int64 `parquet:"first_seen,timestamp(millisecond),delta"`
	// When this version of the job was received.
	ObservedAt int64 `parquet:"observed_at,timestamp(millisecond),delta"`
}
