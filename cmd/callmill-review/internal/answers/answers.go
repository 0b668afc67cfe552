// Package answers keeps the answers to questions about one snapshot in memory, so that
// each is computed once however many ask, and computes two heavy ones at a time: the rest
// wait in a queue, see how far it is, and can leave it.
//
// Answers are never written to disk: what is erased from the dataset must be nowhere else.
package answers

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"callmill/schema"
)

// Compute computes an answer. It ends soon after ctx does. It may report what it is
// doing, as a step of steps.
type Compute = func(ctx context.Context, report func(step, steps int, doing schema.Text)) (any, error)

// Question is what is asked.
type Question struct {
	Key      string        // the same for the same question
	Heavy    bool          // it waits for a slot, and whoever asks need not wait for the answer
	Patience time.Duration // how long to wait for an answer; 0: 1.5 s
}

const (
	defaultPatience = 1500 * time.Millisecond
	// idle is how long a heavy question goes on though nobody waits for its answer: a page
	// that shows the progress asks again within it.
	idle = 10 * time.Second
)

// Progress is how far an answer is.
type Progress struct {
	Queued      bool // it waits for others to be ready
	Ahead       int  // of it in the queue
	Step, Steps int  // 0 of 0: unknown
	Doing       schema.Text
	Since       time.Time // when it was first asked for
}

// WorkingError means that an answer is being computed still: ask again.
type WorkingError struct{ Progress }

func (e *WorkingError) Error() string {
	if e.Queued {
		return fmt.Sprintf("the answer waits for %d others", e.Ahead+1)
	}
	return fmt.Sprintf("the answer is being computed: step %d of %d", e.Step, e.Steps)
}

// PanicError is a panic while an answer was computed.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// ErrClosed means that the snapshot is not asked any more.
var ErrClosed = errors.New("the snapshot is closed")

// Options bound what is kept.
type Options struct {
	Bytes int64 // estimated; 0: 128 MB
	Count int   // of answers; 0: 2,000
	// Shared are pointers that answers may hold but do not own: their bytes do not count.
	Shared []any
	Now    func() time.Time // nil: time.Now
}

// Keeper keeps the answers about one snapshot. Answers are shared by all who ask and
// must not be changed. Safe for concurrent use.
type Keeper struct {
	slots   *Slots
	options Options
	stop    context.CancelFunc
	ctx     context.Context
	working sync.WaitGroup

	mu      sync.Mutex
	entries map[string]*entry
	used    list.List // of kept *entry, the one that was asked for last in front
	bytes   int64
	closed  bool
}

// entry is an answer, or the work on it.
type entry struct {
	key  string
	done chan struct{} // closed when answer and err are there

	answer any
	err    error
	bytes  int64
	place  *list.Element // in used; nil while it is being computed

	// Of heavy ones that are being computed, under Keeper.mu:
	progress Progress
	ticket   *ticket
	waiting  int         // who wait in Ask
	leave    *time.Timer // ends it when nobody asks
	cancel   context.CancelFunc
}

// New returns a keeper that computes heavy answers in slots, which it may share with
// others.
func New(slots *Slots, o Options) *Keeper {
	if o.Bytes == 0 {
		o.Bytes = 128 << 20
	}
	if o.Count == 0 {
		o.Count = 2000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Keeper{slots: slots, options: o, ctx: ctx, stop: stop, entries: map[string]*entry{}}
}

// Close ends all work, waits for its end and forgets all answers. Asking again is an
// ErrClosed.
func (k *Keeper) Close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.stop()
	k.working.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.entries, k.bytes = nil, 0
	k.used.Init()
}

// Go runs f in the background, in a goroutine that gives way to others, until the keeper
// closes: f ends soon after its context does, and Close waits for it. It may ask questions
// before somebody else does. A closed keeper runs nothing.
func (k *Keeper) Go(f func(ctx context.Context)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return
	}
	k.working.Go(func() {
		yield()
		f(k.ctx)
	})
}

// Ask returns the answer to a question, which is computed if it is not known.
//
// A light one is computed at once, in the caller; others who ask meanwhile wait for it.
// A heavy one is computed in a goroutine of its own, in one of the slots: where it is not
// ready in time, the error is a WorkingError, and it goes on as long as somebody asks
// again within 10 s. An error is told to those who wait, or to whoever asks again within
// 10 s where nobody does, and not kept; a panic is one too. So are answers that are too
// large to be kept.
func (k *Keeper) Ask(ctx context.Context, q Question, compute Compute) (any, error) {
	if q.Patience == 0 {
		q.Patience = defaultPatience
	}
	patience := time.NewTimer(q.Patience)
	defer patience.Stop()
	for try := 0; ; try++ {
		e, ours, err := k.enter(q, compute)
		if err != nil {
			return nil, err
		}
		if ours {
			k.finish(e, func() (any, error) { return protected(ctx, compute, func(int, int, schema.Text) {}) })
		}
		answer, err := k.wait(ctx, e, patience)
		// Whoever computed it went away, or nobody had asked for it: it is computed anew.
		if !ours && try < 3 && ctx.Err() == nil && errors.Is(err, context.Canceled) {
			continue
		}
		return answer, err
	}
}

// enter returns the entry of a question, which is kept or being computed. ours says that
// the caller has to compute it now.
func (k *Keeper) enter(q Question, compute Compute) (e *entry, ours bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, false, ErrClosed
	}
	if e := k.entries[q.Key]; e != nil {
		if e.place != nil {
			k.used.MoveToFront(e.place)
		} else if e.leave != nil {
			e.leave.Stop() // somebody waits again
		}
		e.waiting++
		return e, false, nil
	}
	e = &entry{key: q.Key, done: make(chan struct{}), waiting: 1, progress: Progress{Since: k.options.Now()}}
	k.entries[q.Key] = e
	if !q.Heavy {
		return e, true, nil
	}
	ctx, cancel := context.WithCancel(k.ctx)
	e.cancel = cancel
	e.ticket = k.slots.enter()
	e.leave = time.AfterFunc(idle, cancel)
	e.leave.Stop() // somebody waits
	k.working.Go(func() {
		defer cancel()
		yield()
		k.finish(e, func() (any, error) { return k.inSlot(ctx, e, compute) })
	})
	return e, false, nil
}

// inSlot computes the answer to a heavy question when its turn comes.
func (k *Keeper) inSlot(ctx context.Context, e *entry, compute Compute) (any, error) {
	defer k.slots.leave(e.ticket)
	select {
	case <-e.ticket.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return protected(ctx, compute, func(step, steps int, doing schema.Text) {
		k.mu.Lock()
		defer k.mu.Unlock()
		e.progress.Step, e.progress.Steps, e.progress.Doing = step, steps, doing
	})
}

// protected computes an answer; a panic is an error.
func protected(ctx context.Context, compute Compute, report func(int, int, schema.Text)) (answer any, err error) {
	defer func() {
		if v := recover(); v != nil {
			answer, err = nil, &PanicError{v, debug.Stack()}
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return compute(ctx, report)
}

// finish computes the answer of an entry and keeps it, unless it is an error.
func (k *Keeper) finish(e *entry, compute func() (any, error)) {
	answer, err := compute()
	bytes := int64(0)
	if err == nil {
		bytes = size(answer, k.options.Shared) + int64(len(e.key))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	e.answer, e.err, e.bytes = answer, err, bytes
	if e.leave != nil {
		e.leave.Stop()
	}
	close(e.done)
	if err != nil || k.closed || bytes > k.options.Bytes/2 {
		if e.leave == nil || e.waiting > 0 || k.closed || errors.Is(err, context.Canceled) {
			k.drop(e)
			return
		}
		// Nobody waits at this moment: the page that shows the progress asks again soon, and
		// would begin anew for ever.
		e.leave = time.AfterFunc(idle, func() {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.drop(e)
		})
		return
	}
	e.place = k.used.PushFront(e)
	k.bytes += bytes
	for k.bytes > k.options.Bytes || k.used.Len() > k.options.Count {
		k.forget(k.used.Back().Value.(*entry))
	}
}

// drop forgets an entry that is not kept.
func (k *Keeper) drop(e *entry) {
	if k.entries[e.key] == e {
		delete(k.entries, e.key)
	}
}

func (k *Keeper) forget(e *entry) {
	k.used.Remove(e.place)
	k.bytes -= e.bytes
	delete(k.entries, e.key)
}

// wait returns the answer of an entry when it is there.
func (k *Keeper) wait(ctx context.Context, e *entry, patience *time.Timer) (any, error) {
	defer k.left(e)
	select {
	case <-e.done:
		return e.answer, e.err
	default:
	}
	select {
	case <-e.done:
		return e.answer, e.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-patience.C:
		return nil, &WorkingError{k.progress(e)}
	}
}

// left says that somebody does not wait in Ask any more.
func (k *Keeper) left(e *entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e.waiting--
	select {
	case <-e.done:
		if e.place == nil { // it was told, and is not kept
			k.drop(e)
		}
	default:
		if e.leave != nil && e.waiting == 0 {
			e.leave.Reset(idle)
		}
	}
}

func (k *Keeper) progress(e *entry) Progress {
	k.mu.Lock()
	p := e.progress
	k.mu.Unlock()
	if e.ticket != nil {
		p.Ahead, p.Queued = k.slots.ahead(e.ticket)
	}
	return p
}

// As asks as [Keeper.Ask] does and returns an answer of the type T.
func As[T any](answer any, err error) (T, error) {
	t, ok := answer.(T)
	if err == nil && !ok {
		return t, fmt.Errorf("the answer is a %T, not a %T", answer, t)
	}
	return t, err
}
