// Package calendar holds days, intervals of time and their arithmetic in a time
// zone: the one place that knows when a day begins where midnight does not
// exist. It reads no clock.
package calendar

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Day is a day of the calendar, in days since 1970-01-01.
type Day int32

const secondsPerDay = 24 * 60 * 60

// ParseDay parses YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("invalid day %q: want YYYY-MM-DD", s)
	}
	return DayOf(t, time.UTC), nil
}

// DayOf returns the day of an instant in a time zone.
func DayOf(t time.Time, zone *time.Location) Day {
	day, _ := DayAndHour(t, zone)
	return day
}

// DayAndHour returns the day and the hour, 0–23, of an instant on the clocks of a
// time zone. A day that Day cannot hold becomes the nearest one that it can.
func DayAndHour(t time.Time, zone *time.Location) (day Day, hour int) {
	_, offset := t.In(zone).Zone()
	seconds := t.Unix() + int64(offset)
	days := seconds / secondsPerDay
	rest := seconds % secondsPerDay
	if rest < 0 {
		days, rest = days-1, rest+secondsPerDay
	}
	return Day(min(max(days, math.MinInt32), math.MaxInt32)), int(rest / 3600)
}

// String returns the day as YYYY-MM-DD.
func (d Day) String() string { return d.midnightUTC().Format(time.DateOnly) }

// MarshalText returns the day as YYYY-MM-DD.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText parses YYYY-MM-DD.
func (d *Day) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDay(string(text))
	return err
}

func (d Day) midnightUTC() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Start returns the first instant of the day in a time zone, in UTC: the first
// one whose date is d or later. That is not always midnight: where clocks go
// forward at midnight the day starts at 01:00, and a day that a zone skips starts
// with the next one.
func (d Day) Start(zone *time.Location) time.Time {
	const maxOffset = 16 * time.Hour // no zone was ever further from UTC
	midnight := d.midnightUTC()
	for at := midnight.Add(-maxOffset).In(zone); ; {
		_, offset := at.Zone()
		start := midnight.Add(-time.Duration(offset) * time.Second)
		if start.Before(at) {
			start = at
		}
		end := nextChange(at)
		if end.IsZero() || start.Before(end) {
			return start.UTC()
		}
		at = end // the clocks change before the day starts
	}
}

// nextChange returns an instant after t up to which the clocks of t's zone do not
// change, the zero time if they never change again. On the last day of a leap
// year ZoneBounds may return an end that is not after t.
func nextChange(t time.Time) time.Time {
	_, end := t.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		return t.Add(time.Hour)
	}
	return end
}

// Interval returns the day in a time zone as an interval of time.
func (d Day) Interval(zone *time.Location) Interval {
	return Interval{d.Start(zone), (d + 1).Start(zone)}
}

// Interval is a half-open interval of time: From is included, To is not.
type Interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Empty reports whether the interval holds no instant.
func (i Interval) Empty() bool { return !i.From.Before(i.To) }

// Holds reports whether all of other is in the interval.
func (i Interval) Holds(other Interval) bool {
	return !i.From.After(other.From) && !i.To.Before(other.To)
}

// Union returns the union of intervals: in order, in UTC, none of them empty or
// touching another. Its arguments are not modified.
func Union(intervals []Interval, more ...Interval) []Interval {
	all := slices.Concat(intervals, more)
	all = slices.DeleteFunc(all, Interval.Empty)
	slices.SortFunc(all, func(a, b Interval) int { return a.From.Compare(b.From) })
	var union []Interval
	for _, i := range all {
		i = Interval{i.From.UTC(), i.To.UTC()}
		if n := len(union); n > 0 && !union[n-1].To.Before(i.From) {
			if union[n-1].To.Before(i.To) {
				union[n-1].To = i.To
			}
			continue
		}
		union = append(union, i)
	}
	return union
}

// Subtract returns what is in an interval of a and in none of b, in the form of
// [Union].
func Subtract(a, b []Interval) []Interval {
	var rest []Interval
	b = Union(b)
	for _, i := range Union(a) {
		for _, hole := range b {
			if !hole.To.After(i.From) {
				continue
			}
			if !hole.From.Before(i.To) {
				break
			}
			if i.From.Before(hole.From) {
				rest = append(rest, Interval{i.From, hole.From})
			}
			i.From = hole.To
		}
		if !i.Empty() {
			rest = append(rest, i)
		}
	}
	return rest
}

// Intersect returns what is both in an interval of a and in one of b, in the form
// of [Union].
func Intersect(a, b []Interval) []Interval { return Subtract(a, Subtract(a, b)) }
