package spill

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// Writer adds records to a Sorter. Not safe for concurrent use.
type Writer struct {
	sorter *Sorter
	open   []byte
	places []place
	record []byte // scratch space of Encode
	data   []byte // and of runs
}

// place is where a record lies in Writer.open. Most comparisons end with the
// first bytes.
type place struct {
	head       uint64
	start, end uint32
}

const placeBytes = 16

// maxRecord is how many bytes a record may take, and a run before its last one, so
// that places and the lengths of blocks fit.
const maxRecord = 1 << 30

// Writer makes a Writer. What it holds is handed over by Close at the latest.
func (s *Sorter) Writer() *Writer { return &Writer{sorter: s} }

// Encode adds the record that code encodes.
func (w *Writer) Encode(code func(*Codec)) error {
	c := Encoder(w.record[:0])
	code(&c)
	w.record = c.Bytes()
	return w.Add(w.record)
}

// Add adds a copy of a record.
func (w *Writer) Add(record []byte) error {
	if len(record) > maxRecord {
		return fmt.Errorf("sort a record of %d bytes: more than %d", len(record), maxRecord)
	}
	start := len(w.open)
	w.open = append(w.open, record...)
	w.places = append(w.places, place{firstBytes(record), uint32(start), uint32(len(w.open))})
	if int64(len(w.open)+placeBytes*len(w.places)) < w.sorter.options.Run {
		return nil
	}
	return w.flush()
}

// firstBytes returns the first bytes of a record as a number, zeros after its end.
func firstBytes(record []byte) uint64 {
	if len(record) >= 8 {
		return binary.BigEndian.Uint64(record)
	}
	var padded [8]byte
	copy(padded[:], record)
	return binary.BigEndian.Uint64(padded[:])
}

// Close hands over what is left and frees the writer's memory. The writer takes
// no more records.
func (w *Writer) Close() error {
	err := w.flush()
	*w = Writer{sorter: w.sorter}
	return err
}

func (w *Writer) flush() error {
	if len(w.places) == 0 {
		return nil
	}
	slices.SortFunc(w.places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.head, b.head), bytes.Compare(w.open[a.start:a.end], w.open[b.start:b.end]))
	})
	r := w.sorter.newRun()
	r.data = w.data[:0]
	for _, p := range w.places {
		if err := r.add(w.open[p.start:p.end]); err != nil {
			return err
		}
	}
	if err := r.finish(); err != nil {
		return err
	}
	w.open, w.places = w.open[:0], w.places[:0]
	if int64(cap(w.open)) > 2*w.sorter.options.Run { // of a huge record
		*w = Writer{sorter: w.sorter}
		return w.sorter.add(r.run)
	}
	w.data = r.data
	return w.sorter.add(r.run)
}
