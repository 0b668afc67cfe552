package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/views"
)

func newViews(env *environment) *cobra.Command {
	var lang language
	c := ofPublished(&cobra.Command{
		Use:   "views DIR",
		Short: "Print the views for DuckDB as SQL",
		Long:  "Views prints the views of the published snapshot with absolute paths.",
		Example: `  callmill views data > views.sql && duckdb -init views.sql
  callmill views data --lang zh > views.sql`,
	}, func(d *dataset.Dataset) error {
		chosen, err := lang.parse()
		if err != nil {
			return err
		}
		path, err := filepath.Abs(d.SnapshotDir())
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(env.stdout, views.SQL(filepath.ToSlash(path), chosen))
		return err
	})
	lang.add(c.Flags(), "language of the comments: en or zh")
	return c
}
