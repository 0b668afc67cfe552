package verify

import (
	"context"
	"errors"
	"io"
	"iter"

	"callmill/pipeline/dataset/verify/arrowio"
)

// readError is an error while reading a file of the snapshot.
type readError struct {
	file string
	err  error
}

func (e *readError) Error() string { return e.file + ": " + e.err.Error() }

// addRead makes a finding of a *readError; any other error it returns.
func (p *Plan) addRead(err error) error {
	var bad *readError
	if !errors.As(err, &bad) {
		return err
	}
	p.findings.add(bad.file, CheckRead, "%v", bad.err)
	return nil
}

// fileRows reads the rows of a file of the snapshot. Errors are a *readError.
type fileRows[T any] struct {
	*arrowio.Reader[T]
	plan *Plan
	file string
}

// openRows opens a file whose footer is right.
func openRows[T any](p *Plan, f *tableFile) (*fileRows[T], error) {
	reader, err := arrowio.Open[T](p.path(f.Path), f.table)
	if err != nil {
		return nil, &readError{f.Path, err}
	}
	return &fileRows[T]{reader, p, f.Path}, nil
}

// next returns the next row, valid until the next call; nil at the end.
func (r *fileRows[T]) next() (*T, error) {
	row, err := r.Next()
	switch {
	case err == nil:
		return row, nil
	case !errors.Is(err, io.EOF):
		return nil, &readError{r.file, err}
	case r.Strange() != "":
		r.add(CheckValues, "%s", r.Strange())
	}
	return nil, nil
}

// add adds a finding about the file.
func (r *fileRows[T]) add(check, format string, args ...any) {
	r.plan.findings.add(r.file, check, format, args...)
}

// rowsOf returns the rows of a file, each valid until the next one. An error is the
// last: a *readError or that of ctx.
func rowsOf[T any](ctx context.Context, p *Plan, f *tableFile) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		r, err := openRows[T](p, f)
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.Close()
		for {
			row, err := r.next()
			if r.Rows()%1024 == 0 && ctx.Err() != nil {
				err = ctx.Err()
			}
			if row == nil && err == nil || !yield(row, err) || err != nil {
				return
			}
		}
	}
}
