// Package exit decides how callmill ends: with which code, and with which lines
// on stderr. Commands return errors, of this package where nothing else says
// what kind they are; Code and Complain are called once, with the last one.
package exit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/client"
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
	var unclean Unclean
	var api *client.Error
	switch {
	case err == nil:
		return Done
	case Interrupted(ctx, err):
		return 128 + int(caught(ctx))
	case errors.As(err, &usage), errors.As(err, &setting), errors.Is(err, dataset.ErrForeign):
		return Usage
	case errors.As(err, &api) && api.Kind == client.Usage:
		return Usage
	case errors.As(err, &unclean):
		return Published
	case errors.Is(err, dataset.ErrLocked):
		return Locked
	}
	return Failed
}

// Complain prints why a command that ran with ctx returned err, one line for
// each reason, with at most one more line for its hint.
func Complain(ctx context.Context, stderr io.Writer, err error) {
	var unclean Unclean
	switch {
	case err == nil:
	case Interrupted(ctx, err):
		say(stderr, fmt.Sprintf("stopped by %s, nothing was published", caught(ctx)), Hint(err))
	case errors.As(err, &unclean):
		for _, r := range unclean {
			say(stderr, r.Says, r.Hint)
		}
	default:
		say(stderr, err.Error(), Hint(err))
	}
}

func say(stderr io.Writer, what, hint string) {
	// errors.Join separates errors by line breaks; a message is one line.
	fmt.Fprintf(stderr, "callmill: %s\n", strings.ReplaceAll(what, "\n", "; "))
	if hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
}
