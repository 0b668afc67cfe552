package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/pipeline"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/flatten"
)

func newRewrite(env *environment) *cobra.Command {
	return ofRun(&cobra.Command{
		Use:   "rewrite DIR",
		Short: "Derive all tables anew, with other words or another time zone",
		Long: `Rewrite derives all tables of the published snapshot again and publishes the
result, with the settings given; those that are not given stay. Files that come
out the same are linked, not copied.

It is not needed after an update of callmill: the next run of any command that
publishes brings the dataset to its versions.`,
		Example: `  callmill rewrite data --dict products.txt
  callmill rewrite data --timezone Asia/Urumqi --hmm`,
	}, env, operation{
		anew: true,
		open: func(_ context.Context, with opening) (*input, error) {
			again := shard.NewReread(with.dataset, flatten.Job)
			return &input{source: again, decoder: func() pipeline.Decoder { return again.Decoder() }}, nil
		},
	})
}
