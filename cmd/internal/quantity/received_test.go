package quantity_test

import (
	"testing"
	"time"

	"callmill/cmd/internal/quantity"
)

// TestReceivedAt: what is read, and what is refused.
func TestReceivedAt(t *testing.T) {
	cases := map[string]int64{
		"":                            0,
		"1769016600000":               1769016600000,
		"2026-01-21T17:30:00Z":        1769016600000,
		"2026-01-22T01:30:00+08:00":   1769016600000,
		"2026-01-21T17:30:00.123456Z": 1769016600123,
		"2026-01-21":                  -1,
		"2026-01-21T17:30:00":         -1,
		"0":                           -1,
		"-5":                          -1,
		"1969-12-31T23:59:59Z":        -1,
		"99999999999999999999999":     -1,
		"2026-13-01T00:00:00Z":        -1,
		"2099-12-31T09:59:59.999Z":    4102394399999,
		"4102394400000":               -1,
		"2100-01-01T00:00:00+14:00":   -1,
		"yesterday":                   -1,
		" 1769016600000":              -1,
		"1769016600000.5":             -1,
		"2026-01-21T17:30:00Z and so": -1,
	}
	for text, want := range cases {
		got, err := quantity.ReceivedAt(text, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
}

// TestReceivedAtIsPlausible: not before the service, nor later than now.
func TestReceivedAtIsPlausible(t *testing.T) {
	now := time.Date(2026, 1, 22, 1, 30, 0, 0, time.UTC)
	for text, ok := range map[string]bool{
		"2014-12-31T23:59:59Z": false,
		"2015-01-01T00:00:00Z": true,
		"2026-01-22T01:45:00Z": true,
		"2026-01-22T01:45:01Z": false,
	} {
		if _, err := quantity.ReceivedAt(text, now); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
