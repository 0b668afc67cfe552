package gather

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"callmill/schema"
)

// codec turns the rows of one table into bytes and back. A row is written as
// what differs from the row before it: a bitmap of the fields that do, then
// their values.
//
// The fields are reached by their offsets: by reflection alone the same work
// takes about five times as long, a second for two million turns.
type codec struct {
	fields []field
	lists  []uintptr // offsets of the fields that are lists
}

type field struct {
	offset uintptr
	kind   kind
}

// maxLists is how many lists a row may have.
const maxLists = 2

type kind uint8

const (
	kindString kind = iota
	kindBool
	kindInt32
	kindInt64
	kindBoolPointer
	kindInt32Pointer
	kindInt64Pointer
	kindStrings
)

// errDamaged means that bytes are not what encode wrote.
var errDamaged = errors.New("damaged rows")

// newCodec makes the codec of the columns of a row type, but for some.
func newCodec(row reflect.Type, except []string) (*codec, error) {
	c := &codec{}
	for f := range row.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("parquet"), ",")
		if !schema.IsColumn(f) || slices.Contains(except, name) {
			continue
		}
		k, err := kindOf(f.Type)
		if err != nil {
			return nil, fmt.Errorf("encode column %s: %w", name, err)
		}
		if f.Type.Kind() == reflect.Slice {
			c.lists = append(c.lists, f.Offset)
		}
		c.fields = append(c.fields, field{offset: f.Offset, kind: k})
	}
	if len(c.fields) > 64 {
		return nil, fmt.Errorf("encode rows of %s: more than 64 columns", row)
	}
	if len(c.lists) > maxLists {
		return nil, fmt.Errorf("encode rows of %s: more than %d lists", row, maxLists)
	}
	return c, nil
}

func kindOf(t reflect.Type) (kind, error) {
	kinds := map[reflect.Type]kind{
		reflect.TypeFor[string]():   kindString,
		reflect.TypeFor[bool]():     kindBool,
		reflect.TypeFor[int32]():    kindInt32,
		reflect.TypeFor[int64]():    kindInt64,
		reflect.TypeFor[*bool]():    kindBoolPointer,
		reflect.TypeFor[*int32]():   kindInt32Pointer,
		reflect.TypeFor[*int64]():   kindInt64Pointer,
		reflect.TypeFor[[]string](): kindStrings,
	}
	k, ok := kinds[t]
	if !ok {
		return 0, fmt.Errorf("no encoding for %s", t)
	}
	return k, nil
}

func at[V any](row unsafe.Pointer, offset uintptr) *V { return (*V)(unsafe.Add(row, offset)) }

// encode appends row to dst as a difference from before.
func (c *codec) encode(dst []byte, before, row unsafe.Pointer) []byte {
	changed := uint64(0)
	for i := range c.fields {
		if !c.fields[i].equal(before, row) {
			changed |= 1 << i
		}
	}
	dst = binary.AppendUvarint(dst, changed)
	for rest := changed; rest != 0; rest &= rest - 1 {
		dst = c.fields[bits.TrailingZeros64(rest)].append(dst, before, row)
	}
	return dst
}

// equal reports whether the field need not be written: b has the value of a
// or, being a list, is empty.
func (f *field) equal(a, b unsafe.Pointer) bool {
	switch f.kind {
	case kindString:
		p, q := at[string](a, f.offset), at[string](b, f.offset)
		return len(*p) == len(*q) && (unsafe.StringData(*p) == unsafe.StringData(*q) || *p == *q)
	case kindBool:
		return *at[bool](a, f.offset) == *at[bool](b, f.offset)
	case kindInt32:
		return *at[int32](a, f.offset) == *at[int32](b, f.offset)
	case kindInt64:
		return *at[int64](a, f.offset) == *at[int64](b, f.offset)
	case kindBoolPointer:
		return same(*at[*bool](a, f.offset), *at[*bool](b, f.offset))
	case kindInt32Pointer:
		return same(*at[*int32](a, f.offset), *at[*int32](b, f.offset))
	case kindInt64Pointer:
		return same(*at[*int64](a, f.offset), *at[*int64](b, f.offset))
	}
	return len(*at[[]string](b, f.offset)) == 0 // other lists are always written: two equal ones in a row are rare
}

// same reports whether two optional values are equal.
func same[V comparable](p, q *V) bool { return p == q || p != nil && q != nil && *p == *q }

func (f *field) append(dst []byte, before, row unsafe.Pointer) []byte {
	switch f.kind {
	case kindString:
		return appendString(dst, *at[string](row, f.offset))
	case kindBool:
		return appendBool(dst, *at[bool](row, f.offset))
	case kindInt32:
		return binary.AppendVarint(dst, int64(*at[int32](row, f.offset))-int64(*at[int32](before, f.offset)))
	case kindInt64:
		return binary.AppendVarint(dst, *at[int64](row, f.offset)-*at[int64](before, f.offset))
	case kindBoolPointer:
		if p := *at[*bool](row, f.offset); p != nil {
			return appendBool(append(dst, 1), *p)
		}
		return append(dst, 0)
	case kindInt32Pointer:
		if p := *at[*int32](row, f.offset); p != nil {
			return binary.AppendVarint(append(dst, 1), int64(*p))
		}
		return append(dst, 0)
	case kindInt64Pointer:
		if p := *at[*int64](row, f.offset); p != nil {
			return binary.AppendVarint(append(dst, 1), *p)
		}
		return append(dst, 0)
	}
	list := *at[[]string](row, f.offset)
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	for _, s := range list {
		dst = appendString(dst, s)
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// decode fills row, which is a copy of the row before but for its lists, from
// the head of src. Strings alias src; lists reuse what row holds.
func (c *codec) decode(src *source, row unsafe.Pointer) error {
	changed := src.uvarint()
	if len(c.fields) < 64 && changed>>len(c.fields) != 0 {
		return errDamaged
	}
	for rest := changed; rest != 0; rest &= rest - 1 {
		c.fields[bits.TrailingZeros64(rest)].read(src, row)
	}
	if src.failed {
		return errDamaged
	}
	return nil
}

// copyRow makes row a copy of before, with empty lists that keep their memory.
func copyRow[T any](c *codec, before, row *T) {
	var kept [maxLists][]string
	for i, offset := range c.lists {
		kept[i] = (*at[[]string](unsafe.Pointer(row), offset))[:0]
	}
	*row = *before
	for i, offset := range c.lists {
		*at[[]string](unsafe.Pointer(row), offset) = kept[i]
	}
}

func (f *field) read(src *source, row unsafe.Pointer) {
	switch f.kind {
	case kindString:
		*at[string](row, f.offset) = src.string()
	case kindBool:
		*at[bool](row, f.offset) = src.bool()
	case kindInt32:
		*at[int32](row, f.offset) += int32(src.varint())
	case kindInt64:
		*at[int64](row, f.offset) += src.varint()
	case kindBoolPointer:
		*at[*bool](row, f.offset) = nil
		if src.bool() {
			*at[*bool](row, f.offset) = src.truth(src.bool())
		}
	case kindInt32Pointer:
		*at[*int32](row, f.offset) = nil
		if src.bool() {
			*at[*int32](row, f.offset) = new(int32(src.varint()))
		}
	case kindInt64Pointer:
		*at[*int64](row, f.offset) = nil
		if src.bool() {
			*at[*int64](row, f.offset) = src.number(src.varint())
		}
	case kindStrings:
		list := (*at[[]string](row, f.offset))[:0]
		for n := src.uvarint(); n > 0 && !src.failed; n-- {
			list = append(list, src.string())
		}
		*at[[]string](row, f.offset) = list
	}
}
