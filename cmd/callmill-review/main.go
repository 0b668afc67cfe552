//go:build cgo

// Command callmill-review is the desk of quality teams over a dataset of callmill: what
// stands out, which wording loses people, what is not understood, search, reports. It
// only reads, and asks the snapshot that is published when it starts.
//
// main.go faces the system, root.go and flags.go define the command line, and every
// command has a file of its own. It has the database load the calls that a filter lets
// pass, closes it, and asks packages in pure Go, which never see it. In the order of the
// data, all below internal:
//
//	query           DuckDB: opens the snapshot, loads calls, searches lines; SQL is in sql
//	filter          which calls are meant: script=NAME hour=9-11
//	corpus          the calls and lines in memory
//	corpus/renew    those of a new snapshot, out of the one before and what changed
//	live            the published snapshot, followed while later ones are published
//	answers         answers about it, kept in memory; two heavy ones at a time
//	nodes           which lines of a robot are one node, which only ask again
//	nodes/tally     pairs counted by sorting, without maps
//	nodes/effect    what is lost at a node; a wording against the one before
//	funnel          that, as text, JSON and CSV
//	unclear         what was not understood: misheard, without an intent, noise
//	measure         what is counted of a call: failed, hung up, a business result, a rule
//	contrast        phrases, what stands out, what changed
//	stratified      the test under it: calls with and without, stratum by stratum
//	ngram           words, and two or three of them together
//	rules           the file of rules, and the starter set
//	rules/outline   YAML that knows its lines
//	rules/scan      many words and expressions in a text at once
//	rules/match     hits of rules in calls, and why
//	rules/dialogue  a pasted dialogue as a call
//	rules/show      hits, as text, JSON and CSV
//	findings        what is to be looked at on a day, and what became of it since
//	handover        the workbook for those who write scripts
//	veil            masks what was said for passing it on
//	report          all findings and trends on one page: terminal or HTML
//	chart           its charts
//	interval        how sure a share is
//	transcript      calls and lines as they were said
//	table           lists as aligned text, JSON or CSV
//	rules/file      the flag --rules
//
// Then the browser: serve is the command, user that of who may log in, web the server, and
// what pages are made of is
//
//	among           which calls a page is about, as URL parameters
//	find, findings  lines in memory; what is to be looked at, and what became of it
//	particulars     what is known of attempts beside what was said
//	verdicts, sample, handover, flow, masked
//	web/site        the request, layout, filter bar, lists; web/assets, web/figures, web/judged
//	web/guard       what stands before the pages; web/users, web/session, web/plain, web/audit
//	web/today       the pages; web/scripts, web/phrases, web/calls, web/reviewing
//	web/listener    loopback or a Unix socket; web/recording: where recordings are
//
// Beside them are packages for tests: published, made, corpus/simulated and
// corpus/handmade make datasets and corpora, some with the truth, which none of the above
// sees. load is a program that reads a desk as many people do, and says how long it took.
package main

import (
	"bufio"
	"cmp"
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	_ "time/tzdata" // for machines without a time zone database

	"github.com/spf13/cobra"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/output"
)

func main() {
	os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr))
}

// Main runs the command line and returns the exit code. The first SIGINT or SIGTERM
// cancels what runs; a second one kills the process.
func Main(args []string, stdout, stderr io.Writer) int {
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
	if _, given := os.LookupEnv("GOGC"); !given {
		// A corpus is built once and then kept: collecting it twice as often takes no more
		// time, and 200 MB less at two million lines.
		debug.SetGCPercent(50)
	}
	env := &environment{stdout: bufio.NewWriter(output.Writer{To: stdout}), stderr: stderr, environ: os.Environ, now: time.Now}
	root := newRoot(env)
	root.SetArgs(args)
	// From the environment it holds for mistakes in the command line, too.
	_ = env.log.Format.Set(os.Getenv("CALLMILL_LOG_FORMAT"))
	err := run(ctx, root, &env.patience)
	if exit.Interrupted(ctx, err) {
		env.log.Complain(ctx, err)
		return exit.Code(ctx, err) // what is printed by then stays in the buffer
	}
	if e := env.stdout.Flush(); err == nil {
		err = e // else it is the lesser problem
	}
	env.log.Complain(ctx, err)
	return exit.Code(ctx, err)
}

// run runs the command line until it ends. Once a signal has come it waits a little for
// that, and no longer: loading ends at once, but what is computed then knows no context.
// Main's caller ends the process, and with it what still runs, which only reads; serve,
// which writes reviews, asks for more patience.
func run(ctx context.Context, root *cobra.Command, patience *atomic.Int64) error {
	patience.Store(int64(300 * time.Millisecond))
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(ctx) }()
	select {
	case err := <-done:
		return cmp.Or(err, ctx.Err())
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return cmp.Or(err, ctx.Err())
	case <-time.After(time.Duration(patience.Load())):
		return ctx.Err()
	}
}

// environment is what a command sees of the process besides files.
type environment struct {
	stdout  *bufio.Writer // keeps its first error, which Main reports when it flushes
	stderr  io.Writer
	log     exit.Log // on stderr; newRoot sets it up
	environ func() []string
	now     func() time.Time

	patience atomic.Int64 // ns that Main waits for a command to end after a signal
}

func (env *environment) wait(patience time.Duration) { env.patience.Store(int64(patience)) }
