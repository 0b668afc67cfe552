package versions

import (
	"encoding/binary"
	"runtime"
	"testing"

	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// newStore makes a Store upon an invented snapshot of one shard, which has no
// files.
func newStore(t testing.TB, memory int64) *Store {
	t.Helper()
	s := New(t.TempDir(), memory, Retention{})
	t.Cleanup(func() { s.Close() })
	in := &shard.Published{Shard: shard.Shard{Day: 7, Buckets: 1}, Paths: make([]string, len(schema.RowCounts{}))}
	s.published.shards = []*shard.Published{in}
	s.published.byDay[7] = s.published.shards
	return s
}

func keyOf(n int) schema.Key {
	var id [8]byte
	binary.LittleEndian.PutUint64(id[:], uint64(n))
	return schema.JobKey(nil, "", string(id[:]))
}

// TestMemoryWhenAllJobsChange: what is decided about every published job, and
// when it was accepted for a reject of it, does not stay in memory, however many
// there are.
func TestMemoryWhenAllJobsChange(t *testing.T) {
	const jobs, memory = 200_000, 4 << 20
	s := newStore(t, memory)
	old, seen := s.published.all.Writer(), s.Appender()
	for n := range jobs {
		job := publishedJob{key: keyOf(n), observedAt: 100, firstSeen: 100, hasTasks: true}
		if err := old.Encode(job.code); err != nil {
			t.Fatal(err)
		}
		new := Version{Key: job.key, Hash: schema.ContentHash{1}, Job: &schema.Job{ObservedAt: 200, Tasks: make([]schema.Task, 1)}}
		if err := seen.Add(&new, 7, uint64(n)+1); err != nil {
			t.Fatal(err)
		}
	}
	for _, close := range []func() error{old.Close, seen.Flush, s.published.all.Merge} {
		if err := close(); err != nil {
			t.Fatal(err)
		}
	}
	before := heapInUse()
	v, err := s.Decide(t.Context(), nil, func(yield func(schema.Key, error) bool) {
		for n := 0; n < 2*jobs && yield(keyOf(n/2*2), nil); n++ { // the jobs of even numbers, twice, and some the run did not meet
		}
	}, &reconcile.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	if grown := heapInUse() - before; grown > 4<<20 {
		t.Errorf("%d MB are held about %d replaced jobs, want what New was granted", grown>>20, jobs)
	}
	if c := v.Counts; c.Changed != jobs || v.Replaced[7] != jobs || v.Lost[7] != 0 {
		t.Errorf("counts %+v, %d replaced", c, v.Replaced[7])
	}
	if v.Accepted != jobs/2 {
		t.Errorf("%d jobs count as accepted, want %d", v.Accepted, jobs/2)
	}
	accepted := s.Accepted()
	for n := range 1000 {
		if at, ok, err := accepted(keyOf(n)); err != nil || ok != (n%2 == 0) || ok && at != (verdict.Moment{Observed: 200}) {
			t.Errorf("job %d was accepted at %+v: %v, %v", n, at, ok, err)
		}
	}
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
