package simulate

import (
	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/script"
)

// How readily people answer, in percent of the usual: by hour of the day (least
// during the midday rest and the working morning, most after work), by weekday
// from Monday, and by attempt.
var (
	answerByHour = [24]int{
		10, 8, 6, 6, 8, 20, 45, 62, 78, 88, 98, 103, 82, 70, 90, 99, 103, 108, 116, 118, 106, 82, 45, 20,
	}
	answerByWeekday = [7]int{95, 100, 101, 100, 97, 107, 104}
	answerByAttempt = [...]int{100, 84, 74, 66}
)

// callsAt reports whether the campaign calls at an instant.
func callsAt(c *script.Campaign, ms int64) bool { return c.Calls(weekday(ms), localHour(ms)) }

// open returns the first instant from ms on at which the campaign calls: ms itself,
// or some minutes after a later hour.
func open(c *script.Campaign, ms int64, d *dice.Dice) int64 {
	if callsAt(c, ms) {
		return ms
	}
	hour := ms - ms%hourMS
	for range 15 * 24 {
		hour += hourMS
		if callsAt(c, hour) {
			return hour + int64(d.Skewed(40*60_000))
		}
	}
	return ms
}

// sometime draws an instant from the calling hours of a day, on which the campaign
// need not call; see open.
func sometime(c *script.Campaign, day int64, d *dice.Dice) int64 {
	total := 0
	for _, h := range c.Hours {
		total += h.High - h.Low
	}
	at := d.Below(total * int(hourMS))
	for _, h := range c.Hours {
		length := (h.High - h.Low) * int(hourMS)
		if at < length {
			return day + int64(h.Low)*hourMS + int64(at)
		}
		at -= length
	}
	return day
}

// strategy is the retry strategy of a group: the waits before the second, third …
// attempt, in minutes. A wait beyond the day's hours ends on the next day.
type strategy struct{ waits []int }

var strategies = [...]strategy{
	{[]int{150, 20 * 60, 28 * 60}}, // later that day, then on the days after at another hour
	{[]int{27 * 60, 21 * 60}},      // each day at another hour
	{[]int{30, 180, 22 * 60}},      // soon, then that evening
}

func (s strategy) wait(attempt int, d *dice.Dice) int64 {
	minutes := s.waits[min(attempt, len(s.waits)-1)]
	return int64(minutes)*minute + int64(d.Below(minutes*6_000))
}
