// Command bench compares callmill with other ways of converting the same responses
// to Parquet, and prints a table.
//
//	go run ./pipeline/bench                  two million turns, every peer, five rounds
//	go run ./pipeline/bench --quick          a small run, to check that everything works
//	go run ./pipeline/bench --responses DIR  responses of your own, *.json in one folder
//
// It builds callmill, simulates responses (kept in --dir) and runs the contestants
// in turn, every other round in reverse order, so that other load on the machine
// affects all of them. Each run is a process that reads all responses and writes
// tables of jobs, tasks and turns, compressed with zstd; different numbers of rows
// are an error. Figures are medians over the rounds.
//
// The peers are the scripts in peers/. They run with the Python that
// CALLMILL_PYTHON names, which needs the libraries of peers/requirements.txt;
// without it they are skipped.
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

// settings are what is measured.
type settings struct {
	jobs   int
	rounds int
	dir    string // for input and output
	python string // executable; "": no peers
	// responses is a folder to convert instead of simulated ones.
	responses string
	// callmill is the binary to measure; "": built from this source.
	callmill string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := settings{python: os.Getenv("CALLMILL_PYTHON")}
	quick := flag.Bool("quick", false, "500 jobs and one round")
	flag.IntVar(&s.jobs, "people", 260_000, "simulated people, each a job with eight turns on average")
	flag.IntVar(&s.rounds, "rounds", 5, "runs of each contestant")
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

// run measures, prints the table to out and progress to notes.
func run(ctx context.Context, s settings, out, notes io.Writer) error {
	if s.jobs < 1 || s.rounds < 1 {
		return fmt.Errorf("invalid --people %d or --rounds %d: want at least 1", s.jobs, s.rounds)
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
