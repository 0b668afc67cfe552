package verify

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"sync/atomic"

	"callmill/pipeline/dataset/verify/consistency"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// checkShard checks the files of one shard and reads their rows, which the workers check.
func (p *plan) checkShard(ctx context.Context, w *worker, s *shard) error {
	sound := true
	for _, name := range schema.DayTables() {
		f := s.files[name]
		if f == nil {
			continue
		}
		ok, err := p.sound(ctx, f)
		if err != nil {
			return err
		}
		sound = sound && ok
	}
	// Without all rows of a job nothing more can be said about it.
	if !sound || s.files[schema.TableJobs] == nil {
		return nil
	}
	r := &shardReader{plan: p, shard: s, worker: w, scratch: make([]byte, 0, 256)}
	return unlessDamaged(r.run(ctx))
}

// shardReader reads the files of a shard in step: all have the same order of jobs.
type shardReader struct {
	plan    *plan
	shard   *shard
	worker  *worker
	scratch []byte // for keys

	keys    []schema.Key    // of the shard's jobs, by index
	near    int             // how many jobs are looked through for one that is near; 0: none may be
	order   []int32         // the indexes of the jobs by key, nil until one is not near
	streams []follower      // of the other tables
	at      int32           // the index of the job that is read
	jobs    []schema.JobRow // that one and those behind it, as far as they are read

	part     *part // the jobs that are read and not yet handed over
	previous *schema.JobRow
	checked  shardChecked
}

// A part has up to partJobs jobs, fewer where they have more than partRows turns: enough
// that to hand them over costs nothing, and few enough to be in the processor's caches
// when they are checked.
const (
	partJobs = 128
	partRows = 4096
)

// part is a part of a shard. It is checked by one worker.
type part struct {
	consistency.Part
	shard   *shard
	checked *shardChecked
	turns   int
}

// shardChecked waits for the parts of a shard to be checked. What they found comes into
// the report in their order, whoever checked them when.
type shardChecked struct {
	left  atomic.Int32 // parts that are not checked, and one more while the shard is read
	parts []*part      // by the reader alone, until it has ended
	whole bool         // the shard was read to its end
}

func (r *shardReader) run(ctx context.Context) error {
	jobs := r.shard.files[schema.TableJobs]
	if err := r.readKeys(ctx, jobs); err != nil {
		return err
	}
	r.checked.left.Store(1)
	r.begin()
	err := r.read(ctx, jobs)
	r.checked.whole = err == nil
	if len(r.part.Jobs) > 0 {
		r.hand(r.part)
	}
	r.plan.join(&r.checked, r.shard)
	return err
}

// read reads the jobs with their rows and hands them over.
func (r *shardReader) read(ctx context.Context, jobs *tableFile) error {
	defer func() {
		for _, s := range r.streams {
			s.close()
		}
	}()
	for _, t := range jobTables() {
		s, err := t.follow(ctx, r)
		if s != nil {
			r.streams = append(r.streams, s)
		}
		if err != nil {
			return err
		}
	}
	all, err := openBatches[schema.JobRow](r.plan, jobs, r.findings())
	if err != nil {
		return err
	}
	defer all.close()
	for {
		rows, err := all.next(ctx, r.findings())
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for i := range rows {
			r.jobs = rows[i:]
			if err := r.readJob(ctx, &rows[i]); err != nil {
				return err
			}
		}
	}
	// Rows that are left belong to no job of the shard.
	r.jobs = nil
	return r.take(ctx, new(schema.Rows))
}

// readJob adds a job to the part, with its rows.
func (r *shardReader) readJob(ctx context.Context, row *schema.JobRow) error {
	p := r.part
	if int(r.at) == len(r.keys) {
		r.findings().Add(r.shard.files[schema.TableJobs].Path, finding.Read, "it changes while it is read")
		return errDamaged
	}
	p.Jobs = append(p.Jobs, schema.Rows{Job: *row})
	rows := &p.Jobs[len(p.Jobs)-1]
	if err := r.take(ctx, rows); err != nil {
		p.Jobs = p.Jobs[:len(p.Jobs)-1] // not all of it is there
		return err
	}
	p.turns += len(rows.Turns)
	r.previous = row
	r.at++
	if len(p.Jobs) == partJobs || p.turns >= partRows {
		r.hand(p)
		r.begin()
	}
	return nil
}

// begin begins a part.
func (r *shardReader) begin() {
	r.part = &part{shard: r.shard, checked: &r.checked, Part: consistency.Part{
		Shard: r.shard.Shard, Path: r.shard.pathOf, Before: r.previous, Keys: r.keys[r.at:], Jobs: make([]schema.Rows, 0, partJobs),
	}}
	r.checked.parts = append(r.checked.parts, r.part)
}

// hand hands a part over to be checked.
func (r *shardReader) hand(p *part) {
	r.checked.left.Add(1)
	r.worker.hand(p)
}

// findings is where findings about what is read go: before those about the jobs it is of.
func (r *shardReader) findings() *finding.List { return &r.part.Findings }

// take reads the rows of the job at hand.
func (r *shardReader) take(ctx context.Context, into *schema.Rows) error {
	for _, s := range r.streams {
		if err := s.take(ctx, r.at, into); err != nil {
			return err
		}
	}
	return nil
}

// join counts a part of a shard as checked, or the shard as read. The last one brings what
// was found into the report.
func (p *plan) join(c *shardChecked, s *shard) {
	if c.left.Add(-1) > 0 {
		return
	}
	unlisted := map[string]bool{}
	for _, part := range c.parts {
		p.findings.Join(&part.Findings)
		for status := range part.Unlisted {
			unlisted[status] = true
		}
	}
	if f := s.files[schema.TableTasks]; f != nil && c.whole {
		p.checkUnlisted(f, unlisted)
	}
}

// readKeys notes the key of each job in the shard, for the whole snapshot their first
// halves.
func (r *shardReader) readKeys(ctx context.Context, f *tableFile) error {
	r.keys = make([]schema.Key, 0, f.Rows)
	for row, err := range rowsOf[jobKey](ctx, r.plan, f) {
		if err != nil {
			return err
		}
		r.keys = append(r.keys, row.key(r.scratch))
	}
	halves := make([]uint64, len(r.keys))
	for i := range r.keys {
		halves[i] = half(r.keys[i])
	}
	slices.Sort(halves)
	// Of a job that is there twice, all rows are those of the first one.
	if r.near = maxNear; len(slices.Compact(slices.Clone(halves))) < len(halves) {
		r.near = 0
	}
	r.plan.mu.Lock()
	defer r.plan.mu.Unlock()
	r.plan.jobs = append(r.plan.jobs, f)
	r.plan.keys = append(r.plan.keys, halves)
	return nil
}

// maxNear is how many jobs are looked through for one that is near: the next job that a
// stream has rows of is, unless it is one of many that have none.
const maxNear = 64

// indexOf returns the index of a job in the shard, -1 if the shard does not have
// it.
func (r *shardReader) indexOf(job *jobKey) int32 {
	for i := range min(r.near, len(r.jobs)) { // without its key
		if r.jobs[i].JobID == job.JobID && r.jobs[i].InstanceID == job.InstanceID {
			return r.at + int32(i)
		}
	}
	key := job.key(r.scratch)
	rest := r.keys[min(int(r.at), len(r.keys)):]
	if i := slices.Index(rest[:min(r.near, len(rest))], key); i >= 0 {
		return r.at + int32(i)
	}
	if r.order == nil {
		r.order = make([]int32, len(r.keys))
		for i := range r.order {
			r.order[i] = int32(i)
		}
		slices.SortFunc(r.order, func(a, b int32) int {
			return cmp.Or(compareKeys(r.keys[a], r.keys[b]), cmp.Compare(a, b))
		})
	}
	i, ok := slices.BinarySearchFunc(r.order, key, func(at int32, key schema.Key) int { return compareKeys(r.keys[at], key) })
	if !ok {
		return -1
	}
	return r.order[i]
}

// jobKey is the beginning of a row of jobs, for when no more is read of it.
type jobKey struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
}

// key returns the key of the job; scratch is space for it.
func (k *jobKey) key(scratch []byte) schema.Key { return schema.JobKey(scratch, k.InstanceID, k.JobID) }

func compareKeys(a, b schema.Key) int { return slices.Compare(a[:], b[:]) }

// half returns the first half of a key.
func half(k schema.Key) uint64 { return binary.BigEndian.Uint64(k[:]) }

// checkUnique checks that no job is there twice. Of all jobs only the first halves of
// their keys are in memory, 8 bytes each; which jobs they belong to, and whether the rest
// is the same, is read again if needed.
func (p *plan) checkUnique(ctx context.Context) error {
	twice := p.twice()
	if len(twice) == 0 {
		return nil
	}
	firstFile := map[schema.Key]string{} // of the jobs that may be there twice
	scratch := make([]byte, 0, 256)
	slices.SortFunc(p.jobs, func(a, b *tableFile) int { return cmp.Compare(a.Path, b.Path) })
	for _, f := range p.jobs {
		for row, err := range rowsOf[jobKey](ctx, p, f) {
			if err != nil {
				return unlessDamaged(err)
			}
			key := row.key(scratch)
			if !twice[half(key)] {
				continue
			}
			if other, ok := firstFile[key]; ok {
				p.findings.Add(f.Path, finding.Keys, "job %s of %s is also in %s", row.JobID, row.InstanceID, other)
			} else {
				firstFile[key] = f.Path
			}
		}
	}
	return nil
}

// twice returns the halves of keys that are there twice. Those of each shard are sorted:
// all that begin with the same byte are looked at together.
func (p *plan) twice() map[uint64]bool {
	twice, alike := map[uint64]bool{}, []uint64(nil)
	left := slices.Clone(p.keys)
	for first := range uint64(256) {
		alike = alike[:0]
		for i, halves := range left {
			n := 0
			for n < len(halves) && halves[n]>>56 == first {
				n++
			}
			alike, left[i] = append(alike, halves[:n]...), halves[n:]
		}
		slices.Sort(alike)
		for i := 1; i < len(alike); i++ {
			if alike[i] == alike[i-1] {
				twice[alike[i]] = true
			}
		}
	}
	return twice
}
