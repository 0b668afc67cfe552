package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

func newSnapshots(env *environment) *cobra.Command {
	var options dataset.Options
	c := &cobra.Command{
		Use:   "snapshots DIR list|prune|pin NAME|unpin NAME|rollback NAME",
		Short: "List, prune, pin or roll back snapshots",
		Long: `List shows the snapshots. Prune removes those beyond --keep and --keep-for. Pin
exempts one from pruning, unpin ends that. Rollback publishes an earlier one
again: the next run continues from it.

The published snapshot, its parent and pinned ones are never removed.`,
		Example: `  callmill snapshots data list
  callmill snapshots data rollback 20260122T013000Z-1f3a9c`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(c *cobra.Command, args []string) error {
			action := "list"
			if len(args) > 1 {
				action = args[1]
			}
			named := slices.Contains([]string{"pin", "unpin", "rollback"}, action)
			if !named && !slices.Contains([]string{"list", "prune"}, action) {
				return usagef("invalid action %q: want list, prune, pin, unpin or rollback", action)
			}
			if named != (len(args) == 3) {
				return usagef("%s takes %s", action, map[bool]string{true: "the name of a snapshot", false: "no name"}[named])
			}
			if options.Keep < 1 || options.KeepFor < 0 || options.LockWait < 0 {
				return usagef("--keep must be at least 1, --keep-for and --lock-wait must not be negative")
			}
			if action == "list" {
				return listSnapshots(env, args[0])
			}
			options.KeepFor = keepAge(options.KeepFor)
			if action == "rollback" {
				if err := dataset.Rollback(c.Context(), args[0], args[2], options); err != nil {
					return err
				}
				fmt.Fprintf(env.stdout, "rolled back to %s\n", args[2])
				return nil
			}
			return changeSnapshots(c.Context(), env, args, options)
		},
	}
	c.Flags().IntVar(&options.Keep, "keep", 7, "number of recent snapshots to keep")
	c.Flags().Var(newSpan(&options.KeepFor, 24*time.Hour), "keep-for", "keep snapshots younger than this regardless of --keep")
	c.Flags().DurationVar(&options.LockWait, "lock-wait", 0, "how long to wait for another run that holds the dataset")
	return c
}

func listSnapshots(env *environment, dir string) error {
	list, err := dataset.List(dir)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(env.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "SNAPSHOT\tPUBLISHED\tJOBS\tTASKS\tTURNS\tREJECTS\t")
	for _, s := range list {
		marks := ""
		if s.Latest {
			marks = "latest "
		}
		if s.Pinned {
			marks += "pinned"
		}
		m := s.Manifest
		if m == nil {
			fmt.Fprintf(w, "%s\tbroken\t\t\t\t\t%s %v\n", s.Name, marks, s.Err)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", s.Name, m.Published.Format(time.RFC3339),
			m.Table(schema.TableJobs).Rows, m.Table(schema.TableTasks).Rows, m.Table(schema.TableTurns).Rows, m.Table(schema.TableRejects).Rows, marks)
	}
	return w.Flush()
}

// changeSnapshots prunes, pins or unpins.
func changeSnapshots(ctx context.Context, env *environment, args []string, options dataset.Options) (err error) {
	if _, err := dataset.View(args[0]); err != nil {
		return err
	}
	d, err := dataset.Open(ctx, args[0], options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if args[1] != "prune" {
		return d.Pin(args[2], args[1] == "pin")
	}
	removed, err := d.Prune()
	for _, name := range removed {
		fmt.Fprintln(env.stdout, "removed", name)
	}
	return err
}
