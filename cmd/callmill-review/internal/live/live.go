//go:build cgo

package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
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
}

const (
	defaultMemory = 600 << 20
	defaultPoll   = 2 * time.Second
	heavyAtATime  = 2
)

// Follower holds the newest snapshot of a dataset. Safe for concurrent use.
type Follower struct {
	dir     string
	options Options
	slots   *answers.Slots
	closing sync.WaitGroup // nights that close

	mu    sync.Mutex
	night *Night
	state State
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
	f := &Follower{dir: dir, options: o, slots: answers.NewSlots(heavyAtATime)}
	night, err := f.load(ctx)
	if err != nil {
		return nil, err
	}
	f.night = night
	return f, nil
}

// Run follows what is published until ctx ends, whose error it returns.
func (f *Follower) Run(ctx context.Context) error {
	ticker := time.NewTicker(f.options.Poll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			f.look(ctx)
		}
	}
}

// look takes up the snapshot that is published, if it is another one.
func (f *Follower) look(ctx context.Context) {
	name, err := dataset.Latest(f.dir)
	if err == nil && name == f.current() {
		return
	}
	night, err := f.load(ctx)
	if err != nil {
		if ctx.Err() == nil {
			f.options.Log.Error("a newer snapshot cannot be taken up", "snapshot", name, "reason", err)
		}
		return
	}
	f.mu.Lock()
	old := f.night
	f.night = night
	f.mu.Unlock()
	old.Release()
}

func (f *Follower) current() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.night.Name
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

// load loads the snapshot that is published now.
func (f *Follower) load(ctx context.Context) (_ *Night, err error) {
	db, err := query.Open(ctx, f.dir, query.Options{})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	c, err := db.Load(ctx, query.LoadOptions{Whole: true})
	if err != nil {
		return nil, fmt.Errorf("load snapshot %s: %w", db.Snapshot(), err)
	}
	return f.newNight(c, db), nil
}

func (f *Follower) newNight(c *corpus.Corpus, db *query.DB) *Night {
	n := &Night{Name: db.Snapshot(), Corpus: c, DB: db, Masked: f.options.Mask || db.Manifest().Settings.PII != "keep", Zone: c.Zone}
	n.Graph = nodes.Find(c)
	n.Hits = match.Find(f.options.Rules, c)
	n.Answers = answers.New(f.slots, answers.Options{Shared: []any{c, n.Graph, n.Hits, n}, Now: f.options.Now})
	n.byKey = make([]int32, len(c.Calls))
	for i := range n.byKey {
		n.byKey[i] = int32(i)
	}
	slices.SortFunc(n.byKey, func(a, b int32) int {
		call := &c.Calls[b]
		return n.compare(a, query.Key{Instance: c.Instances.String(call.Instance), Job: call.Job, Task: call.Task})
	})
	n.held.Store(1)
	n.last = func() {
		f.closing.Go(func() {
			n.Answers.Close()
			if err := n.DB.Close(); err != nil {
				f.options.Log.Error("close a snapshot", "snapshot", n.Name, "reason", err)
			}
		})
	}
	return n
}
