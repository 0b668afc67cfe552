package parquetio

import (
	"encoding/binary"
	"io"
	"reflect"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// FormatKey is the key of the format version in a file's footer, Format the
// version.
const (
	FormatKey = "callmill.format"
	Format    = "1"
)

// magic begins and ends a file.
const magic = "PAR1"

// createdBy has the form that the format defines, so that readers with
// workarounds for other writers do not apply them.
const createdBy = "callmill version " + Format + " (build " + Format + ")"

// writeFooter writes the indexes of all pages, then the metadata of the file.
func writeFooter(out *counter, schema []format.SchemaElement, groups []rowGroup) error {
	meta := format.FileMetaData{
		Version: 2, Schema: schema, CreatedBy: createdBy,
		KeyValueMetadata: []format.KeyValue{{Key: FormatKey, Value: Format}},
	}
	for _, g := range groups {
		for _, chunk := range g.chunks {
			if chunk.columns == nil {
				continue
			}
			chunk.meta.ColumnIndexOffset = out.n
			n, err := writeThrift(out, chunk.columns)
			if err != nil {
				return err
			}
			chunk.meta.ColumnIndexLength = int32(n)
		}
	}
	for i, g := range groups {
		group := format.RowGroup{NumRows: g.rows, Ordinal: int16(i), FileOffset: g.offset}
		for _, chunk := range g.chunks {
			chunk.meta.OffsetIndexOffset = out.n
			n, err := writeThrift(out, &chunk.offsets)
			if err != nil {
				return err
			}
			chunk.meta.OffsetIndexLength = int32(n)
			group.Columns = append(group.Columns, chunk.meta)
			group.TotalByteSize += chunk.meta.MetaData.TotalUncompressedSize
			group.TotalCompressedSize += chunk.meta.MetaData.TotalCompressedSize
		}
		meta.RowGroups = append(meta.RowGroups, group)
		meta.NumRows += g.rows
	}
	for _, element := range meta.Schema {
		if element.Type.Valid { // a leaf
			meta.ColumnOrders = append(meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
		}
	}
	n, err := writeThrift(out, &meta)
	if err != nil {
		return err
	}
	_, err = out.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(n)), magic...))
	return err
}

func writeThrift(out io.Writer, v any) (int, error) {
	b, err := thrift.Marshal(&thrift.CompactProtocol{}, v)
	if err != nil {
		return 0, err
	}
	return out.Write(b)
}

// counter counts what is written.
type counter struct {
	out io.Writer
	n   int64
}

// Write implements [io.Writer].
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.out.Write(b)
	c.n += int64(n)
	return n, err
}

// schemaElements returns the schema of the rows, as parquet-go reads their tags,
// from the root down.
func schemaElements(row reflect.Type) []format.SchemaElement {
	schema := parquet.SchemaOf(reflect.New(row).Interface())
	return appendElement(nil, schema.Name(), schema, true)
}

func appendElement(list []format.SchemaElement, name string, node parquet.Node, root bool) []format.SchemaElement {
	element := format.SchemaElement{Name: name}
	repetition := format.Required
	switch {
	case node.Optional():
		repetition = format.Optional
	case node.Repeated():
		repetition = format.Repeated
	}
	if !root {
		element.RepetitionType = thrift.New(repetition)
	}
	if typ := node.Type(); typ != nil {
		if converted := typ.ConvertedType(); converted != nil {
			element.ConvertedType = thrift.New(*converted)
		}
		if logical := typ.LogicalType(); logical != nil {
			element.LogicalType = *logical
		}
	}
	if node.Leaf() {
		element.Type = thrift.New(*node.Type().PhysicalType())
		return append(list, element)
	}
	element.NumChildren = thrift.New(int32(len(node.Fields())))
	list = append(list, element)
	for _, field := range node.Fields() {
		list = appendElement(list, field.Name(), field, false)
	}
	return list
}
