package decode

import "slices"

// An object is the table of the fields of one documented object: the only place
// that spells their names. order remembers which field followed which, as the
// members of one object mostly come in the order of the one before.
type object[T any] struct {
	fields []field[T]
	order  []int // index of the field that followed on each, first on the start
}

// field is a documented field: its name, and what reads its value into v. read
// returns false at damage only.
type field[T any] struct {
	name string
	read func(d *Decoder, v *T) bool
}

func newObject[T any](fields []field[T]) *object[T] {
	return &object[T]{fields, make([]int, len(fields)+1)}
}

// find returns the field of this name, nil if there is none. after is the
// field before it, counted from 1, and becomes this one.
func (o *object[T]) find(name []byte, after *int) *field[T] {
	for i := range o.fields {
		if o.fields[i].name == string(name) {
			o.order[*after] = i
			*after = i + 1
			return &o.fields[i]
		}
	}
	return nil
}

// has reports whether a field has this name, be it with a small first letter.
func (o *object[T]) has(name []byte) bool {
	return slices.ContainsFunc(o.fields, func(f field[T]) bool { return spells(name, f.name) })
}

// readObject reads the object at Pos into v. It returns false at damage. stray,
// where not nil, is called with members that are not in the table.
func readObject[T any](d *Decoder, o *object[T], v *T, stray strayFunc[T]) bool {
	if !d.Enter() {
		return false
	}
	after := 0
	for first := true; ; first = false {
		next := o.order[after]
		if f := &o.fields[next]; d.Named(first, f.name) {
			after = next + 1
			d.field = f.name
			if !f.read(d, v) {
				return false
			}
			continue
		}
		name, more := d.Member(first)
		if !more {
			return d.Bad.Code == ""
		}
		if !readMember(d, o, v, name, &after, stray) {
			return false
		}
	}
}

// strayFunc takes a member of v that is not in the table.
type strayFunc[T any] func(d *Decoder, v *T, name, value []byte)

// readMember reads the value at Pos, of the member of this name, into v.
func readMember[T any](d *Decoder, o *object[T], v *T, name []byte, after *int, stray strayFunc[T]) bool {
	f := o.find(name, after)
	if f == nil {
		f = findCapital(d, o, name, after)
	}
	if f == nil {
		start := d.Pos
		if !d.unknown(name) {
			return false
		}
		if stray != nil {
			stray(d, v, name, d.Text[start:d.Pos])
		}
		return true
	}
	d.field = f.name
	return f.read(d, v)
}

// findCapital finds the field of a name that has a small first letter, as some
// libraries spell what the API spells with a capital one.
func findCapital[T any](d *Decoder, o *object[T], name []byte, after *int) *field[T] {
	if len(name) == 0 || name[0]-'a' > 25 {
		return nil
	}
	d.upper = append(d.upper[:0], name...)
	d.upper[0] -= 'a' - 'A'
	f := o.find(d.upper, after)
	if f != nil {
		d.count(lowerCamel)
	}
	return f
}
