package pull

import (
	"fmt"
	"slices"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// awaited is what is pending of an instance. There may be a million jobs: of each
// only its id is kept.
type awaited struct {
	ask     []string // jobs to ask for again, in order
	givenUp []string // jobs that an operator gave up, in order
	unnamed []time.Time
}

// waitingFor is what is pending, by instance.
type waitingFor map[string]*awaited

func (w waitingFor) of(instance string) *awaited {
	if a := w[instance]; a != nil {
		return a
	}
	return &awaited{}
}

// readAwaited reads what is pending in the published snapshot. The entries are in
// the order of instances and jobs.
func readAwaited(d *dataset.Dataset) (waitingFor, error) {
	all := waitingFor{}
	for row, err := range tables.Pending(d) {
		if err != nil {
			return nil, fmt.Errorf("read what is pending: %w", err)
		}
		a := all[row.InstanceID]
		if a == nil {
			a = &awaited{}
			all[row.InstanceID] = a
		}
		switch {
		case reconcile.Asked(row.Reason):
			a.ask = add(a.ask, row.JobID)
		case row.Reason == schema.PendingGivenUp:
			a.givenUp = add(a.givenUp, row.JobID)
		case row.Reason == schema.PendingWithoutFacts:
			a.unnamed = append(a.unnamed, time.UnixMilli(row.Since))
		}
	}
	return all, nil
}

// add adds a job to those in order, once.
func add(ids []string, id string) []string {
	if n := len(ids); n > 0 && ids[n-1] == id {
		return ids
	}
	return append(ids, id)
}

func has(ids []string, id string) bool {
	_, ok := slices.BinarySearch(ids, id)
	return ok
}
