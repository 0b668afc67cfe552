package nightly_test

import (
	"fmt"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/nightly"
	"callmill/schema"
)

// A night catches up with two days. One of them is not seen whole.
func Example() {
	now := time.Date(2026, 1, 22, 1, 30, 0, 0, time.UTC)
	at := func(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }
	before := []calendar.Interval{{From: at(1), To: at(20)}}
	request := nightly.Uncovered(nightly.Options{
		Zone: time.UTC, Now: now, CatchUp: 7 * 24 * time.Hour, Lookback: 3 * 24 * time.Hour, Refetch: 30 * 24 * time.Hour,
	})
	work := request.Plan("sales", nightly.Ways{Calls: true, Groups: true}, nightly.Known{Covered: calendar.Coverage{Calls: before, Groups: before}})
	for _, w := range work.Windows {
		fmt.Println("search from", w.From.Format(time.DateOnly), "to", w.To.Format(time.DateOnly))
	}
	for _, w := range work.Again {
		fmt.Println("search again from", w.From.Format(time.DateOnly), "to", w.To.Format(time.DateOnly))
	}
	fmt.Println("read the campaign:", work.Read(&schema.JobGroupRow{JobGroupID: "spring", CreationTime: at(3).UnixMilli()}))

	after, err := work.After(nightly.Seen{Searched: []calendar.Interval{{From: at(19), To: at(21)}}, Listed: true})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println("covered by calls until", after.Covered.Calls[0].To.Format(time.DateOnly), "by campaigns until", after.Covered.Groups[0].To.Format(time.DateOnly))
	for _, gap := range after.Uncovered {
		fmt.Println("left uncovered:", gap)
	}
	// Output:
	// search from 2026-01-20 to 2026-01-22
	// search again from 2026-01-18 to 2026-01-20
	// read the campaign: true
	// covered by calls until 2026-01-21 by campaigns until 2026-01-22
	// left uncovered: 2026-01-21
}
