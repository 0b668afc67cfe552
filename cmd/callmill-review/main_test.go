//go:build cgo

package main

import (
	"context"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"callmill/cmd/internal/exit"
)

// What computes does not look at the context: a signal ends it all the same.
func TestInterruptedWhileComputing(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	forever := make(chan struct{})
	defer close(forever)
	root := &cobra.Command{
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(*cobra.Command, []string) error {
			cancel(exit.Signal(syscall.SIGINT))
			<-forever
			return nil
		},
	}
	root.SetArgs([]string{})
	if code := exit.Code(ctx, run(ctx, root, new(atomic.Int64))); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}

// A command that was done when the signal came prints nothing any more.
func TestInterruptedWhenDone(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	root := &cobra.Command{RunE: func(*cobra.Command, []string) error {
		cancel(exit.Signal(syscall.SIGTERM))
		return nil
	}}
	root.SetArgs([]string{})
	if code := exit.Code(ctx, run(ctx, root, new(atomic.Int64))); code != 143 {
		t.Errorf("exit code %d, want 143", code)
	}
}
