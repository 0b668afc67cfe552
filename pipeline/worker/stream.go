package worker

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// reader reads the wanted columns of a stream, batch by batch. Not safe for concurrent
// use.
type reader struct {
	batches *ipc.Reader
	want    []wanted
	at      []int // where the columns are in the stream
	columns []values
	rows    int   // of the batch
	before  int64 // rows of the batches before it
}

// wanted is a column that a stream must have.
type wanted struct {
	name string
	kind kind
	null bool // a value may be NULL: it reads as zero
}

// kind is what the values of a column are.
type kind string

const (
	kindBytes kind = "binary"
	kindText  kind = "utf8"
	kindInt   kind = "int64"
	kindBool  kind = "bool"
)

// types are the Arrow types that a kind is read from.
var types = map[kind][]arrow.Type{
	kindBytes: {arrow.BINARY, arrow.LARGE_BINARY},
	kindText:  {arrow.STRING, arrow.LARGE_STRING},
	kindInt:   {arrow.INT64},
	kindBool:  {arrow.BOOL},
}

// values are the values of a column in a batch: the one of its kind is not nil.
type values struct {
	arrow.Array
	bytes interface{ Value(int) []byte }
	text  interface{ Value(int) string }
	ints  []int64
	bools *array.Boolean
}

const (
	readAhead = 1 << 20 // as much as a pipe may hold
	// maxBody limits the memory that a message asks for before its bytes have come. It
	// is more than 2 GiB, the most that the body of an input may have in Spark.
	maxBody = 4 << 30
)

// newReader reads the schema of a stream. A column that is missing or of another kind
// is an error that names it.
func newReader(from io.Reader, want []wanted) (*reader, error) {
	messages := ipc.NewMessageReader(bufio.NewReaderSize(unended{from}, readAhead), ipc.WithBodySizeLimit(maxBody))
	batches, err := ipc.NewReaderFromMessageReader(messages)
	if err != nil {
		return nil, reading(err)
	}
	r := &reader{batches: batches, want: want, columns: make([]values, len(want))}
	fields := batches.Schema().Fields()
	for _, w := range want {
		at := slices.IndexFunc(fields, func(f arrow.Field) bool { return f.Name == w.name })
		if at < 0 {
			return nil, fmt.Errorf("the input has no column %q, but %s", w.name, namesOf(fields))
		}
		if typ := fields[at].Type; !slices.Contains(types[w.kind], typ.ID()) {
			return nil, fmt.Errorf("column %q of the input is %s, want %s", w.name, typ, w.kind)
		}
		if slices.ContainsFunc(fields[at+1:], func(f arrow.Field) bool { return f.Name == w.name }) {
			return nil, fmt.Errorf("the input has two columns %q", w.name)
		}
		r.at = append(r.at, at)
	}
	return r, nil
}

func namesOf(fields []arrow.Field) string {
	if len(fields) == 0 {
		return "no other either"
	}
	var names []string
	for _, f := range fields {
		names = append(names, fmt.Sprintf("%q", f.Name))
	}
	return strings.Join(names, ", ")
}

// reading is the error of a stream that cannot be read. Where its bytes end before the
// end-of-stream marker, that is the reason.
func reading(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the input stream is cut off: it has no end-of-stream marker")
	}
	return fmt.Errorf("read the input stream: %w", err)
}

// unended is a reader for which the end of the bytes is an error: arrow-go would take
// it for the end of the stream where it lies between two batches.
type unended struct{ io.Reader }

// Read implements [io.Reader].
func (u unended) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// next reads the next batch, and forgets the one before. At the end of the stream it
// returns io.EOF.
func (r *reader) next() error {
	r.before += int64(r.rows)
	r.rows = 0
	clear(r.columns) // the batch before may go while this one is read
	if !r.batches.Next() {
		if err := r.batches.Err(); err != nil {
			return reading(err)
		}
		return io.EOF
	}
	batch := r.batches.RecordBatch()
	r.rows = int(batch.NumRows())
	for i, w := range r.want {
		column := batch.Column(r.at[i])
		if column.NullN() > 0 && !w.null {
			return fmt.Errorf("column %q of the input is NULL in row %d", w.name, r.before+firstNull(column))
		}
		v, err := valuesOf(column)
		if err != nil {
			return reading(fmt.Errorf("column %q: %w", w.name, err))
		}
		r.columns[i] = v
	}
	return nil
}

func firstNull(column arrow.Array) int64 {
	for i := range column.Len() {
		if column.IsNull(i) {
			return int64(i)
		}
	}
	return 0
}

// errOffsets is that of a batch whose values are not where it says.
var errOffsets = errors.New("the values of a batch do not follow each other")

func valuesOf(column arrow.Array) (v values, err error) {
	v.Array = column
	switch a := column.(type) {
	case *array.Binary:
		v.bytes, err = a, check(column.Data(), arrow.Int32Traits.CastFromBytes)
	case *array.LargeBinary:
		v.bytes, err = a, check(column.Data(), arrow.Int64Traits.CastFromBytes)
	case *array.String:
		v.text, err = a, check(column.Data(), arrow.Int32Traits.CastFromBytes)
	case *array.LargeString:
		v.text, err = a, check(column.Data(), arrow.Int64Traits.CastFromBytes)
	case *array.Int64:
		v.ints = a.Int64Values()
	case *array.Boolean:
		v.bools = a
	}
	return v, err
}

// check checks the offsets of values. That there are enough, and that the last is not
// beyond the values, arrow-go has checked.
func check[T int32 | int64](of arrow.ArrayData, offsets func([]byte) []T) error {
	if of.Len() == 0 {
		return nil
	}
	list := offsets(of.Buffers()[1].Bytes())[of.Offset() : of.Offset()+of.Len()+1]
	if list[0] < 0 || !slices.IsSorted(list) {
		return errOffsets
	}
	return nil
}

// bytes returns a value of a column of bytes. It is valid until next is called.
func (r *reader) bytes(column, row int) []byte {
	if v := &r.columns[column]; v.IsValid(row) {
		return v.bytes.Value(row)
	}
	return nil
}

// text returns a value of a column of texts. It is valid until next is called.
func (r *reader) text(column, row int) string {
	if v := &r.columns[column]; v.IsValid(row) {
		return v.text.Value(row)
	}
	return ""
}

func (r *reader) int(column, row int) int64 {
	if v := &r.columns[column]; v.IsValid(row) {
		return v.ints[row]
	}
	return 0
}

func (r *reader) bool(column, row int) bool {
	v := &r.columns[column]
	return v.IsValid(row) && v.bools.Value(row)
}

// close frees the batch that was read last.
func (r *reader) close() { r.batches.Release() }

// writer writes a stream. Not safe for concurrent use.
type writer struct {
	to      io.Writer
	out     *bufio.Writer
	batches *ipc.Writer
	schema  *arrow.Schema
}

func newWriter(to io.Writer, schema *arrow.Schema) *writer {
	out := bufio.NewWriterSize(to, 64<<10)
	return &writer{to: to, out: out, schema: schema, batches: ipc.NewWriter(out, ipc.WithSchema(schema))}
}

// write writes a batch of columns, in the order of the schema. They may be changed
// afterwards.
func (w *writer) write(columns []arrow.ArrayData, rows int) error {
	arrays := make([]arrow.Array, len(columns))
	for i, data := range columns {
		arrays[i] = array.MakeFromData(data)
	}
	batch := array.NewRecordBatch(w.schema, arrays, int64(rows))
	defer batch.Release()
	if err := w.batches.Write(batch); err != nil {
		return fmt.Errorf("write the output stream: %w", err)
	}
	return w.flush()
}

// flush hands over what was written, so that the engine has all of a batch before
// another one is read.
func (w *writer) flush() error {
	err := w.out.Flush()
	if to, ok := w.to.(interface{ Flush() error }); ok && err == nil {
		err = to.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the output stream: %w", err)
	}
	return nil
}

// end writes the end-of-stream marker. It must not be called after an error: what was
// written is then no whole stream.
func (w *writer) end() error {
	if err := w.batches.Close(); err != nil {
		return fmt.Errorf("write the output stream: %w", err)
	}
	return w.flush()
}
