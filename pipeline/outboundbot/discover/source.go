package discover

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"callmill/pipeline/outboundbot/client"
	"callmill/schema"
)

// Reader reads raw lines of ListJobs. It is the decoder of the run, so that one
// reader decides what a response holds. Not safe for concurrent use.
type Reader interface {
	Items(raw *schema.Raw) iter.Seq[schema.Decoded]
}

// Log keeps responses, and has those of a run that was killed. Its methods must
// be safe for concurrent use.
type Log interface {
	// Append keeps a raw line, and returns when it is on disk. It does not retain
	// the line.
	Append(line []byte) error
	// Job finds the latest kept line that answers for a job, and when it was
	// received, in ms.
	Job(instanceID, jobID string) (line int, observedAt int64, ok bool)
	// Request finds the nth of the kept lines, from 0, that answer a request
	// of another action.
	Request(instanceID, action string, asked schema.RawAsked, nth int) (line int, observedAt int64, ok bool)
	// Lines are the kept lines of an action, in their order.
	Lines(action string) []int
	// Line returns a kept line; it belongs to the caller.
	Line(line int) ([]byte, error)
}

// Options are what a Source needs besides its client and plans.
type Options struct {
	// NewReader makes a reader for one goroutine. Raws requires it.
	NewReader func() Reader
	// Log keeps the responses; nil keeps nothing.
	Log Log
	// Saw is called for each job that was asked for, by the goroutine that calls
	// Raws, before the run gets the response; nil is not called.
	Saw func(schema.Sighting)
}

// Source is the input of a run: the calls of some plans. It is used once.
type Source struct {
	client  *client.Client
	plans   []Plan
	log     Log
	saw     func(schema.Sighting)
	readers sync.Pool
	out     chan delivery // nil: nothing is delivered

	outcomes []Outcome // of each plan
	callsOf  *callsOf  // of the plan whose jobs are fetched; nil: they are not of interest

	mu       sync.Mutex
	counters Counters
	skew     time.Duration // see Skew
	dated    bool
}

// delivery is a response that is kept: what the run is to read of it, and what
// became of the jobs.
type delivery struct {
	raw       *schema.Raw
	sightings []schema.Sighting
}

// NewSource makes a Source. Plans are of different instances.
func NewSource(c *client.Client, plans []Plan, o Options) *Source {
	s := &Source{client: c, plans: plans, log: o.Log, saw: o.Saw, outcomes: make([]Outcome, len(plans))}
	for i := range plans {
		s.outcomes[i].InstanceID = plans[i].InstanceID
	}
	if o.NewReader != nil {
		s.readers.New = func() any { return o.NewReader() }
	}
	if s.log == nil {
		s.log = noLog{}
	}
	if s.saw == nil {
		s.saw = func(schema.Sighting) {}
	}
	return s
}

// Raws finds the jobs of all plans and yields the responses as they come: a raw
// line for each, and one for each id that is answered with errors only. It ends
// with ctx.Err(), with the first error of yield or the log, or with an error that
// has a *client.Error in its chain.
func (s *Source) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	if s.readers.New == nil {
		return errors.New("fetch jobs: Options.NewReader is missing")
	}
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

// deliver passes a response to the run.
func (s *Source) deliver(d delivery, sequence *int64, yield func(*schema.Raw) error) error {
	for _, sighting := range d.sightings {
		s.count(func(n *Counters) { n.saw(sighting) })
		s.saw(sighting)
	}
	d.raw.Sequence = *sequence
	*sequence++
	return yield(d.raw)
}

// produce finds and fetches, plan by plan.
func (s *Source) produce(ctx context.Context) error {
	if err := s.handOnLists(ctx); err != nil {
		return err
	}
	return s.each(ctx, (*discovery).night)
}

// each does something for each plan, leaves out instances that are not answered,
// and returns an error where no other could be either, or nothing was seen.
func (s *Source) each(ctx context.Context, do func(*discovery, context.Context) error) error {
	var all []*discovery
	for i := range s.plans {
		d := s.newDiscovery(&s.plans[i], &s.outcomes[i])
		if err := s.leaveInstance(ctx, d, do(d, ctx)); err != nil {
			return err
		}
		all = append(all, d)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return nothing(all)
}

// night finds the jobs of a plan and fetches them.
func (d *discovery) night(ctx context.Context) error {
	if err := d.run(ctx); err != nil {
		return err
	}
	d.Source.callsOf = newCallsOf(d.plan)
	if err := d.fetch(ctx); err != nil {
		return fmt.Errorf("fetch the jobs of instance %s: %w", d.plan.InstanceID, err)
	}
	return d.searchMany(ctx)
}

// largeBody is the size of a response, in bytes, from which on send waits for the
// run: it takes several at a time.
const largeBody = 4 << 20

// send passes a response to the goroutine that delivers. A large one is done with
// when it returns: while its request is in flight, the client reads no other.
func (s *Source) send(ctx context.Context, d delivery) error {
	if s.out == nil {
		return ctx.Err()
	}
	var released chan struct{}
	if len(d.raw.Body) > largeBody {
		released = make(chan struct{})
		d.raw.Release = sync.OnceFunc(func() { close(released) })
	}
	select {
	case s.out <- d:
	case <-ctx.Done():
		return ctx.Err()
	}
	if released == nil {
		return nil
	}
	select {
	case <-released:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keep has the log keep an answer, and hands it to the run with what became of
// the jobs it was asked for.
func (s *Source) keep(ctx context.Context, r *client.Request, a *client.Answer) error {
	raw := rawOf(r, a)
	if r.Action == listJobs {
		a.Body, a.Members = nil, nil // raw has a copy
	}
	return s.deliverLine(ctx, raw, r.JobIDs)
}

// deliverLine has the log keep a raw line, and hands it to the run with what
// became of some jobs.
func (s *Source) deliverLine(ctx context.Context, raw *schema.Raw, ids []string) error {
	if err := s.log.Append(raw.Body); err != nil {
		return err
	}
	return s.send(ctx, delivery{raw, s.sightings(raw, ids)})
}

// Discovered is what there is to fetch of one instance.
type Discovered struct {
	InstanceID string
	Calls      int64 // that SearchTask listed
	Groups     int   // campaigns that were listed
	Jobs       int   // that are to be asked for
}

// Discover finds the jobs of all plans without asking for them, instead of
// Raws. An instance that is left out is in the outcomes only.
func (s *Source) Discover(ctx context.Context) ([]Discovered, error) {
	var all []Discovered
	err := s.each(ctx, func(d *discovery, ctx context.Context) error {
		if err := d.run(ctx); err != nil {
			return err
		}
		all = append(all, Discovered{d.plan.InstanceID, d.calls.Load(), d.groups, len(d.found.lastCalls)})
		return nil
	})
	return all, err
}

// noLog is the log of a source that has none.
type noLog struct{}

func (noLog) Append([]byte) error { return nil }

func (noLog) Job(string, string) (int, int64, bool) { return 0, 0, false }

func (noLog) Request(string, string, schema.RawAsked, int) (int, int64, bool) { return 0, 0, false }

func (noLog) Lines(string) []int { return nil }

func (noLog) Line(int) ([]byte, error) { return nil, errors.New("nothing is kept") }
