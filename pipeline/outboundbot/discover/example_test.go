package discover_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

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

	// What is due. What is covered is in the manifest.
	now := time.Date(2026, 1, 22, 1, 30, 0, 0, time.UTC)
	request := nightly.Uncovered(nightly.Options{Zone: time.UTC, Now: now, CatchUp: 2 * 24 * time.Hour, Refetch: 30 * 24 * time.Hour})
	work := request.Plan("i", nightly.Ways{Calls: true, Groups: true}, nightly.Known{})

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
	plan := discover.Plan{InstanceID: "i", Windows: work.Windows, Calls: true, Groups: true, Read: work.Read}
	source := discover.NewSource(c, []discover.Plan{plan}, discover.Options{NewReader: newReader, Log: kept})
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
	seen := source.Outcomes()[0]
	after, err := work.After(nightly.Seen{Searched: seen.Searched, Calls: seen.Calls, Listed: seen.Listed})
	if err != nil {
		panic(err)
	}
	fmt.Println("covered", after.Covered.Calls[0].From.Format(time.DateOnly), "to", after.Covered.Calls[0].To.Format(time.DateOnly))
	counts := source.Counters()
	fmt.Println("asked", counts.Asked, "returned", counts.Returned, "by", counts.Requests, "requests")
	// Output:
	// read i SearchTask request R-1
	// read i ListJobGroups request R-2
	// read i ListJobs request R-3
	// covered 2026-01-20 to 2026-01-22
	// asked 2 returned 2 by 3 requests
}
