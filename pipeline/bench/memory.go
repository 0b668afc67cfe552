package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory returns the peak resident memory of a process that has exited, in
// bytes. It includes what this program had when it forked, which is less than any
// contestant needs.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss) //nolint:unconvert // int32 on 32-bit systems
	}
	return int64(usage.Maxrss) << 10 //nolint:unconvert // int32 on 32-bit systems
}
