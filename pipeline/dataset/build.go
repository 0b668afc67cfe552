package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"sync"

	"callmill/pipeline/dataset/gather"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// maxBucketRows is how many rows of its largest table a bucket of a day holds
// on average, at most.
const maxBucketRows = 500_000

// bucketsFor is the number of buckets of a day: the smallest power of two that
// leaves at most maxBucketRows rows of its largest table per bucket.
func bucketsFor(rows int64) int {
	n := 1
	for rows/int64(n) > maxBucketRows || rows/int64(n) == maxBucketRows && rows%int64(n) > 0 {
		n *= 2
	}
	return n
}

// build is a snapshot in the making: a folder of its own beside the finished
// ones, without the name of one.
type build struct {
	tx      *Tx
	dir     string
	days    map[int32]*day
	units   []shard
	writers chan *shardWriter // idle ones

	mu     sync.Mutex
	shrunk map[schema.Key]bool // replaced by fewer tasks or turns
	made   map[string]bool     // folders inside dir, with slashes
}

// day is what is known of a touched day while it is written.
type day struct {
	number  int32
	old     []shard // the buckets it has in the snapshot built upon
	buckets int     // the buckets it is being written in
	rows    int64   // of its largest table, by estimate
	written map[shard]*writtenShard
}

// writtenShard is what one unit wrote.
type writtenShard struct {
	files  []tableFile // at most one per day table
	counts gather.RowCounts
}

type tableFile struct {
	table string
	file  File
}

func (tx *Tx) newBuild() (*build, error) {
	b := &build{
		tx: tx, dir: tx.dataset.path(snapshotsDir, buildPrefix+tx.run.ID), days: map[int32]*day{}, shrunk: map[schema.Key]bool{},
		made:    map[string]bool{".": true},
		writers: make(chan *shardWriter, max(1, tx.dataset.options.Workers)),
	}
	return b, tx.dataset.fs.Mkdir(b.dir, tx.dataset.dirMode())
}

// plan finds the touched days and what has to be written of each.
func (b *build) plan() error {
	touched := map[int32]bool{}
	for s := range b.tx.dirtyShards() {
		touched[s.day] = true
	}
	for number := range touched {
		d := &day{number: number, written: map[shard]*writtenShard{}}
		for _, s := range b.tx.old.shards {
			if s.day == number {
				d.old = append(d.old, s)
			}
		}
		counts, err := b.estimate(d)
		if err != nil {
			return err
		}
		d.rows = counts.Max()
		d.buckets = bucketsFor(d.rows)
		b.days[number] = d
		b.add(d)
	}
	b.sortUnits()
	return nil
}

// estimate counts the rows of a day: exactly, but for those of published jobs
// that are replaced, which only reading them tells.
func (b *build) estimate(d *day) (gather.RowCounts, error) {
	counts := b.oldRows(d.number, nil)
	if len(b.tx.verdict.lost) == 0 {
		counts.Add(b.tx.store.Rows(d.number), 1)
		return counts, nil
	}
	gathered, err := b.tx.store.Count(d.number, b.tx.wins)
	counts.Add(gathered, 1)
	return counts, err
}

func (tx *Tx) wins(_ schema.Key, entry uint64) bool { return !tx.verdict.isLost(entry) }

// oldRows counts the published rows of a day, or of those of its buckets for
// which keep is true.
func (b *build) oldRows(number int32, keep func(shard) bool) gather.RowCounts {
	var c gather.RowCounts
	if b.tx.base == nil {
		return c
	}
	for _, t := range b.tx.base.Tables {
		n := rowsOf(&c, t.Name)
		if n == nil {
			continue
		}
		for _, f := range t.Files {
			if day, ok := dayOf(f.Path); ok && day == number && (keep == nil || keep(shard{day, f.Bucket, f.Buckets})) {
				*n += f.Rows
			}
		}
	}
	return c
}

// rowsOf points to the count of a day table; nil for a small one.
func rowsOf(c *gather.RowCounts, table string) *int64 {
	return map[string]*int64{
		"jobs": &c.Jobs, "tasks": &c.Tasks, "turns": &c.Turns,
		"contacts": &c.Contacts, "extras": &c.Extras, "summaries": &c.Summaries,
	}[table]
}

// add puts the day's units into the plan: all of its buckets where their
// number changes, else the touched ones.
func (b *build) add(d *day) {
	sameBuckets := len(d.old) > 0
	for _, s := range d.old {
		sameBuckets = sameBuckets && s.buckets == d.buckets
	}
	dirty := b.tx.dirtyShards()
	for bucket := range d.buckets {
		if s := (shard{d.number, bucket, d.buckets}); !sameBuckets || dirty[s] {
			b.units = append(b.units, s)
		}
	}
}

// dirtyShards are the shards whose rows change.
func (tx *Tx) dirtyShards() map[shard]bool {
	dirty := maps.Clone(tx.verdict.dirty)
	for s := range tx.verdict.replaced {
		dirty[s] = true
	}
	for s := range tx.verdict.touched {
		dirty[s] = true
	}
	return dirty
}

// sortUnits puts large shards first, so that at the end no worker is left with
// one of them while the others have nothing to do.
func (b *build) sortUnits() {
	rows := func(s shard) int64 { return b.days[s.day].rows / int64(s.buckets) }
	slices.SortFunc(b.units, func(p, q shard) int {
		return cmp.Or(cmp.Compare(rows(q), rows(p)), compareShards(p, q))
	})
}

// replan adds up what was written of each day; a day whose rows ask for
// another number of buckets than it was given is planned again.
func (b *build) replan() error {
	b.units = b.units[:0]
	for _, d := range b.days {
		counts := b.oldRows(d.number, func(s shard) bool {
			return s.buckets == d.buckets && d.written[s] == nil
		})
		for _, w := range d.written {
			counts.Add(w.counts, 1)
		}
		if n := bucketsFor(counts.Max()); n != d.buckets {
			if err := b.dropWritten(d); err != nil {
				return err
			}
			d.rows, d.buckets, d.written = counts.Max(), n, map[shard]*writtenShard{}
			b.add(d)
		}
	}
	b.sortUnits()
	return nil
}

// dropWritten removes the files of a day that is written again.
func (b *build) dropWritten(d *day) error {
	for _, w := range d.written {
		for _, f := range w.files {
			err := b.tx.dataset.fs.Remove(filepath.Join(b.dir, filepath.FromSlash(f.file.Path)))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// write writes one shard: the published rows less the replaced jobs, plus the
// gathered ones, in order.
func (b *build) write(ctx context.Context, s shard) error {
	w := b.idleWriter()
	written, err := b.writeShard(ctx, w, s)
	if err != nil {
		return fmt.Errorf("write %s bucket %d of %d: %w", DateDir(s.day), s.bucket, s.buckets, err)
	}
	select {
	case b.writers <- w:
	default: // there are more than Options.Workers said
	}
	b.mu.Lock()
	b.days[s.day].written[s] = written
	b.mu.Unlock()
	return nil
}

// idleWriter reuses the buffers of a writer that has finished a shard. After
// an error a writer is not given back, as its state is unknown.
func (b *build) idleWriter() *shardWriter {
	select {
	case w := <-b.writers:
		return w
	default:
		return newShardWriter(b)
	}
}

func (b *build) writeShard(ctx context.Context, w *shardWriter, s shard) (*writtenShard, error) {
	entries, err := b.tx.store.Sorted(s.day, s.bucket, s.buckets, b.tx.wins)
	if err != nil {
		return nil, err
	}
	old, err := b.openOld(s)
	if err != nil {
		return nil, err
	}
	defer old.close()
	w.begin(s)
	if err := b.merge(ctx, w, old, entries); err != nil {
		return nil, errors.Join(err, w.abandon())
	}
	return w.finish()
}

// merge writes gathered and published jobs in order. A published job that is
// replaced is not met here: old leaves it out.
func (b *build) merge(ctx context.Context, w *shardWriter, old *oldJobs, entries *gather.Sorted) error {
	job, err := old.next()
	for n := 0; err == nil; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		entry := entries.Peek()
		switch {
		case job == nil && entry == nil:
			return nil
		case entry == nil || job != nil && gather.CompareJobs(
			job.Job.FirstCallTime, job.Job.JobID, job.Job.InstanceID,
			entry.FirstCall, entry.JobID, entry.Instance) < 0:
			if err = w.copyJob(job); err == nil {
				job, err = old.next()
			}
		default:
			if err = b.writeEntry(w, entry); err == nil {
				err = entries.Take()
			}
		}
	}
	return err
}

// noteShrunk counts a replaced job, once, even if its day is written again.
func (b *build) noteShrunk(key schema.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shrunk[key] = true
}

// firstSeen is the change to a gathered job's row, nil where there is none.
func (b *build) firstSeen(entry uint64) func(*schema.JobRow) {
	at, ok := b.tx.verdict.firstSeen[entry]
	if !ok {
		return nil
	}
	return func(row *schema.JobRow) { row.FirstSeen = at }
}

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
	if err := d.fs.Mkdir(filepath.Join(b.dir, filepath.FromSlash(folder)), d.dirMode()); err != nil {
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
	return errors.Join(err, durable.RemoveAll(b.tx.dataset.fs, b.dir))
}
