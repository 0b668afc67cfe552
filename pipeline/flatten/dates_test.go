package flatten

import (
	"math"
	"testing"
	"time"

	"callmill/schema"
)

// Dates stay within what a date can be, for any instant.
func TestDayIsKeptInBounds(t *testing.T) {
	f := New(time.UTC, everyRunes(2))
	for _, tt := range []struct {
		ms   int64
		want int32
	}{
		{math.MaxInt64, schema.NoDate - 1},
		{253402300799999, schema.NoDate - 1}, // 9999-12-31
		{math.MinInt64 + 1, firstDay},
	} {
		day, hour := f.dayAndHour(tt.ms)
		if day != tt.want || hour < 0 || hour > 23 {
			t.Errorf("%d: day %d hour %d, want day %d", tt.ms, day, hour, tt.want)
		}
	}
}
