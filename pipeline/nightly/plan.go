package nightly

import (
	"fmt"
	"slices"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/internal/campaign"
)

// Ways are how jobs are found.
type Ways struct{ Calls, Groups bool }

// Known is what is known of an instance before a run. It is not modified.
type Known struct {
	Covered   calendar.Coverage
	Doubted   []calendar.Doubt
	Campaigns map[string]campaign.Stamp // by id
	// Unnamed are when calls were made that SearchTask has not named.
	Unnamed []time.Time
}

// Work is what is to be fetched of one instance.
type Work struct {
	InstanceID string
	// Windows are searched for the first time, or are named; Again was searched
	// before. Both have the form of calendar.Union, and have nothing in common.
	Windows, Again []calendar.Interval
	// Gaps are days that are not covered and too old for this run.
	Gaps []Gap

	request Request
	ways    Ways
	known   Known
	due     calendar.Coverage // what is to be covered, by way
}

// Gap is a span of days, both included.
type Gap struct{ From, To calendar.Day }

// Flags returns the flags of the pull that fetches the gap.
func (g Gap) Flags() string {
	if g.From == g.To {
		return "--date " + g.From.String()
	}
	return fmt.Sprintf("--from %s --to %s", g.From, g.To)
}

// Over returns the days that a window has a part of.
func (r Request) Over(window calendar.Interval) Gap {
	return Gap{calendar.DayOf(window.From, r.Zone), calendar.DayOf(window.To.Add(-1), r.Zone)}
}

// String names the days.
func (g Gap) String() string {
	if g.From == g.To {
		return g.From.String()
	}
	return fmt.Sprintf("%s to %s", g.From, g.To)
}

// Plan returns what to fetch of an instance. A way in which nothing of it is covered
// has no gaps: it begins with this run.
func (r Request) Plan(instanceID string, ways Ways, k Known) Work {
	w := Work{InstanceID: instanceID, request: r, ways: ways, known: k}
	if r.kind == nothing {
		return w
	}
	all := []calendar.Interval{r.whole()}
	if ways.Calls {
		w.due.Calls = r.missing(all, k.Covered.Calls)
		w.Gaps = r.gaps(k.Covered.Calls, w.Gaps)
	}
	if ways.Groups {
		w.due.Groups = r.missing(all, k.Covered.Groups)
		w.Gaps = r.gaps(k.Covered.Groups, w.Gaps)
	}
	if !ways.Calls {
		w.Windows = w.due.Groups
		return w
	}
	w.Windows = w.due.Calls
	if r.kind == uncovered {
		w.Again = calendar.Subtract(slices.Concat(w.due.Groups, r.again(k)), w.Windows)
	}
	return w
}

// missing is what is to be covered of some time.
func (r Request) missing(all, covered []calendar.Interval) []calendar.Interval {
	if r.kind == named {
		return calendar.Union(all)
	}
	return calendar.Subtract(all, covered)
}

// around is how long before and after a call it is looked for.
const around = 30 * time.Minute

// again is what is searched once more: the lookback, as far as it was searched
// before, and the hours of the calls that were not named. Nights that failed searched
// nothing: the lookback is from the last one that did.
func (r Request) again(k Known) []calendar.Interval {
	if r.Lookback < 0 {
		return nil
	}
	from := calendar.DayOf(r.Now.Add(-r.Lookback), r.Zone)
	if covered := calendar.Union(k.Covered.Calls); len(covered) > 0 {
		next := covered[len(covered)-1].To.Add(24 * time.Hour) // when that night would have been
		from = min(from, calendar.DayOf(next.Add(-r.Lookback), r.Zone))
	}
	back := calendar.Interval{From: from.Start(r.Zone), To: (r.to + 1).Start(r.Zone)}
	again := calendar.Intersect([]calendar.Interval{back}, k.Covered.Calls)
	for _, call := range k.Unnamed {
		again = append(again, calendar.Interval{From: call.Add(-around), To: call.Add(around)})
	}
	return r.kept(again)
}

// gaps adds the uncovered days between the first covered day and r.from.
func (r Request) gaps(covered []calendar.Interval, gaps []Gap) []Gap {
	covered = calendar.Union(covered)
	if r.kind == named || len(covered) == 0 {
		return gaps
	}
	for _, i := range r.kept(calendar.Subtract([]calendar.Interval{{From: covered[0].From, To: r.from.Start(r.Zone)}}, covered)) {
		gaps = append(gaps, Gap{calendar.DayOf(i.From, r.Zone), calendar.DayOf(i.To.Add(-1), r.Zone)})
	}
	return join(gaps)
}

// join puts gaps in order, and makes one of those that touch.
func join(gaps []Gap) []Gap {
	slices.SortFunc(gaps, func(a, b Gap) int { return int(a.From) - int(b.From) })
	var joined []Gap
	for _, g := range gaps {
		if n := len(joined); n > 0 && joined[n-1].To >= g.From-1 {
			joined[n-1].To = max(joined[n-1].To, g.To)
			continue
		}
		joined = append(joined, g)
	}
	return joined
}
