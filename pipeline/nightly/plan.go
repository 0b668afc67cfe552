package nightly

import (
	"fmt"
	"time"

	"callmill/pipeline/internal/calendar"
)

// Work is what is to be fetched of one instance.
type Work struct {
	InstanceID string
	// Windows are in order, and neither overlap nor touch.
	Windows []calendar.Interval
	// Gaps are days that are not covered and too old for this run.
	Gaps []Gap
}

// Gap is a span of days, both included, that no later run fetches by itself.
type Gap struct{ From, To calendar.Day }

// Flags returns the flags of the pull that fetches the gap.
func (g Gap) Flags() string {
	if g.From == g.To {
		return "--date " + g.From.String()
	}
	return fmt.Sprintf("--from %s --to %s", g.From, g.To)
}

// Plan returns what to fetch of each instance, given what is covered, in the order
// of instances. An instance of which nothing is covered has no gaps: it begins
// with this run.
func (r Request) Plan(instances []string, covered map[string][]calendar.Interval) []Work {
	work := make([]Work, len(instances))
	for i, id := range instances {
		work[i] = Work{InstanceID: id, Windows: r.windows(covered[id]), Gaps: r.gaps(covered[id])}
	}
	return work
}

func (r Request) windows(covered []calendar.Interval) []calendar.Interval {
	asked := calendar.Interval{From: r.from.Start(r.zone), To: (r.to + 1).Start(r.zone)}
	if asked.To.After(r.now) {
		asked.To = r.now
	}
	if r.named {
		return calendar.Union([]calendar.Interval{asked})
	}
	return calendar.Subtract([]calendar.Interval{asked}, covered)
}

// gaps are the uncovered days between the first covered day and r.from.
func (r Request) gaps(covered []calendar.Interval) []Gap {
	covered = calendar.Union(covered)
	if r.named || len(covered) == 0 {
		return nil
	}
	var gaps []Gap
	for _, i := range calendar.Subtract([]calendar.Interval{{From: covered[0].From, To: r.from.Start(r.zone)}}, covered) {
		from, to := calendar.DayOf(i.From, r.zone), calendar.DayOf(i.To.Add(-1), r.zone)
		if n := len(gaps); n > 0 && gaps[n-1].To >= from-1 {
			gaps[n-1].To = to
			continue
		}
		gaps = append(gaps, Gap{from, to})
	}
	return gaps
}

// Cover returns covered with the days that were fetched, as far as they were over
// at now: a day is not covered by fetching its morning. The result is nil where
// nothing is covered. It does not modify covered.
func Cover(covered map[string][]calendar.Interval, work []Work, zone *time.Location, now time.Time) map[string][]calendar.Interval {
	all := map[string][]calendar.Interval{}
	for instance, intervals := range covered {
		all[instance] = intervals
	}
	for _, w := range work {
		if union := calendar.Union(all[w.InstanceID], calendar.Over(w.Windows, zone, now)...); len(union) > 0 {
			all[w.InstanceID] = union
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
