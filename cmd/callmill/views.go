package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"callmill/cmd/internal/language"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/views"
	"callmill/pipeline/desk"
	"callmill/schema"
)

func newViews(env *environment) *cobra.Command {
	var lang language.Flag
	var folder string
	c := ofPublished(&cobra.Command{
		Use:   "views DIR",
		Short: "Print the views for DuckDB as SQL",
		Long: `Views prints the views of the published snapshot with absolute paths. Where there is a
desk, they end with reviews and accesses, over its files as they are when asked.`,
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
		ofDesk, err := deskViews(cmp.Or(folder, d.Path("desk")), chosen)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(env.stdout, text, ofDesk)
		return err
	})
	c.Flags().StringVar(&folder, "desk", "", "`DIR` of the desk's reviews and access log (default: desk in the dataset)")
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

// deskViews returns the views of a desk, "" where there is none.
func deskViews(folder string, lang schema.Language) (string, error) {
	path, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	has := func(name string) bool {
		info, err := os.Stat(filepath.Join(path, name))
		return err == nil && info.Mode().IsRegular()
	}
	files := views.DeskFiles{Reviews: has(desk.ReviewsFile), Accesses: has(desk.AccessFile)}
	if files == (views.DeskFiles{}) {
		return "", nil
	}
	return views.Desk(filepath.ToSlash(path), lang, files), nil
}
