package commit_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"callmill/schema"
)

// versions draws versions of a few jobs: every content of a job at one
// instant of its own, some without tasks, on days that differ.
func versions(t *rapid.T) []*schema.Job {
	var all []*schema.Job
	for id := range rapid.IntRange(1, 6).Draw(t, "jobs") {
		instants := rapid.SliceOfNDistinct(rapid.Int64Range(1, 50), 1, 4, rapid.ID[int64]).Draw(t, "instants")
		for n, at := range instants {
			days := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 3).Draw(t, "days")
			all = append(all, call(fmt.Sprintf("job-%d", id), 1_700_000_000_000+at, fmt.Sprintf("第%d版", n), days...))
		}
	}
	return all
}

// edges are the beginnings of what is kept that versions may lie before; 0: all is.
var edges = rapid.SampledFrom([]int64{0, 0, 1_700_000_000_025, day0 + dayMS, day0 + 2*dayMS, day0 + 2*dayMS + 1, day0 + 4*dayMS})

// TestConverges: for any runs, their order, repetitions, the number of
// workers and the memory, the tables are the same, byte for byte; also where what
// lies before an edge is left out, one for all.
func TestConverges(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs thousands of random cases")
	}
	rapid.Check(t, func(rt *rapid.T) {
		all := versions(rt)
		edge, hold := edges.Draw(rt, "edge"), rapid.SampledFrom([]string{"", "job-0"}).Draw(rt, "on hold")
		atOnce := newLine(t)
		atOnce.rules.Edge, atOnce.hold = edge, hold
		atOnce.run(jobs(all...)...)

		split := newLine(t)
		split.rules.Edge, split.hold = edge, hold
		rest := rapid.Permutation(all).Draw(rt, "order")
		for len(rest) > 0 {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "run")
			deliver := slices.Clone(rest[:n])
			rest = rest[n:]
			deliver = append(deliver, rapid.SliceOfN(rapid.SampledFrom(all), 0, 3).Draw(rt, "again")...)
			split.appenders = rapid.IntRange(1, 4).Draw(rt, "workers")
			split.memory = rapid.SampledFrom([]int64{0, 1, 4096, 1 << 16}).Draw(rt, "memory")
			before := int64(len(split.published()))
			counts := split.run(jobs(deliver...)...).Counts
			if wrong := append(counts.Wrong(), counts.WrongJobs(int64(len(split.published())), before)); wrong[0] != "" {
				rt.Errorf("%q", wrong)
			}
		}
		for id, row := range split.published() {
			if at := cmp.Or(row.LastCallTime, row.FirstSeen); at < edge && id != hold {
				rt.Errorf("%s of %d is before the edge, %d", id, at, edge)
			}
		}
		if got, want := split.published(), atOnce.published(); !reflect.DeepEqual(got, want) {
			rt.Errorf("published jobs\n%+v\nwant\n%+v", got, want)
		}
		sameTables(rt, split.tables(), atOnce.tables())
	})
}
