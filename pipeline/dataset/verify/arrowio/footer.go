// Package arrowio reads the Parquet files of a dataset with arrow-go, the library
// that did not write them: footers, and rows as structs. It knows the columns of
// a table, but no dataset and no snapshot.
//
// Damage ends in an error, never in a panic.
package arrowio

import (
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	parquetschema "github.com/apache/arrow-go/v18/parquet/schema"

	"callmill/schema"
)

// Footer is what the footer of a file says of it.
type Footer struct {
	Rows      int64    // of the file
	GroupRows int64    // of its row groups together
	Columns   []string // as [Describe] describes them
	Values    map[string]string
}

// ReadFooter reads the footer of a file.
func ReadFooter(path string) (f *Footer, err error) {
	defer recoverDamage(&err)
	r, err := file.OpenParquetFile(path, false)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f = &Footer{Rows: r.NumRows(), Values: map[string]string{}}
	for i := range r.NumRowGroups() {
		f.GroupRows += r.RowGroup(i).NumRows()
	}
	values := r.MetaData().KeyValueMetadata()
	for i, key := range values.Keys() {
		f.Values[key] = values.Values()[i]
	}
	root := r.MetaData().Schema.Root()
	for i := range root.NumFields() {
		f.Columns = append(f.Columns, describe(root.Field(i)))
	}
	return f, nil
}

// recoverDamage makes an error of a panic: arrow-go panics on some damage.
func recoverDamage(err *error) {
	if panicked := recover(); panicked != nil {
		*err = fmt.Errorf("damaged: %v", panicked)
	}
}

// describe returns the repetition, the types and the name of a column.
func describe(n parquetschema.Node) string {
	logical := ""
	if t := n.LogicalType(); t != nil && !t.IsNone() {
		logical = " (" + t.String() + ")"
		if t, ok := t.(parquetschema.TimestampLogicalType); ok {
			// Without how the reader came by the type.
			logical = fmt.Sprintf(" (Timestamp(ms=%v, UTC=%v))", t.TimeUnit() == parquetschema.TimeUnitMillis, t.IsAdjustedToUTC())
		}
	}
	switch n := n.(type) {
	case *parquetschema.PrimitiveNode:
		return fmt.Sprintf("%s %s %s%s", n.RepetitionType(), n.PhysicalType(), n.Name(), logical)
	case *parquetschema.GroupNode:
		text := fmt.Sprintf("%s group %s%s {", n.RepetitionType(), n.Name(), logical)
		for i := range n.NumFields() {
			text += " " + describe(n.Field(i))
		}
		return text + " }"
	}
	return fmt.Sprintf("unknown node %s", n.Name())
}

// types are the physical and logical types of the columns that are not lists.
var types = map[string][2]string{
	schema.TypeString:    {"BYTE_ARRAY", " (String)"},
	schema.TypeI32:       {"INT32", " (Int(bitWidth=32, isSigned=true))"},
	schema.TypeI64:       {"INT64", " (Int(bitWidth=64, isSigned=true))"},
	schema.TypeBool:      {"BOOLEAN", ""},
	schema.TypeDate:      {"INT32", " (Date)"},
	schema.TypeTimestamp: {"INT64", " (Timestamp(ms=true, UTC=true))"},
	schema.TypeBinary:    {"BYTE_ARRAY", ""},
}

// Describe describes a column of a table as ReadFooter describes those of a file.
func Describe(c schema.Column) string {
	repetition := parquet.Repetitions.Required
	if c.Nullable {
		repetition = parquet.Repetitions.Optional
	}
	if t, ok := types[c.Type]; ok {
		return fmt.Sprintf("%s %s %s%s", repetition, t[0], c.Name, t[1])
	}
	return fmt.Sprintf("%s group %s (List) { repeated group list { required BYTE_ARRAY element (String) } }", repetition, c.Name)
}

// Fits reports whether a column of a file, as ReadFooter describes it, is one of a
// table. The input of rejects was required before personal data could be taken out.
func Fits(described string, c schema.Column) bool {
	if described == Describe(c) {
		return true
	}
	once := c
	once.Nullable = false
	return c.Name == "raw" && described == Describe(once)
}
