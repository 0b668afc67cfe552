package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// confirmAfter is how long after its first sighting a version that is held must be
// seen again to be published.
const confirmAfter = int64(24 * time.Hour / time.Millisecond)

// A version of a final job that lacks one of its tasks or has fewer turns in one is
// more likely an answer that went wrong than what became of the job. So it does not
// replace the fuller one, in whatever order the two arrive, but is held, as an entry
// of what is pending with its content and its first instant. The job is asked for
// again, and the answer decides:
//
//   - the fuller one again: nothing is held any more;
//   - the same, confirmAfter its first sighting or later, and the fuller one not seen
//     in between: it is published, and confirmed: the fuller one given again with its
//     old instant does not come back.
//
// A version without any task is never published in the place of one that has some.
//
// Of a version that is not published only that much is kept. So where versions come
// in another order than they were seen in, and neither of two is fuller than the
// other, one may be published that would not have been; what the API still shows is
// published once it is asked for again.

// hold is a version that is held.
type hold struct {
	content, name schema.ContentHash // see Sighting
	since         int64              // its first sighting, ms
}

// contest decides between the versions of a job, which it meets in the order of
// instants, beginning with the published one.
type contest struct {
	counts    *dataset.Counts
	current   *Sighting // nil: none
	holds     []hold
	confirmed bool // current shrank, and was confirmed
}

// load takes up what is held and confirmed of a job.
func (c *contest) load(entries []schema.PendingRow) error {
	for i := range entries {
		row := &entries[i]
		if row.ContentHash == "" {
			continue // as most have
		}
		content, err := schema.ParseContentHash(row.ContentHash)
		switch {
		case err != nil:
			return fmt.Errorf("what is pending of job %s: %w", row.JobID, err)
		case row.Reason == schema.PendingConfirmed:
			c.confirmed = c.current != nil && c.current.Content == content
		default:
			c.holds = append(c.holds, hold{content: content, since: row.Since})
		}
	}
	return nil
}

// meet counts what becomes of a version, and reports whether it is the current one
// now.
func (c *contest) meet(s *Sighting) bool {
	c.counts.Seen++
	before := c.current
	switch {
	case before == nil:
		c.counts.New++
		return c.take(s, false)
	case before.Content == s.Content && (s.Observed >= before.Observed || s.outranks(before)):
		c.counts.Unchanged++
		c.release(s)
		return false
	case s.Observed >= before.Observed && s.shrinks(before):
		if c.confirms(s) {
			return c.take(s, true)
		}
		c.hold(s)
		c.counts.Superseded++
		c.counts.Held++
		return false
	case s.yields(before), s.Observed < before.Observed && !s.outranks(before) && (c.confirmed || !before.shrinks(s)):
		c.counts.Superseded++
		// Of two undated ones the clock went backwards between two runs.
		if s.Undated && (!before.Undated || !s.yields(before)) {
			c.counts.Undated++
		}
		return false
	}
	late := s.Observed < before.Observed && before.shrinks(s)
	c.take(s, false)
	if late {
		c.hold(before)
	}
	return true
}

// shrinks reports whether a version is held where b, which is not later, is
// published. Of two sightings of one content one may not know its tasks.
func (a *Sighting) shrinks(b *Sighting) bool {
	return b.Final && a.Content != b.Content && lacks(a.Tasks, b.Tasks) && (b.Undated || !a.Undated)
}

// take makes a version the current one.
func (c *contest) take(s *Sighting, confirmed bool) bool {
	if c.current != nil {
		c.counts.Changed++
		if lacks(s.Tasks, c.current.Tasks) {
			c.counts.Shrunk++
		}
	}
	c.current, c.confirmed = s, confirmed
	c.release(s)
	return true
}

// release ends what is held since before a sighting of the current version.
func (c *contest) release(s *Sighting) {
	dated := s.datedBeside(c.current)
	c.holds = slices.DeleteFunc(c.holds, func(h hold) bool { return dated && h.since < s.Observed || h.content == s.Content })
}

// datedBeside reports whether the instant of a sighting says anything beside the
// current version: the start of a run, which dates a file without timestamps, is no
// time at which the API showed what is in it.
func (s *Sighting) datedBeside(current *Sighting) bool { return !s.Undated || current.Undated }

// find returns the index of what is held of a content, -1 if nothing is.
func (c *contest) find(content schema.ContentHash) int {
	return slices.IndexFunc(c.holds, func(h hold) bool { return h.content == content })
}

// confirms reports whether a version was held for long enough.
func (c *contest) confirms(s *Sighting) bool {
	at := c.find(s.Content)
	return at >= 0 && s.Observed-c.holds[at].since >= confirmAfter && (s.HasTasks || !c.current.HasTasks)
}

// hold holds a version, unless it is held already.
func (c *contest) hold(s *Sighting) {
	if c.find(s.Content) < 0 {
		c.holds = append(c.holds, hold{s.Content, s.Name, s.Observed})
	}
}

// held returns what is held as package reconcile has it.
func (c *contest) held() (list []reconcile.Held) {
	for _, h := range c.holds {
		list = append(list, reconcile.Held{ContentHash: nameOf(h.content, h.name), Since: h.since})
	}
	return list
}

// nameOf returns the hash that a version is known by afterwards.
func nameOf(content, name schema.ContentHash) string { return cmp.Or(name, content).String() }

// yields reports whether a never replaces b, however late it is: a version
// without any task one that has some, one dated only by its run's start one
// with a timestamp of its own.
func (a *Sighting) yields(b *Sighting) bool {
	return !a.HasTasks && b.HasTasks || a.Undated && !b.Undated
}

// outranks reports whether a replaces b, however early it is: where b would
// yield to a and a not to b. So the winner depends on the versions alone, not
// on the order in which runs bring them; but for one that has tasks and no
// timestamp against one that has a timestamp and no tasks, where the first stays.
func (a *Sighting) outranks(b *Sighting) bool { return b.yields(a) && !a.yields(b) }
