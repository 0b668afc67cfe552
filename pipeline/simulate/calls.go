package simulate

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Call identifies a dialled attempt. SearchTask lists them by time.
type Call struct {
	ActualTime int64 // ms
	Job        int32
	Task       int32 // index among the job's tasks
}

// Calls returns the dialled attempts whose actual time is in [from, to] and not
// after now, by time. The slice must not be modified. The first use computes the
// calls of the whole world: some microseconds and 16 bytes each.
func (w *World) Calls(from, to time.Time) []Call {
	all := w.calls()
	low := sort.Search(len(all), func(i int) bool { return all[i].ActualTime >= from.UnixMilli() })
	high := sort.Search(len(all), func(i int) bool {
		return all[i].ActualTime > to.UnixMilli() || !w.happened(all[i].ActualTime)
	})
	return all[low:max(low, high):max(low, high)]
}

func (w *World) findCalls() []Call {
	var calls []Call
	var p plan
	for i := range w.options.People {
		w.plan(i, &p)
		for k := range p.attempts {
			if at := p.attempts[k].actual; at != 0 {
				calls = append(calls, Call{at, int32(i), int32(k)})
			}
		}
	}
	slices.SortFunc(calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.ActualTime, b.ActualTime), cmp.Compare(a.Job, b.Job))
	})
	return calls
}
