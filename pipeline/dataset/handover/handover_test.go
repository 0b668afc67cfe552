package handover

import (
	"maps"
	"slices"
	"testing"

	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// published is a shard whose files have these hashes.
func published(day int32, bucket, buckets int, hash string) *shard.Published {
	return &shard.Published{Shard: shard.Shard{Day: day, Bucket: bucket, Buckets: buckets}, Hashes: []string{hash}, Rows: schema.RowCounts{100}}
}

// TestDiffering: the shards that are read are those of which a job may differ, however
// their days are divided: none of a job's places is left out.
func TestDiffering(t *testing.T) {
	of := func(day int32, bucket, buckets int) shard.Shard {
		return shard.Shard{Day: day, Bucket: bucket, Buckets: buckets}
	}
	for name, c := range map[string]struct {
		old, now []*shard.Published
		want     []shard.Shard
	}{
		"all":             {nil, []*shard.Published{published(1, 0, 1, "a"), published(2, 1, 2, "b")}, []shard.Shard{of(1, 0, 1), of(2, 1, 2)}},
		"the same":        {[]*shard.Published{published(1, 0, 1, "a")}, []*shard.Published{published(1, 0, 1, "a")}, nil},
		"one differs":     {[]*shard.Published{published(1, 0, 2, "a"), published(1, 1, 2, "b")}, []*shard.Published{published(1, 0, 2, "a"), published(1, 1, 2, "c")}, []shard.Shard{of(1, 1, 2)}},
		"a day is gone":   {[]*shard.Published{published(1, 0, 2, "a"), published(1, 1, 2, "b"), published(2, 0, 1, "c")}, []*shard.Published{published(2, 0, 1, "c")}, []shard.Shard{of(1, 0, 2), of(1, 1, 2)}},
		"a bucket is":     {[]*shard.Published{published(1, 0, 2, "a"), published(1, 1, 2, "b")}, []*shard.Published{published(1, 0, 2, "a")}, []shard.Shard{of(1, 1, 2)}},
		"divided":         {[]*shard.Published{published(1, 0, 1, "a")}, []*shard.Published{published(1, 0, 2, "b")}, []shard.Shard{of(1, 0, 2), of(1, 1, 2)}},
		"joined":          {[]*shard.Published{published(1, 0, 2, "a"), published(1, 1, 2, "b")}, []*shard.Published{published(1, 0, 1, "c")}, []shard.Shard{of(1, 0, 1)}},
		"another is new":  {[]*shard.Published{published(1, 0, 1, "a")}, []*shard.Published{published(1, 0, 1, "a"), published(3, 0, 1, "b")}, []shard.Shard{of(3, 0, 1)}},
		"nothing is left": {[]*shard.Published{published(1, 0, 1, "a")}, nil, []shard.Shard{of(1, 0, 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			h := Handover{old: c.old, now: c.now}
			if got := slices.SortedFunc(maps.Keys(h.differing()), shard.Compare); !slices.Equal(got, c.want) {
				t.Errorf("differing are %v, want %v", got, c.want)
			}
		})
	}
}
