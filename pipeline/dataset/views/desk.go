package views

import (
	"fmt"
	"strings"

	"callmill/schema"
)

// DeskFiles says which files of a desk there are. The view of one that is missing has no
// rows.
type DeskFiles struct{ Reviews, Accesses bool }

// Desk returns SQL for DuckDB: views of the reviews and of the access log in the folder
// base of a desk, with comments in a language. They are not among those of [SQL]: a desk
// is no part of a snapshot.
func Desk(base string, lang schema.Language, has DeskFiles) string {
	w := &writer{lang: lang, prefix: fixed(base), desk: has}
	w.execute("desk")
	return w.sql.String()
}

// field is a name in the lines of a file with its type.
type field struct{ name, kind string }

const callStruct = "STRUCT(instance_id VARCHAR, job_id VARCHAR, task_id VARCHAR, turn_index INTEGER)"

// Lines of the files, see package desk.
func reviewFields() []field {
	return []field{
		{"at", "VARCHAR"}, {"by", "VARCHAR"}, {"about", "VARCHAR"}, {"call", callStruct}, {"rule", "VARCHAR"},
		{"filter", "VARCHAR"}, {"snapshot", "VARCHAR"}, {"finding", "VARCHAR"}, {"state", "VARCHAR"}, {"to", "VARCHAR"},
		{"verdict", "VARCHAR"}, {"score", "DOUBLE"}, {"note", "VARCHAR"},
	}
}

func accessFields() []field {
	return []field{
		{"at", "VARCHAR"}, {"by", "VARCHAR"}, {"did", "VARCHAR"}, {"what", "VARCHAR"}, {"call", callStruct},
		{"filter", "VARCHAR"}, {"contact_key", "VARCHAR"}, {"snapshot", "VARCHAR"}, {"rows", "BIGINT"},
	}
}

func (w *writer) reviews() string  { return w.lines("reviews.jsonl", w.desk.Reviews, reviewFields()) }
func (w *writer) accesses() string { return w.lines("access.jsonl", w.desk.Accesses, accessFields()) }

// lines returns SQL for the lines of a file, or for none where there is no file.
func (w *writer) lines(name string, exists bool, fields []field) string {
	var columns, nulls []string
	for _, f := range fields {
		columns = append(columns, fmt.Sprintf("\"%s\": %s", f.name, quote(f.kind)))
		nulls = append(nulls, fmt.Sprintf("NULL::%s AS \"%s\"", f.kind, f.name))
	}
	if !exists {
		return "(SELECT " + strings.Join(nulls, ", ") + " WHERE false)"
	}
	return fmt.Sprintf("read_json(%s, format = 'newline_delimited', ignore_errors = true, columns = {%s})", w.file(name), strings.Join(columns, ", "))
}
