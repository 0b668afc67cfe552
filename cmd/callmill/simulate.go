package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/world"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

func newSimulate(env *environment) *cobra.Command {
	flags := world.Flags{People: 1000}
	var write, listen, truth string
	var options api.Options
	c := &cobra.Command{
		Use:   "simulate --write DIR | --listen ADDR",
		Short: "Simulate believable calls for trying things out",
		Long: `Simulate makes outbound calls in Chinese: campaigns with scripts, people who
answer, misunderstand, hang up and are called again. People, numbers and
companies are made up. The same flags produce the same bytes.

--write saves the calls as ListJobs responses. --listen serves them as the API
does, with signatures, limits and errors, until it is interrupted; the access
key is demo, its secret demo-secret. --truth writes what the API does not tell:
the script node behind every line, planted causes of failure, personal data.
--campaigns plays scripts of your own.`,
		Example: `  callmill simulate --write responses --people 10000 --truth truth.jsonl
  callmill convert responses --out data

  callmill simulate --listen 127.0.0.1:8099 --faults 0.2 --quota 20
  export ALIBABA_CLOUD_ACCESS_KEY_ID=demo ALIBABA_CLOUD_ACCESS_KEY_SECRET=demo-secret
  callmill pull --endpoint http://127.0.0.1:8099 --instance x --from 2026-01-18 --to 2026-01-31 --out data`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if (write == "") == (listen == "") {
				return exit.WithHint(exit.Usagef("either --write or --listen is required"), "name a folder for the responses, e.g. --write responses")
			}
			made, err := flags.World()
			if err != nil {
				return err
			}
			if truth != "" {
				if err := world.WriteTruth(c.Context(), truth, made); err != nil {
					return err
				}
			}
			if listen != "" {
				options.Seed = flags.Seed
				return serve(c.Context(), env, made, listen, options)
			}
			replaced, err := simulate.Responses(write)
			if err != nil {
				return err
			}
			if err := made.WriteFiles(c.Context(), write); err != nil {
				return err
			}
			fmt.Fprintf(env.stdout, "wrote %d jobs to %s", made.Len(), write)
			if replaced > 0 {
				fmt.Fprintf(env.stdout, ", in place of an earlier simulation (files: %d)", replaced)
			}
			return env.stdout.WriteByte('\n')
		},
	}
	flags.Add(c.Flags())
	flags.AddCampaigns(c.Flags())
	c.Flags().StringVar(&write, "write", "", "`DIR` for the responses: new, empty, or of an earlier simulation, whose files are replaced")
	c.Flags().StringVar(&listen, "listen", "", "`ADDR` to serve the API on, e.g. 127.0.0.1:8099")
	c.Flags().StringVar(&truth, "truth", "", "`FILE` for what really happened")
	c.Flags().Float64Var(&options.Faults, "faults", 0, "share of requests that fail, from 0 to 1 (--listen)")
	c.Flags().IntVar(&options.Poison, "poison", 0, "number of jobs answered with errors only (--listen)")
	c.Flags().Var((*quantity.Durations)(&options.Lag), "lag", "`ACTION=DURATION`: its answers show the world as it was that long ago, e.g. ListJobs=12h; repeatable; "+api.Columns+" for the columns of its rows only (--listen)")
	c.Flags().Float64Var(&options.Quota, "quota", 0, "maximum requests in any one second (--listen; 0: no limit)")
	return c
}

// serve serves the simulated API until ctx is done, then prints what it served.
func serve(ctx context.Context, env *environment, made *simulate.World, address string, o api.Options) error {
	handler, err := api.New(made, o)
	if err != nil {
		return exit.AsUsage(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "http://%s\n", listener.Addr())
	if err := env.stdout.Flush(); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := listenUntil(ctx, listener, handler); err != nil {
		return err
	}
	n := handler.Counts()
	_, err = fmt.Fprintf(env.stdout, "%d requests: %d served, %d refused, %d throttled, %d with a fault; at most %d in one second\n",
		n.Received, n.Served, n.Refused, n.Throttled, n.Faulted, n.Peak)
	return err
}

// listenUntil serves until ctx is done. When it returns, no connection is open.
func listenUntil(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return server.Close() // after the call that ended Serve, which may not have closed all yet
}
