package arrowio

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"
	"unsafe"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"callmill/schema"
)

// column decodes one column of a file, row group by row group.
type column struct {
	schema.Column
	leaf int // number of its only leaf
	decoder
}

// decoder decodes the values of a column chunk, many rows at a time.
type decoder interface {
	open(file.ColumnChunkReader) error
	// decode decodes the values of the next rows into a field of them, which is zero.
	decode(fields) error
	// unread reports whether there are values left.
	unread() bool
}

// fields are the same field of rows that lie one behind the other. It is reached by its
// offset: through reflection, value by value, the decoding of a file takes three times as
// long.
type fields struct {
	first unsafe.Pointer // the field of the first row
	size  uintptr        // of a row
	begin int            // the rows before them, which are decoded
	rows  int
}

// of returns the field of a row, of type V.
func of[V any](f fields, row int) *V {
	return (*V)(unsafe.Add(f.first, uintptr(f.begin+row)*f.size))
}

// from returns the fields from a row on.
func (f fields) from(row int) fields {
	return fields{f.first, f.size, f.begin + row, f.rows - row}
}

// newColumn returns the decoder of a column into fields of a type, for up to the given
// number of rows at a time. strange is called with a description of each value that no
// column may hold. An error is about the type.
func newColumn(c schema.Column, leaf, rows int, field reflect.Type, strange func(string)) (col *column, err error) {
	col = &column{Column: c, leaf: leaf}
	switch c.Type {
	case schema.TypeI32, schema.TypeDate:
		col.decoder, err = newScalars[int32](rows, field, nil)
	case schema.TypeI64:
		col.decoder, err = newScalars[int64](rows, field, nil)
	case schema.TypeTimestamp:
		col.decoder, err = newScalars(rows, field, func(values []int64) {
			for _, v := range values {
				if v == 0 && c.Nullable {
					strange("a time of 0 where NULL belongs")
				}
			}
		})
	case schema.TypeBool:
		col.decoder, err = newScalars[bool](rows, field, nil)
	case schema.TypeBinary:
		col.decoder, err = &binaries{levels: newLevels[parquet.ByteArray](rows)}, isType[[]byte](field)
	case schema.TypeString:
		col.decoder, err = &texts{levels: newLevels[parquet.ByteArray](rows), nullable: c.Nullable, strange: strange, other: make([]bool, rows)}, isType[string](field)
	default:
		l := &lists{levels: newLevels[parquet.ByteArray](rows), strange: strange}
		l.repeated = make([]int16, rows)
		col.decoder, err = l, isType[[]string](field)
	}
	return col, err
}

// isType is an error if a field is not of type V.
func isType[V any](field reflect.Type) error {
	if want := reflect.TypeFor[V](); field != want {
		return fmt.Errorf("a field of type %v, not %v", field, want)
	}
	return nil
}

// chunkReader is a reader of arrow-go for column chunks of one type.
type chunkReader[V any] interface {
	file.ColumnChunkReader
	ReadBatchInPage(n int64, values []V, defined, repeated []int16) (levels int64, read int, err error)
}

// levels decodes levels and values of a column chunk. What it decodes at a time lies in
// one page: the values of another may overwrite its memory.
type levels[V any] struct {
	chunk    chunkReader[V]
	optional bool // a value may be absent: definition levels say so

	defined, repeated []int16
	values            []V
}

func newLevels[V any](size int) levels[V] {
	return levels[V]{defined: make([]int16, size), values: make([]V, size)}
}

func (l *levels[V]) open(chunk file.ColumnChunkReader) error {
	if l.chunk != nil {
		if err := l.chunk.Close(); err != nil {
			return err
		}
	}
	typed, ok := chunk.(chunkReader[V])
	if !ok {
		return fmt.Errorf("no reader for %T", chunk)
	}
	// The file says it: raw of rejects was required once.
	l.optional = chunk.Descriptor().MaxDefinitionLevel() > 0
	l.chunk = typed
	return nil
}

func (l *levels[V]) unread() bool { return l.chunk != nil && l.chunk.HasNext() }

// errEnds means that a column has fewer values than its row group has rows.
var errEnds = errors.New("it ends before its row group does")

// read decodes up to n levels, at least one, and the values that are defined; errEnds if
// there is none. Both are valid until the next call.
func (l *levels[V]) read(n int) (have int, values []V, err error) {
	levels, read, err := l.chunk.ReadBatchInPage(int64(min(n, len(l.values))), l.values, l.defined, l.repeated)
	if err = errors.Join(err, l.chunk.Err()); err != nil {
		return 0, nil, err
	}
	if levels == 0 {
		return 0, nil, errEnds
	}
	have = int(levels)
	defined := have
	if l.optional {
		defined = 0
		for _, level := range l.defined[:have] {
			defined += int(min(level, 1))
		}
	}
	if defined != read {
		return 0, nil, fmt.Errorf("%d values, %d are defined", read, defined)
	}
	return have, l.values[:read], nil
}

// absent reports whether a row, of those last read, has no value.
func (l *levels[V]) absent(row int) bool { return l.optional && l.defined[row] == 0 }

// scalars decodes a column of numbers or truths.
type scalars[V any] struct {
	levels[V]
	pointers bool // the fields are of type *V
	check    func([]V)
}

func newScalars[V any](rows int, field reflect.Type, check func([]V)) (*scalars[V], error) {
	s := &scalars[V]{levels: newLevels[V](rows), pointers: field.Kind() == reflect.Pointer, check: check}
	if s.pointers {
		return s, isType[*V](field)
	}
	return s, isType[V](field)
}

func (s *scalars[V]) decode(f fields) error {
	for f.rows > 0 {
		have, values, err := s.read(f.rows)
		if err != nil {
			return err
		}
		if s.check != nil {
			s.check(values)
		}
		if s.pointers {
			values = append([]V(nil), values...)
		}
		for row := range have {
			switch {
			case s.absent(row):
				continue
			case s.pointers:
				*of[*V](f, row) = &values[0]
			default:
				*of[V](f, row) = values[0]
			}
			values = values[1:]
		}
		f = f.from(have)
	}
	return nil
}

// binaries decodes a column of bytes.
type binaries struct{ levels[parquet.ByteArray] }

func (b *binaries) decode(f fields) error {
	for f.rows > 0 {
		have, values, err := b.read(f.rows)
		if err != nil {
			return err
		}
		for row := range have {
			if !b.absent(row) {
				*of[[]byte](f, row) = bytes.Clone(values[0])
				values = values[1:]
			}
		}
		f = f.from(have)
	}
	return nil
}

// texts decodes a column of texts.
type texts struct {
	levels[parquet.ByteArray]
	nullable bool
	strange  func(string)
	shelf    shelf
	last     string // the last text; adjacent ones are often equal
	other    []bool // which values are not the text before them
}

func (t *texts) decode(f fields) error {
	for f.rows > 0 {
		have, values, err := t.read(f.rows)
		if err != nil {
			return err
		}
		t.shelf.reset()
		before := parquet.ByteArray(t.last)
		for i, v := range values {
			if len(v) == 0 && t.nullable {
				t.strange("an empty text where NULL belongs")
			}
			if t.other[i] = !bytes.Equal(v, before); t.other[i] {
				t.shelf.add(v)
				before = v
			}
		}
		take, next := t.shelf.texts(t.strange), 0
		for row := range have {
			if t.absent(row) {
				continue
			}
			if t.other[next] {
				t.last = take()
			}
			*of[string](f, row) = t.last
			next++
		}
		f = f.from(have)
	}
	return nil
}

// lists decodes a column of lists of texts.
type lists struct {
	levels[parquet.ByteArray]
	have, used int                 // levels read, and decoded
	left       []parquet.ByteArray // values read and not yet decoded
	strange    func(string)
	shelf      shelf
	starts     []int // where each list starts among the texts
}

func (l *lists) open(chunk file.ColumnChunkReader) error {
	l.have, l.used, l.left = 0, 0, nil
	return l.levels.open(chunk)
}

func (l *lists) unread() bool { return l.used < l.have || l.levels.unread() }

// decode decodes the lists of the next rows. The last one ends where another begins, or
// with the column chunk.
func (l *lists) decode(f fields) error {
	l.shelf.reset()
	l.starts = l.starts[:0]
	for !l.add(f.rows) {
		have, values, err := l.read(len(l.values))
		if errors.Is(err, errEnds) && len(l.starts) == f.rows {
			break
		}
		if err != nil {
			return err
		}
		l.have, l.used, l.left = have, 0, values
		if len(l.starts) == 0 && l.repeated[0] != 0 {
			return errors.New("its first list has no beginning")
		}
	}
	take, texts := l.shelf.texts(l.strange), make([]string, len(l.shelf.ends))
	for i := range texts {
		texts[i] = take()
	}
	l.starts = append(l.starts, len(texts))
	for row := range f.rows {
		start, end := l.starts[row], l.starts[row+1]
		*of[[]string](f, row) = texts[start:end:end]
	}
	return nil
}

// add adds the texts that are left to the shelf, and reports whether it met the list
// after those of the given number of rows.
func (l *lists) add(rows int) bool {
	for ; l.used < l.have; l.used++ {
		if l.repeated[l.used] == 0 {
			if len(l.starts) == rows {
				return true
			}
			l.starts = append(l.starts, len(l.shelf.ends))
		}
		if l.defined[l.used] > 0 {
			l.shelf.add(l.left[0])
			l.left = l.left[1:]
		}
	}
	return false
}

// shelf collects texts, to make strings of many of them at once, which share memory.
type shelf struct {
	bytes []byte
	ends  []int // of each text, in bytes
	cut   bool  // a text begins within a character
}

// maxShelf is how many bytes a shelf keeps for the next texts.
const maxShelf = 1 << 20

func (s *shelf) reset() {
	if cap(s.bytes) > maxShelf {
		s.bytes = nil
	}
	s.bytes, s.ends, s.cut = s.bytes[:0], s.ends[:0], false
}

func (s *shelf) add(text []byte) {
	s.cut = s.cut || len(text) > 0 && !utf8.RuneStart(text[0])
	s.bytes = append(s.bytes, text...)
	s.ends = append(s.ends, len(s.bytes))
}

// texts returns a function that returns the texts one after the other. It calls strange
// for those that are not UTF-8: there is none if all together are, and each begins with a
// character.
func (s *shelf) texts(strange func(string)) (take func() string) {
	all := string(s.bytes)
	next, start := 0, 0
	take = func() string {
		text := all[start:s.ends[next]]
		start = s.ends[next]
		next++
		return text
	}
	if s.cut || !utf8.ValidString(all) {
		for range s.ends {
			if text := take(); !utf8.ValidString(text) {
				strange(fmt.Sprintf("%q is not UTF-8", text))
			}
		}
		next, start = 0, 0
	}
	return take
}
