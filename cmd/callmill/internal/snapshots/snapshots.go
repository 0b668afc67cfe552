// Package snapshots is the command for the snapshots that a dataset keeps: which there are,
// which stay, and which one is published.
package snapshots

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/overview"
	"callmill/cmd/callmill/internal/recovery"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
)

// Command returns the command snapshots.
func Command(stdout io.Writer) *cobra.Command {
	var flags settings.Folder
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
			if err := flags.Check(); err != nil {
				return err
			}
			switch action {
			case "list":
				return overview.Snapshots(stdout, dir)
			case "rollback":
				err := checkRollback(c.Context(), dir, name, flags.Options)
				if err == nil {
					name, err = nameNow(dir, name)
				}
				if err == nil {
					err = dataset.Rollback(c.Context(), dir, name, flags.Options)
				}
				if err == nil {
					fmt.Fprintf(stdout, "rolled back to %s\n", name)
				}
				return err
			}
			return change(c.Context(), stdout, dir, action, dataset.Pin{Snapshot: name, Bookmark: bookmark}, flags.Options)
		},
	}
	flags.Add(c.Flags())
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

// checkRollback finishes what is unfinished, and refuses a snapshot that shows more
// than the policy of the dataset allows.
func checkRollback(ctx context.Context, dir, name string, options dataset.Options) error {
	d := dataset.Nothing(dir)
	intents, err := d.Erased().Open()
	if err == nil && len(intents) > 0 {
		var opened *dataset.Dataset
		if opened, err = recovery.Open(ctx, dir, options); err == nil {
			err = opened.Close()
		}
	}
	if err != nil {
		return err
	}
	if name, err = nameNow(dir, name); err != nil {
		return err
	}
	at, err := d.At(name)
	if err != nil {
		return nil //nolint:nilerr // the rollback says what is wrong
	}
	policy, err := d.Erased().Policy()
	if err == nil {
		err = policy.Check(at.Manifest().Settings.PII)
	}
	if _, looser := errors.AsType[*erased.LooserError](err); looser {
		return exit.AsUsage(fmt.Errorf("roll back %s to %s: %w", dir, name, err))
	}
	return err
}

// nameNow returns the name of a snapshot that a bookmark is on, or that one had before an
// erasure replaced it.
func nameNow(dir, name string) (string, error) {
	d := dataset.Nothing(dir)
	pins, err := d.Pins()
	if err != nil {
		return "", err
	}
	for _, p := range pins {
		if p.Bookmark == name {
			name = p.Snapshot
		}
	}
	replaced, err := d.Erased().Replaced()
	if err != nil {
		return "", err
	}
	return replaced.Latest(name), nil
}

// change prunes, pins or unpins.
func change(ctx context.Context, stdout io.Writer, dir, action string, pin dataset.Pin, options dataset.Options) (err error) {
	if _, err := dataset.View(dir); err != nil {
		return err
	}
	d, err := recovery.Open(ctx, dir, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	switch action {
	case "pin":
		snapshot, err := d.Pin(cmp.Or(pin.Snapshot, d.Name()), pin.Bookmark)
		if err == nil {
			fmt.Fprintln(stdout, "pinned", snapshot)
		}
		return err
	case "unpin":
		return d.Unpin(pin.Snapshot)
	}
	removed, err := d.Prune()
	for _, name := range removed {
		fmt.Fprintln(stdout, "removed", name)
	}
	return err
}
