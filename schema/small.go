package schema

// JobGroupRow is a row of job_groups: a campaign.
//
// Key: instance_id, job_group_id.
type JobGroupRow struct {
	// Robot deployment the campaign belongs to.
	InstanceID string `parquet:"instance_id,dict" key:"1"`
	// Id of the campaign.
	JobGroupID string `parquet:"job_group_id" key:"2"`
	// Name of the campaign.
	JobGroupName string `parquet:"job_group_name,optional"`
	// Description of the campaign.
	Description string `parquet:"description,optional"`
	// The robot's script.
	ScriptID string `parquet:"script_id,optional,dict"`
	// Name of the robot's script.
	ScriptName string `parquet:"script_name,optional,dict"`
	// Published version of the robot's script.
	ScriptVersion string `parquet:"script_version,optional,dict"`
	// Status of the campaign, as the API said.
	JobGroupStatus string `parquet:"job_group_status,optional,dict"`
	// When the campaign was created.
	CreationTime int64 `parquet:"creation_time,optional,timestamp(millisecond),delta"`
	// When the campaign was last changed.
	ModifyTime int64 `parquet:"modify_time,optional,timestamp(millisecond),delta"`
	// Number of jobs of the campaign, as the API said.
	TotalJobs *int64 `parquet:"total_jobs,optional"`
	// Number of completed jobs, as the API said.
	TotalCompleted *int64 `parquet:"total_completed,optional"`
	// Number of jobs nobody answered, as the API said.
	TotalNotAnswered *int64 `parquet:"total_not_answered,optional"`
	// When this version of the campaign was received.
	ObservedAt int64 `parquet:"observed_at,timestamp(millisecond),delta"`
}

// StatusRow is a row of statuses: what a task status means. It is the same
// for every instance.
//
// Key: task_status.
type StatusRow struct {
	// Task.Status, spelled as the vendor spells it.
	TaskStatus string `parquet:"task_status" key:"1"`
	// The vendor's number for the status; NULL for an unlisted status.
	Code *int32 `parquet:"code,optional"`
	// connected, not_connected, not_dialed, in_progress; NULL where the status does not tell.
	Stage string `parquet:"stage,optional,dict"`
	// What became of the attempt.
	Outcome string `parquet:"outcome,dict"`
	// Whether the call was connected; NULL while in progress or unknown.
	Connected *bool `parquet:"connected,optional"`
	// Whether a person answered.
	Answered *bool `parquet:"answered,optional"`
	// Whether the robot had no answer to what was said (拒识).
	NotUnderstood *bool `parquet:"not_understood,optional"`
	// Who ended the call: robot, contact, transfer, system.
	EndedBy string `parquet:"ended_by,optional,dict"`
	// The status in Chinese.
	LabelZH string `parquet:"label_zh,optional"`
	// The status in English.
	LabelEN string `parquet:"label_en,optional"`
}

// Row is the outcome as published.
func (o Outcome) Row() StatusRow {
	row := StatusRow{
		TaskStatus: o.Status, Stage: o.Stage, Outcome: o.Outcome,
		Connected: o.Connected(), Answered: o.Answered(), NotUnderstood: o.WasNotUnderstood(),
		EndedBy: o.EndedBy, LabelZH: o.LabelZH, LabelEN: o.LabelEN,
	}
	if o.Listed() {
		row.Code = &o.Code
	}
	return row
}

// MaxRejectRaw is how much of a reject's input its row keeps, in bytes.
const MaxRejectRaw = 1 << 20

// RejectRow is a row of rejects: input that could not become rows.
//
// Key: instance_id, reject_id.
type RejectRow struct {
	// Robot deployment that was asked.
	InstanceID string `parquet:"instance_id,dict" key:"1"`
	// Hash of code, job_id and raw_sha256.
	RejectID string `parquet:"reject_id" key:"2"`
	// Job the input was about, where it could be read.
	JobID string `parquet:"job_id,optional"`
	// Where the input is from: path relative to the argument, or the request.
	Origin string `parquet:"origin,optional"`
	// Index of the job in its origin, from 0.
	Position int64 `parquet:"position"`
	// Kind of the trouble.
	Code string `parquet:"code,dict"`
	// The trouble in words: what was met where.
	Reason string `parquet:"reason"`
	// The input, its first MiB.
	Raw []byte `parquet:"raw" stats:"none"`
	// Length of the input in bytes.
	RawBytes int64 `parquet:"raw_bytes"`
	// SHA-256 of the whole input, hexadecimal.
	RawSHA256 string `parquet:"raw_sha256"`
	// Run that met it first.
	FirstRun string `parquet:"first_run,dict"`
	// When it was first received.
	FirstSeen int64 `parquet:"first_seen,timestamp(millisecond)"`
}
