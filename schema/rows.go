package schema

import "slices"

// Rows are the rows of one job in the day tables, in the order in which they are
// published.
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

// Reset empties the rows. It keeps the memory of tables of up to maxKept rows for
// the rows of another job.
func (r *Rows) Reset(maxKept int) {
	*r = Rows{
		Tasks:     emptied(r.Tasks, maxKept),
		Turns:     emptied(r.Turns, maxKept),
		Contacts:  emptied(r.Contacts, maxKept),
		Extras:    emptied(r.Extras, maxKept),
		Summaries: emptied(r.Summaries, maxKept),
	}
}

func emptied[T any](rows []T, maxKept int) []T {
	if cap(rows) > maxKept {
		return nil
	}
	return rows[:0]
}

// NoDate is 2100-01-01 in days since 1970-01-01: the partition of jobs without a
// call. It is a day that every reader can represent: nanoseconds in pandas end in
// 2262, dates in ClickHouse in 2149.
const NoDate int32 = 47482

// MaxInstant is the latest timestamp of a response, in ms: the next one is on
// 2100-01-01 in the time zone furthest ahead, UTC+14. So the day of a call is
// before NoDate in the time zone of any dataset.
const MaxInstant = (int64(NoDate)*24-14)*60*60*1000 - 1

// RowCounts are numbers of rows in the day tables, in the order of [DayTables].
type RowCounts [6]int64

// CountRows returns how many rows the job has in each day table.
func (j *Job) CountRows() RowCounts {
	turns, summaries := 0, len(j.Summaries)
	for i := range j.Tasks {
		turns += len(j.Tasks[i].Turns)
		for k := range j.Tasks[i].Turns {
			summaries += len(j.Tasks[i].Turns[k].Summaries)
		}
	}
	return RowCounts{1, int64(len(j.Tasks)), int64(turns), int64(len(j.Contacts)), int64(len(j.Extras)), int64(summaries)}
}

// Add adds more to c.
func (c *RowCounts) Add(more RowCounts) {
	for i, n := range more {
		c[i] += n
	}
}

// Max returns the count of the largest table.
func (c RowCounts) Max() int64 { return slices.Max(c[:]) }
