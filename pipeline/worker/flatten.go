package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"callmill/schema"
)

// Result is what becomes of the records of a key: a row of the output.
type Result struct {
	// Rows replace those of the job; nil: its rows stay as they are.
	Rows *schema.Rows
	// JobDate is the day under which the job's rows are now, StaleDate that under which
	// its old rows are, which go; nil: none are.
	JobDate, StaleDate *int32

	JobGroups     []schema.JobGroupRow // each replaces the one with its key
	JobGroupsGone []GroupKey
	Rejects       []schema.RejectRow // new ones
	RejectsGone   []RejectKey
	Statuses      []string // those in Rows that the vendor does not document
	OptOuts       []OptOut // of versions of the job that are not kept

	// State is the new state of the key; nil: it stays as it is; empty: it goes.
	State []byte
	// StateDate is the day under which the state is now, StaleStateDate that of the old
	// one, which goes; nil: none is.
	StateDate, StaleStateDate *int32
}

// GroupKey is the key of a row of job_groups.
type GroupKey struct{ InstanceID, JobGroupID string }

// RejectKey is the key of a row of rejects.
type RejectKey struct{ InstanceID, RejectID string }

// OptOut is a row of the table opt_outs of a lake: a contact asked not to be called, in a
// job that is gone.
type OptOut struct {
	ContactKey string
	CallDate   *int32 // in days since 1970-01-01; nil: the call has no time
	Source     string // as of package optout
	Value      string
}

// Reducer decides what becomes of keys, one after the other.
type Reducer interface {
	// Reduce decides from all records of a key, in the order in which they came. Nil:
	// nothing changes. The result is used until the next call; but the tables of its
	// Rows, and what they point to, have to stay as they are until Release. Key and
	// records do so, too.
	Reduce(key []byte, records [][]byte) (*Result, error)
	// Condense returns records of a key that has many: as many, in the same order, on which
	// Reduce decides alike, and some of which may be shorter. They may alias the records.
	Condense(records [][]byte) [][]byte
	// Release is called when the rows of all results so far are not used any more.
	Release()
}

// Taken is what a stream had besides reports.
type Taken struct {
	Keys, Records int64
	Bytes         int64 // of the records
}

// Flatten reads an Arrow IPC stream of records sorted by key, which has columns "key"
// and "record", has the reducer decide about each key, and writes a stream with a row for
// each result (see [Layout]). Records of the empty key are reports: they are passed
// through. The last row is the report of this stream, which report makes.
//
// Memory is bounded by the input's batches, the records of one key, as far as the reducer
// cannot condense them, and what becomes of them. A stream that is not sorted, or ends without its end mark, is an error, as
// are those of the reducer and of report; then the output has no end mark.
func Flatten(ctx context.Context, from io.Reader, to io.Writer, reducer Reducer, report func(Taken) ([]byte, error)) error {
	in, err := newReader(from, recordColumns)
	if err != nil {
		return err
	}
	defer in.close()
	out, err := newOutput(to, reducer.Release)
	if err != nil {
		return err
	}
	f := flattening{reducer: reducer, out: out, most: condenseBytes}
	if err := f.all(ctx, in); err != nil {
		return err
	}
	text, err := report(f.taken)
	if err != nil {
		return err
	}
	if err := out.addReport(text); err != nil {
		return err
	}
	return out.end()
}

// The columns of records.
const (
	recordKey = iota
	recordRecord
)

var recordColumns = []wanted{
	recordKey:    {name: "key", kind: kindBytes},
	recordRecord: {name: "record", kind: kindBytes},
}

// flattening is the state of Flatten.
type flattening struct {
	reducer Reducer
	out     *output
	taken   Taken

	// The records of one key. Those of the batch that is read are in its memory; those
	// of earlier batches are copied to held, and ends says where each ends.
	key     []byte
	any     bool // there is a key
	records [][]byte
	held    []byte
	ends    []int
	most    int // of held, before its records are condensed
}

const (
	// maxHeld is how many bytes of copied records are kept room for.
	maxHeld = 4 << 20
	// condenseBytes is how many bytes of the records of a key are copied before they are
	// condensed for the first time.
	condenseBytes = 8 << 20
)

// all takes the batches of a stream.
func (f *flattening) all(ctx context.Context, in *reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := in.next(); errors.Is(err, io.EOF) {
			return f.decide()
		} else if err != nil {
			return err
		}
		for row := range in.rows {
			if err := f.add(in.bytes(recordKey, row), in.bytes(recordRecord, row)); err != nil {
				return err
			}
		}
		f.out.settle() // rows point to the batch
		f.hold()
	}
}

// add takes the next record.
func (f *flattening) add(key, record []byte) error {
	if len(key) == 0 {
		if f.any {
			return fmt.Errorf("record %d of the input is a report, and follows one with key %x: the records are not sorted", f.taken.Records+1, f.key)
		}
		return f.out.addReport(record)
	}
	f.taken.Records++
	f.taken.Bytes += int64(len(record))
	if f.any {
		switch order := bytes.Compare(f.key, key); {
		case order > 0:
			return fmt.Errorf("record %d of the input has key %x, and follows one with key %x: the records are not sorted", f.taken.Records, key, f.key)
		case order < 0:
			if err := f.decide(); err != nil {
				return err
			}
		}
	}
	if len(f.records)+len(f.ends) == 0 {
		f.key, f.any = append(f.key[:0], key...), true
	}
	f.records = append(f.records, record)
	return nil
}

// decide has the records of a key reduced.
func (f *flattening) decide() error {
	if !f.any {
		return nil
	}
	records, size := f.gathered()
	f.taken.Keys++
	if size >= aloneBytes { // before the result is there: it would not outlive Release
		if err := f.out.flush(); err != nil {
			return err
		}
	}
	result, err := f.reducer.Reduce(f.key, records)
	if err != nil {
		return fmt.Errorf("key %x, the job or campaign of %d records: %w", f.key, len(records), err)
	}
	if result != nil {
		if err := f.out.add(f.key, result, size); err != nil {
			return fmt.Errorf("key %x: %w", f.key, err)
		}
	}
	clear(f.records)
	f.records = f.records[:0]
	if len(f.ends) == 0 {
		return nil
	}
	f.out.settle() // rows point to what is held
	f.ends, f.held, f.most = f.ends[:0], f.held[:0], condenseBytes
	if cap(f.held) > maxHeld {
		f.held = nil
	}
	return nil
}

// gathered returns the records of the key, those of earlier batches first, and how
// many bytes they have.
func (f *flattening) gathered() (records [][]byte, size int) {
	if len(f.ends) > 0 {
		f.records = append(f.earlier(), f.records...)
	}
	return f.records, sizeOf(f.records)
}

// earlier returns the records of the key that are in earlier batches.
func (f *flattening) earlier() (records [][]byte) {
	start := 0
	for _, end := range f.ends {
		records, start = append(records, f.held[start:end:end]), end
	}
	return records
}

// hold copies the records of the key that the batch ends in, whose memory is reused.
func (f *flattening) hold() {
	if len(f.held)+sizeOf(f.records) <= f.most {
		f.copy(f.records)
	} else {
		condensed := f.reducer.Condense(append(f.earlier(), f.records...))
		f.held, f.ends = nil, f.ends[:0]
		f.copy(condensed)
		f.most = max(condenseBytes, 2*len(f.held)) // so that it is not done for each batch
	}
	clear(f.records)
	f.records = f.records[:0]
}

func (f *flattening) copy(records [][]byte) {
	f.held = slices.Grow(f.held, sizeOf(records))
	for _, record := range records {
		f.held = append(f.held, record...)
		f.ends = append(f.ends, len(f.held))
	}
}

func sizeOf(records [][]byte) (size int) {
	for _, record := range records {
		size += len(record)
	}
	return size
}
