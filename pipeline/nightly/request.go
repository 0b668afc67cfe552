package nightly

import (
	"fmt"
	"time"

	"callmill/pipeline/calendar"
)

// Options are what a request depends on besides days.
type Options struct {
	Zone     *time.Location // of the dataset
	Now      time.Time      // when the run began
	CatchUp  time.Duration  // how far back uncovered days are fetched
	Lookback time.Duration  // how far back covered days are searched again
	Refetch  time.Duration  // how old a campaign may be that is read for the first time
	// Edge is the beginning of the first day that the dataset keeps; zero: it keeps all.
	// Nothing before it is searched.
	Edge time.Time
}

// first returns the first day from a day on that is kept.
func (o *Options) first(day calendar.Day) calendar.Day {
	if o.Edge.IsZero() {
		return day
	}
	return max(day, calendar.DayOf(o.Edge, o.Zone))
}

// kept returns what of some time is kept.
func (o *Options) kept(all []calendar.Interval) []calendar.Interval {
	if o.Edge.IsZero() {
		return all
	}
	return calendar.Intersect(all, []calendar.Interval{{From: o.Edge, To: o.Now.AddDate(1, 0, 0)}})
}

// Request says which days a run is to fetch. [Uncovered], [Days] and [Nothing] make
// one.
type Request struct {
	Options
	kind kind
	from calendar.Day
	to   calendar.Day // included
}

type kind int

const (
	nothing   kind = iota
	uncovered      // up to a day
	named          // the days are fetched whether they are covered or not
)

// Nothing requests no days.
func Nothing(o Options) Request { return Request{Options: o} }

// Uncovered requests every day up to yesterday that is not covered, as far back
// as CatchUp reaches from now, and again those of the lookback. Older ones are
// reported as gaps.
func Uncovered(o Options) Request {
	return Request{Options: o, kind: uncovered, from: o.first(calendar.DayOf(o.Now.Add(-o.CatchUp), o.Zone)), to: calendar.DayOf(o.Now, o.Zone) - 1}
}

// Through returns a request for the days up to one, given as YYYY-MM-DD. Nothing
// is searched again: that is for the run that requests the last days.
func (r Request) Through(day string) (Request, error) {
	last, err := calendar.ParseDay(day)
	if err != nil {
		return r, err
	}
	r.to, r.Lookback = min(r.to, last), -1
	return r, nil
}

// usageError is an invalid use of --date, --from and --to.
type usageError struct{ reason, hint string }

func (e *usageError) Error() string { return e.reason }

func (e *usageError) Hint() string { return e.hint }

// Days requests the days named by --date, or by --from and --to, whether they are
// covered or not; "" is a flag that was not given. Without --to the last day is
// yesterday, or today where --from is today. A last day in the future is cut to
// now. Errors have a Hint method that says what to do instead.
func Days(o Options, date, from, to string) (Request, error) {
	r := Request{Options: o, kind: named}
	today := calendar.DayOf(o.Now, o.Zone)
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
			fmt.Sprintf("today is %s in %s; yesterday is the last day that is over", today, o.Zone),
		}
	case r.from > r.to:
		return r, &usageError{fmt.Sprintf("--from %s is after --to %s", r.from, r.to), "give the earlier day as --from"}
	case o.first(r.to) > r.to:
		return r, &usageError{
			fmt.Sprintf("%s is before %s, the first day that the dataset keeps", r.to, o.first(r.to)),
			"jobs are kept as long as --retain says, and one that is older would go at once",
		}
	}
	r.from = o.first(r.from)
	return r, nil
}

// whole is the time of all days of the request, up to now.
func (r Request) whole() calendar.Interval {
	all := calendar.Interval{From: r.from.Start(r.Zone), To: (r.to + 1).Start(r.Zone)}
	if all.To.After(r.Now) {
		all.To = r.Now
	}
	return all
}

// Longest is how many days are fetched in one run.
const Longest = 31

// Part is a part of the days of a request, both included, as YYYY-MM-DD.
type Part struct{ From, To string }

// Months divides the days that are fetched by some works of the request into
// calendar months, in their order, where they reach over more than 31 days; else it
// returns nil.
func (r Request) Months(works []Work) []Part {
	first, last := r.to+1, r.to
	for _, w := range works {
		if len(w.Windows) > 0 {
			first = min(first, calendar.DayOf(w.Windows[0].From, r.Zone))
		}
	}
	if r.kind == named {
		last = min(last, calendar.DayOf(r.Now, r.Zone))
	}
	if last-first < Longest {
		return nil
	}
	var parts []Part
	for from := first; from <= last; {
		at := time.Unix(int64(from)*24*60*60, 0).UTC()
		next := calendar.DayOf(time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC), time.UTC)
		parts = append(parts, Part{from.String(), min(last, next-1).String()})
		from = next
	}
	return parts
}
