package worker

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"callmill/schema"
)

// structs collects rows of type T in one column for each field of T that the
// contract has a column of.
//
// Rows that lie end to end wait until there are many, and then are copied column by
// column: to write a few bytes in each of a hundred places again and again, all of
// them out of the processor's caches by then, takes much longer.
type structs[T any] struct {
	*columns
	waiting []T
	rows    int // in the columns
}

// newStructs makes the columns of T, described in the order of its fields. An error
// is about T: a field of a type that Arrow has none for.
func newStructs[T any](described []schema.Column) (*structs[T], error) {
	cs, err := newColumns(reflect.TypeFor[T](), described)
	return &structs[T]{columns: cs}, err
}

// add takes rows, which must stay as they are until settle.
func (s *structs[T]) add(rows []T) {
	if len(rows) == 0 {
		return
	}
	if n := len(s.waiting); n > 0 && cap(s.waiting) >= n+len(rows) && &s.waiting[:n+1][n] == &rows[0] {
		s.waiting = s.waiting[:n+len(rows)]
		return
	}
	s.settle()
	s.waiting = rows
}

// settle copies the rows that wait into the columns.
func (s *structs[T]) settle() {
	s.copy(s.waiting)
	s.waiting = nil
}

func (s *structs[T]) copy(rows []T) {
	if len(rows) == 0 {
		return
	}
	s.take(unsafe.Pointer(unsafe.SliceData(rows)), len(rows), unsafe.Sizeof(rows[0]), s.rows)
	s.rows += len(rows)
}

// count is how many rows there are, those that wait included.
func (s *structs[T]) count() int { return s.rows + len(s.waiting) }

// data returns the columns as Arrow arrays, which are valid until the next add or
// reset. Rows that wait are not in them.
func (s *structs[T]) data() []arrow.ArrayData {
	arrays := make([]arrow.ArrayData, len(s.all))
	for i, c := range s.all {
		arrays[i] = c.data(s.rows)
	}
	return arrays
}

func (s *structs[T]) reset(anew bool) {
	s.columns.reset(anew)
	s.waiting, s.rows = nil, 0
}

// lists is a column of lists of rows, one list for each result.
type lists[T any] struct {
	name string
	typ  *arrow.ListType
	of   *structs[T]
	ends []int32 // where the rows of each list end, after a 0
}

// newLists makes the column that has the name and the columns of a table.
func newLists[T any](name string, described []schema.Column) (*lists[T], error) {
	of, err := newStructs[T](described)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", name, err)
	}
	var fields []arrow.Field
	for _, c := range of.all {
		fields = append(fields, c.describe())
	}
	l := &lists[T]{name: name, typ: arrow.ListOfNonNullable(arrow.StructOf(fields...)), of: of}
	l.reset(true)
	return l, nil
}

// add takes rows as the next list. They must stay as they are until settle.
func (l *lists[T]) add(rows []T) {
	l.of.add(rows)
	l.ends = append(l.ends, int32(l.of.count()))
}

func (l *lists[T]) settle() { l.of.settle() }

// copy is add without waiting.
func (l *lists[T]) copy(rows []T) {
	l.of.copy(rows)
	l.ends = append(l.ends, int32(l.of.rows))
}

func (l *lists[T]) field() arrow.Field { return arrow.Field{Name: l.name, Type: l.typ} }

// check returns an error where there is more than an Arrow array can hold.
func (l *lists[T]) check() error {
	if err := l.of.check(); err != nil {
		return fmt.Errorf("table %s: %w", l.name, err)
	}
	return nil
}

// data returns the lists as an Arrow array, which is valid until the next add or
// reset.
func (l *lists[T]) data() arrow.ArrayData {
	rows := array.NewData(l.typ.Elem(), l.of.rows, []*memory.Buffer{nil}, l.of.data(), 0, 0)
	return array.NewData(l.typ, len(l.ends)-1, []*memory.Buffer{nil, bufferOf(l.ends)}, []arrow.ArrayData{rows}, 0, 0)
}

func (l *lists[T]) size() int { return l.of.size() + 4*len(l.ends) }
func (l *lists[T]) held() int { return l.of.held() + 4*cap(l.ends) }

func (l *lists[T]) reset(anew bool) {
	l.of.reset(anew)
	l.ends = append(emptied(l.ends, anew), 0)
}
