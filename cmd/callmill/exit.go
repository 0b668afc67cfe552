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
	exitPublished = 3 // published, with problems to look at
	exitLocked    = 4 // another run holds the dataset
)

// usageError means that the command was called wrongly; nothing was changed.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// hintError is an error with advice on what to do about it.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// publishedError means that a run published, but not cleanly, for the given
// reasons.
type publishedError struct{ reasons []reason }

func (e *publishedError) Error() string {
	var all []string
	for _, r := range e.reasons {
		all = append(all, r.Says)
	}
	return strings.Join(all, "; ")
}

// stopSignal is the cause of a context that a signal canceled.
type stopSignal struct{ signal syscall.Signal }

func (e *stopSignal) Error() string { return "stopped by " + e.signal.String() }

// caught returns the signal that canceled a context, or 0.
func caught(ctx context.Context) syscall.Signal {
	if cause, ok := errors.AsType[*stopSignal](context.Cause(ctx)); ok {
		return cause.signal
	}
	return 0
}

// exitCode returns the exit code of a command that returned err. caught is the
// signal that stopped it, or 0.
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

// complain prints the reasons for err to stderr, one line each, with at most one
// more line for a hint.
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
	// errors.Join separates errors by line breaks; a message is one line.
	fmt.Fprintf(stderr, "callmill: %s\n", strings.ReplaceAll(what, "\n", "; "))
	if hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
}

func hintFor(err error) string {
	var hinted *hintError
	var setting *dataset.SettingError
	var api *client.Error
	var output *outputError
	switch {
	case errors.As(err, &hinted):
		return hinted.hint
	case errors.As(err, &api):
		return api.Hint()
	case errors.As(err, &setting):
		return "omit the flag to use the dataset's own setting, or write to another folder"
	case errors.Is(err, dataset.ErrForeign):
		return "name a dataset, or a new or empty folder"
	case errors.Is(err, dataset.ErrLocked):
		return "wait for it with --lock-wait 10m"
	case errors.Is(err, dataset.ErrNewerFormat):
		return "use the callmill that wrote it or a newer one"
	case errors.As(err, &output) && errors.Is(err, syscall.ENOSPC):
		return "the output is incomplete; redirect it to where there is space"
	case errors.As(err, &output):
		return "the output is incomplete"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full; the published snapshot is unchanged"
	}
	return ""
}
