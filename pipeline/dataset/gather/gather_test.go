package gather

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
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
	rows := &schema.Rows{
		Job:     drawTable[schema.JobRow](t, 1, 1, nil)[0],
		JobDate: rapid.Int32Range(0, 3).Draw(t, "day"),
	}
	rows.Tasks = drawTable[schema.TaskRow](t, 0, 4, &rows.Job)
	var call any = &rows.Job
	if len(rows.Tasks) > 0 && rapid.Bool().Draw(t, "as in the first task") {
		call = &rows.Tasks[0]
	}
	rows.Turns = drawTable[schema.TurnRow](t, 0, 9, call)
	rows.Contacts = drawTable[schema.ContactRow](t, 0, 3, &rows.Job)
	rows.Extras = drawTable[schema.ExtraRow](t, 0, 3, &rows.Job)
	rows.Summaries = drawTable[schema.SummaryRow](t, 0, 3, &rows.Job)
	return rows
}

// drawTable draws rows, whose columns often are those of the row before, the
// first row's those of a row above that has columns of the same name.
func drawTable[T any](t *rapid.T, least, most int, above any) []T {
	rows := make([]T, rapid.IntRange(least, most).Draw(t, "rows"))
	for i := range rows {
		row := reflect.ValueOf(&rows[i]).Elem()
		for f := range row.NumField() {
			if !schema.IsColumn(row.Type().Field(f)) {
				continue
			}
			if i > 0 {
				above = &rows[i-1]
			}
			if above != nil && rapid.Bool().Draw(t, "as above") {
				from := reflect.ValueOf(above).Elem().FieldByName(row.Type().Field(f).Name)
				if from.IsValid() {
					row.Field(f).Set(from)
					continue
				}
			}
			row.Field(f).Set(reflect.ValueOf(drawValue(t, row.Field(f).Interface())))
		}
		if turn, ok := any(&rows[i]).(*schema.TurnRow); ok {
			turn.Script = strings.Join(turn.Tokens, "")
			before := &schema.TurnRow{}
			if i > 0 {
				before = any(&rows[i-1]).(*schema.TurnRow)
			}
			drawUsual(t, turn, before)
		}
	}
	return rows
}

// someLines are lines as two who count their own give them.
var someLines = []*schema.Line{
	{Number: 0, Script: "喂你好", Tokens: []string{"喂", "你好"}, Chars: 3, Pattern: "喂你好"},
	{Number: 7, Script: "还3天", Tokens: []string{"还", "3", "天"}, Chars: 3, Pattern: "还{num}天"},
	{Number: 7, Script: "嗯", Tokens: []string{"嗯"}, Chars: 1, Pattern: "嗯"},
	{Number: -1, Script: "哦", Tokens: []string{"哦"}, Chars: 1, Pattern: "哦"},
	{Number: 1 << 30, Script: "啊", Tokens: []string{"啊"}, Chars: 1, Pattern: "啊"},
}

// drawUsual makes of a turn, here and there, what turns usually are.
func drawUsual(t *rapid.T, turn, before *schema.TurnRow) {
	usual := func(what string) bool { return rapid.Bool().Draw(t, what) }
	if usual("line") {
		line := rapid.SampledFrom(someLines).Draw(t, "known line")
		turn.Line, turn.Script, turn.Tokens, turn.Chars = line, line.Script, line.Tokens, line.Chars
		if usual("pattern of the line") {
			turn.Pattern = line.Pattern
		}
	}
	if usual("no slots") {
		turn.Pattern = turn.Script
	}
	if usual("next place") {
		turn.TurnIndex, turn.TurnsLeft = before.TurnIndex+1, before.TurnsLeft-1
	}
	if usual("gap between stored times") {
		turn.GapMS = new(turn.StoredTime - before.StoredTime)
	}
	if usual("speaker") {
		turn.Speaker = rapid.SampledFrom(speakers[:]).Draw(t, "known speaker")
	}
	if usual("timing") {
		turn.Timing = rapid.SampledFrom(timings[:]).Draw(t, "known timing")
	}
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

// equateEmpty also leaves out what is no column.
var equateEmpty = cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(schema.TurnRow{}, "Line")}

// TestRowsComeBack: whatever is appended is found again under its day, in
// memory or spilled, few or many at a time.
func TestRowsComeBack(t *testing.T) {
	codec := codecFor(t)
	rapid.Check(t, func(t *rapid.T) {
		store := NewStore(codec, Options{
			Memory: rapid.SampledFrom([]int64{0, 1, 500}).Draw(t, "memory"),
			Open:   rapid.SampledFrom([]int64{0, 1, 300}).Draw(t, "open"),
		})
		buckets := rapid.SampledFrom([]int{1, 2, 8}).Draw(t, "buckets")
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
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
		}
		found := 0
		for day := range store.days {
			for bucket := range buckets {
				var before *schema.Rows
				for _, e := range collect(t, store, day, bucket, buckets, all) {
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
		}
		if found != len(want) {
			t.Errorf("%d jobs came back, want %d", found, len(want))
		}
	})
}

func all(schema.Key, uint64) bool { return true }

// collect reads the entries of a bucket of a day that are kept.
func collect(t rapid.TB, store *Store, day int32, bucket, buckets int, keep func(schema.Key, uint64) bool) (entries []Entry) {
	t.Helper()
	sorted, err := store.Sorted(day, bucket, buckets, keep)
	for err == nil && sorted.Peek() != nil {
		entries = append(entries, *sorted.Peek())
		err = sorted.Take()
	}
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// countRows counts the rows of a job.
func countRows(rows *schema.Rows) RowCounts {
	return RowCounts{
		Jobs: 1, Tasks: int64(len(rows.Tasks)), Turns: int64(len(rows.Turns)),
		Contacts: int64(len(rows.Contacts)), Extras: int64(len(rows.Extras)), Summaries: int64(len(rows.Summaries)),
	}
}

func compareEntry(t *rapid.T, codec *Codec, e *Entry, want *schema.Rows, day int32) {
	if want.JobDate != day || e.Counts != countRows(want) || e.JobID != want.Job.JobID || e.FirstCall != want.Job.FirstCallTime {
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

const manyJobs = 3000

// manyBlocks gathers jobs of several segments of several blocks, all of day 7.
// Job n is the n-th one in order.
func manyBlocks(t *testing.T, o Options) *Store {
	t.Helper()
	store := NewStore(codecFor(t), o)
	t.Cleanup(func() { store.Close() })
	a := store.Appender()
	for n := range manyJobs {
		at := n * 7919 % manyJobs // every number once
		rows := &schema.Rows{Job: schema.JobRow{JobID: fmt.Sprint("job-", at), FirstCallTime: int64(at), ContentHash: strings.Repeat(fmt.Sprint(at), 300)}, JobDate: 7}
		if _, err := a.Append(keyOfJob(at), rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return store
}

func keyOfJob(n int) schema.Key { return schema.JobKey(nil, "", fmt.Sprint("job-", n)) }

// TestManyBlocks: jobs of many blocks, in memory and spilled, come back in
// order but for those that are not wanted, in whatever number of buckets they
// are read and however many were expected.
func TestManyBlocks(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes hundreds of thousands of rows")
	}
	wanted := func(key schema.Key, _ uint64) bool { return key[5]%3 > 0 }
	for _, memory := range []int64{1, 60 << 10, 1 << 30} {
		for _, expected := range []int{1, 4, 1 << 16} {
			store := manyBlocks(t, Options{Memory: memory, Open: 1 << 20, Buckets: func(int64) int { return expected }})
			if blocks, segments := countBlocks(store.days[7].segments); blocks < 2*segments {
				t.Errorf("%d blocks in %d segments: parts are too small with %d buckets expected", blocks, segments, expected)
			}
			counts, err := store.Count(7, wanted)
			if want := int64(len(wantedOf(0, 1, wanted))); err != nil || counts != (RowCounts{Jobs: want}) {
				t.Errorf("counted %+v, %v; want %d jobs", counts, err, want)
			}
			if spilled := store.spill.Size() > 0; spilled != (memory < 1<<30) {
				t.Errorf("spilled with %d bytes of memory: %v", memory, spilled)
			}
			for _, buckets := range []int{1, 2, 4, 32} {
				for bucket := range buckets {
					checkBucket(t, store, bucket, buckets, wanted)
				}
			}
		}
	}
}

func countBlocks(segments []segment) (blocks, of int) {
	for _, segment := range segments {
		blocks += len(segment.ends)
	}
	return blocks, len(segments)
}

// wantedOf lists the wanted jobs of a bucket in order.
func wantedOf(bucket, buckets int, wanted func(schema.Key, uint64) bool) (ids []string) {
	for n := range manyJobs {
		if key := keyOfJob(n); key.Bucket(buckets) == bucket && wanted(key, 0) {
			ids = append(ids, fmt.Sprint("job-", n))
		}
	}
	return ids
}

func checkBucket(t *testing.T, store *Store, bucket, buckets int, wanted func(schema.Key, uint64) bool) {
	t.Helper()
	var got []string
	for _, e := range collect(t, store, 7, bucket, buckets, wanted) {
		got = append(got, strings.Clone(e.JobID))
	}
	if want := wantedOf(bucket, buckets, wanted); !slices.Equal(got, want) {
		t.Errorf("bucket %d of %d has %d jobs, want %d in order", bucket, buckets, len(got), len(want))
	}
}

// TestBucketsApart: who reads a bucket of a day does not read what has nothing
// of it, be it expected in as many buckets, in more or in fewer.
func TestBucketsApart(t *testing.T) {
	const bucket = 1
	for buckets, least := range map[int]int{2: 2, 4: 4, 8: 4} {
		store := manyBlocks(t, Options{Open: 1 << 20, Buckets: func(int64) int { return 4 }})
		of := store.days[7]
		read, segments := 0, of.segments
		for i, one := range segments {
			of.segments = segments[i : i+1]
			if len(collect(t, store, 7, bucket, buckets, all)) > 0 {
				read++
				continue
			}
			clear(one.compressed) // reading it is an error
		}
		of.segments = segments
		checkBucket(t, store, bucket, buckets, all)
		if read > len(segments)/least+1 {
			t.Errorf("%d of %d segments are read for one bucket of %d, want one of %d", read, len(segments), buckets, least)
		}
	}
}

// TestManyAppenders: appenders that hand over at the same time, into parts that
// get more as rows come, lose nothing.
func TestManyAppenders(t *testing.T) {
	const appenders, jobs, days = 4, 1000, 2
	buckets := func(rows int64) (n int) {
		for n = 1; rows/int64(n) > 10_000; n *= 2 {
		}
		return n
	}
	for _, memory := range []int64{1, 100 << 10, 1 << 30} {
		store := NewStore(codecFor(t), Options{Memory: memory, Open: 500 << 10, Buckets: buckets, Dir: t.TempDir()})
		defer store.Close()
		var working sync.WaitGroup
		for n := range appenders {
			a := store.Appender()
			working.Go(func() {
				for i := range jobs {
					rows := someJob(n*jobs + i)
					rows.JobDate = int32(i % days)
					if _, err := a.Append(schema.JobKey(nil, "", rows.Job.JobID), rows); err != nil {
						t.Error(err)
						return
					}
				}
				if err := a.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		working.Wait()
		parts := map[int32]bool{}
		for day, of := range store.days {
			for _, segment := range of.segments {
				parts[segment.parts] = true
			}
			if counts, err := store.Count(day, all); err != nil || counts != store.Rows(day) {
				t.Errorf("day %d has %+v, %v; want %+v", day, counts, err, store.Rows(day))
			}
		}
		if len(parts) < 2 {
			t.Errorf("parts %v, want that they get more", parts)
		}
		for _, buckets := range []int{1, 2, 8} {
			found := map[string]bool{}
			for day := range int32(days) {
				for bucket := range buckets {
					for _, e := range collect(t, store, day, bucket, buckets, all) {
						found[strings.Clone(e.JobID)] = true
					}
				}
			}
			if len(found) != appenders*jobs {
				t.Errorf("%d jobs in %d buckets, want %d", len(found), buckets, appenders*jobs)
			}
		}
	}
}

// TestNothingIsHeldTwice: past the memory all is in the file, and an appender
// that is closed holds nothing.
func TestNothingIsHeldTwice(t *testing.T) {
	store := manyBlocks(t, Options{Memory: 60 << 10, Open: 1 << 18})
	for i, segment := range store.days[7].segments {
		if segment.compressed != nil {
			t.Errorf("segment %d is in memory", i)
		}
	}
	if store.held != 0 {
		t.Errorf("%d bytes count as held", store.held)
	}
	if a := store.appenders[0]; cap(a.open)+cap(a.block)+cap(a.compressed)+cap(a.sorted)+cap(a.days)+cap(a.ends) > 0 {
		t.Error("a closed appender holds memory")
	}
}

// TestPlacesAreTakenBack: each row may be gone from its place when the next is
// asked for, as it is where huge rows are written at once.
func TestPlacesAreTakenBack(t *testing.T) {
	codec := codecFor(t)
	rapid.Check(t, func(t *rapid.T) {
		want := drawRows(t)
		var said lines
		e, err := next(newSource(codec.append(nil, schema.Key{}, 1, want, &said)))
		if err != nil {
			t.Fatal(err)
		}
		e.lines = said
		got := &schema.Rows{JobDate: want.JobDate}
		var tasks takenBack[schema.TaskRow]
		var turns takenBack[schema.TurnRow]
		var contacts takenBack[schema.ContactRow]
		var extras takenBack[schema.ExtraRow]
		var summaries takenBack[schema.SummaryRow]
		err = codec.Decode(&e, Sink{
			Job:  func() (*schema.JobRow, error) { return &got.Job, nil },
			Task: tasks.place, Turn: turns.place, Contact: contacts.place, Extra: extras.place, Summary: summaries.place,
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got.Tasks, got.Turns, got.Contacts = tasks.all(), turns.all(), contacts.all()
		got.Extras, got.Summaries = extras.all(), summaries.all()
		if diff := cmp.Diff(want, got, equateEmpty); diff != "" {
			t.Errorf("rows differ (-want +got):\n%s", diff)
		}
	})
}

// takenBack has one place, which it clears when it is asked for again.
type takenBack[T any] struct {
	rows []T
	row  *T
}

func (b *takenBack[T]) place() (*T, error) {
	b.rows = b.all()
	if b.row == nil {
		b.row = new(T)
	}
	*b.row = *new(T)
	return b.row, nil
}

func (b *takenBack[T]) all() []T {
	if b.row == nil {
		return nil
	}
	return append(b.rows, *b.row)
}

// TestLinesStay: a place that held a turn with a line is used for one without,
// and the words of the line stay as they are.
func TestLinesStay(t *testing.T) {
	line := &schema.Line{Number: 3, Script: "喂你好", Tokens: []string{"喂", "你好"}, Chars: 3}
	rows := someJob(1)
	rows.Turns = rows.Turns[:3]
	for i := range 2 {
		turn := &rows.Turns[i]
		turn.Line, turn.Script, turn.Tokens, turn.Chars = line, line.Script, line.Tokens, line.Chars
	}
	codec := codecFor(t)
	var said lines
	e, err := next(newSource(codec.append(nil, schema.Key{}, 1, rows, &said)))
	if err != nil {
		t.Fatal(err)
	}
	e.lines = said
	var place schema.TurnRow
	var got []string
	var refers []*schema.Line
	err = codec.Decode(&e, Sink{
		Job: func() (*schema.JobRow, error) { return new(schema.JobRow), nil }, Task: func() (*schema.TaskRow, error) { return new(schema.TaskRow), nil },
		Turn: func() (*schema.TurnRow, error) {
			got, refers = append(got, strings.Join(place.Tokens, "/")), append(refers, place.Line)
			return &place, nil
		},
	}, nil)
	got = append(got, strings.Join(place.Tokens, "/"))
	if want := []string{"", "喂/你好", "喂/你好", "您好/，/请问/是/1/号/2/楼/吗/？"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if want := []string{"喂", "你好"}; !slices.Equal(line.Tokens, want) {
		t.Errorf("the words of the line are now %q", line.Tokens)
	}
	if want := []*schema.Line{nil, line, line, nil}; !slices.Equal(append(refers, place.Line), want) {
		t.Errorf("the turns refer to %v and at last %v, want %v", refers, place.Line, want)
	}
}

// TestSameCall: a column that is not a turn's own, and differs, makes a turn
// one of another call; else the codec of the call would not be asked.
func TestSameCall(t *testing.T) {
	for field := range reflect.TypeFor[schema.TurnRow]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		var before, turn schema.TurnRow
		value := reflect.ValueOf(&turn).Elem().FieldByIndex(field.Index)
		switch {
		case !schema.IsColumn(field) || slices.Contains(ownColumns, name):
			continue
		case field.Type.Kind() == reflect.Pointer:
			value.Set(reflect.New(field.Type.Elem()))
		case field.Type.Kind() == reflect.String:
			value.SetString("other")
		default:
			t.Fatalf("column %s: no other value for %s", name, field.Type)
		}
		if sameCall(&before, &turn) {
			t.Errorf("column %s differs, and it is the same call", name)
		}
	}
}
