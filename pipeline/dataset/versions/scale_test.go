package versions

import (
	"encoding/binary"
	"runtime"
	"testing"

	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// newStore makes a Store upon an invented snapshot of one shard, which has no
// files.
func newStore(t *testing.T, memory int64, facts factsIn) *Store {
	t.Helper()
	s := New(t.TempDir(), memory)
	t.Cleanup(func() { s.Close() })
	in := &shard.Published{Shard: shard.Shard{Day: 7, Buckets: 1}, Paths: make([]string, len(schema.RowCounts{}))}
	s.published.shards, s.published.facts = []*shard.Published{in}, []factsIn{facts}
	s.published.byDay[7] = s.published.shards
	return s
}

func keyOf(n int) schema.Key {
	var id [8]byte
	binary.LittleEndian.PutUint64(id[:], uint64(n))
	return schema.JobKey(nil, "", string(id[:]))
}

// TestMemoryWhenAllJobsChange: what is decided about every published job does
// not stay in memory, however many there are.
func TestMemoryWhenAllJobsChange(t *testing.T) {
	const jobs, memory = 200_000, 4 << 20
	s := newStore(t, memory, factsNone)
	old, seen := s.published.jobs.Writer(), s.Appender()
	for n := range jobs {
		job := publishedJob{key: keyOf(n), observedAt: 100, firstSeen: 100, hasTasks: true}
		if err := old.Add(job.appendTo(nil)); err != nil {
			t.Fatal(err)
		}
		v := Version{Key: job.key, Hash: schema.ContentHash{1}, Job: &schema.Job{ObservedAt: 200, Tasks: make([]schema.Task, 1)}}
		if err := seen.Add(&v, 7, uint64(n)+1); err != nil {
			t.Fatal(err)
		}
	}
	for _, close := range []func() error{old.Close, seen.Flush, s.published.jobs.Merge} {
		if err := close(); err != nil {
			t.Fatal(err)
		}
	}
	before := heapInUse()
	if err := s.Decide(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if grown := heapInUse() - before; grown > 4<<20 {
		t.Errorf("%d MB are held about %d replaced jobs, want what New was granted", grown>>20, jobs)
	}
	if c := s.Counts(); c.Changed != jobs || s.Replaced(7) != jobs || s.Lost(7) != 0 {
		t.Errorf("counts %+v, %d replaced", c, s.Replaced(7))
	}
	if !s.wanted.Empty() {
		t.Error("published facts are wanted of a shard that has none")
	}
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestPublishedFactsAreReadWhereThereAreAny: of replaced jobs the facts that are
// published are wanted, unless their shard has none.
func TestPublishedFactsAreReadWhereThereAreAny(t *testing.T) {
	for facts, want := range map[factsIn]bool{factsNone: false, factsSome: true} {
		s := newStore(t, 1<<20, facts)
		o := outcome{key: keyOf(1), published: &publishedJob{key: keyOf(1), hasTasks: true}, day: 8, replaced: true}
		if err := s.place(&o, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.wanted.finish(); err != nil {
			t.Fatal(err)
		}
		if got := !s.wanted.Empty(); got != want {
			t.Errorf("shard with facts %d: wanted %v", facts, got)
		}
	}
}
