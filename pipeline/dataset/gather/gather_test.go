package gather

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/schema"
)

func codecFor(t testing.TB) *Codec {
	t.Helper()
	c, err := NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// drawRows draws rows of every table by reflection, so that no column can be
// forgotten; neighbours often share values, as rows of a call do.
func drawRows(t *rapid.T) *schema.Rows {
	return &schema.Rows{
		Job:       drawTable[schema.JobRow](t, 1)[0],
		Tasks:     drawTable[schema.TaskRow](t, 4),
		Turns:     drawTable[schema.TurnRow](t, 9),
		Contacts:  drawTable[schema.ContactRow](t, 3),
		Extras:    drawTable[schema.ExtraRow](t, 3),
		Summaries: drawTable[schema.SummaryRow](t, 3),
		JobDate:   rapid.Int32Range(0, 3).Draw(t, "day"),
	}
}

func drawTable[T any](t *rapid.T, most int) []T {
	n := rapid.IntRange(min(1, most/2), most).Draw(t, "rows")
	if most == 1 {
		n = 1
	}
	rows := make([]T, n)
	for i := range rows {
		row := reflect.ValueOf(&rows[i]).Elem()
		for f := range row.NumField() {
			if i > 0 && rapid.Bool().Draw(t, "as before") {
				row.Field(f).Set(reflect.ValueOf(rows[i-1]).Field(f))
				continue
			}
			row.Field(f).Set(reflect.ValueOf(drawValue(t, row.Field(f).Interface())))
		}
		if turn, ok := any(&rows[i]).(*schema.TurnRow); ok {
			turn.Script = ""
			for _, token := range turn.Tokens {
				turn.Script += token
			}
		}
	}
	return rows
}

func drawValue(t *rapid.T, like any) any {
	switch like.(type) {
	case string:
		return rapid.StringN(0, 5, -1).Draw(t, "text")
	case bool:
		return rapid.Bool().Draw(t, "bool")
	case int32:
		return rapid.Int32().Draw(t, "int32")
	case int64:
		return rapid.Int64().Draw(t, "int64")
	case *bool:
		return rapid.Ptr(rapid.Bool(), true).Draw(t, "bool or nil")
	case *int32:
		return rapid.Ptr(rapid.Int32(), true).Draw(t, "int32 or nil")
	case *int64:
		return rapid.Ptr(rapid.Int64(), true).Draw(t, "int64 or nil")
	case []string:
		return rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, 4).Draw(t, "list")
	}
	panic(fmt.Sprintf("no values for %T", like))
}

var equateEmpty = cmpopts.EquateEmpty()

// TestRowsComeBack: whatever is appended is found again under its day, in
// memory or spilled, few or many at a time.
func TestRowsComeBack(t *testing.T) {
	codec := codecFor(t)
	rapid.Check(t, func(t *rapid.T) {
		store := NewStore(codec, Options{
			Memory: rapid.SampledFrom([]int64{0, 1, 500}).Draw(t, "memory"),
			Open:   rapid.SampledFrom([]int64{0, 1, 300}).Draw(t, "open"),
		})
		defer store.Close()
		want := map[uint64]*schema.Rows{}
		for range rapid.IntRange(1, 3).Draw(t, "appenders") {
			a := store.Appender()
			for range rapid.IntRange(0, 5).Draw(t, "jobs") {
				rows := drawRows(t)
				id, err := a.Append(schema.JobKey(nil, rows.Job.InstanceID, rows.Job.JobID), rows)
				if err != nil || id == 0 || want[id] != nil {
					t.Fatalf("append: id %d, %v", id, err)
				}
				want[id] = rows
			}
			if err := a.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		found := 0
		for _, day := range store.Days() {
			entries, err := store.Entries(day, func(schema.Key, uint64) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				found++
				compareEntry(t, codec, e, want[e.ID], day)
			}
		}
		if found != len(want) {
			t.Errorf("%d jobs came back, want %d", found, len(want))
		}
	})
}

func compareEntry(t *rapid.T, codec *Codec, e Entry, want *schema.Rows, day int32) {
	if want.JobDate != day || e.Counts != CountRows(want) || e.JobID != want.Job.JobID || e.FirstCall != want.Job.FirstCallTime {
		t.Errorf("entry %+v of day %d, want that of %s on %d", e, day, want.Job.JobID, want.JobDate)
	}
	got, err := codec.Rows(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	got.JobDate = day
	if diff := cmp.Diff(want, got, equateEmpty); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

// TestKeepFew: entries of which few are kept do not hold on to the rest, and
// those dropped are not seen.
func TestKeepFew(t *testing.T) {
	store := NewStore(codecFor(t), Options{})
	defer store.Close()
	a := store.Appender()
	var ids []uint64
	for n := range 100 {
		id, err := a.Append(schema.Key{byte(n)}, &schema.Rows{Job: schema.JobRow{JobID: fmt.Sprint("job-", n)}, JobDate: 7})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := a.Flush(); err != nil {
		t.Fatal(err)
	}
	entries, err := store.Entries(7, func(key schema.Key, id uint64) bool { return key[0] == 42 && id == ids[42] })
	if err != nil || len(entries) != 1 || entries[0].JobID != "job-42" {
		t.Errorf("entries %v, %v; want job-42 alone", entries, err)
	}
	store.Drop(7)
	if days := store.Days(); len(days) != 0 {
		t.Errorf("days %v after the only one was dropped", days)
	}
}

// TestDamagedRows: bytes that encode did not write are an error, never a panic.
func TestDamagedRows(t *testing.T) {
	codec := codecFor(t)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		whole, _ := codec.append(nil, nil, schema.Key{}, 1, rows)
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		whole[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		whole = whole[:rapid.IntRange(0, len(whole)).Draw(t, "length")]
		e, err := next(newSource(whole))
		if err == nil && e.Counts.Max() < 1000 {
			_, err = codec.Rows(e, nil)
		}
		if err != nil && !errors.Is(err, errDamaged) {
			t.Errorf("error %v, want one that says damaged", err)
		}
	})
}
