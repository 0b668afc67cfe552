package growth

import (
	"testing"
	"time"
)

// verdict is a test that takes down that it failed.
type verdict struct {
	testing.TB
	failed bool
}

func (v *verdict) Errorf(string, ...any) { v.failed = true }

// spin is so much work.
func spin(n int) int {
	sum := 0
	for i := range n {
		sum += i ^ sum>>3
	}
	return sum
}

func TestCheckLinear(t *testing.T) {
	const enough = 20 * time.Millisecond
	unit, sum := 1, 0 // of work that takes longer than that
	for spent := time.Duration(0); spent < 3*enough; unit *= 2 {
		began := cpuTime(t)
		sum += spin(unit)
		spent = cpuTime(t) - began
	}
	const size = 64
	for _, tt := range []struct {
		name string
		work func(size int)
		want bool
	}{
		{"nothing", func(int) {}, false},
		{"in proportion", func(n int) { sum += spin(unit / size * n) }, false},
		{"with the square", func(n int) { sum += spin(unit / size * n * n / size) }, true},
	} {
		v := &verdict{TB: t}
		check(v, tt.name, size, enough, tt.work)
		if v.failed != tt.want {
			t.Errorf("%s: fails is %v, want %v", tt.name, v.failed, tt.want)
		}
	}
}
