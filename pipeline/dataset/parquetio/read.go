package parquetio

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"reflect"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// readRows is how many rows are decoded at a time; of rows with binary columns,
// each of which may be a MiB, only a few.
const (
	readRows      = 256
	readLargeRows = 8
)

// Reader reads the rows of one file in order. Not safe for concurrent use.
type Reader[T any] struct {
	file    *os.File
	parquet *parquet.GenericReader[T]
	batch   []T
	next    int
	end     error // why there is no further batch
	missing []int // fields of T that the file has no column of
}

// Open opens a file for reading. Fields of T that it has no column of, since a
// later format brought them, are zero.
func Open[T any](path string) (r *Reader[T], err error) {
	err = open(path, func(file *os.File, opened *parquet.File) error {
		r = &Reader[T]{
			file:    file,
			parquet: parquet.NewGenericReader[T](opened),
			batch:   make([]T, 0, rowsAtATime[T]()),
			missing: missingIn[T](opened),
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// open opens a file, reads its footer and calls use with both, which has to close the
// file once it has returned nil.
func open(path string, use func(*os.File, *parquet.File) error) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() {
		err = damaged(recover(), path, err)
		if err != nil {
			file.Close()
		}
	}()
	opened, err := parse(file)
	if err != nil {
		return err
	}
	return use(file, opened)
}

// missingIn returns the fields of T that a file has no column of.
func missingIn[T any](file *parquet.File) (fields []int) {
	has := map[string]bool{}
	for _, column := range file.Root().Columns() {
		has[column.Name()] = true
	}
	for field := range reflect.TypeFor[T]().Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("parquet"), ","); name != "-" && !has[name] {
			fields = append(fields, field.Index[0])
		}
	}
	return fields
}

// parse reads the footer of a file.
func parse(file *os.File) (*parquet.File, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	opened, err := parquet.OpenFile(file, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file.Name(), err)
	}
	return opened, nil
}

func rowsAtATime[T any]() int {
	for field := range reflect.TypeFor[T]().Fields() {
		if field.Type == reflect.TypeFor[[]byte]() {
			return readLargeRows
		}
	}
	return readRows
}

// damaged turns a panic into an error: parquet-go panics on some damaged pages.
func damaged(panicked any, path string, err error) error {
	if panicked == nil {
		return err
	}
	return fmt.Errorf("read %s: damaged file: %v", path, panicked)
}

// Next returns the next row, nil at the end. The row is valid until the next
// call; its strings, lists and pointers stay valid.
func (r *Reader[T]) Next() (*T, error) {
	if r.next == len(r.batch) {
		if err := r.fill(); err != nil {
			return nil, err
		}
		if len(r.batch) == 0 {
			return nil, nil
		}
	}
	r.next++
	return &r.batch[r.next-1], nil
}

func (r *Reader[T]) fill() (err error) {
	defer func() { err = damaged(recover(), r.file.Name(), err) }()
	if r.end != nil {
		r.batch, r.next = r.batch[:0], 0
		if errors.Is(r.end, io.EOF) {
			return nil
		}
		return fmt.Errorf("read %s: %w", r.file.Name(), r.end)
	}
	clear(r.batch[:cap(r.batch)])
	n, err := r.parquet.Read(r.batch[:cap(r.batch)])
	r.batch, r.next, r.end = r.batch[:n], 0, err
	r.clearMissing()
	if n == 0 && err != nil {
		return r.fill()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", r.file.Name(), err)
	}
	return nil
}

// clearMissing makes zeros of what parquet-go made up for the columns that the
// file does not have: to a list it gives as many elements as another list has.
func (r *Reader[T]) clearMissing() {
	if len(r.missing) == 0 {
		return
	}
	rows := reflect.ValueOf(r.batch)
	for i := range r.batch {
		for _, field := range r.missing {
			rows.Index(i).Field(field).SetZero()
		}
	}
}

// Close closes the file.
func (r *Reader[T]) Close() error {
	return errors.Join(r.parquet.Close(), r.file.Close())
}

// All reads the rows of a file one by one; each is valid until the next.
func All[T any](path string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		r, err := Open[T](path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.Close()
		for {
			row, err := r.Next()
			if row == nil && err == nil {
				return
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
