package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/awaited"
	"callmill/cmd/callmill/internal/overview"
)

func newStatus(env *environment) *cobra.Command {
	var asJSON, pending bool
	c := ofDataset(&cobra.Command{
		Use:   "status DIR",
		Short: "Show what is published, how the last run ended, which days are covered",
		Long: `Status shows what is published, how the last run ended and why, which days are
covered, and how many entries are pending for which reason. With --pending it
lists these entries, as ` + "`callmill pending`" + ` does.`,
		Example: `  callmill status data
  callmill status data --json | jq .last_run`,
	}, func(ctx context.Context, dir string) error {
		if pending {
			return (&awaited.Selection{}).List(ctx, env.stdout, dir, asJSON)
		}
		return overview.Show(env.stdout, dir, env.now(), asJSON)
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON; with --pending, an object per line")
	c.Flags().BoolVar(&pending, "pending", false, "list what is pending instead")
	return c
}
