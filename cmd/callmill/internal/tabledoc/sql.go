package tabledoc

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

// SQL writes DuckDB statements that create the tables, empty, with comments on them
// and on their columns. The partition column of a day table comes last, where
// readers of the files put it. The views are described in comments of SQL: they are
// views of the files of a snapshot.
func SQL(w io.Writer, lang schema.Language) error {
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
			literal(tableComment(t, lang)))
		for _, c := range columns {
			fmt.Fprintf(b, "COMMENT ON COLUMN %s.%s IS %s;\n", identifier(t.Name), identifier(c.Name), literal(c.Comment(lang)))
		}
	}
	describeViews(b, lang)
	return b.Flush()
}

// tableComment returns what a row of a table is, and its key.
func tableComment(t schema.Table, lang schema.Language) string {
	say := phrasesIn(lang)
	return strings.TrimSpace(fmt.Sprintf(say.key, t.Doc.In(lang), strings.Join(t.Key, say.separator)))
}

// describeViews writes the views as comments of SQL.
func describeViews(b *bufio.Writer, lang schema.Language) {
	fmt.Fprintln(b, "\n-- callmill views DIR prints the views over the files of a snapshot:")
	for _, v := range views.All() {
		fmt.Fprintf(b, "--\n-- %s (%s): %s\n", v.Name, v.Kind, v.Doc.In(lang))
		for _, c := range v.Columns {
			fmt.Fprintf(b, "--   %s: %s\n", c.Name, c.Comment(lang))
		}
	}
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
