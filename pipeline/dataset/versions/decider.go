package versions

import (
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// decider goes through jobs, one by one, and turns what is decided about each into
// what the shards have to do.
type decider struct {
	Verdict
	jobs       *verdict.Decider
	old        *published
	finder     *finder
	retention  *Retention
	wasUndated map[int64]bool // instants that dated published versions
	out        *spill.Writer  // of decisions
	accepted   *spill.Writer
	pending    *spill.Writer
}

func newDecider(s *Store, undated []int64, rules *reconcile.Rules) *decider {
	d := &decider{
		Verdict: Verdict{
			Undated: map[int64]bool{}, Dirty: map[shard.Shard]bool{},
			Replaced: map[int32]int64{}, Lost: map[int32]int64{},
		},
		jobs: verdict.New(rules), retention: &s.retention,
		old: s.published, finder: s.published.finder(), out: s.decisions.Writer(), accepted: s.accepted.Writer(), pending: s.pending.Writer(),
		wasUndated: map[int64]bool{},
	}
	for _, at := range undated {
		d.wasUndated[at] = true
	}
	return d
}

// decide decides on a job.
func (d *decider) decide(of *known) error {
	var old *publishedJob
	var err error
	if of.job.Met() || of.leaves {
		if old, _, err = d.finder.find(of.key); err != nil {
			return err
		}
	}
	if old != nil {
		of.job.Published = &verdict.Published{
			Content: old.content, Observed: old.observedAt, FirstSeen: old.firstSeen, LastCall: old.lastCall,
			Undated: d.wasUndated[old.observedAt], Final: old.final, HasTasks: old.hasTasks, Tasks: of.tasks,
		}
	}
	of.job.OnHold = d.retention.onHold(of.key)
	o, err := d.jobs.Decide(&of.job)
	if err != nil {
		return err
	}
	for _, s := range o.Lost {
		if err := d.lose(of.key, s.Day, s.Entry); err != nil {
			return err
		}
	}
	if of.asked && o.Accepted != nil {
		if err := d.accept(of.key, o.Accepted); err != nil {
			return err
		}
	}
	if err := d.publish(of.key, old, o); err != nil {
		return err
	}
	return d.setEntries(o.Pending)
}

// publish has the shards publish what is decided about a job. old is what is
// published of it, nil where nothing is.
func (d *decider) publish(key schema.Key, old *publishedJob, o *verdict.Outcome) error {
	current := o.Current
	switch {
	case o.Left && current == nil:
		d.dirty(old)
		return d.leave(d.old.shards[old.shard].Day, key)
	case current == nil:
		return nil
	case !o.Kept && current.Undated:
		d.Undated[current.Observed] = true
	}
	if o.Written() {
		return d.write(key, old, o)
	}
	c := change{firstSeen: o.FirstSeen}
	day := d.old.shards[old.shard].Day
	switch {
	case !o.Kept: // another content came and went within this run
		c.observedAt, c.request = current.Observed, current.Request
		fallthrough
	case o.FirstSeen < old.firstSeen: // or it lay before the edge, and was seen since
		d.dirty(old)
		if err := d.add(day, key, kindChanged, c.code); err != nil {
			return err
		}
	}
	if o.Facts == nil {
		return nil
	}
	d.dirty(old)
	return d.setFacts(day, key, o.Facts)
}

// write has the rows of a version of the run written, and those of the one that it
// replaces go.
func (d *decider) write(key schema.Key, old *publishedJob, o *verdict.Outcome) error {
	day := o.Current.Day
	d.Dirty[d.target(day, key)] = true
	if o.FirstSeen < o.Current.Observed {
		if err := d.add(day, key, kindChanged, (&change{firstSeen: o.FirstSeen}).code); err != nil {
			return err
		}
	}
	if old != nil {
		d.dirty(old)
		if err := d.replace(d.old.shards[old.shard].Day, key); err != nil {
			return err
		}
	}
	return d.setFacts(day, key, o.Facts)
}

// dirty notes that the rows of a published job change.
func (d *decider) dirty(old *publishedJob) { d.Dirty[d.old.shards[old.shard].Shard] = true }

// lose notes a version of the run that is not published.
func (d *decider) lose(key schema.Key, day int32, entry uint64) error {
	d.Lost[day]++
	id := int64(entry)
	return d.add(day, key, kindLost, func(c *spill.Codec) { c.Int(&id) })
}

// replace has the published rows of a job go, since another version replaces
// them.
func (d *decider) replace(day int32, key schema.Key) error {
	d.Replaced[day]++
	return d.add(day, key, kindReplaced, func(*spill.Codec) {})
}

// leave has the published rows of a job go, since they lie before the edge.
func (d *decider) leave(day int32, key schema.Key) error {
	d.Replaced[day]++
	return d.add(day, key, kindLeft, func(*spill.Codec) {})
}

// target returns the shard that a job goes to, as long as its day keeps the
// number of its buckets.
func (d *decider) target(day int32, key schema.Key) shard.Shard {
	buckets := 1
	if old := d.old.byDay[day]; len(old) > 0 {
		buckets = old[0].Buckets
	}
	return shard.Shard{Day: day, Bucket: key.Bucket(buckets), Buckets: buckets}
}

// setEntries keeps what is pending of a job.
func (d *decider) setEntries(rows []schema.PendingRow) error {
	for i := range rows {
		if err := d.pending.Encode(func(c *spill.Codec) { codeRow(c, &rows[i]) }); err != nil {
			return err
		}
	}
	return nil
}
