package quantity

import (
	"fmt"
	"strconv"
	"time"

	"callmill/schema"
)

// ReceivedAt parses the time when responses were received, in RFC 3339 or as
// milliseconds since 1970, and returns it in the latter; "" is 0. It cannot be before
// the service, nor later than now by more than clocks differ.
func ReceivedAt(s string, now time.Time) (int64, error) {
	if s == "" {
		return 0, nil
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t, notTime := time.Parse(time.RFC3339Nano, s)
		ms, err = t.UnixMilli(), notTime
	}
	if err != nil || ms <= 0 || ms > schema.MaxInstant {
		return 0, fmt.Errorf("invalid timestamp %q (e.g. 2026-01-22T01:30:00Z)", s)
	}
	switch at := time.UnixMilli(ms).UTC(); {
	case at.Year() < 2015:
		return 0, fmt.Errorf("%s is before 2015: want the time when the responses were received", at.Format(time.RFC3339))
	case at.After(now.Add(15 * time.Minute)):
		return 0, fmt.Errorf("%s is in the future: want the time when the responses were received", at.Format(time.RFC3339))
	}
	return ms, nil
}
