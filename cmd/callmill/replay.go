package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/replay"
	"callmill/cmd/callmill/internal/settings"
	"callmill/pipeline/dataset"
)

func newReplay(env *environment) *cobra.Command {
	return ofRun(&cobra.Command{
		Use:   "replay DIR",
		Short: "Decode the rejects again with this version's decoder",
		Long: `Replay decodes the input of every reject again. Jobs that can be decoded now are
published as of when they were received, and their rejects leave the table;
input that is rejected again stays as it is. Input of which only the beginning
was kept is left out. Where --pii is not keep no input is kept: then the next pull
asks the API again for what has a job id, and replay says so.`,
		Example: `  callmill replay data`,
	}, env, operation{
		check: func(d *dataset.Dataset, _ *settings.Loaded) error { return replay.Possible(d) },
		open: func(_ context.Context, with opening) (*input, error) {
			return &input{source: &replay.Rejects{Dataset: with.dataset}, decoder: newDecoder}, nil
		},
	})
}
