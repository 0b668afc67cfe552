package discover_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"callmill/pipeline/internal/calendar"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/nightly"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/rawlog"
	"callmill/schema"
)

// A night: nightly plans what is due, discover fetches it, rawlog keeps it.
func Example() {
	api := newFake()
	api.add("done", "g", time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC))
	api.add("paused", "g", time.Date(2026, 1, 21, 9, 0, 0, 0, time.UTC)).status = "Paused"
	server := httptest.NewServer(api)
	defer server.Close()
	dir, err := os.MkdirTemp("", "raw")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)

	// What is due. What is covered and what is pending are in the manifest.
	now := time.Date(2026, 1, 22, 1, 30, 0, 0, time.UTC)
	covered := map[string]calendar.Coverage{}
	work := nightly.Uncovered(time.UTC, now, 2*24*time.Hour).Plan([]string{"i"}, covered)
	tracker := nightly.NewTracker(nightly.Rules{Now: now, Settle: 24 * time.Hour, Refetch: 30 * 24 * time.Hour}, nil)

	// Where it is kept: a run that never finished is resumed.
	const run = "20260122T013000Z-1f3a9c"
	unfinished, err := rawlog.Unfinished(durable.OS{}, filepath.Join(dir, "raw"), rawlog.Nightly, func(run string) bool { return true })
	if err != nil {
		panic(err)
	}
	kept, err := rawlog.Open(rawlog.Options{Dir: filepath.Join(dir, "raw"), Run: run, Resume: unfinished})
	if err != nil {
		panic(err)
	}

	// Fetch. With pipeline.Run, the source is its input.
	c, err := client.New(client.Options{Endpoint: server.URL, Keys: &client.Keys{ID: "demo", Secret: "demo-secret"}})
	if err != nil {
		panic(err)
	}
	defer c.Close()
	plan := discover.Plan{InstanceID: work[0].InstanceID, Windows: work[0].Windows, Calls: true, Groups: true, Refetch: 30 * 24 * time.Hour, JobIDs: tracker.Ask("i")}
	source := discover.NewSource(c, []discover.Plan{plan}, discover.Options{NewReader: newReader, Log: kept, Saw: tracker.Saw})
	err = source.Raws(context.Background(), func(raw *schema.Raw) error {
		fmt.Println("read", raw.InstanceID, raw.Origin)
		return nil
	})
	if err != nil {
		panic(err)
	}
	if err := kept.Close(); err != nil {
		panic(err)
	}

	// What the next snapshot says of itself.
	covered = nightly.Cover(covered, work, time.UTC, now)
	fmt.Println("covered", covered["i"].Calls[0].From.Format(time.DateOnly), "to", covered["i"].Calls[0].To.Format(time.DateOnly))
	for _, p := range tracker.Pending() {
		fmt.Println("pending", p.JobID, p.Reason, p.Since.Format(time.DateTime))
	}
	counts := source.Counters()
	fmt.Println("asked", counts.Asked, "returned", counts.Returned, "by", counts.Requests, "requests")
	// Output:
	// read i SearchTask request R-1
	// read i ListJobGroups request R-2
	// read i ListJobs request R-3
	// covered 2026-01-20 to 2026-01-22
	// pending paused not_final 2026-01-21 09:00:00
	// asked 2 returned 2 by 3 requests
}
