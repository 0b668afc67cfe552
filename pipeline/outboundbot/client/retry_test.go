package client

import (
	"testing"
	"time"
)

// However long waits are to begin with, and however often it was tried, no wait
// is longer than the longest.
func TestBackoffIsBounded(t *testing.T) {
	for _, base := range []time.Duration{1, time.Millisecond, 20 * time.Second, time.Hour} {
		j := newJitter(1, base)
		for n := range 200 {
			if wait := j.backoff(n, time.Minute); wait < 0 || wait > time.Minute {
				t.Fatalf("wait %d of %v is %v", n, base, wait)
			}
		}
	}
}
