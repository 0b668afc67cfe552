package exit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/client"
)

func TestExitCode(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "data/x", Err: syscall.ENOSPC}
	cancelled := fmt.Errorf("read x: %w", context.Canceled)
	cases := []struct {
		name   string
		err    error
		caught syscall.Signal
		code   int
		stderr string
	}{
		{name: "done"},
		{"a failure", errors.New("broken"), 0, 1, "callmill: broken\n"},
		{"an error while cleaning up", errors.Join(errors.New("broken"), errors.New("stuck")), 0, 1, "callmill: broken; stuck\n"},
		{"usage", Usagef("--x is %d", 5), 0, 2, "callmill: --x is 5\n"},
		{"usage with a hint", WithHint(Usagef("no"), "try yes"), 0, 2, "callmill: no\nhint: try yes\n"},
		{
			"a setting", fmt.Errorf("begin: %w", &dataset.SettingError{Setting: "hmm", Own: "false", Given: "true"}), 0, 2,
			"callmill: begin: --hmm is true, but the dataset's is false\nhint: omit the flag to use the dataset's own setting, change it with `callmill rewrite`, or write to another folder\n",
		},
		{
			"several reasons", Unclean{{Code: TooManyRejects, Says: "2 of 3 were rejected", Hint: "look"}, {Code: TooFewCalls, Says: "no calls"}}, 0, 3,
			"callmill: 2 of 3 were rejected\nhint: look\ncallmill: no calls\n",
		},
		{
			"locked", fmt.Errorf("lock data: %w", dataset.ErrLocked), 0, 4,
			"callmill: lock data: another run holds the dataset\nhint: wait for it with --lock-wait 10m\n",
		},
		{"a full disk", full, 0, 1, "callmill: write data/x: no space left on device\nhint: the disk is full; the published snapshot is unchanged\n"},
		{"a newer format", fmt.Errorf("open: %w", dataset.ErrNewerFormat), 0, 1, "callmill: open: written by a newer callmill\nhint: use the callmill that wrote it or a newer one\n"},
		{"interrupted", cancelled, syscall.SIGINT, 130, "callmill: stopped by interrupt, nothing was published\n"},
		{"terminated", cancelled, syscall.SIGTERM, 143, "callmill: stopped by terminated, nothing was published\n"},
		{
			"interrupted, with a hint", WithHint(cancelled, "go on"), syscall.SIGINT, 130,
			"callmill: stopped by interrupt, nothing was published\nhint: go on\n",
		},
		{"a failure before the signal", errors.New("broken"), syscall.SIGINT, 1, "callmill: broken\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var stderr bytes.Buffer
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if c.caught != 0 {
				cancel(Signal(c.caught))
			}
			(&Log{Writer: &stderr, Mask: client.Mask}).Complain(ctx, c.err)
			if code := Code(ctx, c.err); code != c.code || stderr.String() != c.stderr {
				t.Errorf("%d\n%swant %d\n%s", code, &stderr, c.code, c.stderr)
			}
		})
	}
}

// TestLogAsJSON: an object per message, with its instant, and what it is about.
func TestLogAsJSON(t *testing.T) {
	var stderr bytes.Buffer
	l := Log{Writer: &stderr, Format: JSON, Mask: client.Mask, Now: func() time.Time { return time.Date(2026, 1, 22, 9, 30, 0, 5e8, time.FixedZone("", 8*60*60)) }}
	l.Note("the clock is late", "set it")
	l.About("run", "r")
	l.Tell("from a to b")
	first, second := &client.Error{RequestID: "A-1", Reason: "broken"}, &client.Error{RequestID: "B-2", Reason: "gone"}
	l.Complain(t.Context(), fmt.Errorf("pull: %w", errors.Join(second, fmt.Errorf("again: %w", first), second)))
	l.Complain(t.Context(), Unclean{{Code: TooFewCalls, Says: "no calls at http://user:secret@host", RequestIDs: []string{"C"}}})
	const want = `{"time":"2026-01-22T01:30:00.5Z","level":"WARN","msg":"the clock is late","hint":"set it"}
{"time":"2026-01-22T01:30:00.5Z","level":"INFO","msg":"from a to b","run":"r"}
{"time":"2026-01-22T01:30:00.5Z","level":"ERROR","msg":"pull: gone (request B-2); again: broken (request A-1); gone (request B-2)","request_ids":["A-1","B-2"],"run":"r"}
{"time":"2026-01-22T01:30:00.5Z","level":"WARN","msg":"no calls at http://***@host","request_ids":["C"],"reason":"calls","run":"r"}
`
	if stderr.String() != want {
		t.Errorf("it says\n%swant\n%s", &stderr, want)
	}
}

func TestReasonsOfSeveralRuns(t *testing.T) {
	var all Unclean
	if err := all.With(nil).OrNil(); err != nil {
		t.Errorf("without a reason there is the error %v", err)
	}
	gap, few := Reason{Code: DaysUncovered, Says: "days are missing"}, Reason{Code: TooFewCalls, Says: "1 job had calls"}
	all = all.With(Unclean{gap}).With(Unclean{few, gap})
	if err := all.OrNil(); err == nil || err.Error() != "days are missing; 1 job had calls" {
		t.Errorf("it says %v, want each reason once", err)
	}
}
