package main

import (
	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/tabledoc"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/language"
)

func newSchema(env *environment) *cobra.Command {
	var format string
	var lang language.Flag
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the columns of the tables and views, and their meanings",
		Example: `  callmill schema
  callmill schema --lang zh > 数据字典.md
  callmill schema --format sql | duckdb warehouse.duckdb`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			chosen, err := lang.Parse()
			if err != nil {
				return err
			}
			switch format {
			case "md":
				return tabledoc.Markdown(env.stdout, chosen)
			case "json":
				return tabledoc.JSON(env.stdout, chosen)
			case "sql":
				return tabledoc.SQL(env.stdout, chosen)
			}
			return exit.Usagef("invalid --format %q: want md, json or sql", format)
		},
	}
	c.Flags().StringVar(&format, "format", "md", "md, json or sql")
	lang.Add(c.Flags(), "language of the texts: en or zh")
	return c
}
