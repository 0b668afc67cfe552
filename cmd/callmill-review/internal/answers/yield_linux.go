package answers

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// yield has the calling goroutine give way to others for the rest of its life: its thread
// is its own, and ends with it. Go knows no priorities, so that without this a page that
// takes a millisecond waits for two questions that take seconds each; with it, and with a
// few more threads than processors, the system lets the page pass.
func yield() {
	const nicer, nicest = 10, 19
	runtime.LockOSThread()
	// It fails nowhere that is known of; then pages wait a little longer.
	if own, err := unix.Getpriority(unix.PRIO_PROCESS, unix.Gettid()); err == nil { // 20 - nice
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), min(20-own+nicer, nicest))
	}
}
