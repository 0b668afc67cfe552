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

	// Line, where not nil, is what the turn says, and what others say, too: it
	// has the row's Script, Tokens and Chars: who changes one of them sets Line to
	// nil. It is no column.
	Line *Line `parquet:"-" json:"-"`
}

// Line is what turns that say the same have in common. It is immutable, and so
// are the Tokens of rows that refer to it.
type Line struct {
	// Number tells the lines of one run apart. It is counted from 0; from
	// [MaxLines] on it is of no use, and the line is treated as if it were none.
	Number int32
	Script string
	Tokens []string
	Chars  int32
	// Pattern is that of a robot's turn in a call whose contact's name does not
	// occur in it.
	Pattern string
}

// MaxLines bounds what tables that go by [Line.Number] take.
const MaxLines = 1 << 20

// OwnTokens gives the memory of the row's tokens, to put others there. There is
// none where they are those of a line.
func (t *TurnRow) OwnTokens() []string {
	if t.Line != nil {
		return nil
	}
	return t.Tokens[:0]
}

// Values of TurnRow.Timing.
const (
	TimingFirst     = "first"     // the first line with a stored time
	TimingOK        = "ok"        // later than the line before
	TimingTie       = "tie"       // the same instant as the line before
	TimingBackwards = "backwards" // earlier than the line before
	TimingMissing   = "missing"   // no stored time
)
