package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/tabledoc"
	"callmill/schema"
)

// language is the flag --lang.
type language string

func (l *language) add(flags *pflag.FlagSet, usage string) {
	flags.StringVar((*string)(l), "lang", string(schema.English), usage)
}

func (l language) parse() (schema.Language, error) {
	switch chosen := schema.Language(l); chosen {
	case schema.English, schema.Chinese:
		return chosen, nil
	}
	return "", exit.Usagef("invalid --lang %q: want en or zh", l)
}

func newSchema(env *environment) *cobra.Command {
	var format string
	var lang language
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the columns of the tables and views, and their meanings",
		Example: `  callmill schema
  callmill schema --lang zh > 数据字典.md
  callmill schema --format sql | duckdb warehouse.duckdb`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			chosen, err := lang.parse()
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
	lang.add(c.Flags(), "language of the texts: en or zh")
	return c
}
