package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/overview"
)

func newStatus(env *environment) *cobra.Command {
	var asJSON bool
	c := ofDataset(&cobra.Command{
		Use:   "status DIR",
		Short: "Show what is published, how the last run ended, which days are covered",
		Long: `Status shows what is published, how the last run ended and why, which days are
covered, and how many entries are pending for which reason.`,
		Example: `  callmill status data
  callmill status data --json | jq .last_run`,
	}, func(_ context.Context, dir string) error { return overview.Show(env.stdout, dir, asJSON) })
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}
