package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/mend"
	"callmill/cmd/callmill/internal/quote"
	"callmill/pipeline/dataset"
)

func newRepair(env *environment) *cobra.Command {
	return ofDataset(&cobra.Command{
		Use:   "repair DIR",
		Short: "Make damaged files of the published snapshot again",
		Long: `Repair restores a damaged manifest from its second copy, and makes table files
and views.sql again: from other snapshots, from the other tables, from what is
kept in raw/. A file is replaced only by one with the hash that the manifest says,
in every snapshot that has it. What cannot be made again is listed, and then the
exit code is 1.`,
		Example: `  callmill verify data || callmill repair data`,
	}, func(ctx context.Context, dir string) error {
		done, err := mend.Dataset(ctx, dir, dataset.Options{Now: env.now})
		if err != nil {
			return err
		}
		if err := done.Print(env.stdout); err != nil {
			return err
		}
		if n := len(done.Lost()); n > 0 {
			return exit.WithHint(fmt.Errorf("repair %s: %d damaged files are lost", dir, n),
				"go back to a snapshot without them with `callmill snapshots "+quote.Shell(dir)+" rollback NAME`, and pull those days again")
		}
		return nil
	})
}
