package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/awaited"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
)

func newPending(env *environment) *cobra.Command {
	var selection awaited.Selection
	var all, asJSON, selected bool
	run := &runFlags{}
	c := &cobra.Command{
		Use:   "pending DIR [drop]",
		Short: "List what is expected and not in the tables whole, or give it up",
		Long: `Pending lists the jobs and calls that lists named or that were asked for, and that
are not in the tables whole, each with its reason and since when. Each night asks
for them again.

Drop gives up those that are selected: they are neither asked for nor alerted,
until they come or are too old. It publishes that as a run does.`,
		Example: `  callmill pending data --reason missing
  callmill pending data --json | jq -r .job_id
  callmill pending data drop --reason missing --before 2026-01-01`,
		// Called before variables of the environment are set: one such as
		// CALLMILL_INSTANCE narrows what is dropped, but does not choose it.
		Args: func(c *cobra.Command, args []string) error {
			selected = slices.ContainsFunc([]string{"all", "before", "instance", "job", "reason"}, c.Flags().Changed)
			return cobra.RangeArgs(1, 2)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			dir := args[0]
			switch {
			case len(args) == 1 && all:
				return exit.Usagef("--all is for drop")
			case len(args) == 1:
				return selection.List(c.Context(), env.stdout, dir, asJSON)
			case args[1] != "drop":
				return exit.Usagef("invalid action %q: want drop", args[1])
			case !selected:
				return exit.WithHint(exit.Usagef("drop needs to know which entries"), "select them with --job, --reason, --before or --instance, or all of them with --all")
			case asJSON:
				return exit.Usagef("--json is for the list")
			}
			run.out = dir
			return dropPending(c.Context(), env, run, selection)
		},
	}
	flags := c.Flags()
	run.add(flags)
	flags.StringArrayVar(&selection.Instances, "instance", nil, "`ID` of a robot deployment: only its entries; repeatable")
	flags.StringArrayVar(&selection.Jobs, "job", nil, "`ID` of a job: only its entries; repeatable")
	flags.StringArrayVar(&selection.Reasons, "reason", nil, "`REASON` of the entries, e.g. missing; repeatable")
	flags.StringVar(&selection.Before, "before", "", "`DAY`: only entries since a day before it")
	flags.BoolVar(&all, "all", false, "drop all entries")
	flags.BoolVar(&asJSON, "json", false, "list an object per line")
	return c
}

// dropPending publishes that the entries that are meant are given up.
func dropPending(ctx context.Context, env *environment, flags *runFlags, selection awaited.Selection) error {
	if _, err := dataset.View(flags.out); err != nil {
		return err
	}
	o := &operation{command: "pending", flags: flags}
	o.check = func(_ *dataset.Dataset, s *settings.Loaded) (err error) {
		o.drop, err = selection.Filter(s.Settings.TimeZone)
		return err
	}
	o.open = func(ctx context.Context, with opening) (*input, error) {
		dropped, err := awaited.CountStanding(ctx, tables.Pending(with.dataset), o.drop)
		with.report.Dropped = &dropped
		return &input{source: awaited.NoInput{}, decoder: newDecoder}, err
	}
	return o.execute(ctx, env)
}
