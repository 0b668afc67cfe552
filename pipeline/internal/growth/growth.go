// Package growth fails a test whose work takes time with the square of its size.
package growth

import (
	"syscall"
	"testing"
	"time"
)

// Enough is CPU time in which work may be done whatever it depends on. Tests choose
// sizes at which work that compares all with all takes far longer.
const Enough = time.Second

// most is how many times as long work of four times the size may take: where all are
// compared with all it is sixteen times, in proportion it is four.
const most = 9

// CheckLinear does work of a size, and if that takes more than Enough, work of a quarter
// of it. It fails the test if the work grows with the square of its size. How fast the
// work is does not matter: with the race detector it takes twenty times as long, and
// other processes take the caches away. What seems to grow is therefore measured again,
// up to three times, and the least counts.
//
// It measures the CPU time of the process: tests that run at the same time count.
func CheckLinear(t testing.TB, what string, size int, work func(size int)) {
	t.Helper()
	check(t, what, size, Enough, work)
}

func check(t testing.TB, what string, size int, enough time.Duration, work func(size int)) {
	t.Helper()
	spent := func(size int) time.Duration {
		began := cpuTime(t)
		work(size)
		return cpuTime(t) - began
	}
	long := spent(size)
	if long <= enough {
		return
	}
	short := spent(size / 4)
	for try := 0; ; try++ {
		if long <= enough || long < most*short {
			return
		}
		if try == 3 {
			break
		}
		long, short = min(long, spent(size)), min(short, spent(size/4))
	}
	t.Errorf("%s: %v for a size of %d, %v for a quarter of it", what, long, size, short)
}

// cpuTime returns the CPU time of this process.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
