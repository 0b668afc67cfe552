package nightly_test

import (
	"testing"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/internal/campaign"
	"callmill/pipeline/nightly"
	"callmill/schema"
)

// TestReadCampaigns: which campaigns a night reads, given their stamps.
func TestReadCampaigns(t *testing.T) {
	now := instant(t, "2026-01-22T01:30:00Z")
	ago := func(days int) int64 { return now.AddDate(0, 0, -days).UnixMilli() }
	number := func(n int64) *int64 { return &n }
	over := func(created, modified int) schema.JobGroupRow {
		return schema.JobGroupRow{
			JobGroupID: "g", JobGroupStatus: "Completed", CreationTime: ago(created), ModifyTime: ago(modified), TotalJobs: number(4), TotalCompleted: number(4),
		}
	}
	stamped := func(g schema.JobGroupRow, read int) *campaign.Stamp {
		s := campaign.StampOf(&g, 4, ago(read), nil)
		return &s
	}
	change := func(g schema.JobGroupRow, f func(*schema.JobGroupRow)) schema.JobGroupRow { f(&g); return g }
	tests := []struct {
		what  string
		group schema.JobGroupRow
		stamp *campaign.Stamp
		night bool
		named bool // by a pull of the same days by name
		facts bool
	}{
		{"never read, young", over(20, 20), nil, true, true, true},
		{"never read, old and over", over(90, 60), nil, false, false, true},
		{"never read, old, and goes on", change(over(90, 60), func(g *schema.JobGroupRow) { g.JobGroupStatus = "Executing" }), nil, true, true, true},
		{"never read, old, and changed since", over(90, 1), nil, true, true, true},
		{"could not be read, old and over", over(90, 60), &campaign.Stamp{}, true, true, true},
		{"never read, of today", over(0, 0), nil, false, false, false},
		{"never read, of yesterday", change(over(1, 1), func(g *schema.JobGroupRow) { g.CreationTime += 3_600_000 }), nil, true, true, false},
		{"read yesterday, unchanged", over(20, 20), stamped(over(20, 20), 1), false, true, false},
		{"read yesterday, edited since", over(20, 1), stamped(over(20, 20), 1), true, true, false},
		{"read yesterday, of another status", over(20, 20), stamped(change(over(20, 20), func(g *schema.JobGroupRow) { g.JobGroupStatus = "Executing" }), 1), true, true, false},
		{"read yesterday, with more jobs", change(over(20, 20), func(g *schema.JobGroupRow) { g.TotalJobs = number(5) }), stamped(over(20, 20), 1), true, true, false},
		{"read yesterday, with more calls", change(over(90, 90), func(g *schema.JobGroupRow) { g.TotalCompleted = number(5) }), stamped(over(90, 90), 1), false, true, false},
		{"its list showed too few", over(20, 20), &campaign.Stamp{Status: "Completed", ModifyTime: ago(20), TotalJobs: number(4), TotalCompleted: number(4), Listed: 3, ReadAt: ago(1)}, true, true, false},
		{"it showed too few long ago", over(90, 90), &campaign.Stamp{Status: "Completed", ModifyTime: ago(90), TotalJobs: number(4), TotalCompleted: number(4), Listed: 3, ReadAt: ago(50)}, false, false, false},
		{"goes on without a total", change(over(20, 20), func(g *schema.JobGroupRow) { g.JobGroupStatus, g.TotalJobs = "Executing", nil }),
			stamped(change(over(20, 20), func(g *schema.JobGroupRow) { g.JobGroupStatus, g.TotalJobs = "Executing", nil }), 1), true, true, false},
		{"read a week ago", over(20, 20), stamped(over(20, 20), 7), true, true, false},
		{"read a week ago, quiet for a month", over(90, 31), stamped(over(90, 31), 8), false, false, false},
		{"read a week ago, called since", change(over(90, 31), func(g *schema.JobGroupRow) { g.TotalCompleted = number(5) }), stamped(over(90, 31), 8), true, true, false},
	}
	options := nightly.Options{Zone: time.UTC, Now: now, CatchUp: 7 * 24 * time.Hour, Refetch: 30 * 24 * time.Hour}
	named, err := nightly.Days(options, "", "2026-01-21", "")
	if err != nil {
		t.Fatal(err)
	}
	covered := []calendar.Interval{{From: day(t, "2026-01-20").Start(time.UTC), To: day(t, "2026-01-21").Start(time.UTC)}}
	for _, tt := range tests {
		known := nightly.Known{Covered: calendar.Coverage{Calls: covered, Groups: covered}}
		if tt.stamp != nil {
			known.Campaigns = map[string]campaign.Stamp{"g": *tt.stamp}
		}
		night := nightly.Uncovered(nightly.Options{Zone: time.UTC, Now: now, CatchUp: 24 * time.Hour, Refetch: options.Refetch}).Plan("i", both, known)
		byName := named.Plan("i", both, known)
		if got := night.Read(&tt.group); got != tt.night {
			t.Errorf("%s: a night reads it: %v", tt.what, got)
		}
		if got := byName.Read(&tt.group); got != tt.named {
			t.Errorf("%s: a pull of the day reads it: %v", tt.what, got)
		}
		if got := night.Facts(&tt.group); got != tt.facts {
			t.Errorf("%s: its calls are searched: %v", tt.what, got)
		}
		none := nightly.Nothing(options).Plan("i", both, known)
		if none.Read(&tt.group) {
			t.Errorf("%s: it is read where no days are asked for", tt.what)
		}
	}
}
