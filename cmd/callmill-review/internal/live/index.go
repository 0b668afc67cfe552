//go:build cgo

package live

import (
	"hash/maphash"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/query"
)

// index finds calls by their keys: a hash table of indexes, by tasks, whose keys are in
// the corpus. Sorting calls by their keys would take two seconds for 400,000.
type index struct {
	seed  maphash.Seed
	slots []int32 // from 1; 0: free. Their number is a power of two
}

func newIndex(c *corpus.Corpus) index {
	x := index{seed: maphash.MakeSeed()}
	size := 1
	for size < 2*len(c.Calls)+1 {
		size *= 2
	}
	x.slots = make([]int32, size)
	for i := range c.Calls {
		at := x.first(c.Calls[i].Task)
		for x.slots[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		x.slots[at] = int32(i) + 1
	}
	return x
}

// first returns where calls with a task may begin.
func (x *index) first(task string) int {
	return int(maphash.String(x.seed, task) & uint64(len(x.slots)-1))
}

func (x *index) find(c *corpus.Corpus, k query.Key) (int32, bool) {
	for at := x.first(k.Task); x.slots[at] != 0; at = (at + 1) & (len(x.slots) - 1) {
		i := x.slots[at] - 1
		if call := &c.Calls[i]; call.Task == k.Task && call.Job == k.Job && c.Instances.String(call.Instance) == k.Instance {
			return i, true
		}
	}
	return 0, false
}
