// Command callmill turns the call jobs of an outbound-call robot into Parquet
// tables.
//
// main.go, exit.go and output.go face the system, root.go and flags.go define
// the command line, and every command has a file of its own. run.go wires the
// pipeline: read it to see the whole program on one page.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "time/tzdata" // for machines without a time zone database

	_ "golang.org/x/crypto/x509roots/fallback" // for machines without root certificates
)

func main() {
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Main runs the command line and returns the exit code. The first SIGINT or
// SIGTERM cancels the run, which then cleans up; a second one kills the
// process.
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
	env := &environment{stdin: stdin, stdout: newOutput(stdout), stderr: stderr, getenv: os.LookupEnv}
	root := newRoot(env)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if e := env.flush(); err == nil {
		err = e // else it is the lesser problem
	}
	complain(stderr, err, caught(ctx))
	return exitCode(err, caught(ctx))
}

// environment is what a command sees of the process besides files.
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
