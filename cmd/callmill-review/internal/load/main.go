// Command load reads a desk as people do, and prints how long its pages took.
//
//	go run ./cmd/callmill-review serve data &
//	go run ./cmd/callmill-review/internal/load --url http://127.0.0.1:8080 --pid $! --readers 20 --for 5m
//
// A reader opens pages through the links of those it has seen, looks at each for a second
// or so, searches words, follows pages that say that an answer is being computed, and now
// and then asks for calls of a filter that nobody has asked for. The same seed makes the
// same choices, as far as pages have the same links.
//
// With --publish the dataset is published all the time, by making its last snapshots the
// latest one in turn: it must be one that may be changed.
//
// The exit code is 1 where a request failed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"callmill/pipeline/dataset"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are the flags.
type options struct {
	url      string
	readers  int
	lasts    time.Duration
	requests int // of each reader; 0: as many as there is time for
	think    time.Duration
	seed     uint64
	pid      int
	publish  string
	every    time.Duration
	most     int // publishes
}

func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	var o options
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.url, "url", "http://127.0.0.1:8080", "`URL` of the desk")
	f.IntVar(&o.readers, "readers", 20, "`N` people who read at once")
	f.DurationVar(&o.lasts, "for", time.Minute, "how long")
	f.IntVar(&o.requests, "requests", 0, "`N` pages that each reads at most; 0: any number")
	f.DurationVar(&o.think, "think", time.Second, "how long a page is looked at, on average")
	f.Uint64Var(&o.seed, "seed", 1, "of what readers choose")
	f.IntVar(&o.pid, "pid", 0, "process of the desk, for its memory; 0: not measured")
	f.StringVar(&o.publish, "publish", "", "`DIR` of the dataset, whose snapshots are published in turn")
	f.DurationVar(&o.every, "every", 6*time.Second, "how often that is done")
	f.IntVar(&o.most, "publishes", 1000, "`N` publishes at most")
	if err := f.Parse(arguments); err != nil {
		return 2
	}
	if f.NArg() > 0 {
		fmt.Fprintf(stderr, "unexpected argument %q\n", f.Arg(0))
		return 2
	}
	failed, err := o.load(ctx, stdout)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	if failed {
		return 1
	}
	return 0
}

// load reads for some time and prints the table.
func (o *options) load(ctx context.Context, stdout io.Writer) (failed bool, err error) {
	o.url = strings.TrimSuffix(o.url, "/")
	var names []string
	if o.publish != "" {
		if names, err = snapshots(o.publish); err != nil {
			return false, err
		}
	}
	ctx, stop := context.WithTimeout(ctx, o.lasts)
	defer stop()
	counted := &tally{pages: map[string]*page{}}
	watched := &memory{pid: o.pid}
	var readers, others sync.WaitGroup
	others.Go(func() { watched.watch(ctx) })
	published := 0
	var publishing error
	if len(names) > 0 {
		others.Go(func() { published, publishing = publish(ctx, o.publish, names, o.every, o.most) })
	}
	began := time.Now()
	for i := range o.readers {
		readers.Go(func() { newReader(o, uint64(i), counted).read(ctx) })
	}
	readers.Wait()
	took := time.Since(began)
	stop()
	others.Wait()
	fmt.Fprintf(stdout, "%d readers for %s, a page every %s", o.readers, took.Round(time.Second), o.think)
	if len(names) > 0 {
		fmt.Fprintf(stdout, ", %d publishes", published)
	}
	fmt.Fprintln(stdout)
	if err := counted.print(stdout); err != nil {
		return false, err
	}
	watched.print(stdout)
	return counted.failed(), publishing
}

// snapshots returns the names of the last two or three snapshots of a dataset.
func snapshots(dir string) ([]string, error) {
	list, err := dataset.List(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range list[max(0, len(list)-3):] {
		if s.Err == nil {
			names = append(names, s.Name)
		}
	}
	if len(names) < 2 {
		return nil, fmt.Errorf("publish %s: it has %d whole snapshots, and two are needed to publish them in turn", dir, len(names))
	}
	return names, nil
}

// publish makes snapshots the latest one in turn until ctx ends.
func publish(ctx context.Context, dir string, names []string, every time.Duration, most int) (n int, err error) {
	for n < most {
		select {
		case <-ctx.Done():
			return n, nil
		case <-time.After(every):
		}
		err := dataset.Rollback(ctx, dir, names[n%len(names)], dataset.Options{})
		switch {
		case ctx.Err() != nil: // it was to end, whatever it was at
			return n, nil //nolint:nilerr // that is no error of publishing
		case err != nil:
			return n, err
		}
		n++
	}
	return n, nil
}
