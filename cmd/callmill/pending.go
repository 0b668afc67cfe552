package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/awaited"
	"callmill/pipeline/dataset"
)

func newPending(env *environment) *cobra.Command {
	var selection awaited.Selection
	var asJSON bool
	c := &cobra.Command{
		Use:   "pending DIR",
		Short: "List what is expected and not in the tables whole",
		Long: `Pending lists the jobs and calls that lists named or that were asked for, and that
are not in the tables whole, each with its reason and since when. Each night asks
for them again.`,
		Example: `  callmill pending data --reason missing
  callmill pending data --json | jq -r .job_id`,
	}
	flags := c.Flags()
	flags.StringArrayVar(&selection.Instances, "instance", nil, "`ID` of a robot deployment: only its entries; repeatable")
	flags.StringArrayVar(&selection.Jobs, "job", nil, "`ID` of a job: only its entries; repeatable")
	flags.StringArrayVar(&selection.Reasons, "reason", nil, "`REASON` of the entries, e.g. missing; repeatable")
	flags.StringVar(&selection.Before, "before", "", "`DAY`: only entries since a day before it")
	flags.BoolVar(&asJSON, "json", false, "print an object per line")
	return ofDataset(c, func(ctx context.Context, dir string) error { return listPending(ctx, env, dir, selection, asJSON) })
}

// listPending prints the entries of the published snapshot that are meant.
func listPending(ctx context.Context, env *environment, dir string, selection awaited.Selection, asJSON bool) error {
	d, err := dataset.View(dir)
	if err != nil {
		return err
	}
	meant, err := selection.Filter(d.Manifest().Settings.TimeZone)
	if err != nil {
		return err
	}
	if asJSON {
		return awaited.PrintJSON(ctx, env.stdout, d.Pending(), meant)
	}
	return awaited.Print(ctx, env.stdout, d.Pending(), meant)
}
