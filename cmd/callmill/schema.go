package main

import (
	"github.com/spf13/cobra"

	"callmill/schema"
)

func newSchema(env *environment) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print what the tables hold",
		Example: `  callmill schema
  callmill schema --format sql | duckdb warehouse.duckdb`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch format {
			case "md":
				return schema.Markdown(env.stdout)
			case "json":
				return schema.JSON(env.stdout)
			case "sql":
				return schema.SQL(env.stdout)
			}
			return usagef("--format must be md, json or sql, got %q", format)
		},
	}
	c.Flags().StringVar(&format, "format", "md", "md, json or sql")
	return c
}
