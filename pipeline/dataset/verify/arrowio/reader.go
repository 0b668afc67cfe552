package arrowio

import (
	"cmp"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/parquet/file"

	"callmill/schema"
)

// batchRows is how many rows are decoded at a time.
const batchRows = 1024

// Reader reads the rows of a file in order. Fields of T that are no columns of
// the table are zero. Not safe for concurrent use.
type Reader[T any] struct {
	file    *file.Reader
	columns []*column
	fields  []int // of T that they are decoded into

	group int   // row group to be read next
	left  int64 // rows left in the current row group
	batch []T
	next  int   // in batch
	rows  int64 // returned so far

	strange string
}

// Open opens a file of a table, whose footer must have the columns of the table.
func Open[T any](path string, table *schema.Table) (r *Reader[T], err error) {
	defer recoverDamage(&err)
	opened, err := file.OpenParquetFile(path, false)
	if err != nil {
		return nil, err
	}
	r = &Reader[T]{file: opened, batch: make([]T, 0, min(batchRows, max(1, opened.NumRows())))}
	for field := range reflect.TypeFor[T]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		i := slices.IndexFunc(table.Columns, func(c schema.Column) bool { return c.Name == name })
		if i < 0 {
			continue
		}
		r.fields = append(r.fields, field.Index[0])
		r.columns = append(r.columns, newColumn(table.Columns[i], i, cap(r.batch), func(what string) {
			r.strange = cmp.Or(r.strange, fmt.Sprintf("column %s after row %d: %s", name, r.rows, what))
		}))
	}
	return r, nil
}

// Close closes the file.
func (r *Reader[T]) Close() error { return r.file.Close() }

// Strange describes the first value met that no column may hold, such as an
// empty text instead of NULL; "" if there was none.
func (r *Reader[T]) Strange() string { return r.strange }

// Next returns the next row, or io.EOF at the end. The row is valid until the
// next call; its strings and lists stay valid.
func (r *Reader[T]) Next() (row *T, err error) {
	if r.next == len(r.batch) {
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
	r.next++
	r.rows++
	return &r.batch[r.next-1], nil
}

// fill decodes the next batch.
func (r *Reader[T]) fill() (err error) {
	defer recoverDamage(&err)
	for r.left == 0 {
		if err := r.nextGroup(); err != nil {
			return err
		}
	}
	r.batch, r.next = r.batch[:min(r.left, int64(cap(r.batch)))], 0
	clear(r.batch)
	rows := reflect.ValueOf(r.batch)
	for i, c := range r.columns {
		for row := range r.batch {
			if err := c.next(rows.Index(row).Field(r.fields[i]).Addr().Interface()); err != nil {
				return fmt.Errorf("column %s after row %d: %w", c.Name, r.rows, err)
			}
		}
	}
	r.left -= int64(len(r.batch))
	return nil
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
