package versions

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
	content, name schema.ContentHash // see Version
	since         int64              // its first sighting, ms
}

// contest decides between the versions of a job, which it meets in the order of
// instants, beginning with the published one.
type contest struct {
	counts    *dataset.Counts
	current   *sighting // nil: none
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
			c.confirmed = c.current != nil && c.current.content == content
		default:
			c.holds = append(c.holds, hold{content: content, since: row.Since})
		}
	}
	return nil
}

// meet counts what becomes of a version, and reports whether it is the current one
// now.
func (c *contest) meet(s *sighting) bool {
	c.counts.Seen++
	before := c.current
	switch {
	case before == nil:
		c.counts.New++
		return c.take(s, false)
	case before.content == s.content && (s.observed >= before.observed || s.outranks(before)):
		c.counts.Unchanged++
		c.release(s)
		return false
	case s.observed >= before.observed && s.shrinks(before):
		if c.confirms(s) {
			return c.take(s, true)
		}
		c.hold(s)
		c.counts.Superseded++
		c.counts.Held++
		return false
	case s.yields(before), s.observed < before.observed && !s.outranks(before) && (c.confirmed || !before.shrinks(s)):
		c.counts.Superseded++
		// Of two undated ones the clock went backwards between two runs.
		if s.undated && (!before.undated || !s.yields(before)) {
			c.counts.Undated++
		}
		return false
	}
	late := s.observed < before.observed && before.shrinks(s)
	c.take(s, false)
	if late {
		c.hold(before)
	}
	return true
}

// shrinks reports whether a version is held where b, which is not later, is
// published.
func (a *sighting) shrinks(b *sighting) bool {
	return b.final && lacks(a.tasks, b.tasks) && (b.undated || !a.undated)
}

// take makes a version the current one.
func (c *contest) take(s *sighting, confirmed bool) bool {
	if c.current != nil {
		c.counts.Changed++
		if lacks(s.tasks, c.current.tasks) {
			c.counts.Shrunk++
		}
	}
	c.current, c.confirmed = s, confirmed
	c.release(s)
	return true
}

// release ends what is held since before a sighting of the current version.
func (c *contest) release(s *sighting) {
	dated := s.datedBeside(c.current)
	c.holds = slices.DeleteFunc(c.holds, func(h hold) bool { return dated && h.since < s.observed || h.content == s.content })
}

// datedBeside reports whether the instant of a sighting says anything beside the
// current version: the start of a run, which dates a file without timestamps, is no
// time at which the API showed what is in it.
func (s *sighting) datedBeside(current *sighting) bool { return !s.undated || current.undated }

// find returns the index of what is held of a content, -1 if nothing is.
func (c *contest) find(content schema.ContentHash) int {
	return slices.IndexFunc(c.holds, func(h hold) bool { return h.content == content })
}

// confirms reports whether a version was held for long enough.
func (c *contest) confirms(s *sighting) bool {
	at := c.find(s.content)
	return at >= 0 && s.observed-c.holds[at].since >= confirmAfter && (s.hasTasks || !c.current.hasTasks)
}

// hold holds a version, unless it is held already.
func (c *contest) hold(s *sighting) {
	if c.find(s.content) < 0 {
		c.holds = append(c.holds, hold{s.content, s.name, s.observed})
	}
}

// held returns what is held as package reconcile has it.
func (o *outcome) held() (list []reconcile.Held) {
	for _, h := range o.holds {
		list = append(list, reconcile.Held{ContentHash: nameOf(h.content, h.name), Since: h.since})
	}
	return list
}

// nameOf returns the hash that a version is known by afterwards.
func nameOf(content, name schema.ContentHash) string { return cmp.Or(name, content).String() }
