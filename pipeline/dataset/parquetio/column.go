package parquetio

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/parquet-go/parquet-go/format"
)

// column takes the values of one field of the rows and makes pages of them.
//
// The fields are reached by their offsets: by reflection the same takes several
// times as long.
type column struct {
	path     []string
	most     int // bytes of a page
	physical format.Type
	offset   uintptr
	shape    shape
	optional bool // the field's zero value, or a nil pointer, is NULL

	values  values // the one of the next three that is not nil
	texts   *texts
	numbers *numbers
	truths  *truths

	// Of the page: a level for each value, NULLs included, where there are any.
	definitions, repetitions []uint8
	nulls                    int
	rows                     int

	chunk chunk
}

// shape is how a row holds the value of a column.
type shape uint8

const (
	shapeText shape = iota
	shapeBytes
	shapeTexts // a list
	shapeBool
	shapeBoolPointer
	shapeInt32
	shapeInt32Pointer
	shapeInt64
	shapeInt64Pointer
)

// values are those of a page that are not NULL.
type values interface {
	// size is about how many bytes the page will have before compression.
	size() int
	// encode returns the page, in scratch unless it exists as it is; it is valid
	// until clear, which begins the next one.
	encode(scratch *[]byte) ([]byte, format.Encoding, error)
	clear()
	// bounds are the least and the greatest value since the last call, as in
	// format.Statistics; nil if there is none or it is not known.
	bounds() (least, greatest []byte, ok bool)
	// compare is the order of two bounds.
	compare(a, b []byte) int
	// dictionary returns the entries that pages refer to, in plain encoding.
	dictionary() (entries []byte, n int)
	// reset forgets everything: a new row group begins.
	reset()
}

// newColumn makes the column of a field of a row. The tags are those parquet-go reads:
// parquet:"name,optional,dict,plain,…", and stats:"none" for texts without
// bounds. Numbers have a dictionary unless they are plain, as instants are:
// hardly one is there twice, and zstd finds what neighbours share.
func newColumn(field reflect.StructField) (*column, error) {
	name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
	c := &column{path: []string{name}, offset: field.Offset}
	has := func(option string) bool { return strings.Contains(","+options+",", ","+option+",") }
	c.optional = has("optional")
	if has("delta") {
		return nil, fmt.Errorf("column %s: not every reader reads differences", name)
	}
	bounded := field.Tag.Get("stats") != "none"
	c.most = shortPageBytes
	if !bounded {
		c.most = pageBytes
	}
	switch field.Type {
	case reflect.TypeFor[string](), reflect.TypeFor[[]byte]():
		c.physical, c.texts = format.ByteArray, newTexts(has("dict"), bounded)
		if field.Type.Kind() == reflect.Slice {
			c.shape = shapeBytes
		}
	case reflect.TypeFor[[]string]():
		c.path = append(c.path, "list", "element")
		dict := strings.Contains(field.Tag.Get("parquet-element"), ",dict")
		c.physical, c.shape, c.texts = format.ByteArray, shapeTexts, newTexts(dict, bounded)
	case reflect.TypeFor[bool](), reflect.TypeFor[*bool]():
		c.physical, c.shape, c.truths = format.Boolean, shapeBool, &truths{}
	case reflect.TypeFor[int32](), reflect.TypeFor[*int32]():
		c.physical, c.shape, c.numbers = format.Int32, shapeInt32, newNumbers(true, !has("plain"))
	case reflect.TypeFor[int64](), reflect.TypeFor[*int64]():
		c.physical, c.shape, c.numbers = format.Int64, shapeInt64, newNumbers(false, !has("plain"))
	default:
		return nil, fmt.Errorf("column %s: no encoding for %s", name, field.Type)
	}
	if field.Type.Kind() == reflect.Pointer {
		c.shape++
	}
	switch {
	case c.texts != nil:
		c.values = c.texts
	case c.numbers != nil:
		c.values = c.numbers
	default:
		c.values = c.truths
	}
	return c, nil
}

func at[V any](row unsafe.Pointer, offset uintptr) V { return *(*V)(unsafe.Add(row, offset)) }

// add takes the values of n rows of that size, the first of which is at first.
func (c *column) add(first unsafe.Pointer, n int, size uintptr) {
	switch c.shape {
	case shapeText:
		for i := range n {
			c.addText(at[string](first, uintptr(i)*size+c.offset))
		}
		c.texts.last = ""
	case shapeBytes:
		for i := range n {
			b := at[[]byte](first, uintptr(i)*size+c.offset)
			c.addText(unsafe.String(unsafe.SliceData(b), len(b)))
		}
		c.texts.last = ""
	case shapeTexts:
		for i := range n {
			c.addList(at[[]string](first, uintptr(i)*size+c.offset))
		}
	case shapeBool:
		for i := range n {
			if v := at[bool](first, uintptr(i)*size+c.offset); c.present(v) {
				c.truths.add(v)
			}
		}
	case shapeBoolPointer:
		for i := range n {
			if v := at[*bool](first, uintptr(i)*size+c.offset); c.present(v != nil) {
				c.truths.add(*v)
			}
		}
	case shapeInt32:
		for i := range n {
			if v := at[int32](first, uintptr(i)*size+c.offset); c.present(v != 0) {
				c.numbers.add(int64(v))
			}
		}
	case shapeInt32Pointer:
		for i := range n {
			if v := at[*int32](first, uintptr(i)*size+c.offset); c.present(v != nil) {
				c.numbers.add(int64(*v))
			}
		}
	case shapeInt64:
		for i := range n {
			if v := at[int64](first, uintptr(i)*size+c.offset); c.present(v != 0) {
				c.numbers.add(v)
			}
		}
	case shapeInt64Pointer:
		for i := range n {
			if v := at[*int64](first, uintptr(i)*size+c.offset); c.present(v != nil) {
				c.numbers.add(*v)
			}
		}
	}
	c.rows += n
}

// textBytes returns the length of the texts of a row.
func (c *column) textBytes(row unsafe.Pointer) (n int) {
	switch c.shape {
	case shapeText:
		return len(at[string](row, c.offset))
	case shapeBytes:
		return len(at[[]byte](row, c.offset))
	}
	for _, s := range at[[]string](row, c.offset) {
		n += len(s)
	}
	return n
}

// present notes whether there is a value, and returns whether to add it: the zero
// value of a column that is not optional is a value.
func (c *column) present(value bool) bool {
	if !c.optional {
		return true
	}
	if !value {
		c.definitions = append(c.definitions, 0)
		c.nulls++
		return false
	}
	c.definitions = append(c.definitions, 1)
	return true
}

func (c *column) addText(s string) {
	if c.present(s != "") {
		c.texts.add(s)
	}
}

// addList adds a list; an empty one counts as a NULL among the elements.
func (c *column) addList(list []string) {
	if len(list) == 0 {
		c.repetitions, c.definitions = append(c.repetitions, 0), append(c.definitions, 0)
		c.nulls++
		return
	}
	c.repetitions = appendOnes(append(c.repetitions, 0), len(list)-1)
	c.definitions = appendOnes(c.definitions, len(list))
	c.texts.addAll(list)
}

// appendOnes appends n levels of 1.
func appendOnes(dst []uint8, n int) []uint8 {
	const ones = "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
	for ; n > len(ones); n -= len(ones) {
		dst = append(dst, ones...)
	}
	return append(dst, ones[:n]...)
}

// valueCount is the number of values of the page, NULLs included.
func (c *column) valueCount() int {
	if len(c.definitions) > 0 {
		return len(c.definitions)
	}
	return c.rows
}
