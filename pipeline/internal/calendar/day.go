// Package calendar holds days, intervals of time and their arithmetic in a time
// zone: the one place that knows when a day begins where midnight does not
// exist. It is pure, and reads no clock.
package calendar

import (
	"fmt"
	"sort"
	"time"
)

// Day is a day of the calendar, in days since 1970-01-01.
type Day int32

const layout = "2006-01-02"

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, fmt.Errorf("invalid day %q: want YYYY-MM-DD", s)
	}
	return dayOfUTC(t), nil
}

// DayOf is the day of an instant in a time zone.
func DayOf(t time.Time, zone *time.Location) Day {
	year, month, day := t.In(zone).Date()
	return dayOfUTC(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

func dayOfUTC(midnight time.Time) Day { return Day(midnight.Unix() / 86400) }

// String is the day as YYYY-MM-DD.
func (d Day) String() string { return d.midnightUTC().Format(layout) }

func (d Day) midnightUTC() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Start is the first instant of the day in a time zone, in UTC. It is looked
// for instead of computed: where clocks are put forward at midnight there is
// no midnight, and a day that a zone has skipped starts with the next one.
func (d Day) Start(zone *time.Location) time.Time {
	// Zones are at most 15 hours from UTC.
	const reach = 16 * 3600
	earliest := d.midnightUTC().Add(-reach * time.Second)
	seconds := sort.Search(2*reach, func(s int) bool {
		return DayOf(earliest.Add(time.Duration(s)*time.Second), zone) >= d
	})
	return earliest.Add(time.Duration(seconds) * time.Second)
}

// Interval is the day in a time zone.
func (d Day) Interval(zone *time.Location) Interval {
	return Interval{d.Start(zone), (d + 1).Start(zone)}
}
