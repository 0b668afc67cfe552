package gather

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
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
			var before *schema.Rows
			for _, e := range collect(t, store, day, func(schema.Key, uint64) bool { return true }) {
				found++
				rows := want[e.ID]
				compareEntry(t, codec, &e, rows, day)
				if before != nil && CompareJobs(
					before.Job.FirstCallTime, before.Job.JobID, before.Job.InstanceID,
					rows.Job.FirstCallTime, rows.Job.JobID, rows.Job.InstanceID) > 0 {
					t.Errorf("%s comes after %s", rows.Job.JobID, before.Job.JobID)
				}
				before = rows
			}
		}
		if found != len(want) {
			t.Errorf("%d jobs came back, want %d", found, len(want))
		}
	})
}

// collect reads the entries of a day that are kept.
func collect(t rapid.TB, store *Store, day int32, keep func(schema.Key, uint64) bool) (entries []Entry) {
	t.Helper()
	sorted, err := store.Sorted(day, keep)
	for err == nil && sorted.Peek() != nil {
		entries = append(entries, *sorted.Peek())
		err = sorted.Take()
	}
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func compareEntry(t *rapid.T, codec *Codec, e *Entry, want *schema.Rows, day int32) {
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

// TestManyBlocks: jobs of several segments of several blocks, in memory and
// spilled, come back in order, and those that are dropped are not seen.
func TestManyBlocks(t *testing.T) {
	const jobs = 3000
	for _, memory := range []int64{1, 60 << 10, 1 << 30} {
		store := NewStore(codecFor(t), Options{Memory: memory})
		defer store.Close()
		a := store.Appender()
		for n := range jobs {
			at := n * 7919 % jobs // every number once
			rows := &schema.Rows{Job: schema.JobRow{JobID: fmt.Sprint("job-", at), FirstCallTime: int64(at), ContentHash: strings.Repeat(fmt.Sprint(at), 300)}, JobDate: 7}
			if _, err := a.Append(schema.Key{byte(at % 3)}, rows); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Flush(); err != nil {
			t.Fatal(err)
		}
		at := int64(0)
		for _, e := range collect(t, store, 7, func(key schema.Key, _ uint64) bool { return key[0] == 0 }) {
			if e.FirstCall != at || e.JobID != fmt.Sprint("job-", at) {
				t.Fatalf("%s comes where job-%d should", e.JobID, at)
			}
			at += 3
		}
		if at != jobs {
			t.Errorf("the jobs end before job-%d", at)
		}
		if spilled := store.Spilled() > 0; spilled != (memory < 1<<30) {
			t.Errorf("spilled with %d bytes of memory: %v", memory, spilled)
		}
		store.Drop(7)
		if days := store.Days(); len(days) != 0 {
			t.Errorf("days %v after the only one was dropped", days)
		}
	}
}

// TestDamagedRows: bytes that encode did not write are an error, never a panic.
func TestDamagedRows(t *testing.T) {
	codec := codecFor(t)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		whole := codec.append(nil, schema.Key{}, 1, rows)
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		whole[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		whole = whole[:rapid.IntRange(0, len(whole)).Draw(t, "length")]
		e, err := next(newSource(whole))
		if err == nil && e.Counts.Max() < 1000 {
			_, err = codec.Rows(&e, nil)
		}
		if err != nil && !errors.Is(err, errDamaged) {
			t.Errorf("error %v, want one that says damaged", err)
		}
	})
}
