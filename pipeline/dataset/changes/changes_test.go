package changes_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/changes"
	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// draw draws a job: few values, so that many jobs are alike.
func draw(t *rapid.T, instance, id string) *schema.Rows {
	text := func(label string) string { return rapid.SampledFrom([]string{"", "好", "不用了"}).Draw(t, label) }
	day := rapid.SampledFrom([]int32{20000, schema.NoDate}).Draw(t, "day")
	r := &schema.Rows{JobDate: day, Job: schema.JobRow{
		InstanceID: instance, JobID: id, JobStatus: text("status"), FirstCallTime: rapid.Int64Range(0, 2).Draw(t, "first call"),
		Priority: rapid.SampledFrom([]*int32{nil, new(int32)}).Draw(t, "priority"),
	}}
	for n := range rapid.IntRange(0, 2).Draw(t, "tasks") {
		task := schema.TaskRow{InstanceID: instance, JobID: id, TaskID: fmt.Sprint(n), Brief: text("brief")}
		task.DialExceptions = rapid.SampledFrom([][]string{nil, {"a"}, {"a", "b"}}).Draw(t, "exceptions")
		r.Tasks = append(r.Tasks, task)
		for i := range rapid.IntRange(0, 2).Draw(t, "turns") {
			script := text("script")
			r.Turns = append(r.Turns, schema.TurnRow{InstanceID: instance, JobID: id, TaskID: task.TaskID, TurnIndex: int32(i), Script: script, Tokens: []string{script}})
		}
	}
	for n := range rapid.IntRange(0, 2).Draw(t, "extras") {
		r.Extras = append(r.Extras, schema.ExtraRow{InstanceID: instance, JobID: id, ExtraIndex: int32(n), Value: text("value")})
	}
	for range rapid.IntRange(0, 1).Draw(t, "summaries") {
		r.Summaries = append(r.Summaries, schema.SummaryRow{InstanceID: instance, JobID: id, Content: text("content")})
	}
	return r
}

// edited is the job with one thing changed, or maybe nothing.
func edited(t *rapid.T, r *schema.Rows) *schema.Rows {
	other := draw(t, r.Job.InstanceID, r.Job.JobID)
	e := *r
	switch rapid.IntRange(0, 6).Draw(t, "edit") {
	case 0:
		e.JobDate = other.JobDate
	case 1:
		e.Job = other.Job
	case 2:
		e.Tasks, e.Turns = other.Tasks, other.Turns
	case 3:
		e.Extras = other.Extras
	case 4:
		e.Summaries = other.Summaries
	case 5:
		e.Job.FirstCallTime = other.Job.FirstCallTime
	case 6:
		e = *other
	}
	return &e
}

// TestComparesLikeAFullComparison: for any two snapshots, however their days are
// divided into buckets, and whatever the memory, the changes are what comparing all
// rows of all jobs says.
func TestComparesLikeAFullComparison(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs many random cases")
	}
	f := newFolder(t)
	rapid.Check(t, func(rt *rapid.T) {
		before, after := world{}, world{}
		for _, instance := range []string{"北", "a", "a\x00b"} {
			for _, id := range []string{"1", "2", "12", "a\tb", "作业", "b\x001"} {
				key := jobKey{instance, id}
				fate := rapid.IntRange(0, 9).Draw(rt, "fate")
				if fate > 0 {
					before[key] = draw(rt, instance, id)
				}
				switch {
				case fate == 0 && rapid.Bool().Draw(rt, "new"):
					after[key] = draw(rt, instance, id)
				case fate > 0 && fate < 6:
					after[key] = before[key]
				case fate > 0 && fate < 9:
					after[key] = edited(rt, before[key])
				}
			}
		}
		buckets := func(label string) func(int32) int {
			n := rapid.SampledFrom([]int{1, 1, 2, 4}).Draw(rt, label)
			return func(day int32) int {
				if day == schema.NoDate {
					return 1
				}
				return n
			}
		}
		since, to := f.publish(before, buckets("buckets before"), nil), f.publish(after, buckets("buckets after"), nil)
		if rapid.Bool().Draw(rt, "back") {
			since, to, before, after = to, since, after, before
		}
		o := changes.Options{Memory: rapid.SampledFrom([]int64{0, 1}).Draw(rt, "memory"), Dir: t.TempDir()}
		if got, want := f.between(since, to, o), fullComparison(before, after); !slices.Equal(got, want) {
			rt.Errorf("got\n%q\nwant\n%q", got, want)
		}
	})
}

// fullComparison compares all rows of all jobs.
func fullComparison(before, after world) (list []changes.Change) {
	for key, a := range before {
		switch b := after[key]; {
		case b == nil:
			list = append(list, changes.Change{InstanceID: key.instance, JobID: key.job, Kind: changes.Gone})
		case !reflect.DeepEqual(a, b):
			list = append(list, changes.Change{InstanceID: key.instance, JobID: key.job, Kind: changes.Changed})
		}
	}
	for key := range after {
		if before[key] == nil {
			list = append(list, changes.Change{InstanceID: key.instance, JobID: key.job, Kind: changes.New})
		}
	}
	slices.SortFunc(list, func(a, b changes.Change) int {
		return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.JobID, b.JobID))
	})
	return list
}

// TestReadsOnlyFilesThatDiffer: a shard that both snapshots have is not read, nor
// is a table of another that is the same; the files could be damaged.
func TestReadsOnlyFilesThatDiffer(t *testing.T) {
	f := newFolder(t)
	was, is := sample("x", "1", 20000, "a"), sample("x", "1", 20000, "a")
	is.Tasks[0].Brief = "b"
	same := sample("x", "2", 20001, "a")
	since, to := f.publish(worldOf(was, same), oneBucket, nil), f.publish(worldOf(is, same), oneBucket, nil)
	both := map[string]bool{}
	for _, table := range f.at(since).Manifest().Tables {
		for _, file := range table.Files {
			both[file.Path] = true
		}
	}
	damaged := 0
	for _, table := range f.at(to).Manifest().Tables {
		for _, file := range table.Files {
			day, _ := dataset.DayOf(file.Path)
			if !both[file.Path] || table.Name == schema.TableJobs && day == is.JobDate {
				continue // jobs leads the tables of its shard
			}
			damaged++
			for _, name := range []string{since, to} {
				f.check(os.WriteFile(filepath.Join(f.dir, dataset.SnapshotsDir, name, filepath.FromSlash(file.Path)), []byte("damaged"), 0o600))
			}
		}
	}
	if damaged != 10 { // six of the one day, four of the other
		t.Fatalf("%d files are in both snapshots", damaged)
	}
	if got, want := f.between(since, to, changes.Options{}), []changes.Change{{InstanceID: "x", JobID: "1", Kind: changes.Changed}}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEveryColumnCounts: a job has changed if any column of any of its rows has.
// There is a job for each column.
func TestEveryColumnCounts(t *testing.T) {
	before, after := world{}, world{}
	var want []changes.Change
	for table := range shard.Tables() {
		fields := reflect.TypeOf(rowOf(sample("x", "", 0, ""), table)).Elem()
		for i := range fields.NumField() {
			field := fields.Field(i)
			if !schema.IsColumn(field) || field.Tag.Get("split") != "" || field.Name == "InstanceID" || field.Name == "JobID" {
				continue // tokens are the script's, the others the job's key
			}
			name := fields.Name() + "." + field.Name
			rows := sample("x", name, 20000, "a")
			alter(reflect.ValueOf(rowOf(rows, table)).Elem().Field(i))
			rows.Turns[0].Tokens = []string{rows.Turns[0].Script}
			before[jobKey{"x", name}], after[jobKey{"x", name}] = sample("x", name, 20000, "a"), rows
			want = append(want, changes.Change{InstanceID: "x", JobID: name, Kind: changes.Changed})
		}
	}
	if len(want) < 80 {
		t.Fatalf("only %d columns", len(want))
	}
	slices.SortFunc(want, func(a, b changes.Change) int { return cmp.Compare(a.JobID, b.JobID) })
	f := newFolder(t)
	got := f.between(f.publish(before, oneBucket, nil), f.publish(after, oneBucket, nil), changes.Options{})
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// rowOf points to the row of the sample in a table.
func rowOf(r *schema.Rows, table int) any {
	return []any{&r.Job, &r.Tasks[0], &r.Turns[0], &r.Contacts[0], &r.Extras[0], &r.Summaries[0]}[table]
}

// alter changes a value.
func alter(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "!")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.ValueOf("!")))
	}
}

// TestOtherVersion: between formats or derivations all jobs in both snapshots have
// changed, which is known without their other rows.
func TestOtherVersion(t *testing.T) {
	for name, edit := range map[string]func(*dataset.Manifest){
		"format":     func(m *dataset.Manifest) { m.Format = dataset.FormatVersion - 1 },
		"derivation": func(m *dataset.Manifest) { m.Settings.Derivation-- },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			same, other := sample("x", "1", 20000, "a"), sample("y", "1", 20000, "a")
			since := f.publish(worldOf(same, other, sample("x", "2", 20000, "a")), oneBucket, edit)
			to := f.publish(worldOf(same, other, sample("x", "3", 20000, "a")), oneBucket, nil)
			for _, name := range []string{since, to} {
				for _, table := range schema.DayTables()[1:] {
					f.check(os.RemoveAll(filepath.Join(f.dir, dataset.SnapshotsDir, name, table)))
				}
			}
			want := []changes.Change{{"x", "1", changes.Changed}, {"x", "2", changes.Gone}, {"x", "3", changes.New}, {"y", "1", changes.Changed}}
			if got := f.between(since, to, changes.Options{}); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestPrunedMeanwhile: a snapshot that goes while it is read is called that; a
// file that is lost is not.
func TestPrunedMeanwhile(t *testing.T) {
	f := newFolder(t)
	since := f.publish(worldOf(sample("x", "1", 20000, "a")), oneBucket, nil)
	to := f.publish(worldOf(sample("x", "1", 20000, "b")), oneBucket, nil)
	a, b := f.at(since), f.at(to)
	dir := filepath.Join(f.dir, dataset.SnapshotsDir, since)
	f.check(os.RemoveAll(filepath.Join(dir, schema.TableTurns)))
	_, err := f.tryBetween(a, b, changes.Options{})
	if _, pruned := errors.AsType[*dataset.MissingError](err); pruned || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("with a file lost: %v", err)
	}
	f.check(os.RemoveAll(dir))
	_, err = f.tryBetween(a, b, changes.Options{})
	if gone, ok := errors.AsType[*dataset.MissingError](err); !ok || gone.Snapshot != since {
		t.Errorf("pruned: %v", err)
	}
}

// TestCanceled: a comparison ends with its context.
func TestCanceled(t *testing.T) {
	f := newFolder(t)
	since := f.publish(worldOf(sample("x", "1", 20000, "a")), oneBucket, nil)
	to := f.publish(worldOf(sample("x", "1", 20000, "b")), oneBucket, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := changes.Between(ctx, f.at(since), f.at(to), changes.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
