package commit

import (
	"cmp"
	"path/filepath"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// shard is the part of a day's jobs that lies in one file per table.
type shard struct {
	day             int32
	bucket, buckets int
}

func compareShards(a, b shard) int {
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.buckets, b.buckets), cmp.Compare(a.bucket, b.bucket))
}

// holds reports whether a job is in the bucket of the shard.
func (s shard) holds(key schema.Key) bool { return key.Bucket(s.buckets) == s.bucket }

// publishedShard is a shard of a snapshot.
type publishedShard struct {
	shard
	number int      // its index
	paths  []string // of its files, in the order of dayTables; "" where it has no rows
	rows   schema.RowCounts
	facts  int // whether SearchTask filled anything: 1 yes, -1 no, 0 not looked yet
}

// publishedShards returns the shards of the published snapshot, those of jobs in
// the order of their files.
func publishedShards(d *dataset.Dataset) []*publishedShard {
	byShard := map[shard]*publishedShard{}
	var list []*publishedShard
	for table, name := range schema.DayTables() {
		for _, f := range d.Manifest().Table(name).Files {
			day, ok := dataset.DayOf(f.Path)
			if !ok || f.Rows == 0 {
				continue
			}
			s := shard{day, f.Bucket, f.Buckets}
			p := byShard[s]
			if p == nil {
				p = &publishedShard{shard: s, number: len(list), paths: make([]string, len(schema.RowCounts{}))}
				byShard[s] = p
				list = append(list, p)
			}
			p.paths[table] = filepath.Join(d.SnapshotDir(), filepath.FromSlash(f.Path))
			p.rows[table] = f.Rows
		}
	}
	return list
}
