package verify

import (
	"cmp"
	"context"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// checkUnits checks the units. Each worker reads units and checks the parts of shards that
// it or others have read: so all are busy with a single shard, too. Units share nothing
// but what the plan's locks guard, and no file belongs to two of them.
func (p *plan) checkUnits(ctx context.Context) error {
	workers := cmp.Or(p.o.Workers, runtime.GOMAXPROCS(0))
	// For each of the other workers there may be a part ahead; a reader that finds no room
	// checks its part itself.
	q := &queue{units: make(chan unit, len(p.units)), parts: make(chan *part, 2*(workers-1))}
	for _, u := range p.units {
		q.units <- u
	}
	q.reading.Store(int32(len(p.units)))
	if len(p.units) == 0 {
		close(q.parts)
	}
	close(q.units)
	g, ctx := errgroup.WithContext(ctx)
	for range workers {
		g.Go(func() error { return p.newWorker(q).work(ctx) })
	}
	return g.Wait()
}

// queue is what workers have to do.
type queue struct {
	units   chan unit // all from the beginning
	parts   chan *part
	reading atomic.Int32 // units that are not read to their end: the last one closes parts
}

// worker reads units and checks parts. It is one goroutine.
type worker struct {
	plan       *plan
	queue      *queue
	derive     Rows                // nil if no rows are derived again
	contactKey func(string) string // nil if contact keys are not checked

	content []byte // for content hashes
	taskAt  map[string]int
	turnAt  map[turnKey]int
}

func (p *plan) newWorker(q *queue) *worker {
	w := &worker{plan: p, queue: q}
	if p.rows != nil {
		w.derive = p.rows()
	}
	if p.contactKey != nil {
		w.contactKey = p.contactKey(p.manifest.Settings.Derivation)
	}
	return w
}

// work works until nothing is left to do. Its error is that of ctx.
func (w *worker) work(ctx context.Context) error {
	units, parts := w.queue.units, w.queue.parts
	for {
		select { // what is read comes first: it is in memory
		case p, ok := <-parts:
			if !ok {
				return nil
			}
			w.check(p)
			continue
		default:
		}
		select {
		case p, ok := <-parts:
			if !ok {
				return nil
			}
			w.check(p)
		case u, ok := <-units:
			if !ok {
				units = nil // others may be reading yet
				continue
			}
			if err := u.check(ctx, w); err != nil {
				return err
			}
			if w.queue.reading.Add(-1) == 0 {
				close(parts)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// hand has a part checked by a worker that is free, else by this one.
func (w *worker) hand(p *part) {
	select {
	case w.queue.parts <- p:
	default:
		w.check(p)
	}
}

// maxKept is how many entries a map may have that is kept for the next job: to empty one
// takes as long as it once was large.
const maxKept = 64

// emptied returns an empty map with room for n entries: the one in m, where it is small.
func emptied[K comparable](m *map[K]int, n int) map[K]int {
	if n > maxKept {
		return make(map[K]int, n)
	}
	if *m == nil {
		*m = make(map[K]int, maxKept)
	}
	clear(*m)
	return *m
}
