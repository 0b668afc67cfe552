package flatten

import (
	"time"

	"callmill/schema"
)

const secondsPerDay = 24 * 60 * 60

// firstDay is 0001-01-01: no date of a row is before it, or past the last day
// that is not schema.NoDate, whatever an instant says.
const firstDay = -719162

// dayAndHour gives the day, counted from 1970-01-01, and the hour (0–23) of an
// instant in ms on the clocks of loc.
func dayAndHour(ms int64, loc *time.Location) (day, hour int32) {
	_, offset := time.UnixMilli(ms).In(loc).Zone()
	seconds := floorDiv(ms, 1000) + int64(offset)
	days := floorDiv(seconds, secondsPerDay)
	hour = int32((seconds - days*secondsPerDay) / 3600)
	return int32(min(max(days, firstDay), int64(schema.NoDate)-1)), hour
}

// floorDiv rounds down: clocks west of Greenwich begin before 1970.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
