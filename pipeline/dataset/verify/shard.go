package verify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/calendar"
	"callmill/schema"
)

// shard is the part of a day's jobs that is in one file per table.
type shard struct {
	shardID
	files map[string]*tableFile // by table
	first *tableFile            // the one to name if something is wrong with the whole shard
}

type shardID struct {
	day             calendar.Day
	bucket, buckets int
}

func (s shardID) String() string {
	return fmt.Sprintf("job_date=%s bucket %d of %d", s.day, s.bucket, s.buckets)
}

// planShards makes units of the files and checks how days are divided into shards.
func (p *plan) planShards(files []*tableFile) {
	shards := map[shardID]*shard{}
	for _, f := range files {
		if !f.table.Day || f.Rows == 0 {
			p.units = append(p.units, fileUnit(f, p.checkSmall))
			continue
		}
		id := shardID{f.day, f.Bucket, f.Buckets}
		s := shards[id]
		if s == nil {
			s = &shard{id, map[string]*tableFile{}, f}
			shards[id] = s
		}
		if other := s.files[f.table.Name]; other != nil {
			p.findings.add(f.Path, CheckShards, "holds the same shard as %s", other.Path)
			p.units = append(p.units, fileUnit(f, p.checkSmall))
			continue
		}
		s.files[f.table.Name] = f
	}
	days := map[calendar.Day][]*shard{}
	for _, s := range shards {
		p.units = append(p.units, unit{s.String(), func(ctx context.Context) error { return p.checkShard(ctx, s) }})
		days[s.day] = append(days[s.day], s)
	}
	for _, day := range days {
		p.checkBuckets(day)
	}
	p.sortUnits()
}

// checkBuckets checks how a day is divided into shards.
func (p *plan) checkBuckets(day []*shard) {
	slices.SortFunc(day, func(a, b *shard) int {
		return cmp.Or(cmp.Compare(a.buckets, b.buckets), cmp.Compare(a.bucket, b.bucket))
	})
	rows := map[string]int64{}
	for _, s := range day {
		file := s.first.Path
		if s.buckets != day[0].buckets {
			p.findings.add(file, CheckShards, "its day is divided into %d buckets here and into %d in %s", s.buckets, day[0].buckets, day[0].first.Path)
		}
		if s.buckets < 1 || s.buckets&(s.buckets-1) != 0 || s.bucket < 0 || s.bucket >= s.buckets {
			p.findings.add(file, CheckShards, "invalid bucket %d of %d: want one of a power of two", s.bucket, s.buckets)
		}
		if s.files[schema.TableJobs] == nil {
			p.findings.add(file, CheckReferences, "has rows of %s, of which jobs has no file", s)
		}
		for name, f := range s.files {
			rows[name] += f.Rows
		}
	}
	most := slices.Max(slices.Collect(maps.Values(rows)))
	if want := dataset.BucketsFor(most); day[0].buckets != want {
		p.findings.add(day[0].first.Path, CheckShards, "its day is divided into %d buckets, but %d rows need %d", day[0].buckets, most, want)
	}
}
