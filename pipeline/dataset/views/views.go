// Package views holds the views for DuckDB: one of every table of a snapshot, and
// those that answer common questions, each in a .sql file of its name, with a
// comment on every view, column and macro.
//
// It knows where the files of a table lie in a snapshot, and reads nothing.
package views

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"callmill/pipeline/dataset/optout"
	"callmill/schema"
)

// The files are templates. Their functions:
//
//	file NAME                     SQL for the path of a file of the snapshot
//	rules LIST…                   SQL for the pattern of lists of rules, see package optout
//	kept                          whether the snapshot has a file of opt-outs
//	reviews, accesses             SQL for the lines of a desk's files
//
// and, as COMMENT statements in the language that is asked for,
//
//	view NAME EN ZH               what a row of a view is
//	column VIEW.COLUMN EN ZH      what is in a column of a view
//	comments VIEW TABLE COLUMN…   what the schema says of these columns of a table, of all if none are named
//	macro NAME EN ZH              what a macro returns
//	tablemacro NAME EN ZH         the same of a macro that returns a table
//
//go:embed *.sql
var sources embed.FS

// names are the files, in an order in which later ones use earlier ones.
var names = [...]string{
	"snapshot", "calls", "exchanges", "words", "transcripts", "attempts", "daily", "opt_outs", "contact_frequency", "macros",
}

// View is what is documented of a view, or of a macro, which has no columns. Of a
// column, only name, documentation and values are given.
type View struct {
	Name    string
	Kind    string // one of Kind…
	Doc     schema.Text
	Columns []schema.Column
}

// Kinds of a View.
const (
	KindView       = "view"
	KindMacro      = "macro"
	KindTableMacro = "table macro"
)

// All returns the views that answer common questions, and the macros, in the order
// of [SQL], then those of [Desk]. The views of the tables are as [schema.Tables] says.
func All() []View {
	w := &writer{lang: schema.English}
	w.questions()
	w.execute("desk")
	return w.views
}

// SQL returns SQL for DuckDB: a view of every table of the snapshot in the folder
// base, the views that answer common questions, a comment on each of their columns
// in a language, and macros. With base "" the folder is the variable callmill, else
// the current one, so that a snapshot can be moved. optOuts says whether the snapshot
// has a file of opt-outs whose jobs are gone.
func SQL(base string, lang schema.Language, optOuts bool) string {
	w := &writer{lang: lang, prefix: movable, kept: optOuts}
	if base != "" {
		w.prefix = fixed(base)
	} else {
		w.sql.WriteString("-- From this folder: duckdb -init views.sql\n" +
			"-- From elsewhere: SET VARIABLE callmill = '/path/to/data/latest'; then .read views.sql\n")
	}
	for _, t := range schema.Tables() {
		w.table(t)
	}
	w.questions()
	return w.sql.String()
}

// At returns the SQL of any version for a snapshot that can be moved, for the folder
// base alone.
func At(sql, base string) string { return strings.ReplaceAll(sql, movable, fixed(base)) }

// movable is SQL that a path within the snapshot is appended to, so that the snapshot
// can be moved; fixed is that for the folder base.
const movable = "coalesce(getvariable('callmill') || '/', '') || "

func fixed(base string) string { return quote(Pattern(base)+"/") + " || " }

type writer struct {
	lang   schema.Language
	prefix string // SQL that a path within the snapshot is appended to
	kept   bool   // there is a file of opt-outs
	desk   DeskFiles
	sql    strings.Builder
	views  []View
}

// questions writes the views that answer common questions.
func (w *writer) questions() { w.execute(names[:]...) }

// execute writes what is in files.
func (w *writer) execute(names ...string) {
	funcs := template.FuncMap{
		"file": w.file, "rules": rules, "kept": func() bool { return w.kept }, "view": w.view, "column": w.column, "comments": w.comments,
		"reviews": w.reviews, "accesses": w.accesses,
		"macro":      func(name, en, zh string) string { return w.add(KindMacro, "MACRO", name, en, zh) },
		"tablemacro": func(name, en, zh string) string { return w.add(KindTableMacro, "MACRO TABLE", name, en, zh) },
	}
	files := template.Must(template.New("").Funcs(funcs).ParseFS(sources, "*.sql"))
	for _, name := range names {
		w.sql.WriteString("\n")
		if err := files.ExecuteTemplate(&w.sql, name+".sql", nil); err != nil {
			panic(err) // the sources are embedded, and a test executes them
		}
	}
}

// file returns SQL for the path of a file or pattern of files.
func (w *writer) file(path string) string { return w.prefix + quote(path) }

// rules returns SQL for the pattern of lists of rules, one on a line.
func rules(lists ...string) string {
	var lines []string
	for _, name := range lists {
		for _, r := range optout.List(name) {
			lines = append(lines, quote(r.Pattern))
		}
	}
	return "    " + strings.Join(lines, "\n    || '|' || ")
}

func (w *writer) table(t schema.Table) {
	// Not DuckDB's own Hive partitioning: that makes a column of every folder named
	// a=b, those above the dataset included, in place of the file's own column of
	// that name. A filter by job_date still reads the files of its days alone.
	columns, pattern, options := "*", t.Name+"/*.parquet", "hive_partitioning = false"
	if t.Day {
		columns = "* EXCLUDE (filename), right(parse_dirpath(filename), 10)::DATE AS " + schema.PartitionColumn
		pattern, options = t.Name+"/*/*.parquet", options+", filename = true"
	}
	fmt.Fprintf(&w.sql, "\nCREATE OR REPLACE VIEW %s AS SELECT %s FROM read_parquet(%s, %s);\n", t.Name, columns, w.file(pattern), options)
	fmt.Fprintf(&w.sql, "COMMENT ON VIEW %s IS %s;\n", t.Name, quote(t.Doc.In(w.lang)))
	fmt.Fprintln(&w.sql, w.columnComments(t.Name, columnsOf(t, nil)))
}

func (w *writer) view(name, en, zh string) string { return w.add(KindView, "VIEW", name, en, zh) }

// add documents what is of a kind.
func (w *writer) add(kind, statement, name, en, zh string) string {
	doc := schema.Text{EN: en, ZH: zh}
	w.views = append(w.views, View{Name: name, Kind: kind, Doc: doc})
	return fmt.Sprintf("COMMENT ON %s %s IS %s;", statement, name, quote(doc.In(w.lang)))
}

// column documents a column of the last view.
func (w *writer) column(name, en, zh string) (string, error) {
	view, column, _ := strings.Cut(name, ".")
	return w.document(view, []schema.Column{{Name: column, Doc: schema.Text{EN: en, ZH: zh}}})
}

// comments documents columns that the last view has from a table.
func (w *writer) comments(view, table string, columns ...string) (string, error) {
	for _, t := range schema.Tables() {
		if t.Name != table {
			continue
		}
		chosen := columnsOf(t, columns)
		if len(columns) > 0 && len(chosen) != len(columns) {
			return "", fmt.Errorf("comments on %s: %s has %d of the columns %s", view, table, len(chosen), columns)
		}
		return w.document(view, chosen)
	}
	return "", fmt.Errorf("comments on %s: no table %s", view, table)
}

func (w *writer) document(view string, columns []schema.Column) (string, error) {
	last := &w.views[len(w.views)-1]
	if last.Name != view {
		return "", fmt.Errorf("comments on %s among those of %s", view, last.Name)
	}
	for _, c := range columns {
		last.Columns = append(last.Columns, schema.Column{Name: c.Name, Doc: c.Doc, Values: c.Values})
	}
	return w.columnComments(view, columns), nil
}

// columnComments returns COMMENT statements on columns of a view.
func (w *writer) columnComments(view string, columns []schema.Column) string {
	lines := make([]string, len(columns))
	for i := range columns {
		lines[i] = fmt.Sprintf(`COMMENT ON COLUMN %s."%s" IS %s;`, view, columns[i].Name, quote(columns[i].Comment(w.lang)))
	}
	return strings.Join(lines, "\n")
}

// columnsOf returns the columns of a table that readers see; only those that are
// named, if any are.
func columnsOf(t schema.Table, named []string) (columns []schema.Column) {
	all := t.Columns
	if t.Day {
		all = append(all, schema.Partition())
	}
	for _, c := range all {
		wanted := len(named) == 0
		for _, name := range named {
			wanted = wanted || name == c.Name
		}
		if wanted {
			columns = append(columns, c)
		}
	}
	return columns
}

// Pattern returns the pattern that matches a path alone, which the SQL has in its place.
func Pattern(path string) string { return literal.Replace(path) }

var literal = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

// quote returns a string literal of SQL.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
