package arrowio

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"callmill/schema"
)

// batchRows is how many rows are decoded at a time.
const batchRows = 1024

// streamBytes is how much of a column chunk is read from the file at a time. By itself
// arrow-go reads a whole one, of every column: 27 MB for two shards.
const streamBytes = 64 << 10

func properties() *parquet.ReaderProperties {
	p := parquet.NewReaderProperties(nil)
	p.BufferedStreamEnabled, p.BufferSize = true, streamBytes
	return p
}

// Reader reads the rows of a file in order. Fields of T that are no columns of
// the table are zero. Not safe for concurrent use.
type Reader[T any] struct {
	file    *file.Reader
	columns []*column
	offsets []uintptr // of the fields of T that they are decoded into

	group int   // row group to be read next
	left  int64 // rows left in the current row group
	rows  int64 // returned so far

	strange string
}

// Open opens a file of a table, whose footer must have the columns of the table.
func Open[T any](path string, table *schema.Table) (r *Reader[T], err error) {
	defer recoverDamage(&err)
	opened, err := file.OpenParquetFile(path, false, file.WithReadProps(properties()))
	if err != nil {
		return nil, err
	}
	r = &Reader[T]{file: opened}
	rows := int(min(batchRows, max(1, opened.NumRows())))
	for field := range reflect.TypeFor[T]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		i := slices.IndexFunc(table.Columns, func(c schema.Column) bool { return c.Name == name })
		if i < 0 {
			continue
		}
		column, err := newColumn(table.Columns[i], i, rows, field.Type, func(what string) {
			r.strange = cmp.Or(r.strange, fmt.Sprintf("column %s after row %d: %s", name, r.rows, what))
		})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("column %s: %w", name, err), opened.Close())
		}
		r.columns, r.offsets = append(r.columns, column), append(r.offsets, field.Offset)
	}
	return r, nil
}

// Close closes the file.
func (r *Reader[T]) Close() error { return r.file.Close() }

// Strange describes the first value met that no column may hold, such as an
// empty text instead of NULL; "" if there was none.
func (r *Reader[T]) Strange() string { return r.strange }

// Next returns the next rows, at least one, or io.EOF at the end. They stay valid, and are
// the caller's.
func (r *Reader[T]) Next() (rows []T, err error) {
	defer recoverDamage(&err)
	for r.left == 0 {
		if err := r.nextGroup(); err != nil {
			return nil, err
		}
	}
	rows = make([]T, min(r.left, batchRows))
	for i, c := range r.columns {
		f := fields{unsafe.Add(unsafe.Pointer(&rows[0]), r.offsets[i]), unsafe.Sizeof(rows[0]), 0, len(rows)}
		if err := c.decode(f); err != nil {
			return nil, fmt.Errorf("column %s after row %d: %w", c.Name, r.rows, err)
		}
	}
	r.left -= int64(len(rows))
	r.rows += int64(len(rows))
	return rows, nil
}

func (r *Reader[T]) nextGroup() error {
	for _, c := range r.columns {
		if c.unread() {
			return fmt.Errorf("column %s has more values than its row group has rows", c.Name)
		}
	}
	if r.group == r.file.NumRowGroups() {
		return io.EOF
	}
	group := r.file.RowGroup(r.group)
	for _, c := range r.columns {
		chunk, err := group.Column(c.leaf)
		if err == nil {
			err = c.open(chunk)
		}
		if err != nil {
			return fmt.Errorf("column %s of row group %d: %w", c.Name, r.group, err)
		}
	}
	r.group++
	r.left = group.NumRows()
	return nil
}
