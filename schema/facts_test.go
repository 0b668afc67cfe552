package schema_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/schema"
)

// drawFacts draws facts by reflection, so that no field can be forgotten.
func drawFacts(t *rapid.T, name string) (f schema.Facts) {
	for field, value := range reflect.ValueOf(&f).Elem().Fields() {
		drawn := func() any {
			switch value.Interface().(type) {
			case string:
				return rapid.StringN(0, 4, -1).Draw(t, name+field.Name)
			case *int64:
				return rapid.Ptr(rapid.Int64(), true).Draw(t, name+field.Name)
			case *int32:
				return rapid.Ptr(rapid.Int32(), true).Draw(t, name+field.Name)
			case *bool:
				return rapid.Ptr(rapid.Bool(), true).Draw(t, name+field.Name)
			case []string:
				return rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, 3).Draw(t, name+field.Name)
			}
			t.Fatalf("no values for %s of type %s", field.Name, field.Type)
			return nil
		}()
		value.Set(reflect.ValueOf(drawn))
	}
	return f
}

// TestFactsIsZero: any field alone is something, also with the zero of its type.
func TestFactsIsZero(t *testing.T) {
	if !(&schema.Facts{}).IsZero() {
		t.Error("the zero value is not zero")
	}
	for i := range reflect.TypeFor[schema.Facts]().NumField() {
		var f schema.Facts
		switch v := reflect.ValueOf(&f).Elem().Field(i); v.Kind() {
		case reflect.String:
			v.SetString("x")
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		default:
			v.Set(reflect.New(v.Type().Elem()))
		}
		if f.IsZero() {
			t.Errorf("%+v is zero", f)
		}
	}
}

// TestFactsComeBack: every field of facts is encoded, and what follows stays.
func TestFactsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, tail := drawFacts(t, ""), rapid.SliceOf(rapid.Byte()).Draw(t, "tail")
		got, rest, ok := schema.CutFacts(append(f.AppendTo(nil), tail...))
		if diff := cmp.Diff(f, got, cmpopts.EquateEmpty()); diff != "" || !ok || string(rest) != string(tail) {
			t.Errorf("ok %v, rest %x of %x (-want +got):\n%s", ok, rest, tail, diff)
		}
	})
}

// TestFactsOr: of every field the first known value counts.
func TestFactsOr(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawFacts(t, "a "), drawFacts(t, "b ")
		got := reflect.ValueOf(a.Or(b))
		for field, first := range reflect.ValueOf(a).Fields() {
			want := first
			if unknown := first.IsZero() || first.Kind() == reflect.Slice && first.Len() == 0; unknown {
				want = reflect.ValueOf(b).FieldByIndex(field.Index)
			}
			if diff := cmp.Diff(want.Interface(), got.FieldByIndex(field.Index).Interface(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", field.Name, diff)
			}
		}
	})
}

// TestDamagedFacts: bytes that AppendTo did not write are no reason to panic.
func TestDamagedFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t, "")
		b := f.AppendTo(nil)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
		schema.CutFacts(b[:rapid.IntRange(0, len(b)).Draw(t, "length")])
	})
}

// TestRowCounts: there is a count for each day table, and adding and the
// greatest go over all of them.
func TestRowCounts(t *testing.T) {
	var c schema.RowCounts
	if len(c) != len(schema.DayTables()) {
		t.Errorf("%d counts for %d day tables", len(c), len(schema.DayTables()))
	}
	for i := range c {
		more := schema.RowCounts{}
		more[i] = int64(i) + 1
		c.Add(more)
		if c.Max() != int64(i)+1 {
			t.Errorf("of %v the greatest is %d", c, c.Max())
		}
	}
	job := schema.Job{
		Summaries: make([]schema.Summary, 1), Contacts: make([]schema.Contact, 2), Extras: make([]schema.Extra, 3),
		Tasks: []schema.Task{{Turns: make([]schema.Turn, 4)}, {Turns: []schema.Turn{{Summaries: make([]schema.Summary, 5)}}}},
	}
	if got, want := job.CountRows(), (schema.RowCounts{1, 2, 5, 2, 3, 6}); got != want {
		t.Errorf("rows %v, want %v", got, want)
	}
}
