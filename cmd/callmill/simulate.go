package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/simulate"
)

// worldFlags describe a simulated world.
type worldFlags struct {
	jobs  int
	seed  uint64
	until string
	days  int
}

func (f *worldFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.IntVar(&f.jobs, "jobs", 1000, "people to reach")
	flags.Uint64Var(&f.seed, "seed", 1, "another seed gives other people and calls")
	flags.StringVar(&f.until, "until", "2026-01-31", "last day of the world")
	flags.IntVar(&f.days, "days", 14, "days before its end on which campaigns begin")
}

func (f *worldFlags) world() (*simulate.World, error) {
	until, err := time.Parse(time.DateOnly, f.until)
	if err != nil {
		return nil, usagef("--until must be a day such as 2026-01-31, got %q", f.until)
	}
	if f.jobs < 1 {
		return nil, usagef("--jobs must be at least 1, got %d", f.jobs)
	}
	world, err := simulate.New(simulate.Options{
		Jobs: f.jobs, Seed: f.seed, Days: f.days,
		Until: simulate.EndOfDay(until.Year(), until.Month(), until.Day()),
	})
	if err != nil {
		return nil, &usageError{err}
	}
	return world, nil
}

func newSimulate(env *environment) *cobra.Command {
	var flags worldFlags
	var write, truth string
	c := &cobra.Command{
		Use:   "simulate --write DIR",
		Short: "Make believable calls to try things with",
		Long: `Simulate makes outbound calls in Chinese: campaigns with scripts, people who
answer, misunderstand, hang up and are called again. People, numbers and
companies are made up. The same flags give the same bytes.

--write saves them as ListJobs responses; --truth tells what no API tells: the
script's node behind every line, planted causes of failure, personal data.`,
		Example: `  callmill simulate --write responses --jobs 10000 --truth truth.jsonl
  callmill convert responses --out data`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if write == "" {
				return &hintError{usagef("--write is missing"), "name the folder for the responses, such as --write responses"}
			}
			world, err := flags.world()
			if err != nil {
				return err
			}
			if err := world.WriteFiles(c.Context(), write); err != nil {
				return err
			}
			fmt.Fprintf(env.stdout, "wrote %d jobs to %s\n", world.Len(), write)
			if truth == "" {
				return nil
			}
			return writeFile(truth, func(w io.Writer) error { return world.WriteTruth(c.Context(), w) })
		},
	}
	flags.add(c)
	c.Flags().StringVar(&write, "write", "", "new or empty folder for the responses")
	c.Flags().StringVar(&truth, "truth", "", "file for what really happened")
	return c
}

// writeFile makes or replaces a file.
func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		file.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	return file.Close()
}
