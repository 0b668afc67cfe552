package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/awaited"
	"callmill/cmd/callmill/internal/instances"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
)

func newInstance(env *environment) *cobra.Command {
	flags := &runFlags{}
	c := &cobra.Command{
		Use:   "instance DIR retire ID",
		Short: "Retire a robot deployment that is gone",
		Long: `Retire publishes a snapshot that differs only in saying that a robot deployment is
gone: later runs do not ask for it, and it is no longer in metrics and in what is
left uncovered. Its jobs stay. ` + "`callmill snapshots DIR rollback`" + ` takes it back.`,
		Example: `  callmill instance data retire af81a389-91f0-4157-8d82-720edd02b66a`,
		Args:    cobra.ExactArgs(3),
		RunE: func(c *cobra.Command, args []string) error {
			if args[1] != "retire" {
				return exit.Usagef("invalid action %q: want retire", args[1])
			}
			if _, err := dataset.View(args[0]); err != nil {
				return err
			}
			flags.out = args[0]
			return retire(c.Context(), env, flags, args[2])
		},
	}
	flags.add(c.Flags())
	return c
}

// retire publishes that an instance is gone.
func retire(ctx context.Context, env *environment, flags *runFlags, id string) error {
	o := &operation{command: "instance", flags: flags}
	o.check = func(d *dataset.Dataset, _ *settings.Loaded) error { return instances.CheckKnown(d, id) }
	o.open = func(context.Context, opening) (*input, error) {
		return &input{source: awaited.NoInput{}, decoder: newDecoder, extend: func(e *dataset.Extent) error {
			e.Retired = instances.With(e.Retired, id)
			return nil
		}}, nil
	}
	return o.execute(ctx, env)
}
