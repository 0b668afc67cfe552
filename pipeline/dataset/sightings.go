package dataset

import (
	"bytes"
	"cmp"
	"slices"

	"callmill/schema"
)

// sighting is one version of a job as a run met it. 64 bytes, and there is one
// for every job seen.
type sighting struct {
	key      schema.Key
	observed int64
	// Order of delivery within the run: pieces of input, then jobs in a piece.
	sequence int64
	position uint32
	tasks    uint16 // capped: only compared, to see whether a version shrank
	undated  bool
	turns    uint32
	day      int32
	content  [8]byte
	// entry is the id in the store; with samePublished set the content is the
	// published one, nothing was gathered, and the rest tells the request.
	entry uint64
}

const samePublished = 1 << 63

// yields reports whether a never replaces b, however late it is: a version
// without any task one that has some, one dated only by its run's start one
// with an instant of its own.
func (a *sighting) yields(b *sighting) bool {
	return a.tasks == 0 && b.tasks > 0 || a.undated && !b.undated
}

// outranks reports whether a replaces b, however early it is: where b would
// yield to a and a not to b. So the winner depends on the versions alone, not
// on the order in which runs bring them; but for one that has tasks and no
// instant against one that has an instant and no tasks, where the first stays.
func (a *sighting) outranks(b *sighting) bool { return b.yields(a) && !a.yields(b) }

func compareSightings(a, b sighting) int {
	if c := bytes.Compare(a.key[:], b.key[:]); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(a.observed, b.observed),
		cmp.Compare(a.sequence, b.sequence),
		cmp.Compare(a.position, b.position),
	)
}

// verdict is what becomes of everything a run saw.
type verdict struct {
	old        *published
	wasUndated map[int64]bool      // instants that are no published version's own
	asked      map[schema.Key]bool // see accepted

	counts Counts
	// lost are the entries that are not published, sorted.
	lost []uint64
	// firstSeen is the earliest instant of those entries and published jobs for
	// which it is not what their rows say.
	firstSeen map[uint64]int64
	// replaced are published jobs whose rows go, by the shard they are in.
	replaced map[shard]map[schema.Key]replacement
	// touched are published jobs whose content stays but not all that is said
	// of it.
	touched map[shard]map[schema.Key]touch
	// dirty are the shards that get gathered jobs, in as many buckets as their
	// day has in the snapshot built upon; one, for a new day.
	dirty map[shard]bool
	// undated are the instants of published versions that have none of their own.
	undated map[int64]bool
	// accepted is the latest instant at which a version of a job was accepted
	// or unchanged, for the jobs asked about.
	accepted map[schema.Key]acceptance
	// unchanged says of the jobs SearchTask may have news of whether they were
	// seen again with the published content and none other.
	unchanged map[schema.Key]bool
}

// replacement is the size of the version that replaces a published one.
type replacement struct {
	tasks uint16
	turns uint32
}

// acceptance is when a version was accepted: its instant, then its place in
// the order of delivery.
type acceptance struct{ observed, sequence, position int64 }

func (a acceptance) compare(b acceptance) int {
	return cmp.Or(cmp.Compare(a.observed, b.observed), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.position, b.position))
}

func (v *verdict) accept(s *sighting) {
	a := acceptance{s.observed, s.sequence, int64(s.position)}
	if last, ok := v.accepted[s.key]; !ok || last.compare(a) < 0 {
		v.accepted[s.key] = a
	}
}

// touch changes the row of a published job. Zero fields stay as they are.
type touch struct {
	firstSeen  int64
	observedAt int64
	request    uint64 // sighting.entry of the version that brought the content back
}

// newVerdict begins to decide. asked are the jobs for which accepted is wanted,
// withFacts those for which unchanged is.
func newVerdict(old *published, undated map[int64]bool, asked, withFacts map[schema.Key]bool) *verdict {
	return &verdict{
		old: old, wasUndated: undated, asked: asked,
		firstSeen: map[uint64]int64{},
		replaced:  map[shard]map[schema.Key]replacement{},
		touched:   map[shard]map[schema.Key]touch{},
		dirty:     map[shard]bool{},
		undated:   map[int64]bool{},
		accepted:  map[schema.Key]acceptance{},
		unchanged: withFacts,
	}
}

// decide takes the sightings of some jobs, all there are of each, in order of
// instant, then delivery, and says which version is published. It sorts seen.
func (v *verdict) decide(seen []sighting) {
	slices.SortFunc(seen, compareSightings)
	for len(seen) > 0 {
		n := 1
		for n < len(seen) && seen[n].key == seen[0].key {
			n++
		}
		v.decideJob(seen[:n])
		seen = seen[n:]
	}
}

// finish is called when all is decided.
func (v *verdict) finish() { slices.Sort(v.lost) }

func (v *verdict) decideJob(versions []sighting) {
	key, old := versions[0].key, v.old
	asked := v.asked[key]
	job := old.find(key)
	var current *sighting
	first := versions[0].observed
	var was publishedTimes
	if job != nil {
		was = old.timesOf(job)
		current = &sighting{key: key, observed: was.observedAt, content: job.content, undated: v.wasUndated[was.observedAt]}
		if job.shard&noTasks == 0 {
			current.tasks = 1
		}
		first = min(first, was.firstSeen)
	}
	base, unchanged := current, v.counts.Unchanged
	var replacedBy *sighting
	for i := range versions {
		next := &versions[i]
		v.counts.Seen++
		next, shrunk := v.take(current, next)
		if next == nil {
			v.lose(versions[i].entry)
			if asked && versions[i].content == current.content {
				v.accept(&versions[i])
			}
			continue
		}
		if shrunk && current != base {
			v.counts.Shrunk++
		}
		if current != nil && current != base {
			v.lose(current.entry)
		}
		if current == base {
			replacedBy = next
		}
		current = next
		if asked {
			v.accept(next)
		}
	}
	v.settle(job, base, current, replacedBy, first, was, unchanged)
}

// take counts what becomes of a version that meets the current one, and gives
// it back where it replaces it.
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

// settle notes what the shards have to do for one job.
func (v *verdict) settle(job *publishedJob, base, current, replacedBy *sighting, first int64, was publishedTimes, unchanged int64) {
	if current == base {
		if _, wanted := v.unchanged[current.key]; wanted {
			v.unchanged[current.key] = v.counts.Unchanged > unchanged
		}
		if first < was.firstSeen {
			note(v.touched, v.old.shardOf(job), current.key, touch{firstSeen: first})
		}
		return
	}
	if current.undated {
		v.undated[current.observed] = true
	}
	if current.entry&samePublished != 0 {
		// Another content came and went within this run.
		note(v.touched, v.old.shardOf(job), current.key, touch{first, current.observed, current.entry})
		return
	}
	if first < current.observed {
		v.firstSeen[current.entry] = first
	}
	n := max(1, v.old.buckets[current.day])
	v.dirty[shard{current.day, current.key.Bucket(n), n}] = true
	if job != nil {
		note(v.replaced, v.old.shardOf(job), current.key, replacement{replacedBy.tasks, replacedBy.turns})
	}
}

func note[V any](m map[shard]map[schema.Key]V, s shard, key schema.Key, value V) {
	if m[s] == nil {
		m[s] = map[schema.Key]V{}
	}
	m[s][key] = value
}

func (v *verdict) lose(entry uint64) {
	if entry&samePublished == 0 {
		v.lost = append(v.lost, entry)
	}
}

func (v *verdict) isLost(entry uint64) bool {
	_, lost := slices.BinarySearch(v.lost, entry)
	return lost
}
