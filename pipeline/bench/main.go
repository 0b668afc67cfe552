// Command bench measures callmill against other ways to bring the same
// responses to Parquet, and prints one table.
//
//	go run ./pipeline/bench                  two million turns, every peer, five rounds
//	go run ./pipeline/bench --quick          a small run, to see that all works
//	go run ./pipeline/bench --responses DIR  responses of your own, *.json in one folder
//
// It builds callmill, has it simulate responses (kept in --dir for the next
// time) and then runs everybody in turn, forth and back, so that whatever
// else the machine does meets all of them. Each run is a process of its own
// that reads all responses and writes tables of jobs, tasks and turns,
// compressed with zstd; runs that disagree on the number of rows are an error.
// Figures are medians of the rounds.
//
// The peers are scripts in peers/, run by the Python that CALLMILL_PYTHON names
// with the libraries of peers/requirements.txt; without it they are left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

// settings say what is measured.
type settings struct {
	jobs   int
	rounds int
	dir    string // for the input and everything written
	python string // "": no peers
	// responses is a folder to convert instead of simulated ones.
	responses string
	// callmill is a binary to measure; "": the one of this source.
	callmill string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := settings{python: os.Getenv("CALLMILL_PYTHON")}
	quick := flag.Bool("quick", false, "500 jobs and one round")
	flag.IntVar(&s.jobs, "people", 260_000, "simulated people, each a job with eight turns on average")
	flag.IntVar(&s.rounds, "rounds", 5, "how often everybody runs")
	flag.StringVar(&s.dir, "dir", filepath.Join(os.TempDir(), "callmill-bench"), "folder for responses and tables; responses are kept")
	flag.StringVar(&s.responses, "responses", "", "folder of responses, *.json, to convert instead of simulated ones")
	flag.StringVar(&s.callmill, "callmill", "", "binary to measure (default: built from this source)")
	flag.Parse()
	if *quick {
		s.jobs, s.rounds = 500, 1
	}
	if err := run(ctx, s, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and prints the table; notes say what is going on.
func run(ctx context.Context, s settings, out, notes io.Writer) error {
	if s.jobs < 1 || s.rounds < 1 {
		return fmt.Errorf("--people and --rounds must be at least 1, got %d and %d", s.jobs, s.rounds)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	if s.callmill == "" {
		binary, err := buildCallmill(ctx, s.dir)
		if err != nil {
			return err
		}
		s.callmill = binary
	}
	input, err := simulated(ctx, s, notes)
	if err != nil {
		return err
	}
	scripts, err := writeScripts(s.dir)
	if err != nil {
		return err
	}
	list, err := available(ctx, s, scripts, notes)
	if err != nil {
		return err
	}
	results, err := measureAll(ctx, s, list, input, notes)
	if err != nil {
		return err
	}
	return print(out, input, results)
}
