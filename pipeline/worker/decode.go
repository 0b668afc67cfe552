package worker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"callmill/schema"
)

// Input is an input as an engine gives it: a file as it is stored, or a raw line. It is
// valid until the function that takes it returns.
type Input struct {
	Origin     string
	Sequence   int64 // its place in the order of the run's inputs
	Position   int64 // the index in Origin of its first job
	InstanceID string
	ObservedAt int64 // ms
	Undated    bool
	Body       []byte
}

// The columns of Inputs.
const (
	inputOrigin = iota
	inputSequence
	inputPosition
	inputInstance
	inputObserved
	inputUndated
	inputBody
)

var inputColumns = []wanted{
	inputOrigin:   {name: "origin", kind: kindText},
	inputSequence: {name: "sequence", kind: kindInt},
	inputPosition: {name: "position", kind: kindInt, null: true},
	inputInstance: {name: "instance_id", kind: kindText, null: true},
	inputObserved: {name: "observed_at", kind: kindInt},
	inputUndated:  {name: "undated", kind: kindBool},
	inputBody:     {name: "body", kind: kindBytes},
}

// Emit takes a record under its key. It keeps a copy.
type Emit func(key schema.Key, record []byte) error

// Decode reads inputs from a stream until its end, has records made of each, and
// writes these to another stream, with what report returns, JSON text, as its last
// row. The first error ends it, with no end-of-stream marker written; one of records
// should name the input. So does the end of ctx, between two inputs.
func Decode(ctx context.Context, from io.Reader, to io.Writer, records func(*Input, Emit) error, report func() ([]byte, error)) error {
	return transform(ctx, from, to, inputColumns, func(in *reader, row int, emit Emit) error {
		return records(&Input{
			Origin: in.text(inputOrigin, row), Sequence: in.int(inputSequence, row), Position: in.int(inputPosition, row),
			InstanceID: in.text(inputInstance, row), ObservedAt: in.int(inputObserved, row), Undated: in.bool(inputUndated, row),
			Body: in.bytes(inputBody, row),
		}, emit)
	}, report)
}

// Part is a part of what a published dataset gives a lake. It is valid until the
// function that takes it returns.
type Part struct {
	Dataset  string // its folder
	Snapshot string
	Since    string // the snapshot that was taken before; "": none was
	Name     string
}

// The columns of Parts.
const (
	partDataset = iota
	partSnapshot
	partSince
	partName
)

var partColumns = []wanted{
	partDataset:  {name: "dataset", kind: kindText},
	partSnapshot: {name: "snapshot", kind: kindText},
	partSince:    {name: "since", kind: kindText, null: true},
	partName:     {name: "part", kind: kindText},
}

// Import reads parts from a stream and has records made of each, as Decode does of
// inputs.
func Import(ctx context.Context, from io.Reader, to io.Writer, records func(*Part, Emit) error, report func() ([]byte, error)) error {
	return transform(ctx, from, to, partColumns, func(in *reader, row int, emit Emit) error {
		return records(&Part{
			Dataset: in.text(partDataset, row), Snapshot: in.text(partSnapshot, row), Since: in.text(partSince, row), Name: in.text(partName, row),
		}, emit)
	}, report)
}

// Rejected is a row of the table of rejects. It is valid until the function that takes
// it returns.
type Rejected struct {
	InstanceID, RejectID string
	JobID, Reason        string // "": none
	Raw                  []byte // nil: it is not kept
	FirstSeen            int64  // ms
}

// The columns of rejects.
const (
	rejectedInstance = iota
	rejectedReject
	rejectedJob
	rejectedReason
	rejectedRaw
	rejectedFirstSeen
)

var rejectedColumns = []wanted{
	rejectedInstance:  {name: "instance_id", kind: kindText},
	rejectedReject:    {name: "reject_id", kind: kindText},
	rejectedJob:       {name: "job_id", kind: kindText, null: true},
	rejectedReason:    {name: "reason", kind: kindText, null: true},
	rejectedRaw:       {name: "raw", kind: kindBytes, null: true},
	rejectedFirstSeen: {name: "first_seen", kind: kindInt},
}

// Search reads rejects from a stream and has records made of each, as Decode does of
// inputs.
func Search(ctx context.Context, from io.Reader, to io.Writer, records func(*Rejected, Emit) error, report func() ([]byte, error)) error {
	return transform(ctx, from, to, rejectedColumns, func(in *reader, row int, emit Emit) error {
		return records(&Rejected{
			InstanceID: in.text(rejectedInstance, row), RejectID: in.text(rejectedReject, row), JobID: in.text(rejectedJob, row),
			Reason: in.text(rejectedReason, row), Raw: in.bytes(rejectedRaw, row), FirstSeen: in.int(rejectedFirstSeen, row),
		}, emit)
	}, report)
}

// Match reads the records of states from a stream and has records made of each, as
// Decode does of inputs.
func Match(ctx context.Context, from io.Reader, to io.Writer, records func(key, record []byte, emit Emit) error, report func() ([]byte, error)) error {
	return transform(ctx, from, to, recordColumns, func(in *reader, row int, emit Emit) error {
		return records(in.bytes(recordKey, row), in.bytes(recordRecord, row), emit)
	}, report)
}

// transform has records made of each row of a stream that has these columns.
func transform(ctx context.Context, from io.Reader, to io.Writer, columns []wanted, records func(in *reader, row int, emit Emit) error, report func() ([]byte, error)) error {
	in, err := newReader(from, columns)
	if err != nil {
		return err
	}
	defer in.close()
	out := newRecordWriter(to)
	for {
		if err = in.next(); err != nil {
			break
		}
		for row := range in.rows {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := records(in, row, out.add); err != nil {
				return err
			}
		}
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	return out.end(report)
}

const (
	// batchBytes is how much a batch of records holds, but for one of a single larger
	// record.
	batchBytes = 2 << 20
	batchRows  = 1 << 14
)

// recordSchema is that of keys and records.
var recordSchema = arrow.NewSchema([]arrow.Field{
	{Name: "key", Type: arrow.BinaryTypes.Binary},
	{Name: "record", Type: arrow.BinaryTypes.Binary},
}, nil)

// recordWriter writes records as a stream.
type recordWriter struct {
	out          *writer
	keys, values binaries
}

func newRecordWriter(to io.Writer) *recordWriter {
	return &recordWriter{out: newWriter(to, recordSchema), keys: newBinaries(), values: newBinaries()}
}

// add is an [Emit].
func (w *recordWriter) add(key schema.Key, record []byte) error { return w.addRow(key[:], record) }

func (w *recordWriter) addRow(key, record []byte) error {
	if n := w.keys.rows(); n > 0 && (n == batchRows || len(w.values.bytes)+len(record) > batchBytes) {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if int64(len(record)) > 1<<31-1 {
		return fmt.Errorf("a record of %d bytes is larger than an Arrow column can hold", len(record))
	}
	w.keys.add(key)
	w.values.add(record)
	return nil
}

func (w *recordWriter) flush() error {
	rows := w.keys.rows()
	if rows == 0 {
		return nil
	}
	if err := w.out.write([]arrow.ArrayData{w.keys.data(), w.values.data()}, rows); err != nil {
		return err
	}
	w.keys.reset()
	w.values.reset()
	return nil
}

// end writes the report and ends the stream.
func (w *recordWriter) end(report func() ([]byte, error)) error {
	text, err := report()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := w.addRow(nil, text); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	return w.out.end()
}

// binaries is a column of bytes that is being filled.
type binaries struct {
	ends  []int32 // where each value ends, after a 0
	bytes []byte
}

func newBinaries() binaries { return binaries{ends: make([]int32, 1)} }

func (b *binaries) rows() int { return len(b.ends) - 1 }

func (b *binaries) add(value []byte) {
	b.bytes = append(b.bytes, value...)
	b.ends = append(b.ends, int32(len(b.bytes)))
}

// data returns the column. It is valid until the next value is added.
func (b *binaries) data() arrow.ArrayData {
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(b.ends)), memory.NewBufferBytes(b.bytes)}
	return array.NewData(arrow.BinaryTypes.Binary, b.rows(), buffers, nil, 0, 0)
}

// reset empties the column. It gives up the room of a huge value.
func (b *binaries) reset() {
	b.ends, b.bytes = b.ends[:1], b.bytes[:0]
	if cap(b.bytes) > 4*batchBytes {
		b.bytes = nil
	}
}
