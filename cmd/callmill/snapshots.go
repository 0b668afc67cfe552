package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/overview"
	"callmill/pipeline/dataset"
)

func newSnapshots(env *environment) *cobra.Command {
	var flags folderFlags
	var bookmark string
	c := &cobra.Command{
		Use:   "snapshots DIR list|prune|pin [NAME]|unpin NAME|rollback NAME",
		Short: "List, prune, pin or roll back snapshots",
		Long: `List shows the snapshots. Prune removes those beyond --keep and --keep-for. Pin
exempts one from pruning, by default the published one; unpin ends that.
Rollback publishes an earlier one again: the next run continues from it.

With --as, pin sets a bookmark: a pin with a name of its own, for a consumer
that has read the snapshot and will ask ` + "`callmill changes DIR --since NAME`" + `. A
bookmark that exists is moved. Unpin takes its name, too.

The published snapshot, its parent and pinned ones are never removed.`,
		Example: `  callmill snapshots data list
  callmill snapshots data pin --as warehouse
  callmill snapshots data rollback 20260122T013000Z-1f3a9c`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(c *cobra.Command, args []string) error {
			dir, action, name := args[0], "list", ""
			if len(args) > 1 {
				action = args[1]
			}
			if len(args) > 2 {
				name = args[2]
			}
			if err := checkAction(action, name, c.Flags().Changed("as"), bookmark); err != nil {
				return err
			}
			if err := flags.check(); err != nil {
				return err
			}
			switch action {
			case "list":
				return overview.Snapshots(env.stdout, dir)
			case "rollback":
				err := dataset.Rollback(c.Context(), dir, name, flags.options)
				if err == nil {
					fmt.Fprintf(env.stdout, "rolled back to %s\n", name)
				}
				return err
			}
			return changeSnapshots(c.Context(), env, dir, action, dataset.Pin{Snapshot: name, Bookmark: bookmark}, flags.options)
		},
	}
	flags.add(c.Flags())
	c.Flags().StringVar(&bookmark, "as", "", "`BOOKMARK` that pin sets or moves")
	return c
}

// checkAction checks that an action takes what it is given.
func checkAction(action, name string, named bool, bookmark string) error {
	switch action {
	case "unpin":
		if name == "" {
			return exit.Usagef("unpin takes the name of a snapshot or a bookmark")
		}
	case "rollback":
		if name == "" {
			return exit.Usagef("rollback takes the name of a snapshot")
		}
	case "list", "prune":
		if name != "" {
			return exit.Usagef("%s takes no name", action)
		}
	case "pin":
		if named {
			return dataset.CheckBookmark(bookmark)
		}
	default:
		return exit.Usagef("invalid action %q: want list, prune, pin, unpin or rollback", action)
	}
	if named {
		return exit.Usagef("--as is for pin, not for %s", action)
	}
	return nil
}

// changeSnapshots prunes, pins or unpins.
func changeSnapshots(ctx context.Context, env *environment, dir, action string, pin dataset.Pin, options dataset.Options) (err error) {
	if _, err := dataset.View(dir); err != nil {
		return err
	}
	d, err := dataset.Open(ctx, dir, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	switch action {
	case "pin":
		snapshot, err := d.Pin(cmp.Or(pin.Snapshot, d.Name()), pin.Bookmark)
		if err == nil {
			fmt.Fprintln(env.stdout, "pinned", snapshot)
		}
		return err
	case "unpin":
		return d.Unpin(pin.Snapshot)
	}
	removed, err := d.Prune()
	for _, name := range removed {
		fmt.Fprintln(env.stdout, "removed", name)
	}
	return err
}
