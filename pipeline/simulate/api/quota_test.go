package api

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// No window of one second admits more than the quota, and a client that waits as
// long as it is told is admitted.
func TestQuotaIsNeverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perSecond := rapid.OneOf(rapid.Float64Range(0.2, 1), rapid.Float64Range(1, 20)).Draw(t, "quota")
		q := newQuota(perSecond)
		now := time.UnixMilli(1)
		clock := func() time.Time { return now }
		limit, window := max(1, int(perSecond)), q.window
		var admitted []time.Time
		for range rapid.IntRange(1, 100).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(300*time.Millisecond)).Draw(t, "pause")))
			wait := q.admit(clock)
			if wait > 0 && rapid.Bool().Draw(t, "waits") {
				now = now.Add(wait)
				if wait = q.admit(clock); wait > 0 {
					t.Fatalf("waited as told, and is to wait %s more", wait)
				}
			}
			if wait == 0 {
				admitted = append(admitted, now)
			}
		}
		for i := limit; i < len(admitted); i++ {
			if between := admitted[i].Sub(admitted[i-limit]); between < window {
				t.Fatalf("%g per second: %d within %s", perSecond, limit+1, between)
			}
		}
	})
}

// The whole quota is admitted at once, and again in each following second.
func TestQuotaIsGranted(t *testing.T) {
	q := newQuota(7)
	now := time.UnixMilli(1)
	for second := range 5 {
		for i := range 9 {
			wait := q.admit(func() time.Time { return now })
			if got, want := wait == 0, i < 7; got != want {
				t.Fatalf("second %d, request %d: wait %s", second, i, wait)
			}
		}
		now = now.Add(time.Second)
	}
}
