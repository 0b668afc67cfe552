// Package findings collects what is wrong with files.
package findings

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// Finding is one thing that is wrong.
type Finding struct {
	File   string // path inside the snapshot, with slashes, or in the dataset
	Check  string // the kind of check
	Detail string
}

// maxAlike is the number of findings of one kind that a file gets: a wrongly
// derived column is wrong in every row.
const maxAlike = 3

// List collects findings. The zero value is empty. It is safe for concurrent use.
type List struct {
	mu   sync.Mutex
	list []Finding
	seen map[alike]int // how many of a kind were added
}

type alike struct{ file, check string }

// Add adds a finding.
func (l *List) Add(file, check, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[alike]int{}
	}
	kind := alike{file, check}
	if l.seen[kind]++; l.seen[kind] <= maxAlike {
		l.list = append(l.list, Finding{file, check, fmt.Sprintf(format, args...)})
	}
}

// Sorted returns the findings by file and check, those of one kind in the order in
// which they were added.
func (l *List) Sorted() []Finding {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.Clone(l.list)
	for kind, n := range l.seen {
		if n > maxAlike {
			list = append(list, Finding{kind.file, kind.check, fmt.Sprintf("and %d more of this kind", n-maxAlike)})
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Check, b.Check))
	})
	return list
}
