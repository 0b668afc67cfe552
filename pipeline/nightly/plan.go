package nightly

import (
	"fmt"
	"maps"
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
func (r Request) Plan(instances []string, covered map[string]calendar.Coverage) []Work {
	work := make([]Work, len(instances))
	for i, id := range instances {
		work[i] = Work{InstanceID: id, Windows: r.windows(covered[id].Whole()), Gaps: r.gaps(covered[id].Whole())}
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
func Cover(covered map[string]calendar.Coverage, work []Work, zone *time.Location, now time.Time) map[string]calendar.Coverage {
	all := map[string]calendar.Coverage{}
	maps.Copy(all, covered)
	for _, w := range work {
		over := calendar.Over(w.Windows, zone, now)
		if sum := all[w.InstanceID].Add(calendar.Coverage{Calls: over, Groups: over}); !sum.Empty() {
			all[w.InstanceID] = sum
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// usageError is an invalid use of --date, --from and --to.
type usageError struct{ reason, hint string }

func (e *usageError) Error() string { return e.reason }

func (e *usageError) Hint() string { return e.hint }

// Request says which days a run is to fetch. [Uncovered] and [Days] make one.
type Request struct {
	zone *time.Location
	now  time.Time
	from calendar.Day
	to   calendar.Day // included
	// named: the days are fetched whether they are covered or not.
	named bool
}

// Uncovered requests every day up to yesterday that is not covered, as far back
// as catchUp reaches from now. Older ones are reported as gaps.
func Uncovered(zone *time.Location, now time.Time, catchUp time.Duration) Request {
	return Request{zone: zone, now: now, from: calendar.DayOf(now.Add(-catchUp), zone), to: calendar.DayOf(now, zone) - 1}
}

// Days requests the days named by --date, or by --from and --to, whether they are
// covered or not; "" is a flag that was not given. Without --to the last day is
// yesterday, or today where --from is today. A last day in the future is cut to
// now. Errors have a Hint method that says what to do instead.
func Days(zone *time.Location, now time.Time, date, from, to string) (Request, error) {
	r := Request{zone: zone, now: now, named: true}
	today := calendar.DayOf(now, zone)
	switch {
	case date != "" && (from != "" || to != ""):
		return r, &usageError{"--date and --from or --to are both given", "--date D is short for --from D --to D"}
	case date != "":
		from, to = date, date
	case from == "" && to == "":
		return r, &usageError{"no day is given", "give --date 2026-01-21, for example, or --from and --to"}
	case from == "":
		return r, &usageError{"--to is given without --from", "give the first day with --from"}
	case to == "":
		to = (today - 1).String()
		if from == today.String() {
			to = from
		}
	}
	var err error
	name := "--from"
	if date != "" {
		name = "--date"
	}
	if r.from, err = calendar.ParseDay(from); err != nil {
		return r, &usageError{name + ": " + err.Error(), "give it as YYYY-MM-DD, for example " + name + " 2026-01-21"}
	}
	if r.to, err = calendar.ParseDay(to); err != nil {
		return r, &usageError{"--to: " + err.Error(), "give it as YYYY-MM-DD, for example --to 2026-01-21"}
	}
	switch {
	case r.from < 0:
		return r, &usageError{fmt.Sprintf("%s %s is before 1970", name, r.from), "give a day on which calls were made"}
	case r.from > today:
		return r, &usageError{
			fmt.Sprintf("%s %s is in the future", name, r.from),
			fmt.Sprintf("today is %s in %s; yesterday is the last day that is over", today, zone),
		}
	case r.from > r.to:
		return r, &usageError{fmt.Sprintf("--from %s is after --to %s", r.from, r.to), "give the earlier day as --from"}
	}
	return r, nil
}
