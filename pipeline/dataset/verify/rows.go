package verify

import (
	"context"
	"errors"
	"io"
	"iter"

	"callmill/pipeline/dataset/verify/arrowio"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// errDamaged ends the reading of a file whose damage is a finding already.
var errDamaged = errors.New("damaged")

// unlessDamaged returns an error other than errDamaged.
func unlessDamaged(err error) error {
	if errors.Is(err, errDamaged) {
		return nil
	}
	return err
}

// rowsOf returns the rows of a file whose footer is right, each valid until the
// next one. An error is the last: errDamaged or that of ctx.
func rowsOf[T any](ctx context.Context, p *plan, f *tableFile) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		damaged := func(err error) {
			p.findings.Add(f.Path, finding.Read, "%v", err)
			yield(nil, errDamaged)
		}
		r, err := arrowio.Open[T](p.path(f.Path), f.table)
		if err != nil {
			damaged(err)
			return
		}
		defer r.Close()
		for {
			row, err := r.Next()
			switch {
			case errors.Is(err, io.EOF):
				if r.Strange() != "" {
					p.findings.Add(f.Path, finding.Values, "%s", r.Strange())
				}
				return
			case err != nil:
				damaged(err)
				return
			case ctx.Err() != nil:
				yield(nil, ctx.Err())
				return
			case !yield(row, nil):
				return
			}
		}
	}
}

// jobTable is a day table besides jobs, independent of the type of its rows.
type jobTable interface {
	// follow adds the stream of the table, unless the shard has no rows of it.
	follow(context.Context, *shardCheck) error
	// compare compares its rows as published with those derived again.
	compare(j *jobCheck, got, want *schema.Rows)
}

// jobTables lists the day tables besides jobs.
func jobTables() []jobTable {
	return []jobTable{
		tableOf[schema.TaskRow]{
			schema.TableTasks, func(r *schema.Rows) *[]schema.TaskRow { return &r.Tasks },
			func(r *schema.TaskRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
		tableOf[schema.TurnRow]{
			schema.TableTurns, func(r *schema.Rows) *[]schema.TurnRow { return &r.Turns },
			func(r *schema.TurnRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
		tableOf[schema.ContactRow]{
			schema.TableContacts, func(r *schema.Rows) *[]schema.ContactRow { return &r.Contacts },
			func(r *schema.ContactRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
		tableOf[schema.ExtraRow]{
			schema.TableExtras, func(r *schema.Rows) *[]schema.ExtraRow { return &r.Extras },
			func(r *schema.ExtraRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
		tableOf[schema.SummaryRow]{
			schema.TableSummaries, func(r *schema.Rows) *[]schema.SummaryRow { return &r.Summaries },
			func(r *schema.SummaryRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
	}
}

// tableOf is the day table of a type of rows.
type tableOf[T any] struct {
	name  string
	rows  func(*schema.Rows) *[]T
	jobOf func(*T) jobKey
}

func (t tableOf[T]) compare(j *jobCheck, got, want *schema.Rows) {
	compareRows(j, t.name, *t.rows(got), *t.rows(want))
}

func (t tableOf[T]) follow(ctx context.Context, c *shardCheck) error {
	file := c.shard.files[t.name]
	if file == nil {
		return nil
	}
	next, stop := iter.Pull2(rowsOf[T](ctx, c.plan, file))
	s := &stream[T]{check: c, file: file, rows: t.rows(&c.rows), jobOf: t.jobOf, next: next, row: -1}
	c.takes, c.stops = append(c.takes, s.take), append(c.stops, stop)
	return s.advance()
}

// stream reads the rows of a day table, with row type T, beside the jobs of its
// shard.
type stream[T any] struct {
	check *shardCheck
	file  *tableFile
	rows  *[]T // of the current job
	jobOf func(*T) jobKey
	next  func() (*T, error, bool)

	ahead *T     // the next row, nil at the end
	row   int    // its index in the file
	job   jobKey // its job
	at    int32  // the index of its job in the shard, -1 if the shard does not have it
}

func (s *stream[T]) advance() (err error) {
	if s.ahead, err, _ = s.next(); err != nil || s.ahead == nil {
		return err
	}
	s.row++
	if job := s.jobOf(s.ahead); job != s.job || s.row == 0 {
		s.job, s.at = job, s.check.indexOf(&job)
	}
	return nil
}

// take reads the rows of the job with an index in the shard into the shardCheck's
// rows, where they are valid until the next call. Rows before them, of a job that
// is over or that the shard does not have, are findings.
func (s *stream[T]) take(at int32) error {
	*s.rows = (*s.rows)[:0]
	for s.ahead != nil && s.at <= at {
		findings := &s.check.plan.findings
		switch {
		case s.at == at:
			*s.rows = append(*s.rows, *s.ahead)
		case s.at < 0:
			findings.Add(s.file.Path, finding.References, "row %d is of job %s, which jobs does not have in %s", s.row, s.job.JobID, s.check.shard)
		default:
			findings.Add(s.file.Path, finding.Order, "row %d is of job %s, whose rows are further up", s.row, s.job.JobID)
		}
		if err := s.advance(); err != nil {
			return err
		}
	}
	return nil
}
