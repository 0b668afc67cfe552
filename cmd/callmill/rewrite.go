package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/policy"
	"callmill/cmd/callmill/internal/settings"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shard"
)

func newRewrite(env *environment) *cobra.Command {
	yes := false
	c := ofRun(&cobra.Command{
		Use:   "rewrite DIR",
		Short: "Derive all tables anew, with other words or another time zone",
		Long: `Rewrite derives all tables of the published snapshot again and publishes the
result, with the settings given; those that are not given stay. Files that come
out the same are linked, not copied.

A stricter --pii is for good: hash, mask and drop each take out more than the one
before, and nothing comes back. All earlier snapshots, pins and kept responses are
removed in the commit, once they were named and --yes was given. --retain may only
be shortened.

It is not needed after an update of callmill: the next run of any command that
publishes brings the dataset to its versions.`,
		Example: `  callmill rewrite data --dict products.txt
  callmill rewrite data --timezone Asia/Urumqi --hmm
  callmill rewrite data --retain 180d
  callmill rewrite data --pii mask --yes`,
	}, env, operation{
		anew: true,
		check: func(d *dataset.Dataset, s *settings.Loaded) error {
			return policy.Ask(env.stdout, d.Path(), d, s.Settings, yes)
		},
		open: func(_ context.Context, with opening) (*input, error) {
			again := shard.NewReread(with.dataset, settings.JobOf(with.dataset.Manifest().Settings))
			return &input{source: again, decoder: func() pipeline.Decoder { return again.Decoder() }}, nil
		},
	})
	c.Flags().BoolVar(&yes, "yes", false, "remove what was published under a looser --pii, for good")
	return c
}
