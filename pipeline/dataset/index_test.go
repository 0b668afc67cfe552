package dataset

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"callmill/schema"
)

// TestIndexFinds: an index has what was added and nothing else, in memory and
// in a file, whatever the keys.
func TestIndexFinds(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		added := map[schema.Key]publishedJob{}
		n := rapid.SampledFrom([]int{0, 1, blockRecords - 1, blockRecords, blockRecords + 1, 1000}).Draw(rt, "jobs")
		// Keys are hashes, so they are spread; those that are not work as well.
		spread := rapid.Bool().Draw(rt, "spread")
		said := rapid.Int64Range(0, 3*partRecords).Draw(rt, "said")
		memory := rapid.SampledFrom([]int64{0, 1 << 30}).Draw(rt, "memory")
		x, err := newIndex(max(1, said), memory, dir)
		if err != nil {
			rt.Fatal(err)
		}
		defer x.close()
		for i := range n {
			job := publishedJob{
				key: schema.JobKey(nil, "", string(rune(i))), content: [8]byte{byte(i)}, shard: uint32(i) | noTasks,
				times: publishedTimes{observedAt: int64(i), firstSeen: -int64(i)},
			}
			if !spread {
				job.key = schema.Key{}
				binary.BigEndian.PutUint64(job.key[8:], uint64(i)*2)
			}
			added[job.key] = job
			if err := x.add(&job); err != nil {
				rt.Fatal(err)
			}
		}
		if err := x.sort(); err != nil {
			rt.Fatal(err)
		}
		for key, want := range added {
			if got, ok := x.find(key); !ok || got != want {
				rt.Errorf("%x: found %+v, %v, want %+v", key, got, ok, want)
			}
			for _, other := range []int{0, 15} {
				key[other]++
				if _, ok := added[key]; ok {
					continue
				}
				if got, ok := x.find(key); ok {
					rt.Errorf("%x: found %+v, which was not added", key, got)
				}
			}
		}
		if x.err() != nil {
			rt.Error(x.err())
		}
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

// TestIndexSaysWhatItCannotRead: a file that cannot be read is no answer, and
// the run hears of it before it decides.
func TestIndexSaysWhatItCannotRead(t *testing.T) {
	x, err := newIndex(1, 0, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	job := publishedJob{key: schema.Key{1}}
	if err := x.add(&job); err != nil {
		t.Fatal(err)
	}
	if err := x.sort(); err != nil {
		t.Fatal(err)
	}
	if err := x.file.Truncate(recordBytes / 2); err != nil {
		t.Fatal(err)
	}
	if _, ok := x.find(job.key); ok || x.err() == nil {
		t.Errorf("found %v, error %v; want an error", ok, x.err())
	}
	if err := x.close(); err != nil {
		t.Fatal(err)
	}
}

// TestRecordKeepsEverything: what is written of a job is read back.
func TestRecordKeepsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		job := publishedJob{
			key: schema.Key(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key")), content: [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "content")),
			times: publishedTimes{rapid.Int64().Draw(t, "observed"), rapid.Int64().Draw(t, "seen")}, shard: rapid.Uint32().Draw(t, "shard"),
		}
		record := job.encode(slices.Clone([]byte("x")))[1:]
		if len(record) != recordBytes || decodeJob(record) != job {
			t.Errorf("%d bytes, read as %+v, want %d and %+v", len(record), decodeJob(record), recordBytes, job)
		}
	})
}
