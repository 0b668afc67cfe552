// Command callmill turns the call jobs of an outbound-call robot into Parquet
// tables.
//
// main.go and exit.go are the edges to the system, root.go and flags.go the
// command line, a file each the commands. run.go puts the line together: it is
// the page that shows the program.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "time/tzdata" // time zones, for machines that have none
)

func main() {
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Main runs the command line and gives the exit code. The first interrupt or
// termination ends the run in order; after it, the signals do what they
// usually do.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(&stopSignal{s.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	root := newRoot(&environment{stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.LookupEnv})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	complain(stderr, err, caught(ctx))
	return exitCode(err, caught(ctx))
}

// environment is what a command has of the world besides files.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) (string, bool)
	now            func() time.Time // nil: the machine's clock
}

// time is the time now.
func (e *environment) time() time.Time {
	if e.now == nil {
		return time.Now()
	}
	return e.now()
}
