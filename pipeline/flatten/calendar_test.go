package flatten

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callmill/schema"
)

func TestDayAndHour(t *testing.T) {
	tests := []struct {
		zone, instant, day string
		hour               int32
	}{
		{"Asia/Shanghai", "2020-01-15T06:07:04.883Z", "2020-01-15", 14},
		{"Asia/Shanghai", "2020-01-15T15:59:59.999Z", "2020-01-15", 23},
		{"Asia/Shanghai", "2020-01-15T16:00:00Z", "2020-01-16", 0},
		{"Asia/Shanghai", "1988-07-01T15:00:00Z", "1988-07-02", 0}, // had summer time
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
		{"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29", 23},         // left out a day
		{"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", 0},          //
		{"Pacific/Kiritimati", "9998-12-31T23:59:59Z", "9999-01-01", 13},   // +14:00
		{"America/New_York", "1970-01-01T00:00:00.001Z", "1969-12-31", 19}, // clocks behind the epoch
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.instant, func(t *testing.T) {
			instant, err := time.Parse(time.RFC3339Nano, tt.instant)
			if err != nil {
				t.Fatal(err)
			}
			day, hour := dayAndHour(instant.UnixMilli(), zone(t, tt.zone))
			got := time.Unix(int64(day)*secondsPerDay, 0).UTC().Format(time.DateOnly)
			if got != tt.day || hour != tt.hour {
				t.Errorf("got %s %d, want %s %d", got, hour, tt.day, tt.hour)
			}
		})
	}
}

// No date leaves what a date can be, whatever the instant.
func TestDayIsKeptInBounds(t *testing.T) {
	for _, tt := range []struct {
		ms   int64
		want int32
	}{
		{math.MaxInt64, schema.NoDate - 1},
		{253402300799999, schema.NoDate - 1}, // 9999-12-31
		{math.MinInt64 + 1, firstDay},
	} {
		day, hour := dayAndHour(tt.ms, time.UTC)
		if day != tt.want || hour < 0 || hour > 23 {
			t.Errorf("%d: day %d hour %d, want day %d", tt.ms, day, hour, tt.want)
		}
	}
}

func TestDayAndHourAreTheClocks(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Asia/Shanghai"), zone(t, "America/New_York"), zone(t, "Asia/Kathmandu"), zone(t, "Australia/Lord_Howe")}
	rapid.Check(t, func(t *rapid.T) {
		loc := rapid.SampledFrom(zones).Draw(t, "zone")
		ms := rapid.Int64Range(1, 253370735999999).Draw(t, "ms")
		day, hour := dayAndHour(ms, loc)
		clock := time.UnixMilli(ms).In(loc)
		if got := time.Unix(int64(day)*secondsPerDay, 0).UTC().Format(time.DateOnly); got != clock.Format(time.DateOnly) || int(hour) != clock.Hour() {
			t.Fatalf("%d in %v: %s %d, want %v", ms, loc, got, hour, clock)
		}
	})
}
