package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"callmill/pipeline/dataset/gather"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Tx is what one run is about to publish: it gathers jobs, decides between
// their versions, writes the shards they touch and publishes the result, or
// nothing at all. The order of calls is Appender and what workers do with
// theirs, Plan, Write for every unit, Publish; and Close at the end, whatever
// happened.
type Tx struct {
	dataset  *Dataset
	run      Run
	base     *Manifest // of the snapshot built upon; nil where all is written anew
	old      *published
	codec    *gather.Codec
	store    *gather.Store
	undated  map[int64]bool
	anew     bool // see BeginAnew
	seen     sightingStore
	rejects  rejectStore
	replayed map[string]bool // see Replayed

	mu        sync.Mutex
	appenders []*Appender

	verdict *verdict
	facts   map[schema.Key]taskFacts // of the jobs that are written
	build   *build
}

// Run identifies a run and what it read.
type Run struct {
	ID      string
	Started time.Time
}

// Begin starts a run upon the published snapshot.
func (d *Dataset) Begin(ctx context.Context, run Run) (*Tx, error) {
	tx, err := d.begin(run)
	if err != nil || d.manifest == nil {
		return tx, err
	}
	tx.base = d.manifest
	old, err := loadPublished(ctx, d.snapshotDir(), d.manifest.Table(schema.TableJobs), d.options.Memory/4, d.path(snapshotsDir))
	if err != nil {
		return nil, errors.Join(err, tx.Close())
	}
	tx.old = old
	return tx, nil
}

// BeginAnew starts a run that replaces the published snapshot by one made of
// the very same jobs, derived anew: each must be appended once. Rejects and
// campaigns stay.
func (d *Dataset) BeginAnew(run Run) (*Tx, error) {
	tx, err := d.begin(run)
	if err == nil {
		tx.anew = true
	}
	return tx, err
}

func (d *Dataset) begin(run Run) (*Tx, error) {
	codec, err := gather.NewCodec()
	if err != nil {
		return nil, err
	}
	tx := &Tx{dataset: d, run: run, codec: codec, undated: map[int64]bool{}, replayed: map[string]bool{}, old: &published{}}
	scratch := spill.File{Dir: d.path(snapshotsDir)}
	tx.seen = sightingStore{file: scratch, memory: d.options.Memory / 12}
	tx.rejects = rejectStore{file: scratch, memory: d.options.Memory / 12}
	if d.manifest != nil {
		for _, at := range d.manifest.Undated {
			tx.undated[at] = true
		}
	}
	tx.store = gather.NewStore(codec, gather.Options{
		Memory:  d.options.Memory / 6,
		Open:    d.options.Memory / 12 / int64(max(1, d.options.Workers)),
		Dir:     d.path(snapshotsDir),
		Buckets: bucketsFor,
	})
	return tx, nil
}

// Final reports whether a job is published and was over then. It is safe for
// concurrent use.
func (tx *Tx) Final(instanceID, jobID string) bool {
	job := tx.old.find(schema.JobKey(nil, instanceID, jobID))
	return job != nil && job.shard&final != 0
}

// Appender takes what one worker makes. It is not safe for concurrent use;
// different appenders are.
type Appender struct {
	tx       *Tx
	gathered *gather.Appender
	number   uint64
	seen     [sightingParts][]sighting // blocks of Tx.seen
	requests []string
	facts    []factsSeen
	names    map[string]string // that facts share
	groups   []groupSeen
	rejects  []rejected
	scratch  []byte
	err      error // of keeping a sighting
}

// Appender makes an appender.
func (tx *Tx) Appender() *Appender {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	a := &Appender{
		tx: tx, gathered: tx.store.Appender(), number: uint64(len(tx.appenders)),
		scratch: make([]byte, 0, 256),
	}
	tx.appenders = append(tx.appenders, a)
	return a
}

// Known reports whether the published version of the job has this content;
// then the sighting is noted and the job's rows are not needed.
func (a *Appender) Known(raw *schema.Raw, position int64, job *schema.Job, hash schema.ContentHash) bool {
	key := schema.JobKey(a.scratch, job.InstanceID, job.JobID)
	old := a.tx.old.find(key)
	if old == nil || old.content != [8]byte(hash[:8]) {
		return false
	}
	if n := len(a.requests); n == 0 || a.requests[n-1] != job.RequestID {
		a.requests = append(a.requests, strings.Clone(job.RequestID))
	}
	s := newSighting(key, raw, position, job, hash)
	s.day = a.tx.old.shardOf(old).day
	s.entry = samePublished | a.number<<40 | uint64(len(a.requests)-1)
	a.see(s)
	a.noteFacts(s, job)
	return true
}

// requestOf gives the request id of a sighting noted by Known.
func (tx *Tx) requestOf(entry uint64) string {
	entry &^= samePublished
	return tx.appenders[entry>>40].requests[entry&(1<<40-1)]
}

// Append takes a copy of the rows of a job.
func (a *Appender) Append(raw *schema.Raw, position int64, job *schema.Job, hash schema.ContentHash, rows *schema.Rows) error {
	s := newSighting(schema.JobKey(a.scratch, job.InstanceID, job.JobID), raw, position, job, hash)
	id, err := a.gathered.Append(s.key, rows)
	if err != nil {
		return err
	}
	s.entry, s.day = id, rows.JobDate
	a.see(s)
	a.noteFacts(s, job)
	return a.err
}

// see keeps a sighting. That it could not is said by Append and Flush.
func (a *Appender) see(s sighting) {
	part := partOf(&s)
	block := a.seen[part]
	if block == nil {
		block = make([]sighting, 0, sightingBlock)
	}
	if block = append(block, s); len(block) == sightingBlock {
		var err error
		block, err = a.tx.seen.add(part, block)
		a.err = cmp.Or(a.err, err)
	}
	a.seen[part] = block
}

func (a *Appender) flushSightings() error {
	for part, block := range a.seen {
		if len(block) > 0 && a.err == nil {
			_, a.err = a.tx.seen.add(part, block)
		}
	}
	a.seen = [sightingParts][]sighting{}
	return a.err
}

func newSighting(key schema.Key, raw *schema.Raw, position int64, job *schema.Job, hash schema.ContentHash) sighting {
	s := sighting{
		key: key, observed: job.ObservedAt, sequence: raw.Sequence, position: uint32(position),
		tasks: uint16(min(len(job.Tasks), 1<<16-1)), undated: job.Undated, content: [8]byte(hash[:8]),
	}
	for i := range job.Tasks {
		s.turns += uint32(len(job.Tasks[i].Turns))
	}
	return s
}

// Reject takes a reject.
func (a *Appender) Reject(raw *schema.Raw, r *schema.Reject) error {
	met, err := a.tx.reject(r, raw.Sequence)
	if err != nil {
		return err
	}
	if a.rejects = append(a.rejects, met); len(a.rejects) < runRejects {
		return nil
	}
	return a.flushRejects()
}

func (a *Appender) flushRejects() error {
	met := a.rejects
	a.rejects = nil
	return a.tx.rejects.add(met)
}

// Flush hands over what the appender holds; the worker's last call.
func (a *Appender) Flush() error {
	return errors.Join(a.flushSightings(), a.flushRejects(), a.gathered.Close())
}

// Plan decides between the versions of every job and lists the units of
// writing. No appender may be used any more.
func (tx *Tx) Plan(ctx context.Context) (units int, err error) {
	asked, err := tx.rejectedJobs()
	if err != nil {
		return 0, err
	}
	tx.verdict = newVerdict(tx.old, tx.undated, asked, tx.jobsWithFacts())
	for part := range sightingParts {
		seen, err := tx.seen.take(part)
		if err != nil {
			return 0, err
		}
		tx.verdict.decide(seen)
	}
	tx.verdict.finish()
	if err := errors.Join(tx.mergeFacts(), tx.old.jobs.err()); err != nil {
		return 0, err
	}
	if tx.anew {
		if err := tx.balanceAnew(); err != nil {
			return 0, err
		}
	}
	tx.verdict.counts.Seen += tx.rejects.met
	tx.verdict.counts.Rejected += tx.rejects.met
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if tx.build, err = tx.newBuild(); err != nil {
		return 0, fmt.Errorf("begin snapshot: %w", err)
	}
	if err := tx.build.plan(); err != nil {
		return 0, err
	}
	return len(tx.build.units), nil
}

// balanceAnew checks that the very jobs of the published snapshot came back,
// and counts them as what they are: unchanged.
func (tx *Tx) balanceAnew() error {
	c := &tx.verdict.counts
	if was := tx.dataset.manifest.Table(schema.TableJobs).Rows; c.New != was || c.Seen != was {
		return fmt.Errorf("rewrite: %d jobs of %d came back as %d: the snapshot is damaged, `callmill verify` says how", c.Seen, was, c.New)
	}
	c.New, c.Unchanged = 0, c.New
	return nil
}

// Replan lists the units that have to be written again, because a day turned
// out to need another number of files. It is called when all units of the last
// plan are written, until it gives 0.
func (tx *Tx) Replan() (units int, err error) {
	if err := tx.build.replan(); err != nil {
		return 0, err
	}
	return len(tx.build.units), nil
}

// Write writes one unit of the last plan. Units may be written at the same
// time.
func (tx *Tx) Write(ctx context.Context, unit int) error {
	return tx.build.write(ctx, tx.build.units[unit])
}

// Close gives back what the run holds in memory and on disk; of a run that was
// not published nothing is left.
func (tx *Tx) Close() error {
	err := errors.Join(tx.store.Close(), tx.seen.close(), tx.rejects.close(), tx.old.jobs.close())
	if tx.build != nil {
		err = tx.build.discard(err)
	}
	return err
}
