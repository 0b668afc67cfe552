package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/status"
)

func newStatus(env *environment) *cobra.Command {
	var asJSON bool
	c := ofDataset(&cobra.Command{
		Use:   "status DIR",
		Short: "Show what is published, how the last run ended, which days are covered",
		Example: `  callmill status data
  callmill status data --json | jq .last_run`,
	}, func(_ context.Context, dir string) error { return status.Show(env.stdout, dir, asJSON) })
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}
