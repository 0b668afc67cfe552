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

// TestFactsIsZero: any value alone is something, also the zero of its type; when it
// was received is none.
func TestFactsIsZero(t *testing.T) {
	if f := (schema.Facts{ObservedAt: 5}); !f.IsZero() {
		t.Errorf("%+v is not zero", f)
	}
	for field := range reflect.TypeFor[schema.Facts]().Fields() {
		if field.Name == "ObservedAt" {
			continue
		}
		var f schema.Facts
		switch v := reflect.ValueOf(&f).Elem().FieldByIndex(field.Index); v.Kind() {
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

// TestFactsMerge: known values of a later row count, those of an earlier one only
// where nothing is known; the timestamp is that of the row that brought the values.
func TestFactsMerge(t *testing.T) {
	at := func(ms int64, script string, ringing *int32) schema.Facts {
		return schema.Facts{ObservedAt: ms, ScriptName: script, RingingS: ringing}
	}
	seven, eight := new(int32(7)), new(int32(8))
	for name, c := range map[string]struct{ facts, row, want schema.Facts }{
		"the first":                         {schema.Facts{}, at(5, "x", nil), at(5, "x", nil)},
		"nothing":                           {at(5, "x", nil), schema.Facts{ObservedAt: 9}, at(5, "x", nil)},
		"later, the same":                   {at(5, "x", seven), at(9, "x", new(int32(7))), at(5, "x", seven)},
		"later, less":                       {at(5, "x", seven), at(9, "x", nil), at(5, "x", seven)},
		"later, more":                       {at(5, "x", nil), at(9, "x", seven), at(9, "x", seven)},
		"later, another value":              {at(5, "x", seven), at(9, "", eight), at(9, "x", eight)},
		"at the same time, delivered later": {at(5, "x", seven), at(5, "y", nil), at(5, "y", seven)},
		"earlier, another value":            {at(5, "x", nil), at(3, "y", nil), at(5, "x", nil)},
		"earlier, the same":                 {at(5, "x", seven), at(3, "x", new(int32(7))), at(3, "x", seven)},
		"earlier, the same and more":        {at(5, "x", nil), at(3, "x", seven), at(3, "x", seven)},
		"earlier, less":                     {at(5, "x", seven), at(3, "x", nil), at(5, "x", seven)},
		"earlier, more":                     {at(5, "x", nil), at(3, "y", seven), at(5, "x", seven)},
	} {
		if diff := cmp.Diff(c.want, c.facts.Merge(c.row)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestFactsMergeEveryField: what Merge does of one field it does of each.
func TestFactsMergeEveryField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		older, newer := drawFacts(t, "older "), drawFacts(t, "newer ")
		older.ObservedAt, newer.ObservedAt = 1, 2
		for name, got := range map[string]schema.Facts{"a later row": older.Merge(newer), "an earlier row": newer.Merge(older)} {
			for field, first := range reflect.ValueOf(newer).Fields() {
				want := first
				if unknown := first.IsZero() || first.Kind() == reflect.Slice && first.Len() == 0; unknown {
					want = reflect.ValueOf(older).FieldByIndex(field.Index)
				}
				if field.Name == "ObservedAt" {
					continue
				}
				if diff := cmp.Diff(want.Interface(), reflect.ValueOf(got).FieldByIndex(field.Index).Interface(), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: %s (-want +got):\n%s", name, field.Name, diff)
				}
			}
		}
	})
}

// TestFactsConverge: rows that know more and more, of which the last is received
// several times, give the same facts in any order.
func TestFactsConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := []schema.Facts{{ObservedAt: 1, ScriptName: "a"}}
		for i := range rapid.IntRange(0, 4).Draw(t, "rows") {
			row := drawFacts(t, "row ").Merge(rows[i])
			row.ObservedAt, row.ScriptName = int64(i+2), string(rune('b'+i))
			rows = append(rows, row)
		}
		want := rows[len(rows)-1]
		for i := range rapid.IntRange(0, 2).Draw(t, "times again") {
			again := want
			again.ObservedAt += int64(i + 1)
			rows = append(rows, again)
		}
		var got schema.Facts
		for _, row := range rapid.Permutation(rows).Draw(t, "order") {
			got = got.Merge(row)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
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
