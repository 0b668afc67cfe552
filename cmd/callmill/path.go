package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
)

func newPath(env *environment) *cobra.Command {
	return ofPublished(&cobra.Command{
		Use:   "path DIR",
		Short: "Print the folder of the published snapshot",
		Long: `Path prints the absolute folder of the published snapshot. Resolved once, it
stays the same consistent snapshot while later ones are published.`,
		Example: `  duckdb -c "SELECT count(*) FROM read_parquet('$(callmill path data)/turns/*/*.parquet', hive_partitioning = false)"`,
	}, func(d *dataset.Dataset) error {
		path, err := filepath.Abs(d.SnapshotDir())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(env.stdout, path)
		return err
	})
}
