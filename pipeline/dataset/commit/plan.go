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
	"sync/atomic"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shard"
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
	// unwritten is how many shards are being written or wait for it.
	unwritten atomic.Int64

	mu   sync.Mutex
	made map[string]bool // folders inside dir, with slashes
}

// day is a day of which shards are written.
type day struct {
	number  int32
	old     []*shard.Published // its shards in the snapshot built upon
	buckets int                // the buckets it is being written in
	rows    int64              // of its largest table, an estimate
	written map[shard.Shard]*writtenShard
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
// all where the number of its buckets changes; all there are, where they are
// derived again.
func (b *build) plan() []shard.Shard {
	for s := range b.tx.verdict.Dirty {
		b.touch(s.Day)
	}
	if b.tx.rederive {
		for _, number := range b.tx.versions.Days() {
			b.touch(number)
		}
	}
	var units []shard.Shard
	for _, d := range b.days {
		units = b.addUnits(units, d)
	}
	b.largestFirst(units)
	return units
}

func (b *build) touch(number int32) {
	if b.days[number] == nil {
		d := &day{number: number, old: b.tx.versions.Published(number)}
		b.days[number] = d
		d.divide(b.estimate(d))
	}
}

// divide chooses the number of buckets of a day for the rows of its largest
// table.
func (d *day) divide(rows int64) {
	d.rows, d.buckets, d.written = rows, dataset.BucketsFor(rows), map[shard.Shard]*writtenShard{}
}

// estimate returns how many rows the largest table of a day will have. It
// assumes that jobs which are replaced, and versions that are not published,
// have as many rows as the others; replan corrects that.
func (b *build) estimate(d *day) int64 {
	var old schema.RowCounts
	for _, s := range d.old {
		old.Add(s.Rows)
	}
	jobs, came := b.tx.jobs.Day(d.number)
	v := b.tx.verdict
	old = scaled(old, old[shard.Jobs]-v.Replaced[d.number], old[shard.Jobs])
	old.Add(scaled(came, jobs-v.Lost[d.number], jobs))
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
func (b *build) addUnits(units []shard.Shard, d *day) []shard.Shard {
	sameBuckets := len(d.old) > 0 && !b.tx.rederive
	for _, s := range d.old {
		sameBuckets = sameBuckets && s.Buckets == d.buckets
	}
	for bucket := range d.buckets {
		if s := (shard.Shard{Day: d.number, Bucket: bucket, Buckets: d.buckets}); !sameBuckets || b.tx.verdict.Dirty[s] {
			units = append(units, s)
		}
	}
	return units
}

// largestFirst sorts shards so that at the end no worker is left with a large
// one while the others have nothing to do.
func (b *build) largestFirst(units []shard.Shard) {
	rows := func(s shard.Shard) int64 { return b.days[s.Day].rows / int64(s.Buckets) }
	slices.SortFunc(units, func(p, q shard.Shard) int {
		return cmp.Or(cmp.Compare(rows(q), rows(p)), shard.Compare(p, q))
	})
}

// replan returns the shards that must be written again, since their day turned
// out to need another number of buckets.
func (b *build) replan() ([]shard.Shard, error) {
	var units []shard.Shard
	for _, d := range b.days {
		var counts schema.RowCounts
		for _, s := range d.old {
			if s.Buckets == d.buckets && d.written[s.Shard] == nil {
				counts.Add(s.Rows)
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
