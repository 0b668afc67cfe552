package main

import (
	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/tabledoc"
)

func newSchema(env *environment) *cobra.Command {
	var format, lang string
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the columns of the tables and their meanings",
		Example: `  callmill schema
  callmill schema --lang zh > 数据字典.md
  callmill schema --format sql | duckdb warehouse.duckdb`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case lang != "en" && lang != "zh":
				return exit.Usagef("--lang must be en or zh, got %q", lang)
			case lang == "zh" && format != "md":
				return exit.Usagef("--lang zh is for --format md, got --format %s", format)
			case lang == "zh":
				return tabledoc.Markdown(env.stdout, tabledoc.Chinese)
			}
			switch format {
			case "md":
				return tabledoc.Markdown(env.stdout, tabledoc.English)
			case "json":
				return tabledoc.JSON(env.stdout)
			case "sql":
				return tabledoc.SQL(env.stdout)
			}
			return exit.Usagef("--format must be md, json or sql, got %q", format)
		},
	}
	c.Flags().StringVar(&format, "format", "md", "md, json or sql")
	c.Flags().StringVar(&lang, "lang", "en", "language of md: en or zh")
	return c
}
