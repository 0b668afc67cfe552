package nightly_test

import (
	"fmt"
	"time"

	"callmill/pipeline/internal/calendar"
	"callmill/pipeline/nightly"
	"callmill/schema"
)

// A night catches up with two days, and leaves one job to be asked for again.
func Example() {
	zone, now := time.UTC, time.Date(2026, 1, 22, 1, 30, 0, 0, time.UTC)
	covered := map[string]calendar.Coverage{
		"sales": {Calls: []calendar.Interval{{From: time.Date(2026, 1, 1, 0, 0, 0, 0, zone), To: time.Date(2026, 1, 20, 0, 0, 0, 0, zone)}}},
	}
	work := nightly.Uncovered(zone, now, 7*24*time.Hour).Plan([]string{"sales"}, covered)
	for _, w := range work[0].Windows {
		fmt.Println("fetch from", w.From.Format(time.DateOnly), "to", w.To.Format(time.DateOnly))
	}

	// Fetch the windows and what is pending, and record what came.
	tracker := nightly.NewTracker(nightly.Rules{Now: now, Settle: 24 * time.Hour, Refetch: 30 * 24 * time.Hour}, nil)
	tracker.Saw(schema.Sighting{InstanceID: "sales", JobID: "a", Final: true, LastCall: now.Add(-25 * time.Hour), ObservedAt: now})
	tracker.Saw(schema.Sighting{InstanceID: "sales", JobID: "b", Final: true, LastCall: now.Add(-3 * time.Hour), ObservedAt: now})

	// What the next snapshot keeps.
	covered = nightly.Cover(covered, work, zone, now)
	fmt.Println("covered until", covered["sales"].Calls[0].To.Format(time.DateOnly))
	for _, p := range tracker.Pending() {
		fmt.Println("pending", p.JobID, p.Reason)
	}
	// Output:
	// fetch from 2026-01-20 to 2026-01-22
	// covered until 2026-01-22
	// pending b settling
}
