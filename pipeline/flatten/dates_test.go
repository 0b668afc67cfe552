package flatten

import (
	"math"
	"testing"
	"time"

	"callmill/pipeline/calendar"
	"callmill/schema"
)

// The last timestamp of a response is on the last day before that of jobs without a
// call, or an earlier one, whatever the time zone.
func TestDayIsBeforeNoDate(t *testing.T) {
	for zone, want := range map[string]int32{
		"Pacific/Kiritimati": schema.NoDate - 1, // +14:00: no zone is further ahead
		"Asia/Shanghai":      schema.NoDate - 1,
		"UTC":                schema.NoDate - 1,
		"Pacific/Honolulu":   schema.NoDate - 2,
	} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if date, _ := calendar.DayAndHour(time.UnixMilli(schema.MaxInstant), loc); int32(date) != want {
			t.Errorf("%s: %v, want %v", zone, date, calendar.Day(want))
		}
		next, _ := calendar.DayAndHour(time.UnixMilli(schema.MaxInstant+1), loc)
		if zone == "Pacific/Kiritimati" && int32(next) != schema.NoDate {
			t.Errorf("%s: the next timestamp is on %v", zone, next)
		}
	}
}

// Dates stay within what a date can be, for any instant.
func TestDayIsKeptInBounds(t *testing.T) {
	f := New(time.UTC, everyRunes(2))
	for _, tt := range []struct {
		ms   int64
		want int32
	}{
		{math.MaxInt64, schema.NoDate - 1},
		{4102444800000, schema.NoDate - 1}, // 2100-01-01T00:00:00Z
		{math.MinInt64 + 1, firstDay},
	} {
		day, hour := f.dayAndHour(tt.ms)
		if day != tt.want || hour < 0 || hour > 23 {
			t.Errorf("%d: day %d hour %d, want day %d", tt.ms, day, hour, tt.want)
		}
	}
}
