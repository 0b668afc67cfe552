package verify

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"callmill/schema"
)

// column decodes one column of a file, row group by row group.
type column struct {
	schema.Column
	leaf  int // a column has one leaf
	size  int // how many values are decoded at a time
	chunk file.ColumnChunkReader

	// Room for what is decoded at a time: definition levels, and values of the
	// one type the column has.
	levels []int16
	int32s []int32
	int64s []int64
	bools  []bool
	bytes  []parquet.ByteArray

	last string // the text decoded last: neighbours are often alike

	// Of lists: repetition levels, and what is decoded of rows to come.
	repeats []int16
	have    int // levels decoded
	used    int // levels given out
	texts   []string
	known   map[string]string // texts met, so that words are kept once
}

// maxKnown bounds the texts a column keeps for reuse.
const maxKnown = 1 << 14

func (c *column) open(group *file.RowGroupReader) (err error) {
	if c.chunk != nil {
		if err := c.chunk.Close(); err != nil {
			return err
		}
	}
	c.have, c.used, c.texts = 0, 0, nil
	c.chunk, err = group.Column(c.leaf)
	return err
}

// unread reports whether the column has values beyond those of its row group's
// rows.
func (c *column) unread() bool {
	return c.chunk != nil && (c.used < c.have || c.chunk.HasNext())
}

// place points to the field of the column in a row of the batch.
type place func(row int) any

// fill decodes the column of the next n rows. strange tells of a value that no
// column may hold.
func (c *column) fill(n int, at place) (strange string, err error) {
	switch chunk := c.chunk.(type) {
	case *file.Int32ColumnChunkReader:
		return "", flat(c, n, room(c, &c.int32s), chunk, setter[int32](n, at))
	case *file.BooleanColumnChunkReader:
		return "", flat(c, n, room(c, &c.bools), chunk, setter[bool](n, at))
	case *file.Int64ColumnChunkReader:
		set := setter[int64](n, at)
		err = flat(c, n, room(c, &c.int64s), chunk, func(row int, v int64) {
			// A time of 0 is NULL; a number of 0 is not.
			if v == 0 && c.Nullable && c.Type == schema.TypeTimestamp {
				strange = "a time of 0 where NULL belongs"
			}
			set(row, v)
		})
		return strange, err
	case *file.ByteArrayColumnChunkReader:
		return c.fillBytes(n, chunk, at)
	}
	return "", fmt.Errorf("no reader for %T", c.chunk)
}

func (c *column) fillBytes(n int, chunk *file.ByteArrayColumnChunkReader, at place) (strange string, err error) {
	switch c.Type {
	case schema.TypeStrings:
		return c.fillLists(n, chunk, at)
	case schema.TypeBinary:
		err = flat(c, n, room(c, &c.bytes), chunk, func(row int, v parquet.ByteArray) {
			*at(row).(*[]byte) = bytes.Clone(v)
		})
		return "", err
	}
	err = flat(c, n, room(c, &c.bytes), chunk, func(row int, v parquet.ByteArray) {
		if string(v) != c.last {
			c.last = string(v)
			if !utf8.Valid(v) {
				strange = fmt.Sprintf("%q is not UTF-8", v)
			}
		}
		if len(v) == 0 && c.Nullable {
			strange = "an empty text where NULL belongs"
		}
		*at(row).(*string) = c.last
	})
	return strange, err
}

// room makes a buffer when it is first needed.
func room[V any](c *column, buffer *[]V) []V {
	if *buffer == nil {
		*buffer = make([]V, c.size)
	}
	return *buffer
}

// setter gives what puts values into fields of type V or *V.
func setter[V any](n int, at place) func(row int, v V) {
	if _, ok := at(0).(*V); ok {
		return func(row int, v V) { *at(row).(*V) = v }
	}
	kept := make([]V, n) // what the fields point to
	return func(row int, v V) {
		kept[row] = v
		*at(row).(**V) = &kept[row]
	}
}

// errEnds means that a column has fewer values than its row group rows.
var errEnds = errors.New("it ends before its row group does")

// pageReader is what the readers of arrow-go have in common. What it reads
// lies in one page: values of other pages may share its memory.
type pageReader[V any] interface {
	ReadBatchInPage(n int64, values []V, definition, repetition []int16) (levels int64, read int, err error)
	Err() error
}

// flat decodes n values of a column that is no list and hands on those that
// are not NULL.
func flat[V any](c *column, n int, values []V, r pageReader[V], set func(row int, v V)) error {
	defined := room(c, &c.levels)
	for row := 0; row < n; {
		levels, read, err := r.ReadBatchInPage(int64(n-row), values, defined, nil)
		if err = errors.Join(err, r.Err()); err != nil {
			return err
		}
		if levels == 0 {
			return errEnds
		}
		if !c.Nullable && int64(read) != levels {
			return fmt.Errorf("%d values for %d rows", read, levels)
		}
		at := 0
		for i := range int(levels) {
			if c.Nullable && defined[i] == 0 {
				continue
			}
			if at == read {
				return fmt.Errorf("%d values, more are defined", read)
			}
			set(row+i, values[at])
			at++
		}
		row += int(levels)
	}
	return nil
}
