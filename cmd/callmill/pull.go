package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/pull"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/discover"
)

func newPull(env *environment) *cobra.Command {
	flags, options := &runFlags{}, pull.Defaults()
	var check, dryRun bool
	c := &cobra.Command{
		Use:   "pull --out DIR",
		Short: "Fetch calls from the API and publish them",
		Long: `Pull fetches every day that is not covered yet, up to yesterday, searches the
last days again, and asks again for jobs that were not final when they were last
seen, or that are missing. It is meant to run every night: it catches up by
itself, and resumes a run that was killed. More than 31 days are published month
by month.

Days are those of the dataset's time zone. A run publishes everything or
nothing: after a failure, the next one goes on from what was received.
` + "`callmill --help`" + ` lists the exit codes.

Credentials come from Alibaba Cloud's own chain: the environment
(ALIBABA_CLOUD_ACCESS_KEY_ID, …_SECRET, …_SECURITY_TOKEN), the profile file,
the role of the machine. They are never in flags.`,
		Example: `  callmill pull --out data --instance af81a389-91f0-4157-8d82-720edd02b66a
  callmill pull --out data
  callmill pull --out data --from 2026-01-01 --to 2026-01-31
  callmill pull --out data --check`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			options.Client = env.client
			switch {
			case check:
				return preview(c.Context(), env, flags, options, (*pull.Pull).Check)
			case dryRun:
				return preview(c.Context(), env, flags, options, (*pull.Pull).List)
			}
			return runPull(c.Context(), env, flags, options)
		},
	}
	flags.addOut(c.Flags())
	flags.add(c.Flags())
	options.Add(c.Flags())
	c.Flags().BoolVar(&check, "check", false, "check credentials, permissions, clock and quota; fetch nothing")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "count the jobs to fetch, and fetch none")
	return c
}

// runPull fetches and publishes what is due: many days in several runs, each of which
// publishes by itself. A failure ends it, once the problems of the runs before are
// told.
func runPull(ctx context.Context, env *environment, flags *runFlags, options pull.Options) error {
	parts, note := partsOf(env, flags, options)
	if note != "" {
		env.log.Tell(note)
	}
	var reasons exit.Unclean
	for _, part := range parts {
		err := pullOnce(ctx, env, flags, part)
		unclean, published := errors.AsType[exit.Unclean](err)
		if err != nil && (!published || len(parts) == 1) {
			env.log.Complain(ctx, reasons.OrNil())
			return err
		}
		reasons = reasons.With(unclean)
	}
	return reasons.OrNil()
}

// partsOf returns the runs that a pull consists of, and what is to be said of them.
// Where something is wrong it is one, which returns the error.
func partsOf(env *environment, flags *runFlags, options pull.Options) (parts []pull.Options, note string) {
	one := []pull.Options{options}
	if !options.MayBeLong() {
		return one, ""
	}
	p, o := preparePull(env, flags, options)
	defer p.Close()
	if err := flags.check(); err != nil {
		return one, ""
	}
	d, err := lookAt(flags.out)
	if err != nil {
		return one, ""
	}
	if _, err := o.settle(d); err != nil {
		return one, ""
	}
	if parts, note = p.Parts(d); len(parts) > 0 {
		return parts, note
	}
	return one, ""
}

func pullOnce(ctx context.Context, env *environment, flags *runFlags, options pull.Options) error {
	p, o := preparePull(env, flags, options)
	defer p.Close()
	err := o.execute(ctx, env)
	if exit.Interrupted(ctx, err) {
		return exit.WithHint(err, "what was received is kept: run the same command again, and it goes on from there")
	}
	return err
}

// preview shows something about what a pull would do, and fetches nothing.
func preview(ctx context.Context, env *environment, flags *runFlags, options pull.Options,
	show func(*pull.Pull, context.Context, io.Writer, *dataset.Dataset) error,
) error {
	p, o := preparePull(env, flags, options)
	defer p.Close()
	if err := flags.check(); err != nil {
		return err
	}
	d, err := lookAt(flags.out)
	if err != nil {
		return err
	}
	if _, err := o.settle(d); err != nil {
		return err
	}
	return show(p, ctx, env.stdout, d)
}

// preparePull returns a pull, and the operation that runs it.
func preparePull(env *environment, flags *runFlags, options pull.Options) (*pull.Pull, *operation) {
	options.Out, options.Now = flags.out, env.now
	options.NewReader = func() discover.Reader { return newDecoder() }
	flags.settings.Asks = options.Asks()
	p := pull.New(options)
	o := &operation{command: "pull", flags: flags, rules: p.Rules}
	o.check = func(d *dataset.Dataset, s *settings.Loaded) error { return p.Validate(d, s) }
	o.open = func(_ context.Context, with opening) (*input, error) {
		source, err := p.Begin(with.dataset, with.tx, with.report)
		if err != nil {
			return nil, err
		}
		return &input{source: source, decoder: newDecoder, counters: source.Counters, extend: p.Extend, finish: p.Finish}, nil
	}
	return p, o
}
