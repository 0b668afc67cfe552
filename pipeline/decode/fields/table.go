package fields

import "slices"

// A Table is the fields of one documented object: the only place that spells
// their names. It remembers which field followed which, as the members of one
// object mostly come in the order of the one before.
//
// Not safe for concurrent use.
type Table[T any] struct {
	fields []Field[T]
	order  []int // index of the field that followed on each, first on the start
}

// Field is a documented field: its name, and what reads its value into v. Read
// returns false at damage only.
type Field[T any] struct {
	Name string
	Read func(r *Reader, v *T) bool
}

// NewTable returns the table of fields.
func NewTable[T any](fields []Field[T]) *Table[T] {
	return &Table[T]{fields, make([]int, len(fields)+1)}
}

// find returns the field of this name, nil if there is none. after is the
// field before it, counted from 1, and becomes this one.
func (o *Table[T]) find(name []byte, after *int) *Field[T] {
	for i := range o.fields {
		if o.fields[i].Name == string(name) {
			o.order[*after] = i
			*after = i + 1
			return &o.fields[i]
		}
	}
	return nil
}

// Has reports whether a field has this name, be it with a small first letter.
func (o *Table[T]) Has(name []byte) bool {
	return slices.ContainsFunc(o.fields, func(f Field[T]) bool { return Spells(name, f.Name) })
}

// ReadObject reads the object at Pos into v. It returns false at damage. stray,
// where not nil, is called with members that are not in the table.
func ReadObject[T any](r *Reader, o *Table[T], v *T, stray Stray[T]) bool {
	if !r.Enter() {
		return false
	}
	after := 0
	for first := true; ; first = false {
		next := o.order[after]
		if f := &o.fields[next]; r.Named(first, f.Name) {
			after = next + 1
			r.field = f.Name
			if !f.Read(r, v) {
				return false
			}
			continue
		}
		name, more := r.Member(first)
		if !more {
			return r.Bad.Code == ""
		}
		if !ReadMember(r, o, v, name, &after, stray) {
			return false
		}
	}
}

// Stray takes a member of v that is not in the table.
type Stray[T any] func(r *Reader, v *T, name, value []byte)

// ReadMember reads the value at Pos, of the member of this name, into v.
func ReadMember[T any](r *Reader, o *Table[T], v *T, name []byte, after *int, stray Stray[T]) bool {
	f := o.find(name, after)
	if f == nil {
		f = findCapital(r, o, name, after)
	}
	if f == nil {
		start := r.Pos
		if !r.Unknown(name) {
			return false
		}
		if stray != nil {
			stray(r, v, name, r.Text[start:r.Pos])
		}
		return true
	}
	r.field = f.Name
	return f.Read(r, v)
}

// findCapital finds the field of a name that has a small first letter, as some
// libraries spell what the API spells with a capital one.
func findCapital[T any](r *Reader, o *Table[T], name []byte, after *int) *Field[T] {
	if len(name) == 0 || name[0]-'a' > 25 {
		return nil
	}
	r.upper = append(r.upper[:0], name...)
	r.upper[0] -= 'a' - 'A'
	f := o.find(r.upper, after)
	if f != nil {
		r.Count(LowerCamel)
	}
	return f
}
