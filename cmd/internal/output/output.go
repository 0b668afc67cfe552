// Package output is standard output whose errors say so, and files for people to keep,
// which are written whole.
package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
)

// Writer writes to standard output. Its errors name it, and have a hint.
type Writer struct{ To io.Writer }

func (w Writer) Write(p []byte) (int, error) {
	n, err := w.To.Write(p)
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err // /dev/stdout is not where the output went
	}
	if err != nil {
		err = &outputError{err}
	}
	return n, err
}

// outputError is a failure to write standard output. It says nothing of the
// dataset.
type outputError struct{ err error }

func (e *outputError) Error() string { return fmt.Sprintf("write standard output: %v", e.err) }
func (e *outputError) Unwrap() error { return e.err }

func (e *outputError) Hint() string {
	if errors.Is(e.err, syscall.ENOSPC) {
		return "the output is incomplete; redirect it to where there is space"
	}
	return "the output is incomplete"
}
