package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"callmill/cmd/internal/language"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

func newViews(env *environment) *cobra.Command {
	var lang language.Flag
	c := ofPublished(&cobra.Command{
		Use:   "views DIR",
		Short: "Print the views for DuckDB as SQL",
		Long:  "Views prints the views of the published snapshot with absolute paths.",
		Example: `  callmill views data > views.sql && duckdb -init views.sql
  callmill views data --lang zh > views.sql`,
	}, func(d *dataset.Dataset) error {
		chosen, err := lang.Parse()
		if err != nil {
			return err
		}
		text, err := viewsOf(d, chosen)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(env.stdout, text)
		return err
	})
	lang.Add(c.Flags(), "language of the comments: en or zh")
	return c
}

// viewsOf returns the views of the published snapshot with absolute paths. For one of
// an older format, whose files do not have all columns of today, it is the text that
// was published with it.
func viewsOf(d *dataset.Dataset, lang schema.Language) (string, error) {
	path, err := filepath.Abs(d.SnapshotDir())
	if err != nil {
		return "", err
	}
	path = filepath.ToSlash(path)
	if d.Manifest().Format == dataset.FormatVersion {
		return views.SQL(path, lang, d.Manifest().OptOuts.Path != ""), nil
	}
	text, err := os.ReadFile(filepath.Join(d.SnapshotDir(), dataset.ViewsFile))
	return views.At(string(text), path), err
}
