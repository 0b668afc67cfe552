// Package exit decides how a command ends: the exit code, and the lines on
// stderr. Commands return errors; those of this package carry what others lack:
// that they are usage errors, a hint, or the reasons for exit code 3.
package exit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/capacity"
	"callmill/pipeline/dataset/secret"
)

// Exit codes. 128 is added to the number of a signal.
const (
	Done      = 0
	Failed    = 1 // nothing was published
	Usage     = 2 // nothing was changed
	Published = 3 // published, with problems to look at
	Locked    = 4 // another run holds the dataset
)

// Code returns the exit code of a command that ran with ctx and returned err.
func Code(ctx context.Context, err error) int {
	var usage *usageError
	var setting *dataset.SettingError
	var key *secret.Error
	var unclean Unclean
	var api interface {
		error
		IsUsage() bool
	}
	switch {
	case err == nil:
		return Done
	case Interrupted(ctx, err):
		return 128 + int(caught(ctx))
	case errors.As(err, &usage), errors.As(err, &setting), errors.As(err, &key), errors.Is(err, dataset.ErrForeign),
		errors.Is(err, dataset.ErrNoBookmark), errors.Is(err, dataset.ErrBookmarkName):
		return Usage
	case errors.As(err, &api) && api.IsUsage():
		return Usage
	case errors.As(err, &unclean):
		return Published
	case errors.Is(err, dataset.ErrLocked):
		return Locked
	}
	return Failed
}

// usageError means that the command was called wrongly; nothing was changed.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// Usagef returns an error for which the exit code is [Usage].
func Usagef(format string, args ...any) error {
	return AsUsage(fmt.Errorf(format, args...))
}

// AsUsage wraps err, unless it is nil, so that the exit code is [Usage].
func AsUsage(err error) error {
	if err == nil {
		return nil
	}
	return &usageError{err}
}

// hintError is an error with advice on what to do about it.
type hintError struct {
	error
	hint string
}

func (e *hintError) Unwrap() error { return e.error }
func (e *hintError) Hint() string  { return e.hint }

// WithHint wraps err, so that hint is printed below it.
func WithHint(err error, hint string) error { return &hintError{err, hint} }

// Hint returns what to do about err: what the outermost error with a Hint
// method says, else a text for the kind of failure, "" if there is none.
func Hint(err error) string {
	var hinted interface {
		error
		Hint() string
	}
	var setting *dataset.SettingError
	var latest *dataset.LatestError
	var full *capacity.Error
	switch {
	case errors.As(err, &full):
		return "nothing was changed: free space, e.g. with `callmill snapshots DIR prune`, or move the dataset to another disk"
	case errors.As(err, &hinted):
		return hinted.Hint()
	case errors.As(err, &latest):
		dir := quote.Shell(latest.Dir)
		return fmt.Sprintf("`callmill repair %s` restores a damaged manifest; `callmill snapshots %s list` shows the snapshots, `callmill snapshots %s rollback NAME` goes back to one", dir, dir, dir)
	case errors.As(err, &setting):
		switch setting.Setting {
		case "key":
			return "give the key that the runs before used, or omit the flag where it lies in the dataset, or write to another folder"
		case "pii":
			return "omit the flag to use the dataset's own setting; `callmill rewrite DIR --pii MODE` makes it stricter, for good; or write to another folder"
		case "retain":
			return "omit the flag to keep the dataset's own time; `callmill rewrite DIR --retain` shortens it"
		}
		return "omit the flag to use the dataset's own setting, change it with `callmill rewrite`, or write to another folder"
	case errors.Is(err, dataset.ErrForeign):
		return "name a dataset, or a new or empty folder"
	case errors.Is(err, dataset.ErrNoBookmark):
		return "`callmill snapshots DIR list` shows the snapshots and bookmarks"
	case errors.Is(err, dataset.ErrLocked):
		return "wait for it with --lock-wait 10m"
	case errors.Is(err, dataset.ErrNewerFormat):
		return "use the callmill that wrote it or a newer one"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full; the published snapshot is unchanged"
	}
	return ""
}

// Unclean are the reasons why a run that published ends with exit code
// [Published].
type Unclean []Reason

func (u Unclean) Error() string {
	var all []string
	for _, r := range u {
		all = append(all, r.Says)
	}
	return strings.Join(all, "; ")
}

// With returns the reasons with those of another run, each once. It may modify u.
func (u Unclean) With(more Unclean) Unclean {
	for _, r := range more {
		if !slices.ContainsFunc(u, func(known Reason) bool { return known.Code == r.Code && known.Says == r.Says }) {
			u = append(u, r)
		}
	}
	return u
}

// OrNil returns the reasons as an error, nil where there is none.
func (u Unclean) OrNil() error {
	if len(u) == 0 {
		return nil
	}
	return u
}

// Reason is one of them.
type Reason struct {
	Code ReasonCode `json:"code"`
	Says string     `json:"says"`
	Hint string     `json:"hint,omitempty"`
	// RequestIDs are of the answers of the API that it is due to.
	RequestIDs []string `json:"request_ids,omitempty"`
}

// ReasonCode names a reason in the run's file and in the metrics.
type ReasonCode string

// The reasons there are.
const (
	TooManyRejects ReasonCode = "rejects"
	TooManyMissing ReasonCode = "missing"
	TooFewCalls    ReasonCode = "calls"
	DaysUncovered  ReasonCode = "uncovered"
	Afterwards     ReasonCode = "afterwards" // something failed after everything was published
)

// ReasonCodes returns all reasons.
func ReasonCodes() []ReasonCode {
	return []ReasonCode{TooManyRejects, TooManyMissing, TooFewCalls, DaysUncovered, Afterwards}
}

// Signal is the cause of a context that a signal canceled.
type Signal syscall.Signal

func (s Signal) Error() string { return "stopped by " + syscall.Signal(s).String() }

// caught returns the signal that canceled ctx, or 0.
func caught(ctx context.Context) syscall.Signal {
	s, _ := errors.AsType[Signal](context.Cause(ctx))
	return syscall.Signal(s)
}

// Interrupted reports whether err is due to a signal that canceled ctx.
func Interrupted(ctx context.Context, err error) bool {
	return caught(ctx) != 0 && errors.Is(err, context.Canceled)
}
