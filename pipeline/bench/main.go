// Command bench compares callmill with other ways of converting the same responses
// to Parquet, and with itself, and prints the table of the README.
//
//	go run ./pipeline/bench                    every input and peer, five rounds
//	go run ./pipeline/bench --quick            a small run, to check that everything works
//	go run ./pipeline/bench --responses DIR    responses of your own, *.json in one folder
//	go run ./pipeline/bench --peers duckdb-2   without the peers that take minutes
//	go run ./pipeline/bench --recut --peers none --baseline OLD_BINARY
//	                                           does a change pay? two builds in one sitting
//	go run ./pipeline/bench --json NEW.json    keeps all runs
//	go run ./pipeline/bench --compare OLD.json NEW.json
//	go run ./pipeline/bench --print NEW.json --lang zh
//
// # Inputs
//
// All are kept in --dir, and measured one after the other, or those of --inputs:
//
//   - simulated: calls of --people, as callmill simulate makes them.
//   - repeated: the sample, copied with new ids until there are --turns turns.
//     The sample is --responses, or else ../shared/data/crosswoz where it is there.
//   - recut: the same, each script made of clauses of other scripts of the same
//     speaker, so that hardly a line repeats. Without a sample, of simulated calls.
//   - day: simulated calls that are all on one day, --day-turns of them: how much
//     a second worker helps.
//
// # Contestants
//
// callmill is built from this source, or --callmill; what it wrote is verified, and
// that is measured as well. The peers are the scripts in peers/. They run with the
// Python that CALLMILL_PYTHON names, which needs the libraries of
// peers/requirements.txt; without it they are skipped.
//
// Contestants run in turn, every other round in reverse order, so that other load on
// the machine affects all of them. Each run is a process that reads all responses and
// writes tables of jobs, tasks and turns, compressed with zstd; different numbers of
// rows are an error. Figures are medians over the rounds.
//
// # Results
//
// Standard output has the table of the README; standard error every run and more
// figures of every contestant. The file of --json is an object (type report): format
// (1), callmill and with --baseline baseline (commit, modified, go), os, arch, cpus,
// and inputs: name, bytes, and contestants: name, words (whether it cuts words), rows
// (jobs, tasks, turns), runs and median, each with wall_s, cpu_s, peak_bytes and
// parquet_bytes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// settings are what is measured.
type settings struct {
	people   int   // simulated
	turns    int64 // of copies of the sample
	dayTurns int64 // of the large day
	rounds   int
	inputs   []string
	peers    []string
	dir      string // for input and output
	python   string // executable; "": no peers
	// responses is the folder of the sample; "": none.
	responses string
	// callmill is the binary to measure; "": built from this source.
	callmill string
	// baseline is another one; "": none.
	baseline string
	json     string // file for the report; "": none
	language string
}

// sample is where the real dialogues are, beside the repository.
const sample = "../shared/data/crosswoz"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// command does what the arguments ask for.
func command(ctx context.Context, arguments []string, out, notes io.Writer) error {
	s := settings{python: os.Getenv("CALLMILL_PYTHON")}
	if _, err := os.Stat(sample); err == nil {
		s.responses = sample
	}
	var inputs, peers, shown string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(notes)
	quick := flags.Bool("quick", false, "500 people, some thousand turns and one round")
	flags.IntVar(&s.people, "people", 260_000, "simulated people, each a job with eight turns on average")
	flags.Int64Var(&s.turns, "turns", 2_000_000, "turns of the inputs repeated and recut")
	flags.Int64Var(&s.dayTurns, "day-turns", 458_000, "turns of the input day")
	flags.IntVar(&s.rounds, "rounds", 5, "runs of each contestant")
	flags.StringVar(&inputs, "inputs", strings.Join(inputNames, ","), "what is measured, one after the other")
	recut := flags.Bool("recut", false, "as --inputs recut")
	flags.StringVar(&peers, "peers", strings.Join(peerKeys(), ","), "contestants besides callmill, or none")
	flags.StringVar(&s.dir, "dir", filepath.Join(os.TempDir(), "callmill-bench"), "folder for responses and tables; responses are kept")
	flags.StringVar(&s.responses, "responses", s.responses, "folder of responses, *.json, that is the sample")
	flags.StringVar(&s.callmill, "callmill", "", "binary to measure (default: built from this source)")
	flags.StringVar(&s.baseline, "baseline", "", "binary to measure in turn with it, and to compare it with")
	flags.StringVar(&s.json, "json", "", "file to write all runs to")
	compare := flags.Bool("compare", false, "compare two files of --json, the older one first, and measure nothing")
	flags.StringVar(&shown, "print", "", "print the table of a file of --json, and measure nothing")
	flags.StringVar(&s.language, "lang", "en", "of the table: en or zh")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *quick {
		s.people, s.rounds, s.turns, s.dayTurns = 500, 1, 4000, 1000
	}
	if *recut {
		inputs = recutInput
	}
	switch {
	case *compare && flags.NArg() != 2:
		return errors.New("--compare needs two files of --json")
	case *compare:
		return compareFiles(out, flags.Arg(0), flags.Arg(1))
	case flags.NArg() > 0:
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	case shown != "":
		return printFile(out, shown, s.language)
	}
	var err error
	if s.inputs, err = chosen("--inputs", inputs, inputNames); err != nil {
		return err
	}
	if peers != "none" {
		if s.peers, err = chosen("--peers", peers, peerKeys()); err != nil {
			return err
		}
	}
	return run(ctx, s, out, notes)
}

// chosen returns the names of a list, in the order of all.
func chosen(name, list string, all []string) (names []string, err error) {
	want := strings.Split(list, ",")
	for _, n := range want {
		if !slices.Contains(all, n) {
			return nil, fmt.Errorf("invalid %s %q: want some of %s", name, n, strings.Join(all, ","))
		}
	}
	for _, n := range all {
		if slices.Contains(want, n) {
			names = append(names, n)
		}
	}
	return names, nil
}

// run measures, prints the table to out and progress to notes.
func run(ctx context.Context, s settings, out, notes io.Writer) error {
	if s.people < 1 || s.rounds < 1 || s.turns < 1 || s.dayTurns < 1 {
		return errors.New("--people, --rounds, --turns and --day-turns must be at least 1")
	}
	if err := knownLanguage(s.language); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	built := s.callmill == ""
	if built {
		binary, err := buildCallmill(ctx, s.dir)
		if err != nil {
			return err
		}
		s.callmill = binary
	}
	r := newReport(s.callmill, s.baseline)
	if built {
		r.Callmill = headBuild(ctx, r.Callmill)
	}
	peers, err := available(ctx, s, notes)
	if err != nil {
		return err
	}
	for _, name := range s.inputs {
		in, err := s.input(ctx, name, notes)
		if err != nil {
			return fmt.Errorf("make input %s: %w", name, err)
		}
		if in == nil {
			fmt.Fprintln(notes, "skipped input", name+": no sample, which --responses names")
			continue
		}
		results, err := measureAll(ctx, s, contestants(s, name, peers), in.dir, notes)
		if err != nil {
			return err
		}
		r.Inputs = append(r.Inputs, inputResult{Name: name, Bytes: in.bytes, Contestants: results})
		if err := printFigures(notes, r.Inputs[len(r.Inputs)-1]); err != nil {
			return err
		}
		// After each input: what was measured is not lost when a later one fails.
		if err := r.write(s.json); err != nil {
			return err
		}
	}
	if err := printTable(out, r, s.language); err != nil {
		return err
	}
	if s.baseline == "" {
		return nil
	}
	fmt.Fprintln(out)
	return printPairs(out, r.ownPairs())
}
