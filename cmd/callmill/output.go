package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
)

// output is standard output, buffered. Commands print to it without looking at
// the error of each line: the first one stays, and Flush returns it. Main
// flushes at the end of every command; a command flushes itself where someone
// waits for a line. Not safe for concurrent use.
type output struct{ w *bufio.Writer }

func newOutput(w io.Writer) *output { return &output{bufio.NewWriter(w)} }

// Write returns an *outputError once a write has failed, so that a command
// with much to print can stop.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	return n, outputFailed(err)
}

// Flush writes what is buffered. The error is an *outputError.
func (o *output) Flush() error { return outputFailed(o.w.Flush()) }

// flush writes what stdout has buffered. Where a test passes a writer of its
// own, nothing is.
func (e *environment) flush() error {
	if o, ok := e.stdout.(*output); ok {
		return o.Flush()
	}
	return nil
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

// outputFailed drops the path from the error of a file: /dev/stdout is not
// where the output went.
func outputFailed(err error) error {
	if err == nil {
		return nil
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return &outputError{err}
}
