package calendar_test

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"callmill/pipeline/calendar"
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
		{"no daylight saving time", "Asia/Shanghai", "2026-01-21", "2026-01-20T16:00:00Z", 24},
		{"UTC", "UTC", "2026-01-21", "2026-01-21T00:00:00Z", 24},
		{"before 1970", "Asia/Shanghai", "1969-12-31", "1969-12-30T16:00:00Z", 24},
		{"clocks forward", "Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23},
		{"clocks back", "Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25},
		{"no midnight", "America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", 23},
		{"no midnight", "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23},
		{"two midnights", "America/Havana", "2025-11-02", "2025-11-02T04:00:00Z", 25},
		{"clocks back past midnight", "America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", 25},
		{"half an hour", "Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23.5},
		{"a skipped day", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0},
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

func TestDayAndHour(t *testing.T) {
	tests := []struct {
		zone, instant, day string
		hour               int
	}{
		{"Asia/Shanghai", "2020-01-15T06:07:04.883Z", "2020-01-15", 14},
		{"Asia/Shanghai", "2020-01-15T15:59:59.999Z", "2020-01-15", 23},
		{"Asia/Shanghai", "2020-01-15T16:00:00Z", "2020-01-16", 0},
		{"Asia/Shanghai", "1988-07-01T15:00:00Z", "1988-07-02", 0}, // had daylight saving time
		{"UTC", "2020-02-29T23:59:59Z", "2020-02-29", 23},
		{"Asia/Kathmandu", "2020-01-15T18:14:59Z", "2020-01-15", 23}, // +05:45
		{"Asia/Kathmandu", "2020-01-15T18:15:00Z", "2020-01-16", 0},
		{"Asia/Kolkata", "2020-01-15T18:30:00Z", "2020-01-16", 0},          // +05:30
		{"America/St_Johns", "2020-01-15T03:29:59Z", "2020-01-14", 23},     // −03:30
		{"America/New_York", "2020-03-08T06:59:59Z", "2020-03-08", 1},      // before the clocks go forward
		{"America/New_York", "2020-03-08T07:00:00Z", "2020-03-08", 3},      // after
		{"America/New_York", "2020-11-01T05:30:00Z", "2020-11-01", 1},      // the hour that
		{"America/New_York", "2020-11-01T06:30:00Z", "2020-11-01", 1},      // comes twice
		{"Australia/Lord_Howe", "2020-04-04T14:59:00Z", "2020-04-05", 1},   // goes back by half an hour
		{"Australia/Lord_Howe", "2020-04-04T15:15:00Z", "2020-04-05", 1},   //
		{"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29", 23},         // skipped a day
		{"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", 0},          //
		{"Pacific/Kiritimati", "9998-12-31T23:59:59Z", "9999-01-01", 13},   // +14:00
		{"America/New_York", "1970-01-01T00:00:00.001Z", "1969-12-31", 19}, // clocks before the epoch
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.instant, func(t *testing.T) {
			instant, err := time.Parse(time.RFC3339Nano, tt.instant)
			if err != nil {
				t.Fatal(err)
			}
			day, hour := calendar.DayAndHour(instant, zone(t, tt.zone))
			if day.String() != tt.day || hour != tt.hour {
				t.Errorf("got %s %d, want %s %d", day, hour, tt.day, tt.hour)
			}
		})
	}
}

// An instant beyond what a Day can hold has the nearest day, and still an hour.
func TestDayAndHourSaturate(t *testing.T) {
	for ms, want := range map[int64]calendar.Day{math.MaxInt64: math.MaxInt32, math.MinInt64: math.MinInt32} {
		if day, hour := calendar.DayAndHour(time.UnixMilli(ms), time.UTC); day != want || hour < 0 || hour > 23 {
			t.Errorf("%d ms: day %d hour %d, want day %d", ms, day, hour, want)
		}
	}
}

// zones are all time zones of the tz database.
func zones(t testing.TB) []*time.Location {
	t.Helper()
	names, err := os.ReadFile("testdata/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []*time.Location
	for name := range strings.Lines(string(names)) {
		all = append(all, zone(t, strings.TrimSpace(name)))
	}
	return all
}

// In every zone, around every change of its clocks: days and hours are those of
// the clocks, and days follow each other without gap or overlap.
func TestDaysTileTimeAtEveryChange(t *testing.T) {
	first, last := instant(t, "1900-01-01T00:00:00Z"), instant(t, "2045-01-01T00:00:00Z")
	for _, z := range zones(t) {
		for at := first.In(z); !at.IsZero() && at.Before(last); {
			for _, step := range []time.Duration{-24 * time.Hour, -time.Hour, -time.Second, 0, time.Hour, 24 * time.Hour} {
				checkInstant(t, at.Add(step), z)
			}
			_, change := at.ZoneBounds()
			if !change.IsZero() && !change.After(at) {
				change = at.Add(24 * time.Hour)
			}
			at = change
		}
	}
}

func TestDaysTileTime(t *testing.T) {
	all := zones(t)
	rapid.Check(t, func(rt *rapid.T) {
		z := rapid.SampledFrom(all).Draw(rt, "zone")
		checkInstant(rt, time.Unix(rapid.Int64Range(-6e10, 2.5e11).Draw(rt, "at"), 0), z)
	})
}

// checkInstant checks the day of an instant against the clocks and against the
// days before and after it.
func checkInstant(t rapid.TB, at time.Time, z *time.Location) {
	t.Helper()
	d, hour := calendar.DayAndHour(at, z)
	if clock := at.In(z); d.String() != clock.Format(time.DateOnly) || hour != clock.Hour() {
		t.Errorf("%v: day %v hour %d", clock, d, hour)
	}
	i := d.Interval(z)
	if first := i.From; calendar.DayOf(first, z) < d || calendar.DayOf(first.Add(-time.Nanosecond), z) >= d {
		t.Errorf("%v in %v starts at %v, which is not its first instant", d, z, first)
	}
	if next := (d + 1).Start(z); !next.Equal(i.To) || (d-1).Interval(z).To != i.From {
		t.Errorf("%v in %v is %v: it does not touch the days beside it", d, z, i)
	}
	// Where clocks go back over midnight, the rest of the old day comes again
	// within the new one.
	repeated := !at.Before(i.To) && offset(at, z) < offset(i.To, z)
	if at.Before(i.From) || !at.Before(i.To) && !repeated {
		t.Errorf("%v has day %v, which is %v", at.In(z), d, i)
	}
}

func offset(t time.Time, z *time.Location) int {
	_, offset := t.In(z).Zone()
	return offset
}
