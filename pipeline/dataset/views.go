package dataset

import (
	"embed"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"

	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// views/*.sql are templates. Their functions:
//
//	file NAME                     SQL for the path of a file of the snapshot
//	comments VIEW TABLE COLUMN…   COMMENT statements with what the schema says
//	                              of the table's columns, of all if none are named
//
//go:embed views/*.sql
var viewSources embed.FS

// questionViews are the views that answer common questions, each a file of that
// name; later ones use earlier ones.
var questionViews = [...]string{
	"snapshot", "calls", "exchanges", "words", "transcripts", "attempts", "daily", "opt_outs", "contact_frequency", "macros",
}

// Views returns SQL for DuckDB: a view of every table of the snapshot in the
// folder base, views that answer common questions, a comment on each of their
// columns, and macros. With base "" the folder is the variable callmill, else the
// current one, so that a snapshot can be moved.
func Views(base string) string {
	v := viewWriter{prefix: movable}
	if base != "" {
		v.prefix = fixed(base)
	} else {
		v.sql.WriteString("-- From this folder: duckdb -init views.sql\n" +
			"-- From elsewhere: SET VARIABLE callmill = '/path/to/data/latest'; then .read views.sql\n")
	}
	for _, t := range schema.Tables() {
		v.table(t)
	}
	funcs := template.FuncMap{"file": v.file, "comments": comments}
	sources := template.Must(template.New("").Funcs(funcs).ParseFS(viewSources, "views/*.sql"))
	for _, name := range questionViews {
		v.sql.WriteString("\n")
		if err := sources.ExecuteTemplate(&v.sql, name+".sql", nil); err != nil {
			panic(err) // the sources are embedded, and a test executes them
		}
	}
	return v.sql.String()
}

// movable is SQL that a path within the snapshot is appended to, so that the snapshot
// can be moved; fixed is that for the folder base.
const movable = "coalesce(getvariable('callmill') || '/', '') || "

func fixed(base string) string { return quote(literal.Replace(base)+"/") + " || " }

// Views returns the SQL of the package's Views for the published snapshot. For one
// of an older format, whose files do not have all columns of today, it is the text
// that was published with it.
func (d *Dataset) Views(base string) (string, error) {
	if d.manifest.Format == FormatVersion {
		return Views(base), nil
	}
	text, err := durable.ReadFile(d.fs, filepath.Join(d.SnapshotDir(), ViewsFile))
	return strings.ReplaceAll(string(text), movable, fixed(base)), err
}

type viewWriter struct {
	prefix string // SQL that a path within the snapshot is appended to
	sql    strings.Builder
}

// file returns SQL for the path of a file or pattern of files.
func (v *viewWriter) file(path string) string { return v.prefix + quote(path) }

func (v *viewWriter) table(t schema.Table) {
	// Not DuckDB's own Hive partitioning: that makes a column of every folder named
	// a=b, those above the dataset included, in place of the file's own column of
	// that name. A filter by job_date still reads the files of its days alone.
	columns, pattern, options := "*", t.Name+"/*.parquet", "hive_partitioning = false"
	if t.Day {
		columns = "* EXCLUDE (filename), right(parse_dirpath(filename), 10)::DATE AS " + schema.PartitionColumn
		pattern, options = t.Name+"/*/*.parquet", options+", filename = true"
	}
	fmt.Fprintf(&v.sql, "\nCREATE OR REPLACE VIEW %s AS SELECT %s FROM read_parquet(%s, %s);\n", t.Name, columns, v.file(pattern), options)
	fmt.Fprintf(&v.sql, "COMMENT ON VIEW %s IS %s;\n", t.Name, quote(t.Doc.EN))
	fmt.Fprintln(&v.sql, columnComments(t.Name, t, nil))
}

// comments is columnComments for templates.
func comments(view, table string, columns ...string) (string, error) {
	for _, t := range schema.Tables() {
		if t.Name == table {
			return columnComments(view, t, columns), nil
		}
	}
	return "", fmt.Errorf("comments on %s: no table %s", view, table)
}

// columnComments returns COMMENT statements that give columns of a view, all if
// none are named, the documentation they have in a table.
func columnComments(view string, t schema.Table, columns []string) string {
	documented := t.Columns
	if t.Day {
		documented = append(documented, schema.Partition())
	}
	named := map[string]bool{}
	for _, c := range columns {
		named[c] = true
	}
	var lines []string
	for _, c := range documented {
		if len(columns) == 0 || named[c.Name] {
			lines = append(lines, fmt.Sprintf(`COMMENT ON COLUMN %s."%s" IS %s;`, view, c.Name, quote(c.Doc.EN)))
		}
	}
	return strings.Join(lines, "\n")
}

// literal turns a path into a pattern that matches that path alone.
var literal = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

// quote returns a string literal of SQL.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
