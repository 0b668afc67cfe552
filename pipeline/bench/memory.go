package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory is the most a process that has ended had in memory, in bytes. The
// system counts what this program had when it started the other; that is less
// than any of them takes.
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
