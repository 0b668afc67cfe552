package parquetio

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/parquet-go/parquet-go"
)

// Value is a value of a column. One that is NULL is also false, 0 and no bytes.
type Value = parquet.Value

// Columns reads a few columns of a file, row by row, where there are very many rows: in
// a third of the time of a [Reader], which makes structs of them by reflection. Not safe
// for concurrent use.
type Columns struct {
	file   *os.File
	groups []parquet.RowGroup // that are not begun
	leaves []int              // by column; -1: the file has none
	chunks []chunkReader      // by column, of the row group at hand
	left   int64              // its rows that are not read
	row    []Value
}

// OpenColumns opens a file for reading the columns that the fields of T name, each of
// which holds one value for each row. Those that it does not have, since a later format
// brought them, are NULL.
func OpenColumns[T any](path string) (c *Columns, err error) {
	err = open(path, func(file *os.File, opened *parquet.File) error {
		c = &Columns{file: file, groups: opened.RowGroups()}
		return c.find(parquet.SchemaOf(new(T)), opened.Schema())
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// find finds the columns that are wanted among those that the file has.
func (c *Columns) find(wanted, had *parquet.Schema) error {
	for _, column := range wanted.Columns() {
		want, _ := wanted.Lookup(column...)
		leaf, ok := had.Lookup(column...)
		switch {
		case !ok:
			leaf.ColumnIndex = -1
		case leaf.Node.Type().Kind() != want.Node.Type().Kind() || leaf.MaxRepetitionLevel > 0:
			return fmt.Errorf("read %s: column %s has another type", c.file.Name(), column[0])
		}
		c.leaves = append(c.leaves, leaf.ColumnIndex)
	}
	c.chunks, c.row = make([]chunkReader, len(c.leaves)), make([]Value, len(c.leaves))
	return nil
}

// Next returns the values of the next row in the order of the fields, nil at the end. They
// are valid until the next call.
func (c *Columns) Next() ([]Value, error) {
	for c.left == 0 {
		if len(c.groups) == 0 {
			return nil, nil
		}
		if err := c.begin(c.groups[0]); err != nil {
			return nil, err
		}
		c.groups = c.groups[1:]
	}
	for i, leaf := range c.leaves {
		if leaf < 0 {
			continue
		}
		r := &c.chunks[i]
		if r.next == len(r.batch) {
			if err := r.fill(c.file.Name()); err != nil {
				return nil, err
			}
		}
		c.row[i] = r.batch[r.next]
		r.next++
	}
	c.left--
	return c.row, nil
}

// begin begins a row group.
func (c *Columns) begin(group parquet.RowGroup) (err error) {
	defer func() { err = damaged(recover(), c.file.Name(), err) }()
	chunks := group.ColumnChunks()
	for i, leaf := range c.leaves {
		if leaf < 0 {
			continue
		}
		if err := c.chunks[i].close(); err != nil {
			return err
		}
		c.chunks[i] = chunkReader{pages: chunks[leaf].Pages(), batch: c.chunks[i].batch[:0]}
	}
	c.left = group.NumRows()
	return nil
}

// Close closes the file.
func (c *Columns) Close() error {
	var errs []error
	for i := range c.chunks {
		errs = append(errs, c.chunks[i].close())
	}
	return errors.Join(append(errs, c.file.Close())...)
}

// chunkReader reads the values of one column of a row group.
type chunkReader struct {
	pages  parquet.Pages
	page   parquet.Page // nil: none was begun
	values parquet.ValueReader
	batch  []Value
	next   int // in batch
}

// fill reads the next values; there are some.
func (r *chunkReader) fill(path string) (err error) {
	defer func() { err = damaged(recover(), path, err) }()
	if r.batch == nil {
		r.batch = make([]Value, readRows)
	}
	r.next = 0
	for {
		n := 0
		if r.page != nil {
			if n, err = r.values.ReadValues(r.batch[:cap(r.batch)]); err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("read %s: %w", path, err)
			}
		}
		if r.batch = r.batch[:n]; n > 0 {
			return nil
		}
		if r.page != nil {
			parquet.Release(r.page)
		}
		if r.page, err = r.pages.ReadPage(); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		r.values = r.page.Values()
	}
}

func (r *chunkReader) close() error {
	if r.pages == nil {
		return nil
	}
	if r.page != nil {
		parquet.Release(r.page)
		r.page = nil
	}
	return r.pages.Close()
}
