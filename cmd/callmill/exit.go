package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"callmill/pipeline/dataset"
)

// Exit codes. 128 is added to the number of a signal.
const (
	exitDone      = 0
	exitFailed    = 1 // nothing was published
	exitUsage     = 2
	exitPublished = 3 // published, but not all is as it should be
	exitLocked    = 4 // another run holds the dataset
)

// usageError is a mistake in how the command was called.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// hintError is an error with advice.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// publishedError says that a run published, but must not pass for a clean one.
// Its last line has told everything already.
type publishedError struct{ reason string }

func (e *publishedError) Error() string { return e.reason }

// exitCode says on stderr what went wrong, in one line and at most one with a
// hint, and gives the exit code.
func exitCode(stderr io.Writer, err error, caught syscall.Signal) int {
	if err == nil {
		return exitDone
	}
	if caught != 0 && errors.Is(err, context.Canceled) {
		fmt.Fprintf(stderr, "callmill: stopped by %s, nothing was published\n", caught)
		return 128 + int(caught)
	}
	// What went wrong while clearing up is joined by line breaks.
	fmt.Fprintf(stderr, "callmill: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	if hint := hintFor(err); hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
	var usage *usageError
	var setting *dataset.SettingError
	var published *publishedError
	switch {
	case errors.As(err, &usage), errors.As(err, &setting), errors.Is(err, dataset.ErrForeign):
		return exitUsage
	case errors.As(err, &published):
		return exitPublished
	case errors.Is(err, dataset.ErrLocked):
		return exitLocked
	}
	return exitFailed
}

func hintFor(err error) string {
	var hinted *hintError
	var setting *dataset.SettingError
	switch {
	case errors.As(err, &hinted):
		return hinted.hint
	case errors.As(err, &setting):
		return "leave the flag out to go on with the dataset's own setting, or write to another folder"
	case errors.Is(err, dataset.ErrForeign):
		return "name a new or empty folder, or that of a dataset"
	case errors.Is(err, dataset.ErrLocked):
		return "wait for it with --lock-wait 10m, or look at what it does"
	case errors.Is(err, dataset.ErrNewerFormat):
		return "use the callmill that wrote it, or a newer one"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full; the published snapshot is untouched"
	}
	return ""
}
