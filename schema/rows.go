package schema

// Rows are the rows of one job in the six day tables, in the order in which
// they are published.
type Rows struct {
	Job       JobRow
	Tasks     []TaskRow
	Turns     []TurnRow // by task_index, then turn_index
	Contacts  []ContactRow
	Extras    []ExtraRow
	Summaries []SummaryRow // the job's first, then those of the turns

	// JobDate is the day the job lives under, in days since 1970-01-01 in the
	// dataset's time zone; NoDate where the job has no call yet.
	JobDate int32
	// Undated: see Job.
	Undated bool
}

// NoDate is 9999-12-31 in days since 1970-01-01: the partition of jobs
// without a call.
const NoDate int32 = 2932896
