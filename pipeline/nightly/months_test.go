package nightly_test

import (
	"fmt"
	"testing"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/nightly"
)

// TestMonths: what one run fetches is a month at most.
func TestMonths(t *testing.T) {
	z := zone(t, "Asia/Shanghai")
	options := nightly.Options{Zone: z, Now: instant(t, "2026-03-10T01:30:00+08:00"), CatchUp: 365 * 24 * time.Hour, Lookback: 72 * time.Hour}
	tests := []struct {
		what     string
		from, to string // "": the nightly run
		covered  []string
		want     string
	}{
		{"a month", "2026-01-01", "2026-01-31", nil, "[]"},
		{"31 days of two months", "2026-01-15", "2026-02-14", nil, "[]"},
		{"32 days", "2026-01-15", "2026-02-15", nil, "[{2026-01-15 2026-01-31} {2026-02-01 2026-02-15}]"},
		{"over New Year, into the future", "2025-12-31", "2026-06-01", nil, "[{2025-12-31 2025-12-31} {2026-01-01 2026-01-31} {2026-02-01 2026-02-28} {2026-03-01 2026-03-10}]"},
		{"a night", "", "", []string{"2025-01-01/2026-03-08"}, "[]"},
		{"nothing to do", "", "", []string{"2025-01-01/2026-03-10"}, "[]"},
		{"after a long outage", "", "", []string{"2025-01-01/2026-01-20"}, "[{2026-01-20 2026-01-31} {2026-02-01 2026-02-28} {2026-03-01 2026-03-09}]"},
	}
	for _, tt := range tests {
		covered := local(t, z, tt.covered)
		known := nightly.Known{Covered: calendar.Coverage{Calls: covered, Groups: covered}}
		r := nightly.Uncovered(options)
		if tt.from != "" {
			var err error
			if r, err = nightly.Days(options, "", tt.from, tt.to); err != nil {
				t.Fatal(err)
			}
		}
		if got := fmt.Sprint(r.Months([]nightly.Work{r.Plan("i", both, known)})); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.what, got, tt.want)
		}
	}
	part, err := nightly.Uncovered(options).Through("2026-01-31")
	if err != nil {
		t.Fatal(err)
	}
	covered := local(t, z, []string{"2025-01-01/2026-01-20"})
	work := part.Plan("i", both, nightly.Known{Covered: calendar.Coverage{Calls: covered, Groups: covered}, Unnamed: []time.Time{covered[0].From}})
	if got := spell(work.Windows, z); got != "0120-0201" || len(work.Again) > 0 {
		t.Errorf("the first month of a long catch-up: %s, again %v", got, work.Again)
	}
	if _, err := part.Through("January"); err == nil {
		t.Error("January is a day")
	}
}
