package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/joblist"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/pipeline/dataset/changes"
)

func newChanges(env *environment) *cobra.Command {
	o := changesOptions{memory: 300 << 20}
	c := ofDataset(&cobra.Command{
		Use:   "changes DIR --since SNAPSHOT",
		Short: "List the jobs that are new, changed or gone since a snapshot",
		Long: `Changes compares the published snapshot with an earlier one, named by itself or
by a bookmark (` + "`callmill snapshots DIR pin --as NAME`" + `), and prints the jobs that
are not the same, by instance_id and job_id: new, changed, or gone. A job has
changed if any of its rows in jobs, tasks, turns, contacts, extras or summaries
has, for whatever reason: a later version, values of SearchTask that came late,
other settings, a rollback. Replacing all rows of these jobs makes a copy of the
earlier snapshot one of the later.

The tables job_groups, statuses and rejects are not by job and not compared:
they are small, take them whole.

Both snapshots are settled before anything is read. Where the rows are read
afterwards, name the later one with --snapshot, e.g. the one that
` + "`callmill path`" + ` printed: what is published meanwhile is left for the next time.

Only files that differ are read. Between snapshots of different formats or
derivations every job has changed. --format json prints an object per line.`,
		Example: `  callmill changes data --since 20260122T013000Z-1f3a9c
  callmill changes data --since warehouse --format parquet > changes.parquet`,
	}, func(ctx context.Context, dir string) error { return o.print(ctx, env, dir) })
	c.Flags().StringVar(&o.since, "since", "", "`SNAPSHOT` or bookmark to compare with (required)")
	c.Flags().StringVar(&o.snapshot, "snapshot", "", "`SNAPSHOT` or bookmark to compare (default: the published one)")
	c.Flags().StringVar(&o.format, "format", joblist.Formats()[0], "table, csv, json or parquet")
	c.Flags().Var(&o.memory, "memory", "memory limit, e.g. 300MB or 1GB; differences beyond it are kept in a temporary file")
	return c
}

type changesOptions struct {
	since, snapshot, format string
	memory                  quantity.Size
}

func (o *changesOptions) check(env *environment) error {
	if err := joblist.ParseFormat(o.format); err != nil {
		return exit.AsUsage(err)
	}
	switch {
	case o.since == "":
		return exit.WithHint(exit.Usagef("--since is missing"), "name a snapshot or a bookmark; `callmill snapshots DIR list` shows them")
	case o.memory < 64<<20:
		return exit.Usagef("--memory must be at least 64MB, got %s", o.memory)
	case o.format == "parquet" && env.terminal:
		return exit.WithHint(exit.Usagef("--format parquet is not for a terminal"), "redirect it, e.g. > changes.parquet")
	}
	return nil
}

func (o *changesOptions) print(ctx context.Context, env *environment, dir string) (err error) {
	if err := o.check(env); err != nil {
		return err
	}
	if env.limitMemory != nil {
		env.limitMemory(int64(o.memory))
	}
	found, err := joblist.Compare(ctx, dir, o.since, o.snapshot, int64(o.memory)/4)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	counts, err := joblist.Print(ctx, o.format, env.stdout, found)
	if err != nil {
		return err
	}
	if err := env.stdout.Flush(); err != nil {
		return err
	}
	env.log.Tell(fmt.Sprintf("from %s to %s: %d new, %d changed, %d gone", found.Since, found.To,
		counts[changes.New], counts[changes.Changed], counts[changes.Gone]))
	return nil
}
