package calendar

import (
	"slices"
	"time"
)

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

// Over returns what fetched intervals cover if the run that fetched them began at
// now: the days that were over. Fetching its morning does not cover a day.
func Over(fetched []Interval, zone *time.Location, now time.Time) []Interval {
	today := DayOf(now, zone).Start(zone)
	return Subtract(fetched, []Interval{{today, latest(today, fetched)}})
}

// latest returns the end of the last of the intervals, or t if that is later.
func latest(t time.Time, intervals []Interval) time.Time {
	for _, i := range intervals {
		if i.To.After(t) {
			t = i.To
		}
	}
	return t
}
