// Package parquetio writes and reads the Parquet files of one table: the row types
// of package schema are its schemas, their tags its encodings.
//
// It reads with parquet-go and writes with its own columns (column.go), which
// become pages (page.go), chunks of row groups (chunk.go) and a footer
// (footer.go) in the format, the levels and the encodings of parquet-go's
// packages. The library's writer takes rows through reflection and a Go map for
// each word: with it a whole run takes half the CPU time more, and files are a
// fifth larger.
//
// The bytes of a file depend on its rows alone: not on how they were handed
// over, nor on what the writer wrote before. The package does not know shards,
// snapshots or other tables.
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
	// batchRows is how many rows make a batch: pages end between batches, so
	// the size of a batch decides where they end, and with it the bytes.
	batchRows = 512
	// batchBytes ends a batch early where texts are huge, since the length of a
	// page is an int32.
	batchBytes = 4 << 20
)

// Writer writes files of rows of type T, one after the other. Not safe for
// concurrent use.
type Writer[T any] struct {
	out     *counter
	meta    format.FileMetaData // of a file without rows
	columns []*column
	pages   pageMaker
	groups  []rowGroup

	batched int       // rows since the last batch ended
	bytes   int       // of their texts
	texts   []*column // the columns that have any
	inGroup int64     // rows of the row group
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
	meta, err := newMetadata[T]()
	if err != nil {
		return nil, err
	}
	w := &Writer[T]{meta: meta, pages: pageMaker{compressor: c}}
	for field := range reflect.TypeFor[T]().Fields() {
		if !schema.IsColumn(field) {
			continue
		}
		column, err := newColumn(field)
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

// Reset begins a new file on out. After an error a Writer must not be used.
func (w *Writer[T]) Reset(out io.Writer) {
	w.out, w.groups = &counter{out: out}, nil
	w.batched, w.bytes, w.inGroup, w.rows = 0, 0, 0, 0
}

// Write adds rows; they are copied. Where rows are handed over many at a time this takes
// less time: columns are filled one after the other.
func (w *Writer[T]) Write(rows []T) error {
	w.rows += int64(len(rows))
	size := unsafe.Sizeof(*new(T))
	for len(rows) > 0 {
		n := w.fit(rows)
		first := unsafe.Pointer(unsafe.SliceData(rows))
		for _, c := range w.columns {
			c.add(first, n, size)
		}
		w.inGroup += int64(n)
		rows = rows[n:]
		if w.batched == batchRows || w.bytes >= batchBytes {
			if err := w.endBatch(); err != nil {
				return err
			}
		}
	}
	return nil
}

// fit counts the rows that go into the current batch, and returns how many they are.
func (w *Writer[T]) fit(rows []T) int {
	for i := range rows {
		w.batched++
		for _, c := range w.texts {
			w.bytes += c.textBytes(unsafe.Pointer(&rows[i]))
		}
		if w.batched == batchRows || w.bytes >= batchBytes {
			return i + 1
		}
	}
	return len(rows)
}

// Rows returns the number of rows in the current file so far.
func (w *Writer[T]) Rows() int64 { return w.rows }

// EndRowGroup ends a row group early, to bound the memory of rows that are
// large. Where it is called is part of what the bytes depend on.
func (w *Writer[T]) EndRowGroup() error {
	if err := w.endBatch(); err != nil {
		return err
	}
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
	return writeFooter(w.out, w.meta, w.groups)
}

// begin writes what every file begins with.
func (w *Writer[T]) begin() error {
	if w.out.n > 0 {
		return nil
	}
	_, err := io.WriteString(w.out, magic)
	return err
}

// endBatch ends the pages, and the row group, that are full.
func (w *Writer[T]) endBatch() error {
	w.batched, w.bytes = 0, 0
	held := 0
	for _, c := range w.columns {
		if c.rows >= pageRows || c.values.size() >= c.most {
			if err := c.endPage(&w.pages); err != nil {
				return err
			}
		}
		held += c.chunk.bytes
	}
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
	if err := w.Write(rows); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("close file of %d rows: %w", len(rows), err)
	}
	return nil
}
