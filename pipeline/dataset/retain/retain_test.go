package retain_test

import (
	"testing"
	"time"

	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// The edge is the beginning of a day of the dataset's time zone, also where clocks
// change.
func TestEdgeOfZones(t *testing.T) {
	for _, c := range []struct{ zone, now, want string }{
		{"Asia/Shanghai", "2026-07-01T16:30:00Z", "2026-01-02T16:00:00Z"}, // already the second there
		{"Asia/Shanghai", "2026-07-01T15:30:00Z", "2026-01-01T16:00:00Z"},
		{"Europe/Berlin", "2026-07-01T00:30:00Z", "2026-01-01T23:00:00Z"}, // in winter an hour earlier
		{"America/Santiago", "2026-03-05T12:00:00Z", "2025-09-06T04:00:00Z"},
		{"America/Santiago", "2026-03-06T12:00:00Z", "2025-09-07T04:00:00Z"}, // a day that begins at 01:00
		{"Pacific/Apia", "2012-06-27T12:00:00Z", "2011-12-30T10:00:00Z"},     // a day that the zone skips
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		limits, err := retain.Of(erased.In(durable.OS{}, t.TempDir()), 180, now, zone)
		if got := limits.Begin.Format(time.RFC3339); err != nil || got != c.want {
			t.Errorf("%s at %s: the edge, %s, begins at %s (%v), want %s", c.zone, c.now, limits.Edge, got, err, c.want)
		}
	}
}

func TestOnHold(t *testing.T) {
	store := erased.In(durable.OS{}, t.TempDir())
	if err := store.WriteHolds([]erased.Hold{{Job: erased.Job{InstanceID: "i", JobID: "disputed"}, Reason: "a complaint", Day: "2026-01-01"}}); err != nil {
		t.Fatal(err)
	}
	limits, err := retain.Of(store, 180, time.Unix(1_800_000_000, 0), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for job, want := range map[string]bool{"disputed": true, "other": false} {
		if got := limits.OnHold(schema.JobKey(nil, "i", job)); got != want {
			t.Errorf("%s is on hold: %v", job, got)
		}
	}
}

func TestDatasetThatKeepsAll(t *testing.T) {
	limits, err := retain.Of(erased.In(durable.OS{}, t.TempDir()), 0, time.Unix(1_800_000_000, 0), time.UTC)
	if err != nil || limits.Millis() != 0 || limits.Edge != 0 {
		t.Errorf("limits %+v (%v)", limits, err)
	}
}
