// Package handover makes records of what a dataset publishes, for a lake that takes it
// over: of a whole snapshot, or of what is not as it was in an earlier one.
//
// It is read in parts, in any order and by any number of processes: the jobs of a
// shard are one, each small table is another. What is read of a part depends on the two
// snapshots alone. A job that lives under another day than before is gone from one part
// and in another one; whoever brings records together takes it as there.
package handover

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/shuffle"
	"callmill/schema"
)

// Handover is what a lake takes over. Not safe for concurrent use.
type Handover struct {
	to, since *dataset.Dataset // since may be nil: all is taken
	now, old  []*shard.Published
	unflatten func(*schema.Rows) *schema.Job

	encoder    jobcode.Encoder
	was, is    []byte // scratch space
	undated    map[int64]bool
	wasUndated map[int64]bool // of since
}

// New prepares to hand over a snapshot: all of it, where since is nil, else what is not
// as it was there. unflatten makes a job of its rows, contact keys included, so the
// snapshot has to have those of today: one of an older format is an error.
func New(to, since *dataset.Dataset, unflatten func(*schema.Rows) *schema.Job) (*Handover, error) {
	if m := to.Manifest(); m.Format != dataset.FormatVersion {
		return nil, fmt.Errorf("snapshot %s has format %d: the next run that publishes brings the dataset to format %d", to.Name(), m.Format, dataset.FormatVersion)
	}
	h := &Handover{to: to, since: since, unflatten: unflatten, now: shard.List(to), undated: undatedIn(to)}
	if since != nil {
		h.old, h.wasUndated = shard.List(since), undatedIn(since)
	}
	return h, nil
}

func undatedIn(d *dataset.Dataset) map[int64]bool {
	undated := map[int64]bool{}
	for _, at := range d.Manifest().Undated {
		undated[at] = true
	}
	return undated
}

// Part is a part of a handover.
type Part struct {
	Name string
	Rows int64 // about as many are read
}

// The parts that are no shards.
const (
	pendingPart = "pending"
	rejectsPart = schema.TableRejects
	groupsPart  = schema.TableJobGroups
)

// Parts lists the parts: the shards that may differ, in the order of days, then the
// others.
func (h *Handover) Parts() (parts []Part) {
	rows := h.differing()
	for _, s := range slices.SortedFunc(maps.Keys(rows), shard.Compare) {
		parts = append(parts, Part{fmt.Sprintf("jobs %d %d/%d", s.Day, s.Bucket, s.Buckets), rows[s]})
	}
	m := h.to.Manifest()
	return append(parts, Part{pendingPart, m.Pending.Rows}, Part{rejectsPart, rowsOf(m, schema.TableRejects)}, Part{groupsPart, rowsOf(m, schema.TableJobGroups)})
}

// differing returns the shards that are not the same in both snapshots, in as many
// buckets as their day has now, else had before; and how many rows are in each.
func (h *Handover) differing() map[shard.Shard]int64 {
	rows, buckets := map[shard.Shard]int64{}, map[int32]int{}
	same := map[shard.Shard]*shard.Published{}
	for _, s := range h.old {
		buckets[s.Day], same[s.Shard] = s.Buckets, s
	}
	for _, s := range h.now {
		buckets[s.Day] = s.Buckets
	}
	for _, s := range h.now {
		if old := same[s.Shard]; old == nil || !slices.Equal(old.Hashes, s.Hashes) {
			rows[s.Shard] += s.Rows.Max()
			delete(same, s.Shard)
		}
	}
	for _, s := range h.now {
		delete(same, s.Shard)
	}
	// What is left of same is no shard any more: its jobs are gone, or in others.
	for _, old := range same {
		for bucket := range buckets[old.Day] {
			target := shard.Shard{Day: old.Day, Bucket: bucket, Buckets: buckets[old.Day]}
			if old.Overlaps(target) {
				rows[target] += old.Rows.Max() * int64(old.Buckets) / int64(max(old.Buckets, target.Buckets))
			}
		}
	}
	return rows
}

func rowsOf(m *dataset.Manifest, table string) (rows int64) {
	for _, f := range m.Table(table).Files {
		rows += f.Rows
	}
	return rows
}

// Counts are what was read.
type Counts struct {
	Jobs    int64 `json:"jobs"` // that are there
	Gone    int64 `json:"gone"` // jobs that are no more where they were
	Pending int64 `json:"pending"`
	Rejects int64 `json:"rejects"`
	Groups  int64 `json:"job_groups"`
}

// Read reads a part and adds to counts. A file that is not as it was written is an
// error that names it.
func (h *Handover) Read(ctx context.Context, part string, out *shuffle.Appender, counts *Counts) error {
	var err error
	switch part {
	case pendingPart:
		err = h.pending(out, counts)
	case rejectsPart:
		err = h.rejects(out, counts)
	case groupsPart:
		err = h.groups(out, counts)
	default:
		var s shard.Shard
		if n, e := fmt.Sscanf(part, "jobs %d %d/%d", &s.Day, &s.Bucket, &s.Buckets); n != 3 || e != nil || s.Buckets < 1 || s.Bucket < 0 || s.Bucket >= s.Buckets {
			return fmt.Errorf("a snapshot has no part %q", part)
		}
		err = h.jobs(ctx, s, out, counts)
	}
	if err != nil {
		return fmt.Errorf("read %s of snapshot %s: %w", part, h.to.Name(), err)
	}
	return nil
}

// jobs reads the jobs of a shard, side by side with those that were in the same part
// of the day.
func (h *Handover) jobs(ctx context.Context, target shard.Shard, out *shuffle.Appender, counts *Counts) (err error) {
	now, err := openSide(h.now, target, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, now.close()) }()
	old, err := openSide(h.old, target, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, old.close()) }()
	for {
		if err := errors.Join(ctx.Err(), old.fill(), now.fill()); err != nil {
			return err
		}
		order := shard.CompareJobs(old.rows, now.rows)
		switch {
		case old.rows == nil && now.rows == nil:
			return nil
		case order < 0:
			counts.Gone++
			err = out.ImportGone(old.rows.Job.InstanceID, old.rows.Job.JobID)
		case order > 0 || !h.same(old.rows, now.rows):
			counts.Jobs++
			err = h.job(now.rows, out)
		}
		if err != nil {
			return err
		}
		if order <= 0 {
			old.rows = nil
		}
		if order >= 0 {
			now.rows = nil
		}
	}
}

func (h *Handover) job(rows *schema.Rows, out *shuffle.Appender) error {
	hash, err := schema.ParseContentHash(rows.Job.ContentHash)
	if err != nil {
		return fmt.Errorf("job %s: %w", rows.Job.JobID, err)
	}
	return out.ImportJob(h.whole(rows, h.undated), hash)
}

// whole makes the job of rows, as a lake has it.
func (h *Handover) whole(rows *schema.Rows, undated map[int64]bool) *schema.Job {
	job := h.unflatten(rows)
	job.Undated = undated[job.ObservedAt]
	return job
}

// same reports whether a job is the same for a lake, which derives its rows itself.
func (h *Handover) same(old, now *schema.Rows) bool {
	if old.Job.ContentHash != now.Job.ContentHash {
		return false
	}
	h.was = h.encoder.Append(h.was[:0], h.whole(old, h.wasUndated))
	h.is = h.encoder.Append(h.is[:0], h.whole(now, h.undated))
	return bytes.Equal(h.was, h.is)
}

// side is the jobs of a part of a day in one of the snapshots.
type side struct {
	reader *shard.Reader
	rows   *schema.Rows // of the job at hand, nil at the end
}

func openSide(list []*shard.Published, target shard.Shard, check bool) (*side, error) {
	var ofDay []*shard.Published
	for _, s := range list {
		if s.Day != target.Day {
			continue
		}
		ofDay = append(ofDay, s)
		if check && s.Overlaps(target) {
			if err := s.CheckFiles(); err != nil {
				return nil, err
			}
		}
	}
	r, err := shard.Open(ofDay, target)
	return &side{reader: r}, err
}

func (s *side) fill() (err error) {
	if s.rows == nil {
		s.rows, _, err = s.reader.Next()
	}
	return err
}

func (s *side) close() error { return s.reader.Close() }

// checked checks the files of a small table.
func (h *Handover) checked(files ...dataset.File) error {
	for _, f := range files {
		if err := dataset.CheckFile(filepath.Join(h.to.SnapshotDir(), filepath.FromSlash(f.Path)), f.SHA256); err != nil {
			return err
		}
	}
	return nil
}

// compareKeys compares what is of an instance.
func compareKeys(aInstance, aID, bInstance, bID string) int {
	return cmp.Or(cmp.Compare(aInstance, bInstance), cmp.Compare(aID, bID))
}
