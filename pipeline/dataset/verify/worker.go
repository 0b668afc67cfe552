package verify

import (
	"cmp"
	"context"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"callmill/pipeline/dataset/verify/consistency"
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
	plan  *plan
	queue *queue
	jobs  *consistency.Checker
}

func (p *plan) newWorker(q *queue) *worker {
	return &worker{plan: p, queue: q, jobs: consistency.New(p.rules())}
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

// check checks the jobs of a part.
func (w *worker) check(p *part) {
	for i := range p.Jobs {
		w.plan.retention.count(&p.Jobs[i].Job)
	}
	w.jobs.Check(&p.Part)
	p.Jobs, p.Keys, p.Before = nil, nil, nil // only findings stay
	w.plan.join(p.checked, p.shard)
}

// hand has a part checked by a worker that is free, else by this one.
func (w *worker) hand(p *part) {
	select {
	case w.queue.parts <- p:
	default:
		w.check(p)
	}
}
