package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
)

func newViews(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:     "views DIR",
		Short:   "Print the views for DuckDB as SQL",
		Long:    "Views prints the views of the published snapshot with absolute paths.",
		Example: `  callmill views data > views.sql && duckdb -init views.sql`,
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
			_, err = fmt.Fprint(env.stdout, dataset.Views(filepath.ToSlash(path)))
			return err
		},
	}
}
