package versions

import (
	"cmp"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// yields reports whether a never replaces b, however late it is: a version
// without any task one that has some, one dated only by its run's start one
// with a timestamp of its own.
func (a *sighting) yields(b *sighting) bool {
	return a.tasks == 0 && b.tasks > 0 || a.undated && !b.undated
}

// outranks reports whether a replaces b, however early it is: where b would
// yield to a and a not to b. So the winner depends on the versions alone, not
// on the order in which runs bring them; but for one that has tasks and no
// timestamp against one that has a timestamp and no tasks, where the first stays.
func (a *sighting) outranks(b *sighting) bool { return b.yields(a) && !a.yields(b) }

// verdict decides between the versions of jobs, job by job, in the order of their
// keys. What the shards have to do goes into decisions.
type verdict struct {
	old        *published
	finder     *finder
	wasUndated map[int64]bool // instants that dated published versions
	decisions  *decisions
	// asked are the jobs of rejects, for which accepted is wanted.
	asked map[schema.Key]bool

	counts dataset.Counts
	// undated are the starts of runs that date versions which are published now.
	undated map[int64]bool
	// accepted is the last acceptance of a version of a job, unchanged ones
	// included, for the jobs asked about.
	accepted map[schema.Key]Moment
	// dirty are the shards whose rows change, in as many buckets as their day has
	// in the snapshot built upon; one, for a new day.
	dirty map[shard.Shard]bool
	// replaced are how many published jobs of a day are replaced, lost how many
	// of the versions that came for it are not published.
	replaced, lost map[int32]int64
	// unmatched is how many tasks SearchTask had values of that are in no table,
	// apart from those of jobs that are written.
	unmatched int64
}

func newVerdict(s *Store, undated []int64, asked map[schema.Key]bool) *verdict {
	v := &verdict{
		old: s.published, finder: s.published.finder(), decisions: s.decisions, asked: asked,
		wasUndated: map[int64]bool{}, undated: map[int64]bool{},
		accepted: map[schema.Key]Moment{}, dirty: map[shard.Shard]bool{},
		replaced: map[int32]int64{}, lost: map[int32]int64{},
	}
	for _, at := range undated {
		v.wasUndated[at] = true
	}
	return v
}

// Moment is a point in the order of a run: an instant in ms, then the place in
// the order of delivery.
type Moment struct{ Observed, Sequence, Position int64 }

// Compare is the order of a run.
func (a Moment) Compare(b Moment) int {
	return cmp.Or(cmp.Compare(a.Observed, b.Observed), cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Position, b.Position))
}

func (v *verdict) accept(s *sighting) {
	at := Moment{s.observed, s.sequence, int64(s.position)}
	if last, ok := v.accepted[s.key]; !ok || last.Compare(at) < 0 {
		v.accepted[s.key] = at
	}
}

// outcome is what becomes of a job.
type outcome struct {
	key       schema.Key
	published *publishedJob // nil: it is new
	day       int32         // that it lives under now
	replaced  bool          // its published rows are replaced by those of another version
	unchanged bool          // it was seen, with the published content and no other
}

// decide takes all sightings of one job in order and says which version is
// published.
func (v *verdict) decide(seen []sighting) (outcome, error) {
	o := outcome{key: seen[0].key}
	var err error
	if o.published, err = v.finder.find(o.key); err != nil {
		return o, err
	}
	asked, first := v.asked[o.key], seen[0].observed
	var current *sighting
	if old := o.published; old != nil {
		current = &sighting{key: o.key, observed: old.observedAt, content: old.content, undated: v.wasUndated[old.observedAt]}
		if old.hasTasks {
			current.tasks = 1
		}
		first = min(first, old.firstSeen)
	}
	base, unchanged := current, v.counts.Unchanged
	var replacedBy *sighting
	for i := range seen {
		v.counts.Seen++
		next, shrunk := v.take(current, &seen[i])
		if next == nil {
			if asked && seen[i].content == current.content {
				v.accept(&seen[i])
			}
			if err := v.lose(&seen[i]); err != nil {
				return o, err
			}
			continue
		}
		if shrunk && current != base {
			v.counts.Shrunk++
		}
		if current != base {
			if err := v.lose(current); err != nil {
				return o, err
			}
		}
		if current == base {
			replacedBy = next
		}
		current = next
		if asked {
			v.accept(next)
		}
	}
	if current == base {
		o.unchanged = v.counts.Unchanged > unchanged
		o.day = v.old.shards[o.published.shard].Day
		return o, v.keep(&o, first)
	}
	return v.replace(o, current, replacedBy, first)
}

// take counts what becomes of a version that meets the current one, and returns
// it where it replaces it.
func (v *verdict) take(current, next *sighting) (taken *sighting, shrunk bool) {
	switch {
	case current == nil:
		v.counts.New++
		return next, false
	case current.content == next.content && (next.observed >= current.observed || next.outranks(current)):
		v.counts.Unchanged++
		return nil, false
	case next.yields(current):
		v.counts.Superseded++
		if next.undated && !current.undated {
			v.counts.Undated++
		}
		return nil, false
	case next.observed < current.observed && !next.outranks(current):
		v.counts.Superseded++
		if next.undated {
			v.counts.Undated++ // the clock went backwards between two runs
		}
		return nil, false
	}
	v.counts.Changed++
	return next, next.tasks < current.tasks || next.turns < current.turns
}

// lose notes a version that is not published.
func (v *verdict) lose(s *sighting) error {
	if s.entry&samePublished != 0 {
		return nil
	}
	v.lost[s.day]++
	return v.decisions.lose(s.day, s.key, s.entry)
}

// keep is for a published job that no version replaces.
func (v *verdict) keep(o *outcome, first int64) error {
	if first >= o.published.firstSeen {
		return nil
	}
	return v.touch(o, touch{firstSeen: first})
}

// touch has the row of a published job changed.
func (v *verdict) touch(o *outcome, t touch) error {
	v.dirty[v.old.shards[o.published.shard].Shard] = true
	return v.decisions.touch(o.day, o.key, t)
}

// replace is for a job that is new or of which another version is published.
func (v *verdict) replace(o outcome, current, replacedBy *sighting, first int64) (outcome, error) {
	if current.undated {
		v.undated[current.observed] = true
	}
	o.day = current.day
	if current.entry&samePublished != 0 {
		// Another content came and went within this run.
		return o, v.touch(&o, touch{first, current.observed, int64(current.entry &^ samePublished)})
	}
	if first < current.observed {
		if err := v.decisions.setFirstSeen(current.day, current.key, first); err != nil {
			return o, err
		}
	}
	v.dirty[v.target(current.day, current.key)] = true
	if o.published == nil {
		return o, nil
	}
	o.replaced = true
	old := v.old.shards[o.published.shard].Shard
	v.dirty[old] = true
	v.replaced[old.Day]++
	return o, v.decisions.replace(old.Day, o.key, replacement{replacedBy.tasks, replacedBy.turns})
}

// target returns the shard that a job goes to, as long as its day keeps the
// number of its buckets.
func (v *verdict) target(day int32, key schema.Key) shard.Shard {
	buckets := 1
	if old := v.old.byDay[day]; len(old) > 0 {
		buckets = old[0].Buckets
	}
	return shard.Shard{Day: day, Bucket: key.Bucket(buckets), Buckets: buckets}
}
