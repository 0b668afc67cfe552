package simulate

import "testing"

// Numbers below 2^48 and ids map to each other.
func TestIDsAreInvertible(t *testing.T) {
	w := &World{seed: 99}
	for _, n := range []uint64{0, 1, 255, 256, 1 << 24, 1<<48 - 1} {
		id := w.id(jobIDs, n)
		if back, ok := w.number(jobIDs, id); !ok || back != n {
			t.Errorf("number(%s) = %d, %t; want %d", id, back, ok, n)
		}
		if _, ok := w.number(taskIDs, id); ok {
			t.Errorf("the job id %s passes as that of a task", id)
		}
	}
}
