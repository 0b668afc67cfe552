package shard

import (
	"io"

	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// Tables lists the day tables, in the order of schema.DayTables. The first is
// jobs, whose rows lead those of the others.
func Tables() []Table {
	return []Table{
		table[schema.JobRow]{
			func(b *Batch) []schema.JobRow { return b.jobs },
			func(r *schema.Rows, row *schema.JobRow) { r.Job = *row },
			func(r *schema.JobRow) (string, string) { return r.InstanceID, r.JobID },
		},
		table[schema.TaskRow]{
			func(b *Batch) []schema.TaskRow { return b.tasks },
			func(r *schema.Rows, row *schema.TaskRow) { r.Tasks = append(r.Tasks, *row) },
			func(r *schema.TaskRow) (string, string) { return r.InstanceID, r.JobID },
		},
		table[schema.TurnRow]{
			func(b *Batch) []schema.TurnRow { return b.turns },
			func(r *schema.Rows, row *schema.TurnRow) { r.Turns = append(r.Turns, *row) },
			func(r *schema.TurnRow) (string, string) { return r.InstanceID, r.JobID },
		},
		table[schema.ContactRow]{
			func(b *Batch) []schema.ContactRow { return b.contacts },
			func(r *schema.Rows, row *schema.ContactRow) { r.Contacts = append(r.Contacts, *row) },
			func(r *schema.ContactRow) (string, string) { return r.InstanceID, r.JobID },
		},
		table[schema.ExtraRow]{
			func(b *Batch) []schema.ExtraRow { return b.extras },
			func(r *schema.Rows, row *schema.ExtraRow) { r.Extras = append(r.Extras, *row) },
			func(r *schema.ExtraRow) (string, string) { return r.InstanceID, r.JobID },
		},
		table[schema.SummaryRow]{
			func(b *Batch) []schema.SummaryRow { return b.summaries },
			func(r *schema.Rows, row *schema.SummaryRow) { r.Summaries = append(r.Summaries, *row) },
			func(r *schema.SummaryRow) (string, string) { return r.InstanceID, r.JobID },
		},
	}
}

// Indexes of Tables.
const (
	Jobs     = 0
	Tasks    = 1
	Turns    = 2
	Contacts = 3
)

// Table is a day table, independent of the type of its rows.
type Table interface {
	// Writer makes a writer; those of one goroutine may share a Compressor.
	Writer(*parquetio.Compressor) (TableWriter, error)
	open(path string) (tableReader, error)
}

// tableReader reads a file of a day table, job by job.
type tableReader interface {
	// job returns whose row is next; ok is false at the end.
	job() (instanceID, jobID string, ok bool)
	// take moves the next row, which is of the job of the other rows, into rows.
	take(rows *schema.Rows) error
	Close() error
}

// TableWriter writes files of a day table, as [parquetio.Writer] does.
type TableWriter interface {
	Reset(io.Writer)
	// Count returns how many of the rows are of the table.
	Count(*Batch) int
	// Write writes those of the rows that are of the table.
	Write(*Batch) error
	Rows() int64
	Close() error
}

// table is the day table of a type of rows.
type table[T any] struct {
	rows func(*Batch) []T
	add  func(*schema.Rows, *T)
	job  func(*T) (instanceID, jobID string)
}

func (t table[T]) open(path string) (tableReader, error) {
	file, err := parquetio.Open[T](path)
	if err != nil {
		return nil, err
	}
	r := &rowReader[T]{Reader: file, table: t}
	if r.ahead, err = file.Next(); err != nil {
		file.Close()
		return nil, err
	}
	return r, nil
}

type rowReader[T any] struct {
	*parquetio.Reader[T]
	table table[T]
	ahead *T
}

func (r *rowReader[T]) job() (instanceID, jobID string, ok bool) {
	if r.ahead == nil {
		return "", "", false
	}
	instanceID, jobID = r.table.job(r.ahead)
	return instanceID, jobID, true
}

func (r *rowReader[T]) take(rows *schema.Rows) (err error) {
	r.table.add(rows, r.ahead)
	r.ahead, err = r.Next()
	return err
}

func (t table[T]) Writer(c *parquetio.Compressor) (TableWriter, error) {
	w, err := parquetio.NewWriter[T](c)
	return &rowWriter[T]{w, t}, err
}

type rowWriter[T any] struct {
	*parquetio.Writer[T]
	table table[T]
}

func (w *rowWriter[T]) Count(b *Batch) int { return len(w.table.rows(b)) }

func (w *rowWriter[T]) Write(b *Batch) error { return w.Writer.Write(w.table.rows(b)) }
