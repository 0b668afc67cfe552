package arrowio

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
	leaf int // number of its only leaf
	decoder
}

// decoder decodes the values of a column chunk, row by row.
type decoder interface {
	open(file.ColumnChunkReader) error
	// next decodes the value of the next row into the field of the row that a
	// pointer leads to.
	next(field any) error
	// unread reports whether there are values left.
	unread() bool
}

// newColumn returns the decoder of a column, which decodes size values at a time.
// strange is called with a description of each value that no column may hold.
func newColumn(c schema.Column, leaf, size int, strange func(string)) *column {
	col := &column{Column: c, leaf: leaf}
	switch c.Type {
	case schema.TypeI32, schema.TypeDate:
		col.decoder = &scalars[int32]{newLevels[int32](c, size), set[int32]}
	case schema.TypeI64:
		col.decoder = &scalars[int64]{newLevels[int64](c, size), set[int64]}
	case schema.TypeTimestamp:
		col.decoder = &scalars[int64]{newLevels[int64](c, size), func(field any, v int64) {
			if v == 0 && c.Nullable {
				strange("a time of 0 where NULL belongs")
			}
			set(field, v)
		}}
	case schema.TypeBool:
		col.decoder = &scalars[bool]{newLevels[bool](c, size), set[bool]}
	case schema.TypeBinary:
		col.decoder = &scalars[parquet.ByteArray]{newLevels[parquet.ByteArray](c, size), func(field any, v parquet.ByteArray) {
			*field.(*[]byte) = bytes.Clone(v)
		}}
	case schema.TypeString:
		col.decoder = &scalars[parquet.ByteArray]{newLevels[parquet.ByteArray](c, size), texts(c.Nullable, strange)}
	default:
		col.decoder = &lists{levels: newLevels[parquet.ByteArray](c, size), strange: strange, known: map[string]string{}}
	}
	return col
}

// chunkReader is a reader of arrow-go for column chunks of one type.
type chunkReader[V any] interface {
	file.ColumnChunkReader
	ReadBatchInPage(n int64, values []V, defined, repeated []int16) (levels int64, read int, err error)
}

// levels decodes levels and values of a column chunk ahead. What it decodes at a
// time lies in one page: the values of another may overwrite its memory.
type levels[V any] struct {
	chunk    chunkReader[V]
	optional bool // a value may be absent: definition levels say so

	defined, repeated []int16
	have, used        int // levels decoded, and handed out
	values            []V
	left              []V // values decoded and not yet handed out
}

func newLevels[V any](c schema.Column, size int) levels[V] {
	l := levels[V]{optional: c.Nullable, defined: make([]int16, size), values: make([]V, size)}
	if c.Type == schema.TypeStrings {
		l.optional, l.repeated = true, make([]int16, size)
	}
	return l
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
	l.chunk, l.have, l.used, l.left = typed, 0, 0, nil
	return nil
}

func (l *levels[V]) unread() bool {
	return l.chunk != nil && (l.used < l.have || l.chunk.HasNext())
}

// errEnds means that a column has fewer values than its row group has rows.
var errEnds = errors.New("it ends before its row group does")

// ahead makes sure that there is a level to hand out; errEnds if there is none.
func (l *levels[V]) ahead() error {
	if l.used < l.have {
		return nil
	}
	n, read, err := l.chunk.ReadBatchInPage(int64(len(l.values)), l.values, l.defined, l.repeated)
	if err = errors.Join(err, l.chunk.Err()); err != nil {
		return err
	}
	if n == 0 {
		return errEnds
	}
	l.have, l.used, l.left = int(n), 0, l.values[:read]
	defined := l.have
	if l.optional {
		defined = 0
		for _, level := range l.defined[:n] {
			defined += int(min(level, 1))
		}
	}
	if defined != read {
		return fmt.Errorf("%d values, %d are defined", read, defined)
	}
	return nil
}

// take hands out the next level and its value, if one is defined.
func (l *levels[V]) take() (v V, defined bool) {
	defined = !l.optional || l.defined[l.used] > 0
	if defined {
		v, l.left = l.left[0], l.left[1:]
	}
	l.used++
	return v, defined
}

// scalars decodes a column that is not a list.
type scalars[V any] struct {
	levels[V]
	set func(field any, v V)
}

func (s *scalars[V]) next(field any) error {
	if err := s.ahead(); err != nil {
		return err
	}
	if v, defined := s.take(); defined {
		s.set(field, v)
	}
	return nil
}

// set puts a value into a field of type V or *V.
func set[V any](field any, v V) {
	switch field := field.(type) {
	case *V:
		*field = v
	case **V:
		*field = &v
	}
}

// texts is set for texts, of which adjacent ones are often equal.
func texts(nullable bool, strange func(string)) func(field any, v parquet.ByteArray) {
	last := ""
	return func(field any, v parquet.ByteArray) {
		if string(v) != last {
			last = string(v)
			checkUTF8(last, strange)
		}
		if len(v) == 0 && nullable {
			strange("an empty text where NULL belongs")
		}
		*field.(*string) = last
	}
}

func checkUTF8(text string, strange func(string)) {
	if !utf8.ValidString(text) {
		strange(fmt.Sprintf("%q is not UTF-8", text))
	}
}

// lists decodes a column of lists of texts.
type lists struct {
	levels[parquet.ByteArray]
	strange func(string)
	known   map[string]string // texts met, so that a word is in memory once
	list    []string          // the last one
}

// maxKnown bounds the texts that lists keeps for reuse.
const maxKnown = 1 << 14

// next decodes the list of the next row. It ends where the next one begins, or
// with the column chunk.
func (l *lists) next(field any) error {
	l.list = l.list[:0]
	for began := false; ; began = true {
		err := l.ahead()
		if began && (errors.Is(err, errEnds) || err == nil && l.repeated[l.used] == 0) {
			break
		}
		if err != nil {
			return err
		}
		if !began && l.repeated[l.used] != 0 {
			return errors.New("its first list has no beginning")
		}
		if v, defined := l.take(); defined {
			text, ok := l.known[string(v)]
			if !ok {
				text = string(v)
				if len(l.known) >= maxKnown {
					clear(l.known)
				}
				l.known[text] = text
				checkUTF8(text, l.strange)
			}
			l.list = append(l.list, text)
		}
	}
	*field.(*[]string) = append([]string{}, l.list...)
	return nil
}
