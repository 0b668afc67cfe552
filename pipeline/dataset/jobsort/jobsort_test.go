package jobsort

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/schema"
)

// drawJob draws a job of any ids and any size. That no field of a job is lost is for
// the tests of jobcode.
func drawJob(t *rapid.T) *schema.Job {
	job := someJob(rapid.IntRange(0, 9).Draw(t, "number"))
	job.InstanceID, job.JobID = rapid.StringN(0, 3, -1).Draw(t, "instance"), rapid.StringN(0, 3, -1).Draw(t, "id")
	job.FailureReason = strings.Repeat("x", rapid.SampledFrom([]int{0, 1, 200, 1000}).Draw(t, "size"))
	return job
}

// appended is a job with what was appended of it.
type appended struct {
	job       *schema.Job
	day       int32
	firstCall int64
	hash      schema.ContentHash
}

// TestJobsComeBack: each appended job is found again under its day, every
// field of it, in memory or spilled, few or many at a time.
func TestJobsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := NewStore(Options{
			Memory: rapid.SampledFrom([]int64{0, 1, 500}).Draw(t, "memory"),
			Open:   rapid.SampledFrom([]int64{0, 1, 300}).Draw(t, "open"),
		})
		buckets := rapid.SampledFrom([]int{1, 2, 8}).Draw(t, "buckets")
		defer store.Close()
		want := map[uint64]appended{}
		for range rapid.IntRange(1, 3).Draw(t, "appenders") {
			a := store.Appender()
			for range rapid.IntRange(0, 5).Draw(t, "jobs") {
				one := appended{drawJob(t), rapid.Int32Range(0, 3).Draw(t, "day"), rapid.Int64().Draw(t, "first call"), schema.ContentHash{rapid.Byte().Draw(t, "hash")}}
				id, err := a.Append(schema.JobKey(nil, one.job.InstanceID, one.job.JobID), one.day, one.firstCall, one.hash, one.job)
				if _, twice := want[id]; err != nil || id == 0 || twice {
					t.Fatalf("append: id %d, %v", id, err)
				}
				want[id] = one
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
		}
		found := 0
		var decoder Decoder
		for day := range store.days {
			for bucket := range buckets {
				var before *Entry
				for _, e := range collect(t, store, day, bucket, buckets, all) {
					found++
					compareEntry(t, &decoder, &e, want[e.ID], day)
					if before != nil && CompareJobs(before.FirstCall, before.JobID, before.Instance, e.FirstCall, e.JobID, e.Instance) > 0 {
						t.Errorf("%s comes after %s", e.JobID, before.JobID)
					}
					before = &e
				}
			}
		}
		if found != len(want) {
			t.Errorf("%d jobs came back, want %d", found, len(want))
		}
	})
}

func compareEntry(t *rapid.T, decoder *Decoder, e *Entry, want appended, day int32) {
	if want.day != day || e.FirstCall != want.firstCall || e.Hash != want.hash {
		t.Errorf("entry %+v of day %d, want %+v", e, day, want)
	}
	got, err := decoder.Job(e)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.job, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("job (-want +got):\n%s", diff)
	}
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

const manyJobs = 3000

// manyBlocks appends jobs of several runs of several blocks, all of day 7.
// Job n is the n-th one in order.
func manyBlocks(t *testing.T, o Options) *Store {
	t.Helper()
	store := NewStore(o)
	t.Cleanup(func() { store.Close() })
	a := store.Appender()
	for n := range manyJobs {
		at := n * 7919 % manyJobs // every number once
		job := &schema.Job{JobID: fmt.Sprint("job-", at), FailureReason: strings.Repeat(fmt.Sprint(at), 300)}
		if _, err := a.Append(keyOfJob(at), 7, int64(at), schema.ContentHash{}, job); err != nil {
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
// order but for those that are not wanted, in any number of buckets they
// are read and however many were expected.
func TestManyBlocks(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes hundreds of thousands of rows")
	}
	wanted := func(key schema.Key, _ uint64) bool { return key[5]%3 > 0 }
	for _, memory := range []int64{1, 60 << 10, 1 << 30} {
		for _, expected := range []int{1, 4, 1 << 16} {
			store := manyBlocks(t, Options{Memory: memory, Open: 1 << 20, Buckets: func(int64) int { return expected }})
			if parts := int64(countParts(store, 7)); parts*partBytes > 1<<20 {
				t.Errorf("%d parts: they are too small with %d buckets expected", parts, expected)
			}
			if jobs, rows := store.Day(7); jobs != manyJobs || rows != (schema.RowCounts{manyJobs}) {
				t.Errorf("%d jobs with %v rows, want %d", jobs, rows, manyJobs)
			}
			for _, buckets := range []int{1, 2, 4, 32} {
				for bucket := range buckets {
					checkBucket(t, store, bucket, buckets, wanted)
				}
			}
		}
	}
}

// countParts counts the parts of a day of the highest level.
func countParts(store *Store, day int32) (parts int) {
	for level, used := range store.days[day].levels {
		if used {
			parts = 1 << level
		}
	}
	return parts
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

// TestBucketsApart: reading a bucket of a day does not read what has nothing of
// it, be the day expected in as many buckets, in more or in fewer.
func TestBucketsApart(t *testing.T) {
	const expected = 4
	store := manyBlocks(t, Options{Open: 1 << 20, Buckets: func(int64) int { return expected }})
	for buckets, share := range map[int]int{1: 1, 2: 2, 4: 4, 8: 4} {
		for bucket := range buckets {
			records, err := store.jobs.Read(store.partsOf(7, bucket, buckets)...)
			if err != nil {
				t.Fatal(err)
			}
			read := 0
			for {
				record, err := records.Next()
				if err != nil {
					t.Fatal(err)
				}
				if record == nil {
					break
				}
				e, err := entryOf(record)
				if err != nil {
					t.Fatal(err)
				}
				if apart := min(buckets, expected); e.Key.Bucket(apart) != bucket%apart {
					t.Fatalf("job %s is read for bucket %d of %d", e.JobID, bucket, buckets)
				}
				read++
			}
			if want := manyJobs / share; read < want*9/10 || read > want*11/10 {
				t.Errorf("%d jobs are read for bucket %d of %d, want about %d", read, bucket, buckets, want)
			}
		}
	}
}

// TestManyAppenders: appenders that hand over at the same time, into parts that
// get more as rows come, lose nothing.
func TestManyAppenders(t *testing.T) {
	const appenders, jobs, days = 4, 2000, 2
	buckets := func(rows int64) (n int) {
		for n = 1; rows/int64(n) > 10_000; n *= 2 {
		}
		return n
	}
	for _, memory := range []int64{1, 100 << 10, 1 << 30} {
		store := NewStore(Options{Memory: memory, Open: 400 << 10, Buckets: buckets, Dir: t.TempDir()})
		defer store.Close()
		var working sync.WaitGroup
		for n := range appenders {
			a := store.Appender()
			working.Go(func() {
				for i := range jobs {
					job := someJob(n*jobs + i)
					if _, err := a.Append(schema.JobKey(nil, "", job.JobID), int32(i%days), job.Tasks[0].ActualTime, schema.ContentHash{}, job); err != nil {
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
		parts := map[int]bool{}
		for day, of := range store.days {
			for level, used := range of.levels {
				if used {
					parts[1<<level] = true
				}
			}
			const all = appenders * jobs / days
			if n, rows := store.Day(day); n != all || rows != (schema.RowCounts{all, all, 8 * all}) {
				t.Errorf("day %d has %d jobs with %v rows, want %d", day, n, rows, all)
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

// TestNothingIsHeldTwice: an appender that is closed holds nothing.
func TestNothingIsHeldTwice(t *testing.T) {
	store := NewStore(Options{})
	defer store.Close()
	a := store.Appender()
	if _, err := a.Append(keyOfJob(1), 7, 1, schema.ContentHash{}, someJob(1)); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if cap(a.record) > 0 {
		t.Error("a closed appender holds memory")
	}
}
