package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/mend"
	"callmill/cmd/callmill/internal/pull"
)

func newRepair(env *environment) *cobra.Command {
	var fromAPI bool
	var key string
	api := pull.Defaults()
	c := ofDataset(&cobra.Command{
		Use:   "repair DIR",
		Short: "Make damaged files of the published snapshot again",
		Long: `Repair restores a damaged manifest from its second copy, and makes table files
and views.sql again: from other snapshots, from the other tables, from what is
kept in raw/, and with --from-api from the API, which is asked for the jobs that
are nowhere else. A file is replaced only by one with the hash that the manifest
says, in every snapshot that has it.

Where that cannot be, a new snapshot is published in the place of the damaged one,
with all that can be had. What is lost is listed, and then the exit code is 3; the
next pull asks for lost jobs again.`,
		Example: `  callmill verify data || callmill repair data
  callmill repair data --from-api`,
	}, func(ctx context.Context, dir string) error {
		o := mend.Options{Version: version(), Now: env.now, Settle: api.Settle, Key: key}
		if fromAPI {
			client := env.client
			client.Endpoint, client.QPS, client.Now = api.Endpoint, api.QPS, env.now
			o.Client = &client
		}
		done, err := mend.Dataset(ctx, dir, o)
		if done.Report != nil {
			if e := done.Print(env.stdout); err == nil {
				err = e
			}
		}
		if err != nil {
			return err
		}
		return done.Loss(dir)
	})
	c.Flags().BoolVar(&fromAPI, "from-api", false, "ask the API for jobs of damaged files that are nowhere else")
	c.Flags().StringVar(&key, "key", "", "`FILE` with the secret behind contact_key, where it is not in the dataset")
	c.Flags().StringVar(&api.Endpoint, "endpoint", api.Endpoint, "`HOST`[:PORT] or URL of the API; http is accepted on loopback only")
	c.Flags().IntVar(&api.QPS, "qps", api.QPS, "maximum requests in any one second")
	return c
}
