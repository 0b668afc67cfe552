package calendar_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callmill/pipeline/calendar"
)

// hours makes intervals of pairs of hours.
func hours(pairs ...int) []calendar.Interval {
	var all []calendar.Interval
	for pair := range slices.Chunk(pairs, 2) {
		all = append(all, calendar.Interval{From: time.Unix(int64(pair[0])*3600, 0).UTC(), To: time.Unix(int64(pair[1])*3600, 0).UTC()})
	}
	return all
}

func TestSubtract(t *testing.T) {
	tests := []struct {
		what        string
		a, b, wants []calendar.Interval
	}{
		{"nothing", hours(), hours(1, 2), hours()},
		{"from nothing", hours(1, 2), hours(), hours(1, 2)},
		{"itself", hours(1, 2), hours(1, 2), hours()},
		{"the middle", hours(1, 9), hours(3, 4), hours(1, 3, 4, 9)},
		{"both ends", hours(1, 9), hours(0, 2, 8, 10), hours(2, 8)},
		{"what only touches", hours(3, 5), hours(1, 3, 5, 7), hours(3, 5)},
		{"holes over several", hours(1, 3, 4, 6, 8, 9), hours(2, 5), hours(1, 2, 5, 6, 8, 9)},
		{"empty ones", hours(1, 1, 5, 2), hours(), hours()},
	}
	for _, tt := range tests {
		if got := calendar.Subtract(tt.a, tt.b); !slices.Equal(got, tt.wants) {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.wants)
		}
	}
}

// An instant is in a union if it is in one of the parts, and in a difference if it is
// in the first and not in the second; both have the form of Union.
func TestIntervalsAreSets(t *testing.T) {
	has := func(all []calendar.Interval, hour int) bool {
		at := time.Unix(int64(hour)*3600, 0)
		return slices.ContainsFunc(all, func(i calendar.Interval) bool { return !at.Before(i.From) && at.Before(i.To) })
	}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string) []calendar.Interval {
			pairs := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 10).Draw(rt, name)
			return hours(pairs[:len(pairs)/2*2]...)
		}
		a, b := draw("a"), draw("b")
		union, rest := calendar.Union(a, b...), calendar.Subtract(a, b)
		for h := range 21 {
			if has(union, h) != (has(a, h) || has(b, h)) || has(rest, h) != (has(a, h) && !has(b, h)) {
				rt.Errorf("hour %d of %v and %v: union %v, difference %v", h, a, b, union, rest)
			}
		}
		for _, all := range [][]calendar.Interval{union, rest} {
			for i := range all {
				if all[i].Empty() || i > 0 && !all[i-1].To.Before(all[i].From) {
					rt.Errorf("%v is not in order, or touches itself", all)
				}
			}
		}
	})
}
