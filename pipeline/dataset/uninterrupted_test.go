package dataset

import (
	"errors"
	"syscall"
	"testing"
)

// TestUninterrupted: a call that a signal interrupts is made again; any other
// result is returned.
func TestUninterrupted(t *testing.T) {
	for _, last := range []error{nil, syscall.EWOULDBLOCK, syscall.ENOLCK} {
		calls := 0
		err := uninterrupted(func() error {
			if calls++; calls <= 2 {
				return syscall.EINTR
			}
			return last
		})
		if !errors.Is(err, last) || calls != 3 {
			t.Errorf("%d calls, %v; want 3, %v", calls, err, last)
		}
	}
}
