package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
)

func newViews(env *environment) *cobra.Command {
	return ofPublished(&cobra.Command{
		Use:     "views DIR",
		Short:   "Print the views for DuckDB as SQL",
		Long:    "Views prints the views of the published snapshot with absolute paths.",
		Example: `  callmill views data > views.sql && duckdb -init views.sql`,
	}, func(d *dataset.Dataset) error {
		path, err := filepath.Abs(d.SnapshotDir())
		if err != nil {
			return err
		}
		text, err := d.Views(filepath.ToSlash(path))
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(env.stdout, text)
		return err
	})
}
