package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/schema"
)

func newSnapshots(env *environment) *cobra.Command {
	var flags folderFlags
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
			dir, action, name := args[0], "list", ""
			if len(args) > 1 {
				action = args[1]
			}
			switch action {
			case "pin", "unpin", "rollback":
				if len(args) != 3 {
					return exit.Usagef("%s takes the name of a snapshot", action)
				}
				name = args[2]
			case "list", "prune":
				if len(args) == 3 {
					return exit.Usagef("%s takes no name", action)
				}
			default:
				return exit.Usagef("invalid action %q: want list, prune, pin, unpin or rollback", action)
			}
			if err := flags.check(); err != nil {
				return err
			}
			switch action {
			case "list":
				return listSnapshots(env, dir)
			case "rollback":
				err := dataset.Rollback(c.Context(), dir, name, flags.options)
				if err == nil {
					fmt.Fprintf(env.stdout, "rolled back to %s\n", name)
				}
				return err
			}
			return changeSnapshots(c.Context(), env, dir, action, name, flags.options)
		},
	}
	flags.add(c.Flags())
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
func changeSnapshots(ctx context.Context, env *environment, dir, action, name string, options dataset.Options) (err error) {
	if _, err := dataset.View(dir); err != nil {
		return err
	}
	d, err := dataset.Open(ctx, dir, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if action != "prune" {
		return d.Pin(name, action == "pin")
	}
	removed, err := d.Prune()
	for _, name := range removed {
		fmt.Fprintln(env.stdout, "removed", name)
	}
	return err
}
