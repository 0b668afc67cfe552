package answers

import (
	"testing"

	"golang.org/x/sys/unix"
)

// The thread of a question that takes long gives way, and no other does after it.
func TestYield(t *testing.T) {
	priority := func() int {
		own, err := unix.Getpriority(unix.PRIO_PROCESS, unix.Gettid()) // 20 - nice
		if err != nil {
			t.Fatal(err)
		}
		return own
	}
	before, within := priority(), make(chan int)
	go func() {
		yield()
		within <- priority()
	}()
	if got, want := <-within, max(before-10, 1); got != want {
		t.Errorf("its priority is %d, want %d; that of others is %d", got, want, before)
	}
	for range 20 {
		other := make(chan int)
		go func() { other <- priority() }()
		if got := <-other; got != before {
			t.Errorf("another goroutine has priority %d, not %d", got, before)
		}
	}
}
