package commit

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"sync"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// build is a snapshot in the making: a folder of its own beside the finished
// ones, without the name of one.
type build struct {
	tx      *Tx
	dir     string // "": it is published, or given up
	days    map[int32]*day
	writers chan *shardWriter // idle ones

	mu   sync.Mutex
	made map[string]bool // folders inside dir, with slashes
}

// day is a day of which shards are written.
type day struct {
	number  int32
	old     []*publishedShard // its shards in the snapshot built upon
	buckets int               // the buckets it is being written in
	rows    int64             // of its largest table, an estimate
	written map[shard]*writtenShard
}

func (tx *Tx) newBuild() (*build, error) {
	b := &build{
		tx: tx, dir: tx.dataset.Path(dataset.SnapshotsDir, dataset.BuildPrefix+tx.run.ID), days: map[int32]*day{},
		made:    map[string]bool{".": true},
		writers: make(chan *shardWriter, tx.options.Workers),
	}
	return b, tx.dataset.FS().Mkdir(b.dir, tx.dataset.DirMode())
}

// plan returns the shards to write: of each touched day those that change, or
// all where the number of its buckets changes.
func (b *build) plan() []shard {
	for s := range b.tx.versions.dirty {
		if b.days[s.day] == nil {
			d := &day{number: s.day, old: b.tx.old.byDay[s.day]}
			b.days[s.day] = d
			d.divide(b.estimate(d))
		}
	}
	var units []shard
	for _, d := range b.days {
		units = b.addUnits(units, d)
	}
	b.largestFirst(units)
	return units
}

// divide chooses the number of buckets of a day for the rows of its largest
// table.
func (d *day) divide(rows int64) {
	d.rows, d.buckets, d.written = rows, dataset.BucketsFor(rows), map[shard]*writtenShard{}
}

// estimate returns how many rows the largest table of a day will have. It
// assumes that jobs which are replaced, and versions that are not published,
// have as many rows as the others; replan corrects that.
func (b *build) estimate(d *day) int64 {
	var old, came schema.RowCounts
	for _, s := range d.old {
		old.Add(s.rows)
	}
	jobs, came := b.tx.jobs.Day(d.number)
	v := b.tx.versions
	old = scaled(old, old[jobsAt]-v.replaced[d.number], old[jobsAt])
	old.Add(scaled(came, jobs-v.lost[d.number], jobs))
	return old.Max()
}

// scaled returns the share part/of of some counts.
func scaled(c schema.RowCounts, part, of int64) schema.RowCounts {
	if part == of || of == 0 {
		return c
	}
	for i := range c {
		c[i] = int64(float64(c[i]) * float64(part) / float64(of))
	}
	return c
}

// addUnits appends the shards of a day that must be written.
func (b *build) addUnits(units []shard, d *day) []shard {
	sameBuckets := len(d.old) > 0
	for _, s := range d.old {
		sameBuckets = sameBuckets && s.buckets == d.buckets
	}
	for bucket := range d.buckets {
		if s := (shard{d.number, bucket, d.buckets}); !sameBuckets || b.tx.versions.dirty[s] {
			units = append(units, s)
		}
	}
	return units
}

// largestFirst sorts shards so that at the end no worker is left with a large
// one while the others have nothing to do.
func (b *build) largestFirst(units []shard) {
	rows := func(s shard) int64 { return b.days[s.day].rows / int64(s.buckets) }
	slices.SortFunc(units, func(p, q shard) int {
		return cmp.Or(cmp.Compare(rows(q), rows(p)), compareShards(p, q))
	})
}

// replan returns the shards that must be written again, since their day turned
// out to need another number of buckets.
func (b *build) replan() ([]shard, error) {
	var units []shard
	for _, d := range b.days {
		var counts schema.RowCounts
		for _, s := range d.old {
			if s.buckets == d.buckets && d.written[s.shard] == nil {
				counts.Add(s.rows)
			}
		}
		for _, w := range d.written {
			counts.Add(w.rows)
		}
		if dataset.BucketsFor(counts.Max()) == d.buckets {
			continue
		}
		if err := b.dropWritten(d); err != nil {
			return nil, err
		}
		d.divide(counts.Max())
		units = b.addUnits(units, d)
	}
	b.largestFirst(units)
	return units, nil
}

// dropWritten removes the files of a day that is written again.
func (b *build) dropWritten(d *day) error {
	for _, w := range d.written {
		for _, f := range w.files {
			if f.Path == "" {
				continue
			}
			err := b.tx.dataset.FS().Remove(b.path(f.Path))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("write %s again: %w", dataset.DateDir(d.number), err)
			}
		}
	}
	return nil
}

// path returns the path of something in the snapshot.
func (b *build) path(inside string) string { return filepath.Join(b.dir, filepath.FromSlash(inside)) }

// mkdir makes a folder of the snapshot. Its name is put on disk by
// syncFolders, when everything in it is there.
func (b *build) mkdir(folder string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.mkdirLocked(folder)
}

func (b *build) mkdirLocked(folder string) error {
	if b.made[folder] {
		return nil
	}
	if err := b.mkdirLocked(path.Dir(folder)); err != nil {
		return err
	}
	d := b.tx.dataset
	if err := d.FS().Mkdir(b.path(folder), d.DirMode()); err != nil {
		return err
	}
	b.made[folder] = true
	return nil
}

// folders lists the snapshot's folders, "." among them.
func (b *build) folders() []string { return slices.Sorted(maps.Keys(b.made)) }

// discard removes the folder of a snapshot that is not published.
func (b *build) discard(err error) error {
	if b.dir == "" {
		return err
	}
	return errors.Join(err, durable.RemoveAll(b.tx.dataset.FS(), b.dir))
}
