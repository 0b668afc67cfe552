// Package shard reads the shards of a snapshot and knows its day tables: a shard is
// the part of a day's jobs that lies in one file per table. It does not know which
// of several versions of a job is published, nor does it publish anything.
package shard

import (
	"cmp"
	"path/filepath"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// Shard names a shard: a bucket of the jobs of a day.
type Shard struct {
	Day             int32 // in days since 1970-01-01
	Bucket, Buckets int
}

// Compare is an order of shards.
func Compare(a, b Shard) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Buckets, b.Buckets), cmp.Compare(a.Bucket, b.Bucket))
}

// Holds reports whether a job of the day is in the shard.
func (s Shard) Holds(key schema.Key) bool { return key.Bucket(s.Buckets) == s.Bucket }

// Published is a shard of the published snapshot.
type Published struct {
	Shard
	Number int      // its index in the list that List returns
	Paths  []string // of its files, in the order of Tables; "" if it has no rows
	Hashes []string // of these files, by the manifest: their SHA-256
	Rows   schema.RowCounts
}

// List returns the shards of the published snapshot, which must exist.
func List(d *dataset.Dataset) []*Published {
	byShard := map[Shard]*Published{}
	var list []*Published
	for table, name := range schema.DayTables() {
		for _, f := range d.Manifest().Table(name).Files {
			day, ok := dataset.DayOf(f.Path)
			if !ok || f.Rows == 0 {
				continue
			}
			s := Shard{day, f.Bucket, f.Buckets}
			p := byShard[s]
			if p == nil {
				p = &Published{Shard: s, Number: len(list), Paths: make([]string, len(schema.RowCounts{})), Hashes: make([]string, len(schema.RowCounts{}))}
				byShard[s] = p
				list = append(list, p)
			}
			p.Paths[table] = filepath.Join(d.SnapshotDir(), filepath.FromSlash(f.Path))
			p.Hashes[table] = f.SHA256
			p.Rows[table] = f.Rows
		}
	}
	return list
}
