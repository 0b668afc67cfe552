package schema

import (
	"reflect"
	"slices"
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

// PartitionColumn is the column that day tables have in addition to those of
// their files: its values are in the paths only.
const PartitionColumn = "job_date"

// Language is a language of the published documentation.
type Language string

const (
	English Language = "en"
	Chinese Language = "zh" // in the vendor's terms
)

// Text is a piece of the published documentation in each of its languages.
type Text struct{ EN, ZH string }

// In returns the text in a language, in English where it is not translated.
func (t Text) In(l Language) string {
	if l == Chinese && t.ZH != "" {
		return t.ZH
	}
	return t.EN
}

// Table is a published table.
type Table struct {
	Name    string
	Doc     Text     // what a row is
	Key     []string // the columns of the key, in its order
	Day     bool     // partitioned by [PartitionColumn], which is not among Columns
	Columns []Column
}

// tableRow is a table before its columns are known.
type tableRow struct {
	name string
	row  reflect.Type
	day  bool
	doc  Text
}

// tableRows returns the tables in the order in which they are published, each
// with the type of its rows. The first six are day tables.
func tableRows() []tableRow {
	return []tableRow{
		{TableJobs, reflect.TypeFor[JobRow](), true, Text{"One person to reach.", "作业：一个要联系的人。"}},
		{TableTasks, reflect.TypeFor[TaskRow](), true, Text{"One call attempt.", "任务：一次呼叫尝试。"}},
		{TableTurns, reflect.TypeFor[TurnRow](), true, Text{"One line that was spoken.", "对话中的一句话。"}},
		{TableContacts, reflect.TypeFor[ContactRow](), true, Text{"A person listed with a job.", "作业所列的联系人。"}},
		{TableExtras, reflect.TypeFor[ExtraRow](), true, Text{"A business parameter of a job.", "作业的业务参数。"}},
		{TableSummaries, reflect.TypeFor[SummaryRow](), true, Text{"A business result of a job or of a turn.", "作业或某句话的业务结果（对话摘要）。"}},
		{TableJobGroups, reflect.TypeFor[JobGroupRow](), false, Text{"A campaign.", "作业组（活动）。"}},
		{TableStatuses, reflect.TypeFor[StatusRow](), false, Text{"The meaning of a task status: of each documented one, and of each other one that occurs. It is the same for every instance.", "任务状态的含义：文档列出的状态和出现过的其他状态，各占一行；对所有实例相同。"}},
		{TableRejects, reflect.TypeFor[RejectRow](), false, Text{"Input that could not be turned into rows, and why.", "无法变成数据行的输入及其原因。"}},
	}
}

// TableNames returns the names of the tables in the order in which they are
// published.
func TableNames() []string { return namesOf(func(tableRow) bool { return true }) }

// DayTables returns the names of the tables that are partitioned by day.
func DayTables() []string { return namesOf(func(t tableRow) bool { return t.day }) }

func namesOf(wanted func(tableRow) bool) (names []string) {
	for _, t := range tableRows() {
		if wanted(t) {
			names = append(names, t.name)
		}
	}
	return names
}

// Tables describes the tables in the order in which they are published, from
// the types of their rows.
func Tables() []Table {
	var tables []Table
	for _, t := range tableRows() {
		table := Table{Name: t.name, Day: t.day, Doc: t.doc}
		for i := range t.row.NumField() {
			if field := t.row.Field(i); IsColumn(field) {
				table.Columns = append(table.Columns, columnOf(field))
			}
		}
		table.Key = keyOf(table.Columns)
		tables = append(tables, table)
	}
	return tables
}

// In returns the table as datasets of a format have it: without the columns that a
// later one brought.
func (t Table) In(format int) Table {
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c Column) bool { return c.Since > format })
	return t
}

// Partition describes [PartitionColumn].
func Partition() Column {
	return Column{Name: PartitionColumn, Type: TypeDate, Doc: Text{
		EN: "Day of the job's earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.",
		ZH: "作业最早一次呼叫的日期，尚未呼叫为 2100-01-01；只出现在路径中，用于裁剪；呼叫本身的日期是 call_date。",
	}}
}

// keyOf returns the names of the key's columns in the key's order.
func keyOf(columns []Column) (key []string) {
	for place := 1; place <= len(columns); place++ {
		for _, c := range columns {
			if c.Key == place {
				key = append(key, c.Name)
			}
		}
	}
	return key
}

// Column is a column of a table's files.
type Column struct {
	Name     string
	Type     string // one of Type…
	Nullable bool
	Key      int // place in the table's key from 1; 0: not part of it
	Since    int // the first format of the dataset that has it
	Doc      Text
	Values   Values // those with a meaning of their own; nil: there are none
}

// Comment returns what is said of the column where there is room for one text
// only: its documentation and its values.
func (c *Column) Comment(l Language) string {
	switch {
	case len(c.Values) == 0:
		return c.Doc.In(l)
	case l == Chinese:
		return c.Doc.In(l) + "取值：" + c.Values.In(l) + "。"
	}
	return c.Doc.In(l) + " Values: " + c.Values.In(l) + "."
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

// IsColumn reports whether a field of a row type is a column of its table.
func IsColumn(field reflect.StructField) bool { return field.Tag.Get("parquet") != "-" }

// columnOf describes the column of a row type's field, from its tags.
func columnOf(field reflect.StructField) Column {
	name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
	column := Column{Name: name, Doc: Text{EN: field.Tag.Get("en"), ZH: field.Tag.Get("zh")}}
	column.Values = columnValues[name]
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
	since, _ := strconv.Atoi(field.Tag.Get("since"))   // no tag: from the first one on
	column.Since = max(1, since)
	return column
}

func typeOf(typ reflect.Type) string {
	name, ok := map[reflect.Type]string{
		reflect.TypeFor[string]():   TypeString,
		reflect.TypeFor[int32]():    TypeI32,
		reflect.TypeFor[int64]():    TypeI64,
		reflect.TypeFor[bool]():     TypeBool,
		reflect.TypeFor[[]string](): TypeStrings,
		reflect.TypeFor[[]byte]():   TypeBinary,
	}[typ]
	if !ok {
		return typ.String() // no Type… constant; a test rejects it
	}
	return name
}
