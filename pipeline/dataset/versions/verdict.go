package versions

import (
	"cmp"

	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// yields reports whether a never replaces b, however late it is: a version
// without any task one that has some, one dated only by its run's start one
// with a timestamp of its own.
func (a *sighting) yields(b *sighting) bool {
	return !a.hasTasks && b.hasTasks || a.undated && !b.undated
}

// outranks reports whether a replaces b, however early it is: where b would
// yield to a and a not to b. So the winner depends on the versions alone, not
// on the order in which runs bring them; but for one that has tasks and no
// timestamp against one that has a timestamp and no tasks, where the first stays.
func (a *sighting) outranks(b *sighting) bool { return b.yields(a) && !a.yields(b) }

// decider decides on jobs, one by one. What the shards have to do goes into
// decisions.
type decider struct {
	Verdict
	old        *published
	finder     *finder
	wasUndated map[int64]bool // instants that dated published versions
	rules      *reconcile.Rules
	out        *spill.Writer // of decisions
	accepted   *spill.Writer
	pending    *spill.Writer
}

func newDecider(s *Store, undated []int64, rules *reconcile.Rules) *decider {
	d := &decider{
		Verdict: Verdict{
			Undated: map[int64]bool{}, Dirty: map[shard.Shard]bool{},
			Replaced: map[int32]int64{}, Lost: map[int32]int64{},
		},
		old: s.published, finder: s.published.finder(), out: s.decisions.Writer(), accepted: s.accepted.Writer(), pending: s.pending.Writer(),
		rules: rules, wasUndated: map[int64]bool{},
	}
	for _, at := range undated {
		d.wasUndated[at] = true
	}
	return d
}

// Moment is a point in the order of a run: an instant in ms, then the place in
// the order of delivery.
type Moment struct{ Observed, Sequence, Position int64 }

// Compare is the order of a run.
func (a Moment) Compare(b Moment) int {
	return cmp.Or(cmp.Compare(a.Observed, b.Observed), cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Position, b.Position))
}

// acceptance is when a version of a job was last accepted.
type acceptance struct {
	key schema.Key
	at  Moment
}

func (a *acceptance) code(c *spill.Codec) {
	c.Fixed(a.key[:])
	c.Varint(&a.at.Observed)
	c.Varint(&a.at.Sequence)
	c.Varint(&a.at.Position)
}

// accept notes the last acceptance of a version of a job that is asked about; nil
// is none.
func (d *decider) accept(s *sighting) error {
	if s == nil {
		return nil
	}
	d.Accepted++
	a := acceptance{s.key, Moment{s.observed, s.sequence, s.position}}
	return d.accepted.Encode(a.code)
}

// Accepted returns a function that says when a version of a job, unchanged ones
// included, was last accepted; ok is false where none was, or Decide was not asked
// about the job. The function is not safe for concurrent use.
func (s *Store) Accepted() func(schema.Key) (at Moment, ok bool, err error) {
	finder := s.accepted.Finder()
	return func(key schema.Key) (Moment, bool, error) {
		record, err := finder.Find(key[:])
		if err != nil || record == nil {
			return Moment{}, false, err
		}
		var a acceptance
		c := spill.Decoder(record)
		a.code(&c)
		return a.at, true, c.Err()
	}
}

// outcome is what becomes of a job.
type outcome struct {
	published *publishedJob // nil: nothing was
	day       int32         // that it lives under now
	written   bool          // a version of the run is published
	unchanged bool          // it was seen, with the published content and no other

	current  *sighting // the version that is published now; nil: none is
	tasks    []task    // of it
	hasTasks bool      // tasks is known
	holds    []hold
	// confirmed says that current shrank and was confirmed.
	confirmed bool
}

// current returns the published version of a job as if it were a sighting.
func (d *decider) current(old *publishedJob, of *known) *sighting {
	s := &sighting{
		key: old.key, observed: old.observedAt, content: old.content, undated: d.wasUndated[old.observedAt],
		final: old.final, lastCall: old.lastCall, hasTasks: old.hasTasks,
	}
	for i := range of.published {
		s.tasks = append(s.tasks, of.published[i].task)
	}
	return s
}

// decideVersions takes all sightings of a job, in order, beside what is published
// of it, and says which version is published.
func (d *decider) decideVersions(old *publishedJob, of *known) (outcome, error) {
	seen := of.sightings
	o := outcome{published: old}
	var base *sighting
	if old != nil {
		base, o.day = d.current(old, of), d.old.shards[old.shard].Day
	}
	c := contest{counts: &d.Counts, current: base}
	if err := c.load(of.entries); err != nil {
		return o, err
	}
	unchanged := d.Counts.Unchanged
	replacedBy, accepted := (*sighting)(nil), (*sighting)(nil)
	for i := range seen {
		s := &seen[i]
		before := c.current
		loser := s
		if c.meet(s) {
			loser = before
			if before == base {
				replacedBy = s
			}
		}
		if of.asked && c.current.content == s.content {
			accepted = s
		}
		if err := d.lose(loser, base); err != nil {
			return o, err
		}
	}
	o.current, o.holds, o.confirmed = c.current, c.holds, c.confirmed
	o.setTasks(base, seen)
	if len(seen) == 0 {
		return o, nil
	}
	if err := d.accept(accepted); err != nil {
		return o, err
	}
	first := seen[0].observed
	if old != nil {
		first = min(first, old.firstSeen)
	}
	if c.current == base {
		o.unchanged = d.Counts.Unchanged > unchanged
		if first < old.firstSeen {
			return o, d.touch(&o, change{firstSeen: first})
		}
		return o, nil
	}
	return o, d.publish(&o, c.current, replacedBy, first)
}

// setTasks finds the tasks of the version that is published now: where those of the
// published one were not read, a sighting of the same content has them.
func (o *outcome) setTasks(base *sighting, seen []sighting) {
	if o.current == nil {
		return
	}
	o.tasks = o.current.tasks
	o.hasTasks = o.current != base || len(o.tasks) > 0 || !o.current.hasTasks
	for i := 0; i < len(seen) && !o.hasTasks; i++ {
		if seen[i].content == o.current.content {
			o.tasks, o.hasTasks = seen[i].tasks, true
		}
	}
}

// lose notes a version of the run that is not published.
func (d *decider) lose(s, base *sighting) error {
	if s == nil || s == base || s.entry == 0 {
		return nil
	}
	d.Lost[s.day]++
	id := int64(s.entry)
	return d.add(s.day, s.key, kindLost, func(c *spill.Codec) { c.Int(&id) })
}

// touch has the row of a published job changed.
func (d *decider) touch(o *outcome, c change) error {
	d.Dirty[d.old.shards[o.published.shard].Shard] = true
	return d.add(o.day, o.published.key, kindChanged, c.code)
}

// publish is for a job that is new or of which another version is published, the
// current one. replacedBy is the version that replaced the published one.
func (d *decider) publish(o *outcome, current, replacedBy *sighting, first int64) error {
	if current.undated {
		d.Undated[current.observed] = true
	}
	if current.entry == 0 {
		// Another content came and went within this run.
		return d.touch(o, change{first, current.observed, current.request})
	}
	o.day, o.written = current.day, true
	d.Dirty[d.target(current.day, current.key)] = true
	if first < current.observed {
		if err := d.add(current.day, current.key, kindChanged, (&change{firstSeen: first}).code); err != nil {
			return err
		}
	}
	if o.published == nil {
		return nil
	}
	old := d.old.shards[o.published.shard].Shard
	d.Dirty[old] = true
	return d.replace(old.Day, replacedBy)
}

// replace has the published rows of a job go, since another version replaces
// them.
func (d *decider) replace(day int32, by *sighting) error {
	d.Replaced[day]++
	return d.add(day, by.key, kindReplaced, func(*spill.Codec) {})
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
