package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/client"
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

// publishedError says that a run published, but must not pass for a clean one,
// and all the reasons why.
type publishedError struct{ reasons []reason }

func (e *publishedError) Error() string {
	var all []string
	for _, r := range e.reasons {
		all = append(all, r.Says)
	}
	return strings.Join(all, "; ")
}

// stopSignal is why a context ended that a signal ended.
type stopSignal struct{ signal syscall.Signal }

func (e *stopSignal) Error() string { return "stopped by " + e.signal.String() }

// caught is the signal that ended a context, 0 if none did.
func caught(ctx context.Context) syscall.Signal {
	if cause, ok := errors.AsType[*stopSignal](context.Cause(ctx)); ok {
		return cause.signal
	}
	return 0
}

// exitCode is the exit code of a command that ended with err, caught being the
// signal that ended it, if one did.
func exitCode(err error, caught syscall.Signal) int {
	var usage *usageError
	var setting *dataset.SettingError
	var published *publishedError
	var api *client.Error
	switch {
	case err == nil:
		return exitDone
	case caught != 0 && errors.Is(err, context.Canceled):
		return 128 + int(caught)
	case errors.As(err, &usage), errors.As(err, &setting), errors.Is(err, dataset.ErrForeign):
		return exitUsage
	case errors.As(err, &api) && api.Kind == client.Usage:
		return exitUsage
	case errors.As(err, &published):
		return exitPublished
	case errors.Is(err, dataset.ErrLocked):
		return exitLocked
	}
	return exitFailed
}

// complain says on stderr why a command ended with err: a line for each
// reason, and behind it at most one with a hint.
func complain(stderr io.Writer, err error, caught syscall.Signal) {
	var published *publishedError
	switch {
	case err == nil:
	case caught != 0 && errors.Is(err, context.Canceled):
		say(stderr, fmt.Sprintf("stopped by %s, nothing was published", caught), hintFor(err))
	case errors.As(err, &published):
		for _, r := range published.reasons {
			say(stderr, r.Says, r.Hint)
		}
	default:
		say(stderr, err.Error(), hintFor(err))
	}
}

func say(stderr io.Writer, what, hint string) {
	// What went wrong while clearing up is joined by line breaks.
	fmt.Fprintf(stderr, "callmill: %s\n", strings.ReplaceAll(what, "\n", "; "))
	if hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
}

func hintFor(err error) string {
	var hinted *hintError
	var setting *dataset.SettingError
	var api *client.Error
	switch {
	case errors.As(err, &hinted):
		return hinted.hint
	case errors.As(err, &api):
		return api.Hint()
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
