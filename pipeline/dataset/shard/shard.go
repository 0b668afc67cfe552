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

// Overlaps reports whether a shard of the same day may have some of the jobs.
func (s Shard) Overlaps(other Shard) bool {
	// Of two powers of two the smaller divides the other, so that two buckets
	// share jobs if they are equal modulo the smaller.
	n := min(s.Buckets, other.Buckets)
	return s.Bucket%n == other.Bucket%n
}

// Published is a shard of the published snapshot. Its day is the one that its jobs
// live under as this program has it: see schema.JobDateOf.
type Published struct {
	Shard
	Number int      // its index in the list that List returns
	Paths  []string // of its files, in the order of Tables; "" if it has no rows
	Hashes []string // of these files, by the manifest: their SHA-256
	Rows   schema.RowCounts
	// Said has only those columns of turns read that are not derived.
	Said bool
	// Torn are tables of which what can be read is read: damaged files, whose rows
	// end with the damage. What comes of them has to be checked.
	Torn [len(schema.RowCounts{})]bool
}

// CheckFiles checks that the files of the shard are the ones that were written.
func (p *Published) CheckFiles() error {
	for i, path := range p.Paths {
		if path == "" {
			continue
		}
		if err := dataset.CheckFile(path, p.Hashes[i]); err != nil {
			return err
		}
	}
	return nil
}

// List returns the shards of the published snapshot, which must exist.
func List(d *dataset.Dataset) []*Published {
	byShard := map[Shard]*Published{} // by its day in the snapshot
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
				p.Day = schema.JobDateOf(d.Manifest().Format, day)
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
