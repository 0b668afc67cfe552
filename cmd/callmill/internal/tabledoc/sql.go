package tabledoc

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"callmill/schema"
)

// SQL writes DuckDB statements that create the tables, empty, with comments in
// English on them and on their columns. The partition column of a day table
// comes last, where readers of the files put it.
func SQL(w io.Writer) error {
	b := bufio.NewWriter(w)
	for i, t := range schema.Tables() {
		if i > 0 {
			fmt.Fprintln(b)
		}
		columns := t.Columns
		if t.Day {
			columns = append(columns, schema.Partition())
		}
		fmt.Fprintf(b, "CREATE TABLE %s (\n", identifier(t.Name))
		for i, c := range columns {
			end := ","
			if i == len(columns)-1 {
				end = ""
			}
			fmt.Fprintf(b, "  %s %s%s\n", identifier(c.Name), sqlType(c), end)
		}
		fmt.Fprintf(b, ");\nCOMMENT ON TABLE %s IS %s;\n", identifier(t.Name),
			literal(t.Doc.EN+" Key: "+strings.Join(t.Key, ", ")+"."))
		for _, c := range columns {
			fmt.Fprintf(b, "COMMENT ON COLUMN %s.%s IS %s;\n", identifier(t.Name), identifier(c.Name), literal(c.Doc.EN))
		}
	}
	return b.Flush()
}

func sqlType(c schema.Column) string {
	name := map[string]string{
		schema.TypeString:    "VARCHAR",
		schema.TypeI32:       "INTEGER",
		schema.TypeI64:       "BIGINT",
		schema.TypeBool:      "BOOLEAN",
		schema.TypeDate:      "DATE",
		schema.TypeTimestamp: "TIMESTAMP WITH TIME ZONE",
		schema.TypeStrings:   "VARCHAR[]",
		schema.TypeBinary:    "BLOB",
	}[c.Type]
	if !c.Nullable {
		name += " NOT NULL"
	}
	return name
}

// identifier quotes a name: some, such as key and position, are SQL keywords.
func identifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
