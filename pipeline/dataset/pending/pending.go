// Package pending writes and reads the file pending of a snapshot: what is expected
// and not in its tables whole. What becomes of an entry is for package reconcile to
// say, which snapshot has which file for package dataset.
package pending

import (
	"io"
	"iter"

	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// Columns are a row of the file: a [schema.PendingRow] with its facts one by one,
// since NULL and zero cannot be told apart in what is embedded.
type Columns struct {
	InstanceID  string `parquet:"instance_id,dict"`
	JobID       string `parquet:"job_id"`
	TaskID      string `parquet:"task_id,optional"`
	Since       int64  `parquet:"since,timestamp(millisecond),plain"`
	Reason      string `parquet:"reason,dict"`
	ContentHash string `parquet:"content_hash,optional"`

	FactsObservedAt       int64    `parquet:"facts_observed_at,optional,timestamp(millisecond),plain"`
	JobGroupName          string   `parquet:"job_group_name,optional,dict"`
	ScriptName            string   `parquet:"script_name,optional,dict"`
	CallMS                *int64   `parquet:"call_ms,optional"`
	RingingS              *int32   `parquet:"ringing_s,optional"`
	EndReason             *int32   `parquet:"end_reason,optional"`
	ReachedEnd            *bool    `parquet:"reached_end,optional"`
	LastPlaybackCompleted *bool    `parquet:"last_playback_completed,optional"`
	HungUpByRejection     *bool    `parquet:"hung_up_by_rejection,optional"`
	DialExceptions        []string `parquet:"dial_exceptions,list" parquet-element:",dict"`
}

func columns(r *schema.PendingRow) Columns {
	f := &r.Facts
	return Columns{
		r.InstanceID, r.JobID, r.TaskID, r.Since, r.Reason, r.ContentHash,
		f.ObservedAt, f.JobGroupName, f.ScriptName, f.CallMS, f.RingingS, f.EndReason, f.ReachedEnd,
		f.LastPlaybackCompleted, f.HungUpByRejection, f.DialExceptions,
	}
}

// Row returns the entry. It shares memory with the columns.
func (c *Columns) Row() schema.PendingRow {
	return schema.PendingRow{
		InstanceID: c.InstanceID, JobID: c.JobID, TaskID: c.TaskID, Since: c.Since, Reason: c.Reason, ContentHash: c.ContentHash,
		Facts: schema.Facts{
			ObservedAt: c.FactsObservedAt, JobGroupName: c.JobGroupName, ScriptName: c.ScriptName, CallMS: c.CallMS, RingingS: c.RingingS,
			EndReason: c.EndReason, ReachedEnd: c.ReachedEnd, LastPlaybackCompleted: c.LastPlaybackCompleted,
			HungUpByRejection: c.HungUpByRejection, DialExceptions: c.DialExceptions,
		},
	}
}

// Write writes the file of entries that are in order. It returns how many there are.
func Write(out io.Writer, rows iter.Seq2[*schema.PendingRow, error]) (int64, error) {
	w, err := parquetio.NewWriter[Columns](&parquetio.Compressor{})
	if err != nil {
		return 0, err
	}
	w.Reset(out)
	for row, err := range rows {
		if err == nil {
			err = w.Write([]Columns{columns(row)})
		}
		if err != nil {
			return 0, err
		}
	}
	return w.Rows(), w.Close()
}

// Read reads the entries of a file in order; each is valid until the next, but for
// its texts, lists and pointers, which stay.
func Read(path string) iter.Seq2[*schema.PendingRow, error] {
	return func(yield func(*schema.PendingRow, error) bool) {
		for c, err := range parquetio.All[Columns](path) {
			if err != nil {
				yield(nil, err)
				return
			}
			if row := c.Row(); !yield(&row, nil) {
				return
			}
		}
	}
}
