package verdict

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

const dayMS = int64(24 * 3600 * 1000)

// content is a version of a final job: its calls, and how many lines each has.
type content []uint64

func (c content) seenAt(at int64) Sighting {
	s := Sighting{Moment: Moment{Observed: at}, Final: true, HasTasks: len(c) > 0, Content: schema.ContentHash{byte(len(c))}}
	for i, turns := range c {
		s.Content[i+1] = byte(turns)
		s.Tasks = append(s.Tasks, Task{Hash: uint64(i), Turns: turns})
	}
	return s
}

// contents draws versions of which one always has all that another has: n calls, of
// which the last may have fewer lines.
var contents = rapid.Custom(func(t *rapid.T) content {
	n := rapid.IntRange(0, 3).Draw(t, "calls")
	c := slices.Repeat(content{2}, n)
	if n > 0 {
		c[n-1] = rapid.SampledFrom([]uint64{1, 2}).Draw(t, "lines")
	}
	return c
})

// run is what a run makes of a job, given the state that the run before left.
func run(t *rapid.T, before contest, seen []Sighting) contest {
	counts := dataset.Counts{}
	c := contest{counts: &counts, current: before.current, holds: slices.Clone(before.holds), confirmed: before.confirmed}
	seen = slices.Clone(seen)
	slices.SortStableFunc(seen, func(a, b Sighting) int { return int(a.Observed - b.Observed) })
	for i := range seen {
		c.meet(&seen[i])
	}
	if !counts.Balanced() || counts.Held > counts.Superseded || counts.Shrunk > counts.Changed {
		t.Errorf("counts %+v", counts)
	}
	return c
}

// confirmed reports whether any version is confirmed while sightings come.
func confirmed(seen []Sighting) bool {
	c := contest{counts: &dataset.Counts{}}
	for i := range seen {
		if c.meet(&seen[i]); c.confirmed {
			return true
		}
	}
	return false
}

// runs is what runs make of a job that sightings are spread over in their order.
func runs(t *rapid.T, seen []Sighting) (c contest) {
	for len(seen) > 0 {
		n := rapid.IntRange(1, len(seen)).Draw(t, "run")
		c = run(t, c, seen[:n])
		seen = seen[n:]
	}
	return c
}

func (c *contest) spell() string {
	text := fmt.Sprintf("%x of %d, confirmed %v", c.current.Content[:4], c.current.Observed, c.confirmed)
	for _, h := range c.holds {
		text += fmt.Sprintf("; held %x since %d", h.content[:4], h.since)
	}
	return text
}

// TestHeldInAnyOrder: of contents that were seen at one instant each the same one is
// published in whatever order and runs they come.
func TestHeldInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfNDistinct(contents, 2, 6, func(c content) string { return fmt.Sprint(c) }).Draw(t, "contents")
		var seen []Sighting
		at := int64(1)
		for _, c := range list {
			seen = append(seen, c.seenAt(at))
			at += rapid.SampledFrom([]int64{1, dayMS / 2, 2 * dayMS}).Draw(t, "later")
		}
		want := run(t, contest{}, seen)
		got := runs(t, rapid.Permutation(seen).Draw(t, "order"))
		if got.current.Content != want.current.Content || got.current.Observed != want.current.Observed {
			t.Errorf("published is %s, in the order of instants %s", got.spell(), want.spell())
		}
	})
}

// TestHeldInTime: it does not matter how sightings in the order of instants are
// spread over runs, neither for what is published nor for what is held.
func TestHeldInTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var seen []Sighting
		at := int64(1)
		for _, c := range rapid.SliceOfN(contents, 1, 10).Draw(t, "contents") {
			seen = append(seen, c.seenAt(at))
			at += rapid.SampledFrom([]int64{1, dayMS / 2, dayMS}).Draw(t, "later")
		}
		want := run(t, contest{}, seen)
		if got := runs(t, seen); got.spell() != want.spell() {
			t.Errorf("%s, in one run %s", got.spell(), want.spell())
		}
		// Of a version that was confirmed nothing is known any more once another one
		// is published.
		if confirmed(seen) && !want.confirmed {
			return
		}
		again := run(t, want, seen)
		if again.spell() != want.spell() {
			t.Errorf("once more it is %s, was %s", again.spell(), want.spell())
		}
	})
}

// TestLastContentWins: whatever came in whatever order, also of versions of which
// neither is fuller, what the API shows twice, a day apart, at the end is published,
// and nothing is held; but for a version without calls.
func TestLastContentWins(t *testing.T) {
	any := rapid.SliceOfN(rapid.Uint64Range(0, 2), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		var seen []Sighting
		some := false
		for _, c := range rapid.SliceOfN(any, 1, 6).Draw(t, "contents") {
			some = some || len(c) > 0
			seen = append(seen, content(c).seenAt(rapid.Int64Range(1, 6).Draw(t, "at")*dayMS/2))
		}
		c := runs(t, rapid.Permutation(seen).Draw(t, "order"))
		last := rapid.SampledFrom(seen).Draw(t, "last")
		for at := range int64(2) {
			last.Observed = (10 + at) * dayMS
			c = run(t, c, []Sighting{last})
		}
		if !last.HasTasks && some {
			if !c.current.HasTasks {
				t.Errorf("a version without calls is published: %s", c.spell())
			}
			return
		}
		if c.current.Content != last.Content || len(c.holds) > 0 {
			t.Errorf("%s, want %x, which the API shows", c.spell(), last.Content[:4])
		}
	})
}
