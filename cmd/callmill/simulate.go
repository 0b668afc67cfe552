package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
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
	var write, listen, truth string
	var options api.Options
	c := &cobra.Command{
		Use:   "simulate --write DIR | --listen ADDR",
		Short: "Make believable calls to try things with",
		Long: `Simulate makes outbound calls in Chinese: campaigns with scripts, people who
answer, misunderstand, hang up and are called again. People, numbers and
companies are made up. The same flags give the same bytes.

--write saves them as ListJobs responses. --listen serves them as the API does,
signatures, limits and errors included, until it is interrupted; the access key
is demo, its secret demo-secret. --truth tells what no API tells: the script's
node behind every line, planted causes of failure, personal data.`,
		Example: `  callmill simulate --write responses --jobs 10000 --truth truth.jsonl
  callmill convert responses --out data

  callmill simulate --listen 127.0.0.1:8099 --faults 0.2 --quota 20
  export ALIBABA_CLOUD_ACCESS_KEY_ID=demo ALIBABA_CLOUD_ACCESS_KEY_SECRET=demo-secret
  callmill pull --endpoint http://127.0.0.1:8099 --instance x --from 2026-01-18 --to 2026-01-31 --out data`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if (write == "") == (listen == "") {
				return &hintError{usagef("one of --write and --listen is needed"), "name a folder for the responses, such as --write responses"}
			}
			world, err := flags.world()
			if err != nil {
				return err
			}
			if truth != "" {
				if err := writeFile(truth, func(w io.Writer) error { return world.WriteTruth(c.Context(), w) }); err != nil {
					return err
				}
			}
			if listen != "" {
				options.Seed = flags.seed
				return serve(c.Context(), env, world, listen, options)
			}
			if err := world.WriteFiles(c.Context(), write); err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.stdout, "wrote %d jobs to %s\n", world.Len(), write)
			return err
		},
	}
	flags.add(c)
	c.Flags().StringVar(&write, "write", "", "new or empty folder for the responses")
	c.Flags().StringVar(&listen, "listen", "", "address to serve the API on, such as 127.0.0.1:0")
	c.Flags().StringVar(&truth, "truth", "", "file for what really happened")
	c.Flags().Float64Var(&options.Faults, "faults", 0, "share of requests that fail in one way or another (--listen)")
	c.Flags().IntVar(&options.Poison, "poison", 0, "jobs that are answered with errors only (--listen)")
	c.Flags().Float64Var(&options.Quota, "quota", 0, "requests admitted in any one second (--listen; 0: any number)")
	return c
}

// serve is the simulated API until ctx is done; then it says what was asked.
func serve(ctx context.Context, env *environment, world *simulate.World, address string, o api.Options) error {
	handler, err := api.New(world, o)
	if err != nil {
		return &usageError{err}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "http://%s\n", listener.Addr())
	if err := listenUntil(ctx, listener, handler); err != nil {
		return err
	}
	n := handler.Counts()
	_, err = fmt.Fprintf(env.stdout, "%d requests: %d served, %d refused, %d throttled, %d met a fault; at most %d in a second\n",
		n.Received, n.Served, n.Refused, n.Throttled, n.Faulted, n.Peak)
	return err
}

// listenUntil serves until ctx is done; when it returns nothing is under way.
func listenUntil(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	server.Close()
	<-ended
	return nil
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
