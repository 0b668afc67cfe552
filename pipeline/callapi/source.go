package callapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"callmill/schema"
)

// Journal keeps responses, and has those of a run that was killed. Its methods
// are called by several goroutines.
type Journal interface {
	// Append keeps a raw line, and returns when it is safe. It does not hold
	// on to it.
	Append(line []byte) error
	// Job finds the latest kept line that answers for a job, and when it was
	// received, in ms.
	Job(instanceID, jobID string) (line int, observedAt int64, ok bool)
	// Request finds the nth of the kept lines, from 0, that answer a request
	// of another action.
	Request(instanceID, action string, asked schema.RawAsked, nth int) (line int, observedAt int64, ok bool)
	// Line gives a kept line.
	Line(line int) ([]byte, error)
}

// SourceOptions say what else is to be done with what comes. All of them may
// be left out.
type SourceOptions struct {
	Journal Journal
	// Saw is told of each job that was asked for, by the goroutine that calls
	// Raws, before the run gets the response.
	Saw func(Sighting)
}

// Source is the calls of some plans as the input of a run. It is used once.
type Source struct {
	client  *Client
	plans   []Plan
	journal Journal
	saw     func(Sighting)
	out     chan delivery // nil: nothing is delivered

	mu     sync.Mutex
	groups []schema.JobGroupRow
}

// delivery is what came for one request, which is kept by then: what the run
// is to read of it, and what became of the jobs.
type delivery struct {
	raw       *schema.Raw
	sightings []Sighting
}

// NewSource makes a Source. Plans are of different instances.
func NewSource(c *Client, plans []Plan, o SourceOptions) *Source {
	s := &Source{client: c, plans: plans, journal: o.Journal, saw: o.Saw}
	if s.journal == nil {
		s.journal = forgetful{}
	}
	if s.saw == nil {
		s.saw = func(Sighting) {}
	}
	return s
}

// Raws finds the jobs of all plans and yields the responses about them as they
// come: a raw line for each of ListJobs and ListJobGroups, a reject for each
// id that is answered with errors only. It ends with ctx.Err(), with the first
// error of yield or the journal, or with an *Error in its chain.
func (s *Source) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.out = make(chan delivery)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(s.out)
		return s.produce(ctx)
	})
	var sequence int64
	for d := range s.out {
		if err := s.deliver(d, &sequence, yield); err != nil {
			cancel()
			_ = g.Wait() // it was cancelled because of err
			return err
		}
	}
	return g.Wait()
}

// deliver gives what came to the run.
func (s *Source) deliver(d delivery, sequence *int64, yield func(*schema.Raw) error) error {
	for _, sighting := range d.sightings {
		s.client.counters.saw(sighting)
		s.saw(sighting)
	}
	d.raw.Sequence = *sequence
	*sequence++
	return yield(d.raw)
}

// produce finds and fetches, plan by plan.
func (s *Source) produce(ctx context.Context) error {
	for i := range s.plans {
		d := s.newDiscovery(&s.plans[i])
		if err := d.run(ctx); err != nil {
			return err
		}
		s.keepGroups(d)
		if err := d.fetch(ctx); err != nil {
			return fmt.Errorf("fetch the jobs of instance %s: %w", d.plan.InstanceID, err)
		}
	}
	return ctx.Err()
}

// send hands something to the goroutine that delivers.
func (s *Source) send(ctx context.Context, d delivery) error {
	if s.out == nil || d.raw == nil {
		return ctx.Err()
	}
	select {
	case s.out <- d:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Source) keepGroups(d *discovery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(d.groups)) {
		s.groups = append(s.groups, d.groups[id])
	}
}

// JobGroups are the campaigns that were listed, by plan and id, when Raws or
// Discover has returned.
func (s *Source) JobGroups() []schema.JobGroupRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.groups)
}

// Discovered is what there is to fetch of one instance.
type Discovered struct {
	InstanceID string
	Calls      int // that SearchTask listed
	Groups     int // campaigns that were listed
	Jobs       int // that are to be asked for
}

// Discover finds the jobs of all plans without asking for them, instead of
// Raws.
func (s *Source) Discover(ctx context.Context) ([]Discovered, error) {
	var all []Discovered
	for i := range s.plans {
		d := s.newDiscovery(&s.plans[i])
		if err := d.run(ctx); err != nil {
			return all, err
		}
		s.keepGroups(d)
		all = append(all, Discovered{d.plan.InstanceID, d.found.calls, len(d.groups), len(d.found.jobs)})
	}
	return all, nil
}

// forgetful is the journal of a source that has none.
type forgetful struct{}

func (forgetful) Append([]byte) error { return nil }

func (forgetful) Job(string, string) (int, int64, bool) { return 0, 0, false }

func (forgetful) Request(string, string, schema.RawAsked, int) (int, int64, bool) { return 0, 0, false }

func (forgetful) Line(int) ([]byte, error) { return nil, errors.New("nothing is kept") }
