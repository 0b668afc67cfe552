package commit

import (
	"path/filepath"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// TestManyDays: planning takes time in proportion to the days that are touched.
func TestManyDays(t *testing.T) {
	const days = 30_000
	d, err := dataset.Open(t.Context(), filepath.Join(t.TempDir(), "data"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	tx := begin(d, d.NewRun(), Options{})
	defer tx.Close()
	if tx.verdict, err = tx.versions.Decide(t.Context(), nil, nil, &reconcile.Rules{}); err != nil {
		t.Fatal(err)
	}
	for n := range int32(days) {
		tx.verdict.Dirty[shard.Shard{Day: n, Buckets: 1}] = true
	}
	b := &build{tx: tx, days: map[int32]*day{}}
	start := time.Now()
	if units := b.plan(); len(units) != days {
		t.Errorf("%d shards are planned, want %d", len(units), days)
	}
	for _, d := range b.days {
		d.written[shard.Shard{Day: d.number, Buckets: 1}] = &writtenShard{rows: schema.RowCounts{10}}
	}
	again, err := b.replan()
	if err != nil || len(again) > 0 {
		t.Errorf("%d shards are planned again, %v", len(again), err)
	}
	if took := time.Since(start); took > time.Minute { // of which it takes a thousandth
		t.Errorf("planning %d days took %v", days, took)
	}
}

// TestEstimate: published jobs that are replaced, and versions that are not
// published, do not count.
func TestEstimate(t *testing.T) {
	for _, c := range []struct {
		rows     schema.RowCounts
		part, of int64
		want     schema.RowCounts
	}{
		{schema.RowCounts{10, 20, 300}, 10, 10, schema.RowCounts{10, 20, 300}},
		{schema.RowCounts{10, 20, 300}, 0, 10, schema.RowCounts{}},
		{schema.RowCounts{10, 20, 300}, 5, 10, schema.RowCounts{5, 10, 150}},
		{schema.RowCounts{}, 0, 0, schema.RowCounts{}},
	} {
		if got := scaled(c.rows, c.part, c.of); got != c.want {
			t.Errorf("%d of %d of %v are %v, want %v", c.part, c.of, c.rows, got, c.want)
		}
	}
}
