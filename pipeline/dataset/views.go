package dataset

import (
	"fmt"
	"strings"

	"callmill/schema"
)

// Views is the SQL that makes a view of every table in DuckDB, over the
// snapshot in the folder base. With base "" the folder is the variable
// callmill, else the current one, so that a snapshot can be moved.
func Views(base string) string {
	var sql strings.Builder
	prefix := "coalesce(getvariable('callmill') || '/', '') || "
	if base != "" {
		prefix = "'" + strings.ReplaceAll(base, "'", "''") + "/' || "
	} else {
		sql.WriteString("-- From this folder: duckdb -init views.sql\n" +
			"-- From elsewhere: SET VARIABLE callmill = '/path/to/data/latest'; then .read views.sql\n")
	}
	for _, t := range schema.Tables() {
		pattern, hive := t.Name+"/*.parquet", "hive_partitioning = false"
		if t.Day {
			pattern, hive = t.Name+"/*/*.parquet", "hive_partitioning = true, hive_types = {'job_date': DATE}"
		}
		fmt.Fprintf(&sql, "CREATE OR REPLACE VIEW %s AS SELECT * FROM read_parquet(%s'%s', %s);\n", t.Name, prefix, pattern, hive)
	}
	return sql.String()
}
