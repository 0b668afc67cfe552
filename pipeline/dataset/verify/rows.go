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

// batchesOf returns the rows of a file whose footer is right, many at a time, which stay
// valid. What is wrong with them goes to the findings. An error is the last: errDamaged or
// that of ctx.
func batchesOf[T any](ctx context.Context, path string, f *tableFile, findings func() *finding.List) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		damaged := func(err error) {
			findings().Add(f.Path, finding.Read, "%v", err)
			yield(nil, errDamaged)
		}
		r, err := arrowio.Open[T](path, f.table)
		if err != nil {
			damaged(err)
			return
		}
		defer r.Close()
		for {
			rows, err := r.Next()
			switch {
			case errors.Is(err, io.EOF):
				if r.Strange() != "" {
					findings().Add(f.Path, finding.Values, "%s", r.Strange())
				}
				return
			case err != nil:
				damaged(err)
				return
			case ctx.Err() != nil:
				yield(nil, ctx.Err())
				return
			case !yield(rows, nil):
				return
			}
		}
	}
}

// rowsOf is batchesOf, row by row.
func rowsOf[T any](ctx context.Context, p *plan, f *tableFile) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for rows, err := range batchesOf[T](ctx, p.path(f.Path), f, func() *finding.List { return &p.findings }) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range rows {
				if !yield(&rows[i], nil) {
					return
				}
			}
		}
	}
}

// jobTable is a day table besides jobs, independent of the type of its rows.
type jobTable interface {
	// follow returns the stream of the table, nil if the shard has no rows of it.
	follow(context.Context, *shardReader) (follower, error)
	// compare compares its rows as published with those derived again.
	compare(j *jobCheck, got, want *schema.Rows)
}

// jobTables returns the day tables besides jobs.
func jobTables() []jobTable {
	return []jobTable{
		tableOf[schema.TaskRow]{
			schema.TableTasks, columnsOf[schema.TaskRow](), func(r *schema.Rows) *[]schema.TaskRow { return &r.Tasks },
			func(r *schema.TaskRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
		tableOf[schema.TurnRow]{
			schema.TableTurns, columnsOf[schema.TurnRow](), func(r *schema.Rows) *[]schema.TurnRow { return &r.Turns },
			func(r *schema.TurnRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
		tableOf[schema.ContactRow]{
			schema.TableContacts, columnsOf[schema.ContactRow](), func(r *schema.Rows) *[]schema.ContactRow { return &r.Contacts },
			func(r *schema.ContactRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
		tableOf[schema.ExtraRow]{
			schema.TableExtras, columnsOf[schema.ExtraRow](), func(r *schema.Rows) *[]schema.ExtraRow { return &r.Extras },
			func(r *schema.ExtraRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
		tableOf[schema.SummaryRow]{
			schema.TableSummaries, columnsOf[schema.SummaryRow](), func(r *schema.Rows) *[]schema.SummaryRow { return &r.Summaries },
			func(r *schema.SummaryRow) jobKey { return jobKey{r.InstanceID, r.JobID} },
		},
	}
}

// tableOf is the day table of a type of rows.
type tableOf[T any] struct {
	name    string
	columns columns[T]
	rows    func(*schema.Rows) *[]T
	jobOf   func(*T) jobKey
}

func (t tableOf[T]) compare(j *jobCheck, got, want *schema.Rows) {
	t.columns.compare(j, t.name, *t.rows(got), *t.rows(want))
}

// follower is a stream of rows that belong to jobs.
type follower interface {
	// take reads the rows of the job with an index in the shard into rows.
	take(at int32, rows *schema.Rows) error
	stop()
}

func (t tableOf[T]) follow(ctx context.Context, r *shardReader) (follower, error) {
	file := r.shard.files[t.name]
	if file == nil {
		return nil, nil
	}
	next, stop := iter.Pull2(batchesOf[T](ctx, r.plan.path(file.Path), file, r.findings))
	s := &stream[T]{tableOf: t, reader: r, file: file, next: next, close: stop}
	return s, s.advance(0)
}

// stream reads the rows of a day table, with row type T, beside the jobs of its
// shard.
type stream[T any] struct {
	tableOf[T]
	reader *shardReader
	file   *tableFile
	next   func() ([]T, error, bool)
	close  func()

	ahead []T    // rows read and not taken; none at the end
	row   int    // the index of the first one in the file
	job   jobKey // its job
	at    int32  // the index of its job in the shard, -1 if the shard does not have it
}

func (s *stream[T]) stop() { s.close() }

// advance goes on behind the next n rows, which are those of one job as far as they are
// ahead.
func (s *stream[T]) advance(n int) (err error) {
	s.row += n
	if s.ahead = s.ahead[n:]; len(s.ahead) == 0 {
		if s.ahead, err, _ = s.next(); err != nil || len(s.ahead) == 0 {
			return err
		}
	}
	if job := s.jobOf(&s.ahead[0]); job != s.job || s.row == 0 {
		s.job, s.at = job, s.reader.indexOf(&job)
	}
	return nil
}

// take implements follower. Rows before those of the job, of one that is over or that the
// shard does not have, are findings.
func (s *stream[T]) take(at int32, into *schema.Rows) error {
	rows := s.rows(into)
	for len(s.ahead) > 0 && s.at <= at {
		n := 1
		for n < len(s.ahead) && s.jobOf(&s.ahead[n]) == s.job {
			n++
		}
		switch {
		case s.at < at:
			s.stray(n)
		case *rows == nil:
			*rows = s.ahead[:n:n] // mostly all of them: nothing is copied
		default:
			*rows = append(*rows, s.ahead[:n]...)
		}
		if err := s.advance(n); err != nil {
			return err
		}
	}
	return nil
}

// stray adds findings about the next n rows, which are where no rows of their job belong.
func (s *stream[T]) stray(n int) {
	for row := s.row; row < s.row+n; row++ {
		if s.at < 0 {
			s.reader.findings().Add(s.file.Path, finding.References, "row %d is of job %s, which jobs does not have in %s", row, s.job.JobID, s.reader.shard)
		} else {
			s.reader.findings().Add(s.file.Path, finding.Order, "row %d is of job %s, whose rows are further up", row, s.job.JobID)
		}
	}
}
