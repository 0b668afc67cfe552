package versions

import (
	"testing"

	"pgregory.net/rapid"

	"callmill/schema"
)

func drawBytes(t *rapid.T, name string, n int) []byte {
	return rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, name)
}

func drawKey(t *rapid.T) schema.Key { return schema.Key(drawBytes(t, "key", len(schema.Key{}))) }

func drawPublishedJob(t *rapid.T) publishedJob {
	return publishedJob{
		key: drawKey(t), content: schema.ContentHash(drawBytes(t, "content", schema.HashSize)),
		observedAt: rapid.Int64().Draw(t, "observed"), firstSeen: rapid.Int64().Draw(t, "seen"),
		shard: rapid.Int32Range(0, 1<<30).Draw(t, "shard"), lastCall: rapid.Int64().Draw(t, "last call"), hasTasks: rapid.Bool().Draw(t, "tasks"), final: rapid.Bool().Draw(t, "final"),
	}
}

// TestPublishedAreFound: what is known of published jobs is found again and
// nothing else, in memory and in a file, for any keys.
func TestPublishedAreFound(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		p := newPublished(dir, rapid.SampledFrom([]int64{0, 1 << 30}).Draw(t, "memory"))
		defer p.all.Close()
		out, added := p.all.Writer(), map[schema.Key]publishedJob{}
		for range rapid.SampledFrom([]int{0, 1, 90, 91, 1000}).Draw(t, "jobs") {
			job := drawPublishedJob(t)
			if _, twice := added[job.key]; twice {
				continue
			}
			added[job.key] = job
			if err := out.Encode(job.code); err != nil {
				t.Fatal(err)
			}
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		if err := p.all.Merge(); err != nil {
			t.Fatal(err)
		}
		f := p.finder()
		for key, want := range added {
			if got, _, err := f.find(key); err != nil || got == nil || *got != want {
				t.Fatalf("%x: found %+v, %v, want %+v", key, got, err, want)
			}
			for _, other := range []int{0, 15} {
				key[other]++
				if _, ok := added[key]; ok {
					continue
				}
				if got, _, err := f.find(key); got != nil || err != nil {
					t.Fatalf("%x: found %+v, %v, which was not added", key, got, err)
				}
			}
		}
	})
}
