package worker

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"callmill/schema"
)

// column collects the values of one field of rows in the buffers of an Arrow array.
//
// The fields are reached by their offsets and the buffers are filled directly: with
// arrow-go's builders, a call for each value, the same takes several times as long.
// Zero values and NULLs, which many fields hold in most rows, are left out until
// another value follows.
type column interface {
	describe() arrow.Field
	// data returns the values of the given number of rows as an Arrow array, which
	// shares the buffers of the column: it is valid until the next add or reset.
	data(rows int) arrow.ArrayData
	// size is about how many bytes the values have in the buffers, and held how many
	// bytes of memory these have.
	size() int
	held() int
	// reset begins the next batch, in new buffers or in those that are there.
	reset(anew bool)
}

// slot is where the values of a column come from. What describes the column is not in
// it: all columns of a job should fit into the processor's first cache.
type slot struct {
	offset   uintptr // of the field in a row
	field    *arrow.Field
	nullable bool
}

func (s *slot) describe() arrow.Field { return *s.field }

// at returns the field of the i-th row, of rows of that size.
func at[V any](rows unsafe.Pointer, i int, size uintptr, s *slot) V {
	return *(*V)(unsafe.Add(rows, uintptr(i)*size+s.offset))
}

// presence says which rows of a column are NULL. There is no bitmap before the first
// one is.
type presence struct {
	nulls  int
	bitmap []byte
}

// skip notes that after the given number of rows there are more that are NULL.
func (p *presence) skip(rows, more int) {
	if p.nulls == 0 {
		p.bitmap = appendOnes(p.bitmap[:0], rows)
	}
	p.nulls += more
}

// appendOnes appends a bitmap of n ones.
func appendOnes(b []byte, n int) []byte {
	for ; n >= 8; n -= 8 {
		b = append(b, 0xff)
	}
	return append(b, 1<<n-1)
}

// add notes that a row has a value.
func (p *presence) add(row int) {
	if p.nulls > 0 {
		p.bitmap = setBit(p.bitmap, row)
	}
}

// setBit sets a bit of a bitmap, which grows.
func setBit(b []byte, i int) []byte {
	for len(b) <= i/8 {
		b = append(b, 0)
	}
	b[i/8] |= 1 << (i % 8)
	return b
}

// buffer returns the bitmap of so many rows, nil where none is NULL.
func (p *presence) buffer(rows int) *memory.Buffer {
	if p.nulls == 0 {
		return nil
	}
	p.bitmap = padded(p.bitmap, (rows+7)/8)
	return memory.NewBufferBytes(p.bitmap)
}

// padded returns values with zeros up to a length.
func padded[V byte | int32 | int64](values []V, length int) []V {
	for len(values) < length {
		values = append(values, 0)
	}
	return values
}

func (p *presence) reset(anew bool) {
	p.nulls, p.bitmap = 0, emptied(p.bitmap, anew)
}

func emptied[V any](buffer []V, anew bool) []V {
	if anew {
		return nil
	}
	return buffer[:0]
}

// texts is a column of texts or binaries.
type texts struct {
	slot
	ends  []int32 // where the value of each row ends, after a 0
	bytes []byte
	presence
}

// add takes the texts of n rows; before is how many came before them. One that is the
// very text of the rows before it, as the ids of a job are, is copied from there, twice
// as much with each call.
func (c *texts) add(rows unsafe.Pointer, n int, size uintptr, before int) {
	if n >= manyRows {
		c.reserve(rows, n, size)
	}
	bytes, ends := c.bytes, c.ends
	for i := 0; i < n; {
		s := at[string](rows, i, size, &c.slot)
		alike := 1
		for i+alike < n && same(s, at[string](rows, i+alike, size, &c.slot)) {
			alike++
		}
		row := before + i
		if i += alike; s == "" {
			continue
		}
		if len(ends) <= row {
			c.ends = ends
			ends = c.skip(row)
		}
		start := len(bytes)
		bytes = append(bytes, s...)
		ends = append(ends, int32(len(bytes)))
		if c.presence.add(row); alike == 1 {
			continue
		}
		all := start + alike*len(s)
		bytes = slices.Grow(bytes, all-len(bytes))
		for len(bytes) < all {
			bytes = append(bytes, bytes[start:start+min(len(bytes)-start, all-len(bytes))]...)
		}
		for k := 1; k < alike; k++ {
			ends = append(ends, int32(start+(k+1)*len(s)))
			c.presence.add(row + k)
		}
	}
	c.bytes, c.ends = bytes, ends
}

// manyRows are so many that memory that grows with them would be several times what they
// take: room for all is made first.
const manyRows = 1 << 14

// reserve makes room for the texts of n rows.
func (c *texts) reserve(rows unsafe.Pointer, n int, size uintptr) {
	all := 0
	for i := range n {
		all += len(at[string](rows, i, size, &c.slot))
	}
	if all > 0 {
		c.bytes, c.ends = slices.Grow(c.bytes, all), slices.Grow(c.ends, n)
	}
}

// same reports whether two texts are one in memory.
func same(a, b string) bool {
	return len(a) == len(b) && unsafe.StringData(a) == unsafe.StringData(b)
}

// addBinaries is add for binaries, of which those that are nil are NULL.
func (c *texts) addBinaries(rows unsafe.Pointer, n int, size uintptr, before int) {
	for i := range n {
		b := at[[]byte](rows, i, size, &c.slot)
		if b == nil {
			continue
		}
		c.ends = c.skip(before + i)
		c.bytes = append(c.bytes, b...)
		c.ends = append(c.ends, int32(len(c.bytes)))
		c.presence.add(before + i)
	}
}

// skip returns the ends of so many rows: those that were left out are empty.
func (c *texts) skip(rows int) []int32 {
	have := len(c.ends) - 1
	if c.nullable && have < rows {
		c.presence.skip(have, rows-have)
	}
	for last := c.ends[have]; have < rows; have++ {
		c.ends = append(c.ends, last)
	}
	return c.ends
}

func (c *texts) data(rows int) arrow.ArrayData {
	c.ends = c.skip(rows)
	buffers := []*memory.Buffer{c.buffer(rows), bufferOf(c.ends), memory.NewBufferBytes(c.bytes)}
	return array.NewData(c.field.Type, rows, buffers, nil, c.nulls, 0)
}

func (c *texts) size() int { return len(c.bitmap) + 4*len(c.ends) + len(c.bytes) }
func (c *texts) held() int { return cap(c.bitmap) + 4*cap(c.ends) + cap(c.bytes) }

func (c *texts) reset(anew bool) {
	c.presence.reset(anew)
	c.bytes = emptied(c.bytes, anew)
	c.ends = append(emptied(c.ends, anew), 0)
}

// textLists is a column of lists of texts. None is NULL.
type textLists struct {
	slot
	split bool  // the elements of a list are pieces of a text
	whole slot  // of the text
	parts texts // the elements
	ends  []int32
}

func (c *textLists) add(rows unsafe.Pointer, n int, size uintptr, before int) {
	if n >= manyRows {
		c.reserve(rows, n, size)
	}
	for i := range n {
		list := at[[]string](rows, i, size, &c.slot)
		if len(list) == 0 {
			continue
		}
		c.skip(before + i)
		whole := ""
		if c.split {
			whole = at[string](rows, i, size, &c.whole)
		}
		c.parts.addPieces(list, whole)
		c.ends = append(c.ends, int32(len(c.parts.ends)-1))
	}
}

// reserve makes room for the lists of n rows.
func (c *textLists) reserve(rows unsafe.Pointer, n int, size uintptr) {
	elements, all := 0, 0
	for i := range n {
		list := at[[]string](rows, i, size, &c.slot)
		elements += len(list)
		for _, s := range list {
			all += len(s)
		}
	}
	c.parts.ends, c.parts.bytes = slices.Grow(c.parts.ends, elements), slices.Grow(c.parts.bytes, all)
	c.ends = slices.Grow(c.ends, n)
}

func (c *textLists) skip(rows int) {
	for last := c.ends[len(c.ends)-1]; len(c.ends) <= rows; {
		c.ends = append(c.ends, last)
	}
}

// addPieces adds the texts of a list. Those that lie end to end in the memory of a
// text, as the words of a script do, are copied with one call.
func (c *texts) addPieces(list []string, whole string) {
	ends, start := c.ends, len(c.bytes)
	first := uintptr(unsafe.Pointer(unsafe.StringData(whole)))
	pieces, n := true, 0
	for _, s := range list {
		pieces = pieces && uintptr(unsafe.Pointer(unsafe.StringData(s))) == first+uintptr(n)
		n += len(s)
		ends = append(ends, int32(start+n))
	}
	c.ends = ends
	if pieces && n <= len(whole) {
		c.bytes = append(c.bytes, whole[:n]...)
		return
	}
	for _, s := range list {
		c.bytes = append(c.bytes, s...)
	}
}

func (c *textLists) data(rows int) arrow.ArrayData {
	c.skip(rows)
	elements := []arrow.ArrayData{c.parts.data(len(c.parts.ends) - 1)}
	return array.NewData(c.field.Type, rows, []*memory.Buffer{nil, bufferOf(c.ends)}, elements, 0, 0)
}

func (c *textLists) size() int { return 4*len(c.ends) + c.parts.size() }
func (c *textLists) held() int { return 4*cap(c.ends) + c.parts.held() }

func (c *textLists) reset(anew bool) {
	c.parts.reset(anew)
	c.ends = append(emptied(c.ends, anew), 0)
}

// numbers is a column of numbers, dates or instants.
type numbers[V int32 | int64] struct {
	slot
	unit   V // that each is multiplied by: instants are in µs
	values []V
	presence
}

func (c *numbers[V]) add(rows unsafe.Pointer, n int, size uintptr, before int) {
	for i := range n {
		if v := at[V](rows, i, size, &c.slot); v != 0 {
			c.put(v, before+i)
		}
	}
}

func (c *numbers[V]) addPointers(rows unsafe.Pointer, n int, size uintptr, before int) {
	for i := range n {
		if p := at[*V](rows, i, size, &c.slot); p != nil {
			c.put(*p, before+i)
		}
	}
}

func (c *numbers[V]) put(v V, row int) {
	if len(c.values) < row {
		c.skip(row)
	}
	c.values = append(c.values, v*c.unit)
	c.presence.add(row)
}

// skip makes zeros of the values up to a row that were left out.
func (c *numbers[V]) skip(rows int) {
	if have := len(c.values); c.nullable && have < rows {
		c.presence.skip(have, rows-have)
	}
	c.values = padded(c.values, rows)
}

func (c *numbers[V]) data(rows int) arrow.ArrayData {
	c.skip(rows)
	return array.NewData(c.field.Type, rows, []*memory.Buffer{c.buffer(rows), bufferOf(c.values)}, nil, c.nulls, 0)
}

func (c *numbers[V]) size() int { return len(c.bitmap) + int(unsafe.Sizeof(c.unit))*len(c.values) }
func (c *numbers[V]) held() int { return cap(c.bitmap) + int(unsafe.Sizeof(c.unit))*cap(c.values) }

func (c *numbers[V]) reset(anew bool) {
	c.presence.reset(anew)
	c.values = emptied(c.values, anew)
}

// truths is a column of booleans.
type truths struct {
	slot
	have int // rows that were not left out, or before one that was not
	ones []byte
	presence
}

func (c *truths) add(rows unsafe.Pointer, n int, size uintptr, before int) {
	for i := range n {
		if at[bool](rows, i, size, &c.slot) {
			c.put(true, before+i)
		}
	}
}

func (c *truths) addPointers(rows unsafe.Pointer, n int, size uintptr, before int) {
	for i := range n {
		if p := at[*bool](rows, i, size, &c.slot); p != nil {
			c.put(*p, before+i)
		}
	}
}

func (c *truths) put(v bool, row int) {
	c.skip(row)
	c.have++
	if c.presence.add(row); v {
		c.ones = setBit(c.ones, row)
	}
}

func (c *truths) skip(rows int) {
	if c.nullable && c.have < rows {
		c.presence.skip(c.have, rows-c.have)
	}
	c.have = rows
}

func (c *truths) data(rows int) arrow.ArrayData {
	c.skip(rows)
	c.ones = padded(c.ones, (rows+7)/8)
	return array.NewData(c.field.Type, rows, []*memory.Buffer{c.buffer(rows), memory.NewBufferBytes(c.ones)}, nil, c.nulls, 0)
}

func (c *truths) size() int { return len(c.bitmap) + len(c.ones) }
func (c *truths) held() int { return cap(c.bitmap) + cap(c.ones) }

func (c *truths) reset(anew bool) {
	c.presence.reset(anew)
	c.have, c.ones = 0, emptied(c.ones, anew)
}

// bufferOf returns values as the buffer of an array, without copying them.
func bufferOf[V int32 | int64](values []V) *memory.Buffer {
	var v V
	size := len(values) * int(unsafe.Sizeof(v))
	return memory.NewBufferBytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), size))
}

// columns are the columns of rows of one type.
type columns struct {
	all []column // in the order of the fields

	// The same by how a row holds their values.
	texts         []*texts
	binaries      []*texts
	textLists     []*textLists
	truths        []*truths
	truthPointers []*truths
	ints          []*numbers[int32]
	intPointers   []*numbers[int32]
	longs         []*numbers[int64]
	longPointers  []*numbers[int64]
}

// arrowTypes are the Arrow types of the contract's types.
var arrowTypes = map[string]arrow.DataType{
	schema.TypeString:    arrow.BinaryTypes.String,
	schema.TypeI32:       arrow.PrimitiveTypes.Int32,
	schema.TypeI64:       arrow.PrimitiveTypes.Int64,
	schema.TypeBool:      arrow.FixedWidthTypes.Boolean,
	schema.TypeDate:      arrow.FixedWidthTypes.Date32,
	schema.TypeTimestamp: arrow.FixedWidthTypes.Timestamp_us,
	schema.TypeStrings:   arrow.ListOfNonNullable(arrow.BinaryTypes.String),
	schema.TypeBinary:    arrow.BinaryTypes.Binary,
}

// newColumns makes the columns of rows of type row, described in the order of its
// fields. What is NULL is what package parquetio makes NULL of: of a nullable column
// the zero value of a field, or a nil pointer; but binaries where they are nil.
func newColumns(row reflect.Type, described []schema.Column) (*columns, error) {
	cs, slots := &columns{}, map[string]slot{}
	for field := range row.Fields() {
		if !schema.IsColumn(field) {
			continue
		}
		if len(cs.all) == len(described) {
			return nil, fmt.Errorf("field %s of %s is no column", field.Name, row)
		}
		c := described[len(cs.all)]
		s := slot{field.Offset, &arrow.Field{Name: c.Name, Type: arrowTypes[c.Type], Nullable: c.Nullable}, c.Nullable}
		slots[c.Name] = s
		whole, split := slots[field.Tag.Get("split")]
		if !cs.add(field.Type, c.Type, s, whole, split) || field.Type.Kind() == reflect.Pointer && !c.Nullable {
			return nil, fmt.Errorf("column %s: no Arrow type for %s, nullable %v, in a field of type %s", c.Name, c.Type, c.Nullable, field.Type)
		}
	}
	cs.reset(true)
	return cs, nil
}

// add adds the column of a field of a type, and reports whether there is one for the
// contract's type.
func (cs *columns) add(field reflect.Type, typ string, s, whole slot, split bool) (fits bool) {
	unit := int64(1)
	if typ == schema.TypeTimestamp {
		unit = 1000
	}
	switch field {
	case reflect.TypeFor[string]():
		return addColumn(cs, &cs.texts, &texts{slot: s}, typ == schema.TypeString)
	case reflect.TypeFor[[]byte]():
		return addColumn(cs, &cs.binaries, &texts{slot: s}, typ == schema.TypeBinary)
	case reflect.TypeFor[[]string]():
		parts := texts{slot: slot{field: &arrow.Field{Type: arrow.BinaryTypes.String}}}
		return addColumn(cs, &cs.textLists, &textLists{slot: s, split: split, whole: whole, parts: parts}, typ == schema.TypeStrings && !s.nullable)
	case reflect.TypeFor[bool]():
		return addColumn(cs, &cs.truths, &truths{slot: s}, typ == schema.TypeBool)
	case reflect.TypeFor[*bool]():
		return addColumn(cs, &cs.truthPointers, &truths{slot: s}, typ == schema.TypeBool)
	case reflect.TypeFor[int32]():
		return addColumn(cs, &cs.ints, &numbers[int32]{slot: s, unit: 1}, typ == schema.TypeI32 || typ == schema.TypeDate)
	case reflect.TypeFor[*int32]():
		return addColumn(cs, &cs.intPointers, &numbers[int32]{slot: s, unit: 1}, typ == schema.TypeI32 || typ == schema.TypeDate)
	case reflect.TypeFor[int64]():
		return addColumn(cs, &cs.longs, &numbers[int64]{slot: s, unit: unit}, typ == schema.TypeI64 || typ == schema.TypeTimestamp)
	case reflect.TypeFor[*int64]():
		return addColumn(cs, &cs.longPointers, &numbers[int64]{slot: s, unit: unit}, typ == schema.TypeI64 || typ == schema.TypeTimestamp)
	}
	return false
}

func addColumn[C column](cs *columns, alike *[]C, c C, fits bool) bool {
	cs.all, *alike = append(cs.all, c), append(*alike, c)
	return fits
}

// take copies the values of n rows of that size; before is how many came before them.
func (cs *columns) take(rows unsafe.Pointer, n int, size uintptr, before int) {
	for _, c := range cs.texts {
		c.add(rows, n, size, before)
	}
	for _, c := range cs.binaries {
		c.addBinaries(rows, n, size, before)
	}
	for _, c := range cs.textLists {
		c.add(rows, n, size, before)
	}
	for _, c := range cs.truths {
		c.add(rows, n, size, before)
	}
	for _, c := range cs.truthPointers {
		c.addPointers(rows, n, size, before)
	}
	for _, c := range cs.ints {
		c.add(rows, n, size, before)
	}
	for _, c := range cs.intPointers {
		c.addPointers(rows, n, size, before)
	}
	for _, c := range cs.longs {
		c.add(rows, n, size, before)
	}
	for _, c := range cs.longPointers {
		c.addPointers(rows, n, size, before)
	}
}

// check returns an error where a column has more than an Arrow array can hold.
func (cs *columns) check() error {
	for _, c := range cs.all {
		if size := c.size(); size > math.MaxInt32 {
			return fmt.Errorf("column %s: %d bytes are more than an Arrow column can hold", c.describe().Name, size)
		}
	}
	return nil
}

func (cs *columns) size() (n int) {
	for _, c := range cs.all {
		n += c.size()
	}
	return n
}

func (cs *columns) held() (n int) {
	for _, c := range cs.all {
		n += c.held()
	}
	return n
}

func (cs *columns) reset(anew bool) {
	for _, c := range cs.all {
		c.reset(anew)
	}
}
