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

// batches reads the rows of a file whose footer is right, many at a time. A goroutine decodes
// ahead, since a reader that has a single shard is what all workers wait for. Not safe for
// concurrent use.
type batches[T any] struct {
	file   *tableFile
	reader *arrowio.Reader[T]
	ahead  chan []T // what is decoded; closed behind the last rows
	err    error    // why it is, once ahead is closed
	closed chan struct{}
}

// batchesAhead is how many batches are decoded before they are needed.
const batchesAhead = 2

// openBatches opens a file. What is wrong with it or its rows goes to the findings; then the
// error is errDamaged.
func openBatches[T any](p *plan, f *tableFile, findings *finding.List) (*batches[T], error) {
	r, err := arrowio.Open[T](p.path(f.Path), f.table)
	if err != nil {
		return nil, damaged(f, err, findings)
	}
	b := &batches[T]{file: f, reader: r, ahead: make(chan []T, batchesAhead), closed: make(chan struct{})}
	go b.decode()
	return b, nil
}

func damaged(f *tableFile, err error, findings *finding.List) error {
	findings.Add(f.Path, finding.Read, "%v", err)
	return errDamaged
}

// decode decodes all rows, unless the file is closed before.
func (b *batches[T]) decode() {
	defer close(b.ahead)
	for {
		rows, err := b.reader.Next()
		if err != nil {
			b.err = err
			return
		}
		select {
		case b.ahead <- rows:
		case <-b.closed:
			return
		}
	}
}

// next returns the next rows, which stay valid, none behind the last ones.
func (b *batches[T]) next(ctx context.Context, findings *finding.List) ([]T, error) {
	rows, ok := <-b.ahead
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case ok:
		return rows, nil
	case !errors.Is(b.err, io.EOF):
		return nil, damaged(b.file, b.err, findings)
	case b.reader.Strange() != "":
		findings.Add(b.file.Path, finding.Values, "%s", b.reader.Strange())
	}
	return nil, nil
}

// close closes the file, when nothing of it is decoded any more.
func (b *batches[T]) close() {
	close(b.closed)
	for range b.ahead {
	}
	b.reader.Close()
}

// rowsOf returns the rows of a file whose footer is right, each valid until the
// next one. An error is the last: errDamaged or that of ctx.
func rowsOf[T any](ctx context.Context, p *plan, f *tableFile) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		r, err := arrowio.Open[T](p.path(f.Path), f.table)
		if err != nil {
			yield(nil, damaged(f, err, &p.findings))
			return
		}
		defer r.Close()
		for {
			rows, err := r.Next()
			switch {
			case errors.Is(err, io.EOF):
				if r.Strange() != "" {
					p.findings.Add(f.Path, finding.Values, "%s", r.Strange())
				}
				return
			case err != nil:
				yield(nil, damaged(f, err, &p.findings))
				return
			case ctx.Err() != nil:
				yield(nil, ctx.Err())
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
}

// jobTables returns the day tables besides jobs.
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

// follower is a stream of rows that belong to jobs.
type follower interface {
	// take reads the rows of the job with an index in the shard into rows.
	take(ctx context.Context, at int32, rows *schema.Rows) error
	close()
}

func (t tableOf[T]) follow(ctx context.Context, r *shardReader) (follower, error) {
	file := r.shard.files[t.name]
	if file == nil {
		return nil, nil
	}
	b, err := openBatches[T](r.plan, file, r.findings())
	if err != nil {
		return nil, err
	}
	s := &stream[T]{tableOf: t, batches: b, reader: r}
	return s, s.advance(ctx, 0)
}

// stream reads the rows of a day table, with row type T, beside the jobs of its
// shard.
type stream[T any] struct {
	tableOf[T]
	*batches[T]
	reader *shardReader

	left []T    // rows read and not taken; none at the end
	row  int    // the index of the first one in the file
	job  jobKey // its job
	at   int32  // the index of its job in the shard, -1 if the shard does not have it
}

// advance goes on behind the next n rows, which are those of one job as far as they are
// read.
func (s *stream[T]) advance(ctx context.Context, n int) (err error) {
	s.row += n
	if s.left = s.left[n:]; len(s.left) == 0 {
		if s.left, err = s.next(ctx, s.reader.findings()); err != nil || len(s.left) == 0 {
			return err
		}
	}
	if job := s.jobOf(&s.left[0]); job != s.job || s.row == 0 {
		s.job, s.at = job, s.reader.indexOf(&job)
	}
	return nil
}

// take implements follower. Rows before those of the job, of one that is over or that the
// shard does not have, are findings.
func (s *stream[T]) take(ctx context.Context, at int32, into *schema.Rows) error {
	rows := s.rows(into)
	for len(s.left) > 0 && s.at <= at {
		n := 1
		for n < len(s.left) && s.jobOf(&s.left[n]) == s.job {
			n++
		}
		switch {
		case s.at < at:
			s.stray(n)
		case *rows == nil:
			*rows = s.left[:n:n] // mostly all of them: nothing is copied
		default:
			*rows = append(*rows, s.left[:n]...)
		}
		if err := s.advance(ctx, n); err != nil {
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
