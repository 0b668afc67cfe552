package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/flatten"
)

func newRewrite(env *environment) *cobra.Command {
	flags := &runFlags{}
	c := &cobra.Command{
		Use:   "rewrite DIR",
		Short: "Derive all tables anew, with other words or another time zone",
		Long: `Rewrite runs the published snapshot itself through the line and publishes the
result: with the settings given, or after an upgrade that cuts or derives
otherwise. Settings that are not given stay. Tables that come out the same are
linked, not copied.`,
		Example: `  callmill rewrite data --dict products.txt
  callmill rewrite data --timezone Asia/Urumqi --hmm`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := dataset.View(args[0]); err != nil {
				return err
			}
			flags.out = args[0]
			j := &job{command: "rewrite", flags: flags, settle: flags.settings.change}
			j.open = func(_ context.Context, d *dataset.Dataset, _ *resolved, r *report) (*input, error) {
				again := d.Reread(flatten.Job)
				tx, err := d.BeginAnew(r.run)
				return &input{source: again, decoder: func() pipeline.Decoder { return again.Decoder() }, tx: tx}, err
			}
			return j.execute(c.Context(), env)
		},
	}
	flags.addTo(c)
	return c
}
