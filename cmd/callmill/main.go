// Command callmill turns the call jobs of an outbound-call robot into Parquet
// tables.
//
// main.go faces the system, root.go and flags.go define the command line, and every
// command has a file of its own. run.go wires the pipeline: read it to see the whole
// program on one page. What stands alone is below internal.
package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	_ "time/tzdata" // for machines without a time zone database

	_ "golang.org/x/crypto/x509roots/fallback" // for machines without root certificates
	"golang.org/x/term"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/output"
	"callmill/pipeline/outboundbot/client"
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
			cancel(exit.Signal(s.(syscall.Signal)))
		case <-ctx.Done():
		}
	}()
	env := &environment{
		stdin: stdin, stdout: bufio.NewWriter(output.Writer{To: stdout}), stderr: stderr,
		environ: os.Environ, now: time.Now, limitMemory: limitMemory,
	}
	file, ok := stdout.(*os.File)
	env.terminal = ok && term.IsTerminal(int(file.Fd()))
	root := newRoot(env)
	root.SetArgs(args)
	// From the environment it holds for mistakes in the command line, too.
	_ = env.log.Format.Set(os.Getenv("CALLMILL_LOG_FORMAT"))
	err := root.ExecuteContext(ctx)
	if e := env.stdout.Flush(); err == nil {
		err = e // else it is the lesser problem
	}
	env.log.Complain(ctx, err)
	return exit.Code(ctx, err)
}

// environment is what a command sees of the process besides files.
type environment struct {
	stdin io.Reader
	// stdout keeps its first error, which Main reports when it flushes. A command
	// that prints many lines checks the error of each to stop early; one whose
	// output is awaited flushes it.
	stdout      *bufio.Writer
	terminal    bool // stdout is one
	stderr      io.Writer
	log         exit.Log // on stderr; newRoot sets it up
	environ     func() []string
	now         func() time.Time
	limitMemory func(bytes int64) // of the whole process
	client      client.Options    // of the API, where no flag sets them
}

// programBytes is what the process has in memory besides what Go manages: the
// parts of the binary it touches, code and the dictionary.
const programBytes = 48 << 20

// limitMemory makes Go's runtime respect a limit on all memory of the process.
func limitMemory(bytes int64) {
	debug.SetMemoryLimit(bytes - min(programBytes, bytes/4))
	if _, given := os.LookupEnv("GOGC"); !given {
		debug.SetGCPercent(200) // half the collections, 4 % less time, as long as the limit allows it
	}
}
