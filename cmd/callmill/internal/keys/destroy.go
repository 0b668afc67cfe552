package keys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/recovery"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/revoke"
	"callmill/pipeline/dataset/secret"
)

// Key returns the command key.
func Key(stdout io.Writer, now func() time.Time) *cobra.Command {
	var yes bool
	options := dataset.Options{Now: now}
	c := &cobra.Command{
		Use:   "key DIR destroy",
		Short: "End the joining of one person's calls, for good",
		Long: `Destroy sets contact_key NULL in every kept snapshot and removes the key file in the
dataset. It is for good: later runs make no contact keys, and refuse a key. Under
--pii hash the hashes of numbers and ids go with it, for they are made with the key.
Erasures and opt-outs have a secret of their own, and still work.

A key file outside the dataset, and copies in backups, are yours to destroy. Each
snapshot is replaced by one of the same time; it prints their new names.`,
		Example: `  callmill key data destroy
  callmill key data destroy --yes`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if args[1] != "destroy" {
				return exit.Usagef("invalid action %q: want destroy", args[1])
			}
			return destroy(c.Context(), stdout, args[0], options, yes)
		},
	}
	c.Flags().Var((*quantity.Duration)(&options.LockWait), "lock-wait", "how long to wait for another run that holds the dataset")
	c.Flags().BoolVar(&yes, "yes", false, "do it, for good")
	return c
}

// destroy destroys the key of the dataset in a folder, or says what that would do.
func destroy(ctx context.Context, stdout io.Writer, dir string, o dataset.Options, yes bool) (err error) {
	seen, err := dataset.View(dir)
	if err != nil {
		return err
	}
	if destroyed, err := secret.Destroyed(seen); err != nil {
		return err
	} else if intents, err := seen.Erased().Open(); destroyed && len(intents) == 0 || err != nil {
		return errors.Join(err, exit.Usagef("the key of %s was destroyed before", dir))
	}
	if !yes {
		list, err := dataset.List(dir)
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "contact_key becomes NULL in the %d snapshots of %s, for good: no run makes any again\n", len(list), quote.Shell(dir))
		if _, err := os.Stat(secret.Path(seen)); err == nil {
			fmt.Fprintf(stdout, "%s is removed\n", secret.Path(seen))
		} else {
			fmt.Fprintln(stdout, "the file that runs are given with --key is yours to destroy")
		}
		return exit.WithHint(exit.Usagef("the key can be destroyed only once"), "pass --yes to do it")
	}
	d, err := recovery.Open(ctx, dir, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	intent, err := revoke.Begin(d, d.NewRun().ID)
	if err != nil {
		return err
	}
	if err := recovery.Finish(ctx, d); err != nil {
		return err
	}
	replaced, err := d.Erased().Replaced()
	if err != nil {
		return err
	}
	for _, one := range replaced.List {
		if one.ID != intent.ID {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(one.Snapshots)) {
			fmt.Fprintf(stdout, "%s is %s now\n", name, one.Snapshots[name])
		}
	}
	_, err = fmt.Fprintln(stdout, "the key is destroyed: contact_key is NULL")
	return err
}
