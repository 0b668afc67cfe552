package schema

// TurnRow is a row of turns: one line that was spoken.
//
// Key: instance_id, job_id, task_id, turn_index.
type TurnRow struct {
	// Robot deployment the job belongs to.
	InstanceID string `parquet:"instance_id,dict" key:"1"`
	// The enclosing job.
	JobID string `parquet:"job_id,dict" key:"2"`
	// The enclosing call attempt.
	TaskID string `parquet:"task_id,dict" key:"3"`
	// Position in the conversation as delivered, from 0.
	TurnIndex int32 `parquet:"turn_index" key:"4"`
	// Campaign the job belongs to.
	JobGroupID string `parquet:"job_group_id,optional,dict"`
	// Number of lines that follow.
	TurnsLeft int32 `parquet:"turns_left"`
	// Robot, Contact, or Unknown where the API named nobody.
	Speaker string `parquet:"speaker,dict"`
	// What was said, byte for byte; may be empty.
	Script string `parquet:"script,dict" stats:"none"`
	// The words of script; joined without separator they are the script.
	Tokens []string `parquet:"tokens,list" parquet-element:",dict" split:"script" stats:"none"`
	// Robot lines: the script with the call's own name and honorific, digits, dates, times and amounts as slots; NULL for other speakers.
	Pattern string `parquet:"pattern,optional,dict" stats:"none"`
	// Length of script in code points.
	Chars int32 `parquet:"chars"`
	// When the text was stored, not when it was spoken.
	StoredTime int64 `parquet:"stored_time,optional,timestamp(millisecond),delta"`
	// Milliseconds since the last earlier line that has a stored time; timing says what it is worth.
	GapMS *int64 `parquet:"gap_ms,optional"`
	// first, ok, tie, backwards or missing.
	Timing string `parquet:"timing,dict"`
	// Outcome of the call attempt.
	Outcome string `parquet:"outcome,dict"`
	// Whether a person answered the call.
	Answered *bool `parquet:"answered,optional"`
	// Whether the call's dialogue failed: see tasks.
	FailedDialogue *bool `parquet:"failed_dialogue,optional"`
	// Day of the call in the dataset's time zone.
	CallDate *int32 `parquet:"call_date,optional,date"`
}

// Values of TurnRow.Timing.
const (
	TimingFirst     = "first"     // the first line with a stored time
	TimingOK        = "ok"        // later than the line before
	TimingTie       = "tie"       // the same instant as the line before
	TimingBackwards = "backwards" // earlier than the line before
	TimingMissing   = "missing"   // no stored time
)
