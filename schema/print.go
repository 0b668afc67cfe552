package schema

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

const partitionDoc = "Day the job lives under: that of its earliest call, 9999-12-31 before it has one. In the path only, for pruning; the day of a call is call_date."

// Markdown writes the documentation of the tables for people.
func Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "# Tables\n\nInstants are timestamps in milliseconds, UTC; days and hours are in the dataset's time zone.\n")
	for _, t := range Tables() {
		fmt.Fprintf(b, "\n## %s\n\n%s Key: %s.\n", t.Name, t.Doc, strings.Join(t.Key, ", "))
		if t.Day {
			fmt.Fprintf(b, "Partitioned by %s (%s). %s\n", PartitionColumn, TypeDate, partitionDoc)
		}
		fmt.Fprint(b, "\n| column | type | NULL | meaning |\n|---|---|---|---|\n")
		for _, c := range t.Columns {
			nullable := ""
			if c.Nullable {
				nullable = "yes"
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.Name, markdownText(c.Type), nullable, markdownText(c.Doc))
		}
	}
	return b.Flush()
}

// markdownText keeps text from being taken for markup or the end of a cell.
func markdownText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", `\<`, "*", `\*`, "[", `\[`).Replace(s)
}

// JSON writes the tables for machines: an object with the partition column
// of the day tables and the tables as [Tables] gives them.
func JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // list<string>
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Partition Column  `json:"partition"`
		Tables    []Table `json:"tables"`
	}{Partition(), Tables()})
}

// SQL writes statements for DuckDB that make the tables, empty, with comments
// on them and on their columns. Day tables have the partition column last, as
// readers of the files give it.
func SQL(w io.Writer) error {
	b := bufio.NewWriter(w)
	for i, t := range Tables() {
		if i > 0 {
			fmt.Fprintln(b)
		}
		columns := t.Columns
		if t.Day {
			columns = append(columns, Partition())
		}
		fmt.Fprintf(b, "CREATE TABLE %s (\n", sqlName(t.Name))
		for i, c := range columns {
			end := ","
			if i == len(columns)-1 {
				end = ""
			}
			fmt.Fprintf(b, "  %s %s%s\n", sqlName(c.Name), sqlType(c), end)
		}
		fmt.Fprintf(b, ");\nCOMMENT ON TABLE %s IS %s;\n", sqlName(t.Name),
			sqlText(t.Doc+" Key: "+strings.Join(t.Key, ", ")+"."))
		for _, c := range columns {
			fmt.Fprintf(b, "COMMENT ON COLUMN %s.%s IS %s;\n", sqlName(t.Name), sqlName(c.Name), sqlText(c.Doc))
		}
	}
	return b.Flush()
}

// Partition is the column that day tables have besides those of their files.
func Partition() Column {
	return Column{Name: PartitionColumn, Type: TypeDate, Doc: partitionDoc}
}

func sqlType(c Column) string {
	name := map[string]string{
		TypeString:    "VARCHAR",
		TypeI32:       "INTEGER",
		TypeI64:       "BIGINT",
		TypeBool:      "BOOLEAN",
		TypeDate:      "DATE",
		TypeTimestamp: "TIMESTAMP WITH TIME ZONE",
		TypeStrings:   "VARCHAR[]",
		TypeBinary:    "BLOB",
	}[c.Type]
	if !c.Nullable {
		name += " NOT NULL"
	}
	return name
}

// Names are quoted because some, such as key and position, are words of SQL.
func sqlName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
