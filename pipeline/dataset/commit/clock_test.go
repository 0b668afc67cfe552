package commit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"callmill/pipeline/dataset"
)

// TestClock publishes while the clock stands still, goes backwards and jumps:
// snapshots are listed and pruned in the order in which they were published,
// regardless of their names.
func TestClock(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes many snapshots")
	}
	noon := time.Date(2026, 1, 16, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		times []time.Duration // of the runs, from noon
		prune time.Duration
		left  []int // of the runs' snapshots, with two to keep, for an hour
	}{
		"forwards":                {[]time.Duration{0, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour}, 8 * time.Hour, []int{2, 3}},
		"within the age to keep":  {[]time.Duration{0, time.Minute, 2 * time.Minute, 3 * time.Minute}, 30 * time.Minute, []int{0, 1, 2, 3}},
		"one second":              {[]time.Duration{0, 1, 2, 3}, 2 * time.Hour, []int{2, 3}},
		"backwards":               {[]time.Duration{0, -2 * time.Hour, -4 * time.Hour, -6 * time.Hour}, 2 * time.Hour, []int{2, 3}},
		"a night in the future":   {[]time.Duration{0, 90_000 * time.Hour, time.Hour, 2 * time.Hour, 3 * time.Hour}, 5 * time.Hour, []int{1, 3, 4}},
		"from the future to now":  {[]time.Duration{90_000 * time.Hour, 0, time.Hour, 2 * time.Hour}, 4 * time.Hour, []int{0, 2, 3}},
		"an hour ago, for a time": {[]time.Duration{0, -time.Hour, -30 * time.Minute, time.Hour}, 3 * time.Hour, []int{2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			at := &clock{}
			l.options = dataset.Options{Now: at.now, Keep: 2, KeepFor: time.Hour}
			var published []string
			for n, after := range c.times {
				at.Time = noon.Add(after)
				published = append(published, l.run(jobs(call(fmt.Sprint("job-", n), 100, "v1", n))...).Snapshot)
			}
			at.Time = noon.Add(c.prune)
			d, err := dataset.Open(context.Background(), l.dir, l.options)
			l.must(err)
			listed := l.listed()
			if !slices.Equal(listed, published) {
				t.Errorf("listed %q, want %q", listed, published)
			}
			_, err = d.Prune()
			l.must(errors.Join(err, d.Close()))
			left := l.listed()
			var want []string
			for _, n := range c.left {
				want = append(want, published[n])
			}
			// What links a snapshot from the future to the others may be pruned.
			slices.Sort(left)
			slices.Sort(want)
			if !slices.Equal(left, want) {
				t.Errorf("left %q, want %q of %q", left, want, published)
			}
			if rows := l.published(); len(rows) != len(c.times) {
				t.Errorf("%d jobs are published, want one of each run", len(rows))
			}
		})
	}
}

// TestClockBehindData: a version that only its run's start dates is older than
// what is published if the clock went backwards. It is superseded, not lost
// without a word: the count says what to do.
func TestClockBehindData(t *testing.T) {
	l := newLine(t)
	at := &clock{time.Date(2026, 1, 16, 12, 0, 0, 0, time.UTC)}
	l.options.Now = at.now
	l.run(jobs(call("a", 0, "v1", 0))...)
	at.Time = at.Add(-time.Hour)
	p := l.run(jobs(call("a", 0, "v2", 0), call("b", 0, "v1", 0))...)
	if want := (dataset.Counts{Seen: 2, New: 1, Superseded: 1, Undated: 1}); p.Counts != want {
		t.Errorf("counts %+v, want %+v", p.Counts, want)
	}
	// With an instant of its own it counts.
	if p := l.run(jobs(call("a", at.UnixMilli(), "v2", 0))...); p.Counts.Changed != 1 {
		t.Errorf("counts %+v, want it changed", p.Counts)
	}
}

// listed returns the names of the snapshots in their order.
func (l *line) listed() (names []string) {
	l.t.Helper()
	list, err := dataset.List(l.dir)
	l.must(err)
	for _, s := range list {
		names = append(names, s.Name)
	}
	return names
}
