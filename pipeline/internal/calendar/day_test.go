package calendar_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"callmill/pipeline/internal/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func day(t testing.TB, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestDayInterval(t *testing.T) {
	tests := []struct {
		what, zone, day string
		from            string
		hours           float64
	}{
		{"no summer time", "Asia/Shanghai", "2026-01-21", "2026-01-20T16:00:00Z", 24},
		{"UTC", "UTC", "2026-01-21", "2026-01-21T00:00:00Z", 24},
		{"before 1970", "Asia/Shanghai", "1969-12-31", "1969-12-30T16:00:00Z", 24},
		{"clocks forward", "Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23},
		{"clocks back", "Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25},
		{"no midnight", "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23},
		{"two midnights", "America/Havana", "2025-11-02", "2025-11-02T04:00:00Z", 25},
		{"half an hour", "Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23.5},
		{"a day left out", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0},
		{"the day after", "Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24},
	}
	for _, tt := range tests {
		got := day(t, tt.day).Interval(zone(t, tt.zone))
		if !got.From.Equal(instant(t, tt.from)) || got.To.Sub(got.From).Hours() != tt.hours {
			t.Errorf("%s: %s in %s is %v, want %v hours from %s", tt.what, tt.day, tt.zone, got, tt.hours, tt.from)
		}
	}
}

func TestParseDay(t *testing.T) {
	for _, s := range []string{"", "2026-1-2", "20260102", "2026-02-30", "2026-01-21T00:00:00Z", "yesterday"} {
		if d, err := calendar.ParseDay(s); err == nil {
			t.Errorf("%q is %v", s, d)
		}
	}
	if got := day(t, "2026-01-21").String(); got != "2026-01-21" {
		t.Errorf("read back as %s", got)
	}
}

// Days follow each other without a hole, and an instant lies in the day that
// it is dated with.
func TestDaysTileTime(t *testing.T) {
	zones := []string{"Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Asia/Beirut"}
	rapid.Check(t, func(rt *rapid.T) {
		z := zone(t, rapid.SampledFrom(zones).Draw(rt, "zone"))
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(rt, "at"), 0)
		d := calendar.DayOf(at, z)
		i := d.Interval(z)
		if at.Before(i.From) || !at.Before(i.To) {
			rt.Errorf("%v is dated %v, which is %v", at, d, i)
		}
		if next := (d + 1).Start(z); !next.Equal(i.To) {
			rt.Errorf("%v ends at %v, the next day starts at %v", d, i.To, next)
		}
	})
}
