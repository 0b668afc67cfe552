// Package parquetio writes and reads the Parquet files of one table: the row types
// of package schema are its schemas, their tags its encodings.
//
// It reads with parquet-go and writes with its own columns (column.go), which
// become pages (page.go), chunks of row groups (chunk.go) and a footer
// (footer.go) in the format, the levels and the encodings of parquet-go's
// packages. The library's writer takes rows through reflection and a Go map for
// each word; BenchmarkWriteTurns took nearly twice the time with it, and a
// writer of turns and one of tasks held twice the memory.
//
// The bytes of a file depend on its rows alone: not on how they were handed
// over, nor on what the writer wrote before. The package knows nothing of
// shards, snapshots or other tables.
package parquetio

import (
	"fmt"
	"io"
	"reflect"
	"unsafe"

	"github.com/parquet-go/parquet-go/format"

	"callmill/schema"
)

const (
	// rowGroupRows weighs memory while writing against row groups large enough
	// for a reader's threads; rowGroupBytes bounds the compressed pages that
	// are held until all of a row group is there.
	rowGroupRows  = 1 << 17
	rowGroupBytes = 64 << 20
	// pageBytes and pageRows end a page, shortPageBytes one of a column that has
	// no long texts: there are up to 55 in a table, of which each holds a page
	// while it is written.
	pageBytes      = 1 << 20
	shortPageBytes = 1 << 18
	pageRows       = 1 << 15
	// batchRows is how many rows are taken at a time: between batches it is
	// looked at whether a page is full, so the size of a batch decides where
	// pages end, and with it the bytes.
	batchRows = 512
	// batchBytes ends a batch early where texts are huge: a line of a MiB has
	// as many words, at 16 bytes each. So does a page, whose length is an int32.
	batchBytes = 4 << 20
)

// Writer writes files of rows of type T, one after the other. It is not safe
// for concurrent use.
type Writer[T any] struct {
	out     *counter
	schema  []format.SchemaElement
	columns []*column
	pages   pageMaker
	groups  []rowGroup

	batch   []T
	bytes   int       // of texts in batch
	texts   []*column // those of columns that have any
	inGroup int64     // rows in the row group, but for those of batch
	rows    int64     // of the file
}

// rowGroup is a row group in the file.
type rowGroup struct {
	offset, rows int64
	chunks       []*finishedChunk
}

// NewWriter makes a Writer; Reset begins its first file. Writers of one
// goroutine may share a Compressor. An error is about T: a field of a type that
// has no encoding.
func NewWriter[T any](c *Compressor) (*Writer[T], error) {
	row := reflect.TypeFor[T]()
	w := &Writer[T]{schema: schemaElements(row), pages: pageMaker{compressor: c}, batch: make([]T, 0, batchRows)}
	for field := range row.Fields() {
		if !schema.IsColumn(field) {
			continue
		}
		column, err := newColumn(row, field)
		if err != nil {
			return nil, err
		}
		w.columns = append(w.columns, column)
		if column.texts != nil && field.Tag.Get("split") == "" { // pieces are as long as what they are cut from
			w.texts = append(w.texts, column)
		}
	}
	return w, nil
}

// Reset begins a new file on out. After an error a Writer is of no use.
func (w *Writer[T]) Reset(out io.Writer) {
	w.out, w.groups = &counter{out: out}, nil
	w.batch, w.bytes, w.inGroup, w.rows = w.batch[:0], 0, 0, 0
}

// Next gives the place of the next row, to be filled in before the next call.
// It holds an earlier row, whose lists may be appended to from length 0, those
// of a turn as [schema.TurnRow.OwnTokens] says. What the row points to must stay
// untouched until the batch is written, at the latest by Close.
func (w *Writer[T]) Next() (*T, error) {
	if n := len(w.batch); n > 0 {
		for _, c := range w.texts {
			w.bytes += c.textBytes(unsafe.Pointer(&w.batch[n-1]))
		}
	}
	if len(w.batch) == batchRows || w.bytes >= batchBytes {
		if err := w.flush(); err != nil {
			return nil, err
		}
	}
	w.batch = w.batch[:len(w.batch)+1]
	w.rows++
	return &w.batch[len(w.batch)-1], nil
}

// Rows is the number of rows of the present file so far.
func (w *Writer[T]) Rows() int64 { return w.rows }

// EndRowGroup ends a row group early, to bound the memory of rows that are
// large. Where it is called is part of what the bytes depend on.
func (w *Writer[T]) EndRowGroup() error {
	if err := w.flush(); err != nil {
		return err
	}
	// Rows that stayed would hold on to what their strings were cut from.
	clear(w.batch[:cap(w.batch)])
	return w.endRowGroup()
}

// Close writes what is left and the footer. It does not close what Reset was
// given.
func (w *Writer[T]) Close() error {
	if err := w.EndRowGroup(); err != nil {
		return err
	}
	if err := w.begin(); err != nil {
		return err
	}
	return writeFooter(w.out, w.schema, w.groups)
}

// begin writes what every file begins with.
func (w *Writer[T]) begin() error {
	if w.out.n > 0 {
		return nil
	}
	_, err := io.WriteString(w.out, magic)
	return err
}

// flush brings the batch into the columns.
func (w *Writer[T]) flush() error {
	if len(w.batch) == 0 {
		return nil
	}
	first, size := unsafe.Pointer(unsafe.SliceData(w.batch)), unsafe.Sizeof(w.batch[0])
	held := 0
	for _, c := range w.columns {
		c.add(first, len(w.batch), size)
		if c.rows >= pageRows || c.values.size() >= c.most {
			if err := c.endPage(&w.pages); err != nil {
				return err
			}
		}
		held += c.chunk.bytes
	}
	w.inGroup += int64(len(w.batch))
	if w.bytes >= batchBytes {
		clear(w.batch) // lists as long are not worth keeping
	}
	w.batch, w.bytes = w.batch[:0], 0
	if w.inGroup >= rowGroupRows || held >= rowGroupBytes {
		return w.endRowGroup()
	}
	return nil
}

func (w *Writer[T]) endRowGroup() error {
	if w.inGroup == 0 {
		return nil
	}
	if err := w.begin(); err != nil {
		return err
	}
	group := rowGroup{offset: w.out.n, rows: w.inGroup}
	for _, c := range w.columns {
		if err := c.endPage(&w.pages); err != nil {
			return err
		}
		chunk, err := c.endChunk(w.out, &w.pages, w.out.n)
		if err != nil {
			return err
		}
		group.chunks = append(group.chunks, chunk)
	}
	w.groups, w.inGroup = append(w.groups, group), 0
	return nil
}

// Write writes one file of rows; a convenience for small tables.
func Write[T any](out io.Writer, rows []T) error {
	w, err := NewWriter[T](&Compressor{})
	if err != nil {
		return err
	}
	w.Reset(out)
	for i := range rows {
		row, err := w.Next()
		if err != nil {
			return err
		}
		*row = rows[i]
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("close file of %d rows: %w", len(rows), err)
	}
	return nil
}
