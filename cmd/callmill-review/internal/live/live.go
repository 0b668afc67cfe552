//go:build cgo

package live

import (
	"cmp"
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/pipeline/dataset"
)

// Options are how a dataset is held in memory.
type Options struct {
	Memory int64            // budget for calls held in memory, bytes; 0: 600 MB
	Mask   bool             // what is loaded is masked
	Rules  *rules.Book      // nil: the starter set
	Poll   time.Duration    // how often latest is looked at; 0: 2 s
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: nothing is logged
	// Limit is told how much memory of Go the process should not exceed with what is held,
	// as debug.SetMemoryLimit takes it; nil: nobody is told.
	Limit func(bytes int64)
}

// HeavyAtATime is how many questions that take long are computed at the same time.
const HeavyAtATime = 2

const (
	defaultMemory = 600 << 20
	defaultPoll   = 2 * time.Second
)

// Follower holds the newest snapshot of a dataset. Safe for concurrent use.
type Follower struct {
	dir     string
	options Options
	slots   *answers.Slots
	closing sync.WaitGroup // nights that close

	mu      sync.Mutex
	night   *Night
	state   State
	retired <-chan struct{} // closed when the night before is
}

// State is what became of a snapshot that is newer than the night that Take returns.
type State struct {
	Snapshot string    // its name; "": there is none
	Taking   bool      // it is being loaded
	Err      error     // why it could not be taken up
	Since    time.Time // when it was first seen
}

// Open loads the snapshot that is published in the folder dir. Run follows it.
func Open(ctx context.Context, dir string, o Options) (*Follower, error) {
	o.Memory = cmp.Or(o.Memory, defaultMemory)
	o.Poll = cmp.Or(o.Poll, defaultPoll)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rules == nil {
		starter, err := rules.Starter()
		if err != nil {
			return nil, err
		}
		o.Rules = starter
	}
	f := &Follower{dir: dir, options: o, slots: answers.NewSlots(HeavyAtATime)}
	night, err := f.load(ctx, "", nil)
	if err != nil {
		return nil, err
	}
	f.night = night
	debug.FreeOSMemory() // what loading took, as much again
	f.limit(false)
	return f, nil
}

// Run follows what is published until ctx ends, whose error it returns. What is asked for
// soon is read ahead, of each night.
func (f *Follower) Run(ctx context.Context) error {
	f.current().readAhead()
	ticker := time.NewTicker(f.options.Poll)
	defer ticker.Stop()
	tries := attempts{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			f.look(ctx, &tries)
		}
	}
}

// attempts are those to take up a snapshot that failed: with each it takes twice as many
// looks until the next one, for it may be damaged for good.
type attempts struct {
	snapshot string
	failed   int
	skip     int // looks that are passed over
}

const maxSkip = 32

func (a *attempts) due(snapshot string) bool {
	if a.snapshot != snapshot {
		*a = attempts{snapshot: snapshot}
	}
	a.skip--
	return a.skip < 0
}

func (a *attempts) fail() {
	a.failed++
	a.skip = min(1<<a.failed, maxSkip)
}

// look takes up the snapshot that is published, if it is another one than the night's.
func (f *Follower) look(ctx context.Context, tries *attempts) {
	night := f.current()
	name, err := dataset.Latest(f.dir)
	if err == nil && name == night.Name {
		f.say(State{})
		return
	}
	if err == nil && name == "" {
		err = dataset.ErrEmpty
	}
	if !tries.due(name) || !f.closed() {
		return // two nights are enough
	}
	if err == nil {
		f.say(State{Snapshot: name, Taking: true, Since: f.options.Now()})
		err = f.take(ctx, name, night)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil && f.superseded(name):
		*tries = attempts{} // its removal while it was read is nothing to worry about
	case err != nil:
		tries.fail()
		f.options.Log.Error("a newer snapshot cannot be taken up, pages show the one before", "dataset", f.dir, "snapshot", name, "shown", night.Name, "reason", err)
		f.say(State{Snapshot: name, Err: err, Since: f.options.Now()})
	}
}

// superseded reports whether another snapshot is published than the one with a name.
func (f *Follower) superseded(name string) bool {
	now, err := dataset.Latest(f.dir)
	return err == nil && name != "" && now != "" && now != name
}

// take takes up a snapshot.
func (f *Follower) take(ctx context.Context, name string, old *Night) error {
	began := f.options.Now()
	f.limit(true)
	night, err := f.load(ctx, name, old)
	if err != nil {
		f.limit(false)
		return err
	}
	f.mu.Lock()
	f.night, f.state, f.retired = night, State{}, old.closed
	f.mu.Unlock()
	f.options.Log.Info("took up a snapshot", "snapshot", name, "calls", len(night.Corpus.Calls), "lines", len(night.Corpus.Lines),
		"days_loaded", night.loaded, "days_kept", len(night.source.days)-night.loaded, "took", f.options.Now().Sub(began).Round(time.Millisecond))
	old.Release()
	night.readAhead()
	return nil
}

// limit tells how much memory of Go is needed: for the night, for the answers about it and
// two heavy questions at a time; and for another night, as it is loaded.
func (f *Follower) limit(taking bool) {
	if f.options.Limit == nil {
		return
	}
	const questions = 288 << 20
	if held := f.current().bytes; taking {
		f.options.Limit(held*5/2 + questions)
	} else {
		f.options.Limit(held*5/4 + questions)
	}
}

// closed reports whether the night before the current one is closed.
func (f *Follower) closed() bool {
	f.mu.Lock()
	retired := f.retired
	f.mu.Unlock()
	if retired == nil {
		return true
	}
	select {
	case <-retired:
		return true
	default:
		return false
	}
}

// say sets the state; what is said again of a snapshot is as old as it was.
func (f *Follower) say(s State) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.Snapshot != "" && s.Snapshot == f.state.Snapshot {
		s.Since = f.state.Since
	}
	f.state = s
}

func (f *Follower) current() *Night {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.night
}

// Take returns the newest night. Release it when the request is done.
func (f *Follower) Take() *Night {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.night.take() // the follower holds it
	return f.night
}

// Taking reports that a newer snapshot is being taken up.
func (f *Follower) Taking() bool { return f.State().Taking }

// State returns what became of a newer snapshot.
func (f *Follower) State() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// Close lets go of the night and waits until it is closed: after the last request, and
// after Run.
func (f *Follower) Close() error {
	f.mu.Lock()
	night := f.night
	f.mu.Unlock()
	night.Release()
	f.closing.Wait()
	return nil
}
