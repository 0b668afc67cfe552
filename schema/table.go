package schema

import (
	"reflect"
	"strconv"
	"strings"
)

// Names of the tables.
const (
	TableJobs      = "jobs"
	TableTasks     = "tasks"
	TableTurns     = "turns"
	TableContacts  = "contacts"
	TableExtras    = "extras"
	TableSummaries = "summaries"
	TableJobGroups = "job_groups"
	TableStatuses  = "statuses"
	TableRejects   = "rejects"
)

// PartitionColumn is the column that day tables have besides those of their
// files: it is in the path only.
const PartitionColumn = "job_date"

// Table is a table as published.
type Table struct {
	Name    string   `json:"name"`
	Doc     string   `json:"doc"` // what a row is
	Key     []string `json:"key"` // the columns of the key, in its order
	Day     bool     `json:"day"` // partitioned by [PartitionColumn], which is not among Columns
	Columns []Column `json:"columns"`
}

// Column is a column of a table's files.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type"` // one of Type…
	Nullable bool   `json:"nullable"`
	Key      int    `json:"key,omitempty"` // place in the table's key from 1; 0: not part of it
	Doc      string `json:"doc"`
}

// Types of columns. Dates are days since 1970-01-01.
const (
	TypeString    = "string"
	TypeI32       = "i32"
	TypeI64       = "i64"
	TypeBool      = "bool"
	TypeDate      = "date"
	TypeTimestamp = "timestamp(ms, UTC)"
	TypeStrings   = "list<string>"
	TypeBinary    = "binary"
)

// tableRows gives the tables in the order in which they are published, each
// with the type of its rows. The first six are day tables.
func tableRows() []tableRow {
	return []tableRow{
		{TableJobs, true, reflect.TypeFor[JobRow]()},
		{TableTasks, true, reflect.TypeFor[TaskRow]()},
		{TableTurns, true, reflect.TypeFor[TurnRow]()},
		{TableContacts, true, reflect.TypeFor[ContactRow]()},
		{TableExtras, true, reflect.TypeFor[ExtraRow]()},
		{TableSummaries, true, reflect.TypeFor[SummaryRow]()},
		{TableJobGroups, false, reflect.TypeFor[JobGroupRow]()},
		{TableStatuses, false, reflect.TypeFor[StatusRow]()},
		{TableRejects, false, reflect.TypeFor[RejectRow]()},
	}
}

type tableRow struct {
	name string
	day  bool
	row  reflect.Type
}

// TableNames lists the tables in the order in which they are published.
func TableNames() []string { return tableNames(func(tableRow) bool { return true }) }

// DayTables lists the tables that are partitioned by day.
func DayTables() []string { return tableNames(func(t tableRow) bool { return t.day }) }

// SmallTables lists the tables that are one file each.
func SmallTables() []string { return tableNames(func(t tableRow) bool { return !t.day }) }

func tableNames(want func(tableRow) bool) []string {
	var names []string
	for _, t := range tableRows() {
		if want(t) {
			names = append(names, t.name)
		}
	}
	return names
}

// Tables describes the tables in the order in which they are published, from
// the types of their rows and the comments beside them. It parses sources, so
// ask once.
func Tables() []Table {
	docs := rowDocs()
	var tables []Table
	for _, t := range tableRows() {
		table := Table{Name: t.name, Day: t.day, Doc: rowDoc(docs[t.row.Name()])}
		for i := range t.row.NumField() {
			field := t.row.Field(i)
			if !IsColumn(field) {
				continue
			}
			column := columnOf(field)
			column.Doc = docs[t.row.Name()+"."+field.Name]
			table.Columns = append(table.Columns, column)
		}
		table.Key = keyOf(table.Columns)
		tables = append(tables, table)
	}
	return tables
}

// IsColumn reports whether a field of a row type is a column of its table.
func IsColumn(field reflect.StructField) bool { return field.Tag.Get("parquet") != "-" }

// columnOf reads the tags of a row's field.
func columnOf(field reflect.StructField) Column {
	name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
	column := Column{Name: name}
	typ := field.Type
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	column.Type = typeOf(typ)
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "optional":
			column.Nullable = true
		case "date":
			column.Type = TypeDate
		case "timestamp(millisecond)":
			column.Type = TypeTimestamp
		}
	}
	column.Key, _ = strconv.Atoi(field.Tag.Get("key")) // no tag: 0
	return column
}

func typeOf(typ reflect.Type) string {
	switch typ {
	case reflect.TypeFor[string]():
		return TypeString
	case reflect.TypeFor[int32]():
		return TypeI32
	case reflect.TypeFor[int64]():
		return TypeI64
	case reflect.TypeFor[bool]():
		return TypeBool
	case reflect.TypeFor[[]string]():
		return TypeStrings
	case reflect.TypeFor[[]byte]():
		return TypeBinary
	}
	return typ.String() // a type the design has no word for; a test finds it
}

// keyOf gives the names of the key's columns in the key's order.
func keyOf(columns []Column) []string {
	key := make([]string, len(columns))
	n := 0
	for _, c := range columns {
		if c.Key > 0 && c.Key <= len(key) {
			key[c.Key-1] = c.Name
			n++
		}
	}
	return key[:n]
}
