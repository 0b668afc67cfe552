package verify

import (
	"fmt"
	"strconv"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	parquetschema "github.com/apache/arrow-go/v18/parquet/schema"

	"callmill/schema"
)

// formatKey is the key in a file's footer under which the version of the
// dataset's format stands.
const formatKey = "callmill.format"

// open opens a file of the snapshot; arrow-go answers some damage with a panic.
func (p *Plan) open(f *tableFile) (r *file.Reader, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			r, err = nil, fmt.Errorf("damaged: %v", panicked)
		}
	}()
	return file.OpenParquetFile(p.path(f.Path), false)
}

// checkFooter checks format, columns and numbers of rows of a file, and
// reports whether its rows can be read as those of its table.
func (p *Plan) checkFooter(f *tableFile) (ok bool) {
	defer func() {
		if panicked := recover(); panicked != nil {
			p.findings.add(f.Path, CheckSchema, "its footer is damaged: %v", panicked)
			ok = false
		}
	}()
	r, err := p.open(f)
	if err != nil {
		p.findings.add(f.Path, CheckSchema, "its footer cannot be read: %v", err)
		return false
	}
	defer r.Close()

	format := r.MetaData().KeyValueMetadata().FindValue(formatKey)
	if want := strconv.Itoa(p.manifest.Format); format == nil || *format != want {
		p.findings.add(f.Path, CheckSchema, "its footer does not say %s %s", formatKey, want)
	}
	rows := int64(0)
	for i := range r.NumRowGroups() {
		rows += r.RowGroup(i).NumRows()
	}
	if r.NumRows() != f.Rows || rows != f.Rows {
		p.findings.add(f.Path, CheckCounts, "its footer says %d rows, its row groups %d, the manifest %d", r.NumRows(), rows, f.Rows)
		return false
	}
	return p.checkColumns(f, r.MetaData().Schema)
}

// checkColumns compares the columns of a file with those of its table.
func (p *Plan) checkColumns(f *tableFile, s *parquetschema.Schema) bool {
	root := s.Root()
	ok := true
	if root.NumFields() != len(f.table.Columns) {
		p.findings.add(f.Path, CheckSchema, "has %d columns, %s has %d", root.NumFields(), f.table.Name, len(f.table.Columns))
		ok = false
	}
	for i := range min(root.NumFields(), len(f.table.Columns)) {
		want := wantedNode(f.table.Columns[i])
		if got := describe(root.Field(i)); got != want {
			p.findings.add(f.Path, CheckSchema, "column %d is %s, not %s", i, got, want)
			ok = false
		}
	}
	return ok
}

// describe spells out a column: its repetition, name and types.
func describe(n parquetschema.Node) string {
	logical := ""
	if t := n.LogicalType(); t != nil && !t.IsNone() {
		logical = " (" + spell(t) + ")"
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

func spell(t parquetschema.LogicalType) string {
	if instant, ok := t.(parquetschema.TimestampLogicalType); ok {
		// How a reader came by the type is no part of it.
		return fmt.Sprintf("Timestamp(ms=%v, UTC=%v)", instant.TimeUnit() == parquetschema.TimeUnitMillis, instant.IsAdjustedToUTC())
	}
	return t.String()
}

// wantedNode describes a column as the contract has it.
func wantedNode(c schema.Column) string {
	repetition := parquet.Repetitions.Required
	if c.Nullable {
		repetition = parquet.Repetitions.Optional
	}
	leaf := func(physical parquet.Type, logical string) string {
		return fmt.Sprintf("%s %s %s%s", repetition, physical, c.Name, logical)
	}
	switch c.Type {
	case schema.TypeString:
		return leaf(parquet.Types.ByteArray, " (String)")
	case schema.TypeI32:
		return leaf(parquet.Types.Int32, " (Int(bitWidth=32, isSigned=true))")
	case schema.TypeI64:
		return leaf(parquet.Types.Int64, " (Int(bitWidth=64, isSigned=true))")
	case schema.TypeBool:
		return leaf(parquet.Types.Boolean, "")
	case schema.TypeDate:
		return leaf(parquet.Types.Int32, " (Date)")
	case schema.TypeTimestamp:
		return leaf(parquet.Types.Int64, " (Timestamp(ms=true, UTC=true))")
	case schema.TypeBinary:
		return leaf(parquet.Types.ByteArray, "")
	}
	element := fmt.Sprintf("%s %s element (String)", parquet.Repetitions.Required, parquet.Types.ByteArray)
	return fmt.Sprintf("%s group %s (List) { %s group list { %s } }", repetition, c.Name, parquet.Repetitions.Repeated, element)
}

// sound checks everything about a file but its rows, and reports whether those
// are worth reading.
func (p *Plan) sound(f *tableFile, intact bool) bool {
	return intact && p.checkFooter(f) && !p.o.Quick
}
