// Package retain says what a run keeps of a dataset that keeps jobs for some days
// only: from which day on, which jobs are on hold, and what outlives the others.
//
// The edge is the first day that is kept. What lies before it is left out by package
// verdict, each version by its own last call. A job that is on hold is left alone. What
// a contact asked for, not to be called again, is kept when its job goes.
package retain

import (
	"fmt"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/erased"
	"callmill/schema"
)

// Limits are those of a run. The zero value keeps all.
type Limits struct {
	Edge  calendar.Day // the first day that is kept; 0: all are
	Begin time.Time    // of that day; zero: none
	zone  *time.Location
	holds map[schema.Key]bool
}

// Of returns the limits of a run that starts at an instant, on a dataset that keeps
// jobs for so many days, 0 being for good, and has its days in a time zone. more jobs are
// on hold besides those that the store has.
func Of(store *erased.Store, days int, started time.Time, zone *time.Location, more ...erased.Hold) (*Limits, error) {
	l := &Limits{}
	if days == 0 {
		return l, nil
	}
	l.Edge = Edge(days, started, zone)
	l.Begin, l.zone = l.Edge.Start(zone), zone
	holds, err := store.Holds()
	if err != nil {
		return nil, fmt.Errorf("read which jobs are on hold: %w", err)
	}
	l.holds = make(map[schema.Key]bool, len(holds))
	for _, h := range append(holds, more...) {
		l.holds[schema.JobKey(nil, h.InstanceID, h.JobID)] = true
	}
	return l, nil
}

// Edge returns the first day that a run keeps: its own less so many days.
func Edge(days int, started time.Time, zone *time.Location) calendar.Day {
	return calendar.DayOf(started, zone) - calendar.Day(days)
}

// Millis returns the beginning of the edge in ms; 0: there is none.
func (l *Limits) Millis() int64 {
	if l.Begin.IsZero() {
		return 0
	}
	return l.Begin.UnixMilli()
}

// OnHold reports whether a job is kept however old it is. Safe for concurrent use.
func (l *Limits) OnHold(key schema.Key) bool { return l.holds[key] }
