package simulate

import "callmill/pipeline/simulate/script"

// answerByHour is how readily people answer at an hour of the day, in percent
// of the usual: least at the midday rest and at work in the morning, most after
// work. answerByWeekday begins with Monday.
var (
	answerByHour = [24]int{
		10, 8, 6, 6, 8, 20, 45, 62, 78, 88, 98, 103, 82, 70, 90, 99, 103, 108, 116, 118, 106, 82, 45, 20,
	}
	answerByWeekday = [7]int{95, 100, 101, 100, 97, 107, 104}
	// Who did not answer at first is less likely to do so later.
	answerByAttempt = [...]int{100, 84, 74, 66}
)

func callsAt(c *script.Campaign, ms int64) bool { return c.Calls(weekday(ms), localHour(ms)) }

// open gives the first instant from ms on at which the campaign calls; one
// that had to wait for it comes some minutes after the hour.
func open(c *script.Campaign, ms int64, d *dice) int64 {
	if callsAt(c, ms) {
		return ms
	}
	hour := ms - ms%hourMS
	for range 15 * 24 {
		hour += hourMS
		if callsAt(c, hour) {
			return hour + int64(d.skewed(40*60_000))
		}
	}
	return ms
}

// sometime gives an instant of the day at which the campaign calls, any as
// likely; the day's windows may be shut, see open.
func sometime(c *script.Campaign, day int64, d *dice) int64 {
	total := 0
	for _, h := range c.Hours {
		total += h.High - h.Low
	}
	at := d.below(total * int(hourMS))
	for _, h := range c.Hours {
		length := (h.High - h.Low) * int(hourMS)
		if at < length {
			return day + int64(h.Low)*hourMS + int64(at)
		}
		at -= length
	}
	return day
}

// strategy is how a group's jobs are tried again: the wait before the second,
// third … attempt, in minutes. A wait past the end of the day's hours goes on
// the next day.
type strategy struct{ waits []int }

var strategies = [...]strategy{
	{[]int{150, 20 * 60, 28 * 60}}, // later that day, then on the days after at another hour
	{[]int{27 * 60, 21 * 60}},      // each day at another hour
	{[]int{30, 180, 22 * 60}},      // soon, then that evening
}

func (s strategy) wait(attempt int, d *dice) int64 {
	minutes := s.waits[min(attempt, len(s.waits)-1)]
	return int64(minutes)*minute + int64(d.below(minutes*6_000))
}
