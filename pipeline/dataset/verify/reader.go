package verify

import (
	"fmt"
	"io"
	"reflect"

	"github.com/apache/arrow-go/v18/parquet/file"

	"callmill/schema"
)

// batchRows is how many rows are decoded at a time.
const batchRows = 1024

// reader reads the rows of one file in order, as rows of type T, whose fields
// are the first columns of the file. It is for one goroutine.
type reader[T any] struct {
	path    string // inside the snapshot
	file    *file.Reader
	columns []*column

	group int   // row group to be read next
	left  int64 // rows left in the present row group
	batch []T
	next  int
	row   int64 // rows given out

	// strange is the first value met that no column may hold, such as an empty
	// text where NULL belongs.
	strange string
}

// openRows opens a file whose footer was found right.
func openRows[T any](p *Plan, f *tableFile) (*reader[T], error) {
	opened, err := p.open(f)
	if err != nil {
		return nil, err
	}
	r := &reader[T]{path: f.Path, file: opened, batch: make([]T, 0, min(batchRows, f.Rows))}
	for field := range reflect.TypeFor[T]().Fields() {
		if i := len(r.columns); schema.IsColumn(field) {
			r.columns = append(r.columns, &column{Column: f.table.Columns[i], leaf: i, size: cap(r.batch)})
		}
	}
	return r, nil
}

// Next gives the next row, io.EOF at the end. The row is valid until the next
// call; its strings and lists stay so.
func (r *reader[T]) Next() (row *T, err error) {
	if r.next == len(r.batch) {
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
	r.next++
	r.row++
	return &r.batch[r.next-1], nil
}

// fill decodes the next rows; arrow-go answers some damage with a panic.
func (r *reader[T]) fill() (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("damaged: %v", panicked)
		}
	}()
	for r.left == 0 {
		if err := r.nextGroup(); err != nil {
			return err
		}
	}
	n := int(min(r.left, int64(cap(r.batch))))
	r.batch, r.next = r.batch[:n], 0
	clear(r.batch)
	rows := reflect.ValueOf(r.batch)
	for i, c := range r.columns {
		strange, err := c.fill(n, func(row int) any { return rows.Index(row).Field(i).Addr().Interface() })
		if err != nil {
			return fmt.Errorf("column %s after row %d: %w", c.Name, r.row, err)
		}
		if strange != "" && r.strange == "" {
			r.strange = fmt.Sprintf("column %s after row %d: %s", c.Name, r.row, strange)
		}
	}
	r.left -= int64(n)
	return nil
}

func (r *reader[T]) nextGroup() error {
	for _, c := range r.columns {
		if c.unread() {
			return fmt.Errorf("column %s has more values than its row group rows", c.Name)
		}
	}
	if r.group == r.file.NumRowGroups() {
		return io.EOF
	}
	group := r.file.RowGroup(r.group)
	for _, c := range r.columns {
		if err := c.open(group); err != nil {
			return fmt.Errorf("column %s of row group %d: %w", c.Name, r.group, err)
		}
	}
	r.group++
	r.left = group.NumRows()
	return nil
}

func (r *reader[T]) Close() error { return r.file.Close() }
