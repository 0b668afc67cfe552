package main

import (
	"os/exec"
	"runtime"
	"syscall"
)

// Capabilities that let root pass over permissions; see capabilities(7).
const (
	capDACOverride   = 1
	capDACReadSearch = 2
)

// runUnprivileged runs c without the capabilities that let root pass over
// permissions. They are dropped from what a child of this thread may have, and
// the thread ends with the goroutine that never unlocks it.
func runUnprivileged(c *exec.Cmd) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		for _, capability := range []uintptr{capDACOverride, capDACReadSearch} {
			// Who may not drop one is no root, and has none.
			_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_CAPBSET_DROP, capability, 0)
		}
		done <- c.Run()
	}()
	return <-done
}
