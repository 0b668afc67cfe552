package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
)

func newPath(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "path DIR",
		Short: "Print the folder of the published snapshot",
		Long: `Path prints the absolute folder of the published snapshot. Resolved once, it
stays the same consistent snapshot while later ones are published.`,
		Example: `  duckdb -c "SELECT count(*) FROM read_parquet('$(callmill path data)/turns/*/*.parquet')"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := dataset.View(args[0])
			if err != nil {
				return err
			}
			path, err := filepath.Abs(d.SnapshotDir())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(env.stdout, path)
			return err
		},
	}
}
