// Package table writes and reads the Parquet files of one table with
// parquet-go: the row types of package schema are its schemas, their tags its
// encodings.
//
// The bytes of a file depend on its rows alone: not on how they were handed
// over, nor on what the writer wrote before. The package knows nothing of
// shards, snapshots or other tables.
package table

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/parquet-go/parquet-go"

	"callmill/schema"
)

// FormatKey is the key in a file's footer under which the version of the
// dataset's format stands, Format that version.
const (
	FormatKey = "callmill.format"
	Format    = "1"
)

const (
	// rowGroupRows weighs memory while writing against row groups large enough
	// for a reader's threads.
	rowGroupRows = 1 << 17
	// pageBytes is the size of pages, shortPageBytes that in wide tables without
	// long texts: up to 55 columns of ids, of which each holds a page while it
	// is written. With 1 MiB in all, a worker's tables held 80 MB; so they hold
	// a third, and the files of wide tables are 1 % larger.
	pageBytes      = 1 << 20
	shortPageBytes = 1 << 18
	wideColumns    = 10
	// batchRows is how many rows parquet-go gets at a time: it looks only
	// between two calls whether a page is full, so the size of a call decides
	// where pages end, and with it the bytes.
	batchRows = 512
	// batchBytes ends a batch early where texts are huge: a line of a MiB has
	// as many words, at 16 bytes each. So does a page.
	batchBytes = 4 << 20
	// dictionaryBytes is where a dictionary stops being worth its memory; what
	// follows in the row group is written plainly.
	dictionaryBytes = 1 << 20
)

// Writer writes files of rows of type T, one after the other. It is not safe
// for concurrent use.
type Writer[T any] struct {
	options []parquet.WriterOption
	parquet *parquet.GenericWriter[T]
	zeroes  []int // the fields whose zero value is NULL
	batch   []T
	bytes   int // of texts in batch
	rows    int64
	text    func(*T) int
}

// NewWriter makes a Writer; Reset begins its first file. Writers of one
// goroutine may share a Compressor.
func NewWriter[T any](c *Compressor) *Writer[T] {
	row := reflect.TypeFor[T]()
	return &Writer[T]{
		options: append(writerOptions(row), parquet.SchemaOf(new(T)), parquet.Compression(c)),
		zeroes:  zeroFields(row),
		batch:   make([]T, 0, batchRows),
		text:    textOf[T](),
	}
}

// textOf measures what may be huge in a row.
func textOf[T any]() func(*T) int {
	return func(row *T) int {
		switch row := any(row).(type) {
		case *schema.TurnRow:
			return len(row.Script)
		case *schema.RejectRow:
			return len(row.Raw)
		case *schema.ExtraRow:
			return len(row.Value)
		case *schema.SummaryRow:
			return len(row.Content)
		}
		return 0
	}
}

// Reset begins a new file on out. After an error a Writer is of no use.
//
// A new writer of parquet-go for each file would do the same, but takes a MiB
// or more for each of up to 55 columns, however few the rows.
func (w *Writer[T]) Reset(out io.Writer) {
	if w.parquet == nil {
		w.parquet = parquet.NewGenericWriter[T](out, w.options...)
	} else {
		keepColumnPaths(w.parquet)
		w.parquet.Reset(out)
	}
	w.batch, w.bytes, w.rows = w.batch[:0], 0, 0
}

// keepColumnPaths mends what parquet-go's Reset (v0.32.0) breaks: it empties
// the footer of the last file, and with it the names of the columns that the
// footer shares with the writer, so that those of the next would have none.
func keepColumnPaths[T any](w *parquet.GenericWriter[T]) {
	for _, group := range w.File().Metadata().RowGroups {
		for i := range group.Columns {
			group.Columns[i].MetaData.PathInSchema = nil
		}
	}
}

// Next gives the place of the next row, to be filled in before the next call.
// It holds an earlier row, whose lists may be appended to from length 0. What
// the row points to must stay untouched until the batch is written, at the
// latest by Close.
func (w *Writer[T]) Next() (*T, error) {
	if n := len(w.batch); n > 0 {
		w.bytes += w.text(&w.batch[n-1])
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
	clear(w.batch[:cap(w.batch)])
	return w.parquet.Flush()
}

// Close writes what is left and the footer. It does not close what Reset was
// given.
func (w *Writer[T]) Close() error {
	if err := w.flush(); err != nil {
		return err
	}
	// Rows that stayed would hold on to what their strings were cut from.
	clear(w.batch[:cap(w.batch)])
	return w.parquet.Close()
}

func (w *Writer[T]) flush() error {
	err := w.write(w.batch)
	if w.bytes >= batchBytes {
		clear(w.batch) // lists as long are not worth keeping
	}
	w.batch, w.bytes = w.batch[:0], 0
	return err
}

func writerOptions(row reflect.Type) []parquet.WriterOption {
	options := []parquet.WriterOption{
		// No tag in schema names a compression: it would win over the writer's.
		parquet.MaxRowsPerRowGroup(rowGroupRows),
		parquet.DictionaryMaxBytes(dictionaryBytes),
		parquet.CreatedBy("callmill", Format, "parquet-go"),
		parquet.KeyValueMetadata(FormatKey, Format),
	}
	pages := pageBytes
	if row.NumField() > wideColumns {
		pages = shortPageBytes
	}
	for field := range row.Fields() {
		if field.Tag.Get("stats") != "none" {
			continue
		}
		pages = pageBytes // such columns are the long texts
		path := []string{columnName(field)}
		if field.Type == reflect.TypeFor[[]string]() {
			path = append(path, "list", "element")
		}
		options = append(options, parquet.SkipPageBounds(path...), parquet.SkipPageStatistics(path...))
	}
	return append(options, parquet.PageBufferSize(pages))
}

func columnName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("parquet"), ",")
	return name
}

// Write writes one file of rows; a convenience for small tables.
func Write[T any](out io.Writer, rows []T) error {
	w := NewWriter[T](&Compressor{})
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
