package nightly

import (
	"fmt"
	"time"

	"callmill/pipeline/internal/calendar"
)

// UsageError is an invalid combination of --date, --from and --to.
type UsageError struct{ reason, hint string }

// Error says what is wrong.
func (e *UsageError) Error() string { return e.reason }

// Hint says what to do instead.
func (e *UsageError) Hint() string { return e.hint }

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
// now. Errors are of type *UsageError.
func Days(zone *time.Location, now time.Time, date, from, to string) (Request, error) {
	r := Request{zone: zone, now: now, named: true}
	today := calendar.DayOf(now, zone)
	switch {
	case date != "" && (from != "" || to != ""):
		return r, &UsageError{"--date and --from or --to are both given", "--date D is short for --from D --to D"}
	case date != "":
		from, to = date, date
	case from == "" && to == "":
		return r, &UsageError{"no day is given", "give --date 2026-01-21, for example, or --from and --to"}
	case from == "":
		return r, &UsageError{"--to is given without --from", "give the first day with --from"}
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
		return r, &UsageError{name + ": " + err.Error(), "give it as YYYY-MM-DD, for example " + name + " 2026-01-21"}
	}
	if r.to, err = calendar.ParseDay(to); err != nil {
		return r, &UsageError{"--to: " + err.Error(), "give it as YYYY-MM-DD, for example --to 2026-01-21"}
	}
	switch {
	case r.from < 0:
		return r, &UsageError{fmt.Sprintf("%s %s is before 1970", name, r.from), "give a day on which calls were made"}
	case r.from > today:
		return r, &UsageError{
			fmt.Sprintf("%s %s is in the future", name, r.from),
			fmt.Sprintf("today is %s in %s; yesterday is the last day that is over", today, zone),
		}
	case r.from > r.to:
		return r, &UsageError{fmt.Sprintf("--from %s is after --to %s", r.from, r.to), "give the earlier day as --from"}
	}
	return r, nil
}
