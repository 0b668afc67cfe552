package parquetio

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// FormatKey is the key of the format version in a file's footer, Format the
// version.
const (
	FormatKey = "callmill.format"
	Format    = "2"
)

// magic begins and ends a file.
const magic = "PAR1"

// createdBy has the form that the format defines, so that readers with
// workarounds for other writers do not apply them.
const createdBy = "callmill version " + Format + " (build " + Format + ")"

// writeFooter writes the indexes of all pages, then the metadata of the file.
func writeFooter(out *counter, meta format.FileMetaData, groups []rowGroup) error {
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

// newMetadata returns the metadata of a file without rows, with the schema of T
// as parquet-go reads its tags.
func newMetadata[T any]() (format.FileMetaData, error) {
	var file bytes.Buffer
	if err := parquet.NewGenericWriter[T](&file).Close(); err != nil {
		return format.FileMetaData{}, err
	}
	empty, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		return format.FileMetaData{}, err
	}
	meta := empty.Metadata()
	for i := range meta.Schema {
		meta.Schema[i].TypeLength = thrift.Null[int32]{} // it is for FIXED_LEN_BYTE_ARRAY alone
	}
	return format.FileMetaData{
		Version: 2, Schema: meta.Schema, ColumnOrders: meta.ColumnOrders, CreatedBy: createdBy,
		KeyValueMetadata: []format.KeyValue{{Key: FormatKey, Value: Format}},
	}, nil
}
