package schema_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/schema"
)

// drawFacts draws facts, with a value for any field there is.
func drawFacts(t *rapid.T, name string) schema.Facts { return rapid.Make[schema.Facts]().Draw(t, name) }

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
