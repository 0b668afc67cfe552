package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/awaited"
	"callmill/cmd/callmill/internal/overview"
	"callmill/cmd/callmill/internal/privacy"
	"callmill/cmd/internal/exit"
)

func newStatus(env *environment) *cobra.Command {
	var asJSON, pending, personal bool
	c := ofDataset(&cobra.Command{
		Use:   "status DIR",
		Short: "Show what is published, how the last run ended, which days are covered",
		Long: `Status shows what is published, how the last run ended and why, which days are
covered, and how many entries are pending for which reason. With --pending it
lists these entries, as ` + "`callmill pending`" + ` does. With --privacy it shows what is
kept of persons: the policy, the retention, the key, what is on hold, pinned or
kept as it came, erasures and their receipts, and warns of what is overdue.`,
		Example: `  callmill status data
  callmill status data --json | jq .last_run`,
	}, func(ctx context.Context, dir string) error {
		switch {
		case pending && personal:
			return exit.Usagef("--pending and --privacy exclude each other")
		case personal:
			return privacy.Show(env.stdout, dir, env.now(), asJSON)
		case pending:
			return (&awaited.Selection{}).List(ctx, env.stdout, dir, asJSON)
		}
		return overview.Show(env.stdout, dir, env.now(), asJSON)
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON; with --pending, an object per line")
	c.Flags().BoolVar(&personal, "privacy", false, "show what is kept of persons instead, and what is overdue")
	c.Flags().BoolVar(&pending, "pending", false, "list what is pending instead")
	return c
}
