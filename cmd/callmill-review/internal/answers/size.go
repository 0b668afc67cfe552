package answers

import (
	"reflect"
	"unsafe"
)

// size estimates how many bytes an answer holds: of long slices and maps, some of the
// elements stand for all.
func size(answer any, shared []any) int64 {
	s := sizer{seen: map[unsafe.Pointer]bool{}}
	for _, p := range shared {
		if v := reflect.ValueOf(p); v.Kind() == reflect.Pointer {
			s.seen[v.UnsafePointer()] = true
		}
	}
	return s.of(reflect.ValueOf(&answer).Elem(), 0) + 16
}

type sizer struct {
	seen map[unsafe.Pointer]bool // what was counted
}

const (
	samples = 64 // elements of a slice or map that are looked at
	deepest = 16
)

// of returns how many bytes a value refers to, its own not included.
func (s *sizer) of(v reflect.Value, depth int) int64 {
	if depth > deepest {
		return 0
	}
	switch v.Kind() {
	case reflect.String:
		return int64(v.Len())
	case reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return int64(v.Elem().Type().Size()) + s.of(v.Elem(), depth+1)
	case reflect.Pointer:
		if v.IsNil() || s.twice(v.UnsafePointer()) {
			return 0
		}
		return int64(v.Elem().Type().Size()) + s.of(v.Elem(), depth+1)
	case reflect.Slice:
		if v.IsNil() || v.Cap() == 0 || s.twice(v.UnsafePointer()) {
			return 0
		}
		return int64(v.Cap())*int64(v.Type().Elem().Size()) + s.elements(v, depth)
	case reflect.Array:
		return s.elements(v, depth)
	case reflect.Map:
		if v.IsNil() || s.twice(v.UnsafePointer()) {
			return 0
		}
		return s.entries(v, depth)
	case reflect.Struct:
		total := int64(0)
		for i := range v.NumField() {
			total += s.of(v.Field(i), depth+1)
		}
		return total
	}
	return 0
}

func (s *sizer) twice(p unsafe.Pointer) bool {
	if s.seen[p] {
		return true
	}
	s.seen[p] = true
	return false
}

// elements returns how many bytes those of a slice or an array refer to.
func (s *sizer) elements(v reflect.Value, depth int) int64 {
	n := v.Len()
	if n == 0 || flat(v.Type().Elem()) {
		return 0
	}
	total, looked := int64(0), int64(0)
	for i := 0; i < n; i += 1 + n/samples {
		total += s.of(v.Index(i), depth+1)
		looked++
	}
	return total * int64(n) / looked
}

func (s *sizer) entries(v reflect.Value, depth int) int64 {
	n := int64(v.Len())
	if n == 0 {
		return 48
	}
	total, looked := int64(0), int64(0)
	for entries := v.MapRange(); entries.Next() && looked < samples; looked++ {
		total += s.of(entries.Key(), depth+1) + s.of(entries.Value(), depth+1)
	}
	// A table of a map is at most 7/8 full, about 2/3 on average.
	own := int64(v.Type().Key().Size()+v.Type().Elem().Size()+1) * 3 / 2
	return total*n/looked + n*own
}

// flat reports whether values of a type refer to nothing.
func flat(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func:
		return false
	case reflect.Array:
		return flat(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !flat(t.Field(i).Type) {
				return false
			}
		}
	}
	return true
}
