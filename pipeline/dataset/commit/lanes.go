package commit

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"callmill/pipeline/dataset/shard"
)

// lanes write the tables of a shard: in turns, by the worker that derives their rows, as
// long as all workers have shards; from the batch on at which one has none left, each lane
// by a goroutine of its own, while the worker derives the rows of later batches. So one
// large day is written by several processors, too. The bytes are the same.
type lanes struct {
	writer *shardWriter
	ctx    context.Context // the run's; once there are goroutines it ends with their first error
	group  *errgroup.Group
	queues []chan *handed // of batches, by lane; nil: the worker writes itself
	free   chan *batch
}

const (
	// laneCount: turns, which take half the time, and all others.
	laneCount = 2
	// batchesAhead is how many batches may wait, for the time that it takes to compress
	// the pages of a table that come to their ends together.
	batchesAhead = 16
)

// laneOf returns the lane of a table.
func laneOf(table int) int {
	if table == shard.Turns {
		return 1
	}
	return 0
}

// handed is a batch and how many lanes have yet to write it.
type handed struct {
	*batch
	lanes atomic.Int32
}

func newLanes(ctx context.Context, w *shardWriter) *lanes {
	return &lanes{writer: w, ctx: ctx}
}

// write writes a batch, or has it written, and returns an empty one. It waits for one of
// a huge job to be written: else there would be as many huge jobs in memory as batches.
func (l *lanes) write(b *batch) (*batch, error) {
	if l.queues == nil && l.writer.build.idles() {
		l.start()
	}
	if l.queues == nil {
		for lane := range laneCount {
			if err := l.writeTables(lane, &b.Batch); err != nil {
				return nil, err
			}
		}
		b.reset()
		return b, nil
	}
	h, wait := &handed{batch: b}, 1
	if b.Huge() {
		wait = cap(l.free)
	}
	h.lanes.Store(laneCount)
	for _, queue := range l.queues {
		select {
		case queue <- h:
		case <-l.ctx.Done():
			return nil, l.ctx.Err()
		}
	}
	var free []*batch
	for range wait {
		select {
		case next := <-l.free:
			free = append(free, next)
		case <-l.ctx.Done():
			return nil, l.ctx.Err()
		}
	}
	for _, next := range free[1:] {
		l.free <- next
	}
	return free[0], nil
}

// start starts a goroutine for each lane.
func (l *lanes) start() {
	l.group, l.ctx = errgroup.WithContext(l.ctx)
	w := l.writer
	for len(w.spare) < batchesAhead {
		w.spare = append(w.spare, w.newBatch())
	}
	l.free = make(chan *batch, batchesAhead+1)
	for _, b := range w.spare {
		l.free <- b
	}
	clear(w.spare) // or those that are given up would stay
	w.spare = w.spare[:0]
	for lane := range laneCount {
		queue := make(chan *handed, batchesAhead+1)
		l.queues = append(l.queues, queue)
		l.group.Go(func() error { return l.run(lane, queue) })
	}
}

// run writes the tables of a lane.
func (l *lanes) run(lane int, queue <-chan *handed) error {
	for {
		select {
		case h, more := <-queue:
			if !more {
				return l.completeTables(lane, l.finishAside)
			}
			if err := l.writeTables(lane, &h.Batch); err != nil {
				return err
			}
			l.done(h)
		case <-l.ctx.Done():
			return l.ctx.Err()
		}
	}
}

// done notes that a lane has written a batch; the last one makes it free, or another one
// in the place of a huge job's, whose flattener would keep what it made the rows of.
func (l *lanes) done(h *handed) {
	if h.lanes.Add(-1) > 0 {
		return
	}
	next := h.batch
	if next.Huge() {
		next = l.writer.newBatch()
	} else {
		next.reset()
	}
	l.free <- next // has room for all there are
}

// close completes the files, unless there was an error, which it returns. All goroutines
// have ended when it returns.
func (l *lanes) close(err error) error {
	if l.queues == nil {
		for lane := 0; lane < laneCount && err == nil; lane++ {
			err = l.completeTables(lane, l.writer.finish)
		}
		return err
	}
	if err != nil { // lanes end at once, with the files as they are
		l.group.Go(func() error { return err })
	}
	for _, queue := range l.queues {
		close(queue)
	}
	if err := l.group.Wait(); err != nil {
		return err
	}
	close(l.free)
	for b := range l.free {
		l.writer.spare = append(l.writer.spare, b)
	}
	return nil
}

// writeTables writes the rows of a batch that are of the tables of a lane.
func (l *lanes) writeTables(lane int, b *shard.Batch) error {
	for i, t := range l.writer.tables {
		if laneOf(i) != lane {
			continue
		}
		if err := t.write(l.writer.shard, b); err != nil {
			return err
		}
	}
	return nil
}

// completeTables completes the files of a lane, and has each put on disk by finish.
func (l *lanes) completeTables(lane int, finish func(table int) error) error {
	for i, t := range l.writer.tables {
		if laneOf(i) != lane {
			continue
		}
		if err := t.complete(); err != nil {
			return err
		}
		if err := finish(i); err != nil {
			return err
		}
	}
	return nil
}

// finishAside puts a file on disk while those after it are completed: to wait for the
// disk six times, one after the other, takes a twentieth of the time of a large day.
func (l *lanes) finishAside(table int) error {
	l.group.Go(func() error { return l.writer.finish(table) })
	return nil
}
