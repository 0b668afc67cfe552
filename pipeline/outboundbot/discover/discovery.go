package discover

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"callmill/pipeline/calendar"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

// discovery finds the jobs of one plan and fetches them.
type discovery struct {
	*Source
	plan   *Plan
	found  *found
	calls  atomic.Int64 // that SearchTask listed
	groups int          // campaigns that were listed
	// freshLists is the time in ms before which a kept list is too old,
	// freshJobs that before which a kept answer for a job is.
	freshLists, freshJobs int64

	answered atomic.Bool // a list was, or a request for jobs
	fetched  atomic.Bool // jobs were
	// unknownGroup is why a campaign that was named could not be read.
	unknownGroup atomic.Pointer[error]

	seenMu  sync.Mutex
	outcome *Outcome
	first   error // why something was left out

	pagesMu sync.Mutex
	nth     map[string]int // how often each page was read

	actions actions

	// aboutIDs has the error codes with which batches were refused while other
	// ids were not, as keys.
	aboutIDs sync.Map
	// givenUp: since a batch was given up of which nothing could be read, none was
	// answered.
	givenUp atomic.Bool
}

func (s *Source) newDiscovery(plan *Plan, outcome *Outcome) *discovery {
	d := &discovery{Source: s, plan: plan, outcome: outcome, found: newFound(), nth: map[string]int{}}
	outcome.Calls = map[calendar.Day]int64{}
	d.freshJobs = s.client.Now().Add(-resumeFor).UnixMilli()
	d.freshLists = d.freshJobs
	if windows := plan.searched(); len(windows) > 0 {
		d.freshLists = windows[len(windows)-1].To.UnixMilli() // before, calls of the windows may be missing
	}
	return d
}

// run finds the jobs in all the plan's ways.
func (d *discovery) run(ctx context.Context) error {
	if err := d.find(ctx); err != nil {
		return fmt.Errorf("find the jobs of instance %s: %w", d.plan.InstanceID, err)
	}
	d.saw(func(o *Outcome) {
		o.Searched = calendar.Union(o.Searched)
		slices.SortFunc(o.Campaigns, func(a, b Campaign) int { return cmp.Compare(a.JobGroupID, b.JobGroupID) })
	})
	d.count(func(n *Counters) { n.Found += int64(len(d.found.lastCalls)) })
	return nil
}

func (d *discovery) find(ctx context.Context) error {
	if d.plan.Calls {
		if err := d.searchWindows(ctx); err != nil {
			return err
		}
	}
	if err := d.searchGroups(ctx); err != nil {
		return err
	}
	for _, id := range slices.Concat(d.plan.JobIDs, d.plan.Named) {
		d.found.add(id, 0, true)
	}
	d.found.decide(d.plan.Due)
	return d.searchFew(ctx)
}

// list asks for a page of a list, or takes the answer that a killed run kept. The
// error is a *client.Failure where it is about this page: the API answers when
// asked for others. Half of the attempts come after it has shown that it does; there
// are fewer where the lists before failed.
func (d *discovery) list(ctx context.Context, action string, query map[string]string) (*client.Answer, error) {
	asked := schema.RawAsked{Query: query}
	if a, err := d.keptList(action, asked, d.times(action, asked)); a != nil || err != nil {
		return a, err
	}
	r := &client.Request{InstanceID: d.plan.InstanceID, Action: action, Query: query, Lacks: lists.Lacks(action)}
	fewer := d.actions.failing(action) >= failingLists
	if fewer {
		r.Effort = client.Half
	}
	for again := false; ; again = true {
		a, err := d.ask(ctx, r)
		f, ok := errors.AsType[*client.Failure](err)
		switch {
		case err == nil:
			d.answered.Store(true)
			d.actions.pass(action)
			return a, nil
		case !ok:
			return nil, err
		case f.Offline:
			return nil, &f.Cause
		case f.Lacking:
			d.answered.Store(true) // the API is there
			return nil, f
		case f.Refused:
			return nil, f
		}
		effort := client.Insistent
		if !d.client.Answered() {
			effort = client.Steady // it may not be the API
		}
		if err := d.alive(ctx, f, effort); err != nil {
			return nil, unavailable(err)
		}
		if again || fewer {
			return nil, f
		}
	}
}

// unavailable is err, without [client.Failure] where it is an outage.
func unavailable(err error) error {
	if f, ok := errors.AsType[*client.Failure](err); ok {
		return &f.Cause
	}
	return err
}

// ask makes a request, and has its answer kept.
func (d *discovery) ask(ctx context.Context, r *client.Request) (*client.Answer, error) {
	return d.client.Do(ctx, r, func(a *client.Answer) error {
		d.noteClock(a)
		return d.keep(ctx, r, a)
	})
}

// times returns how often a page was read before.
func (d *discovery) times(action string, asked schema.RawAsked) int {
	text, _ := json.Marshal(asked) // strings can always be marshalled
	key := action + string(text)
	d.pagesMu.Lock()
	defer d.pagesMu.Unlock()
	d.nth[key]++
	return d.nth[key] - 1
}

// pageOf returns the function that asks for a page of a list, given what is asked
// for besides its number, and how a page is read.
func pageOf[T any](d *discovery, action string, query map[string]string, rows func(*client.Answer) ([]T, int64)) func(context.Context, int) ([]T, int64, error) {
	numbered := "PageNumber"
	if action == searchTask {
		numbered = "PageIndex"
	}
	return func(ctx context.Context, number int) ([]T, int64, error) {
		asked := map[string]string{numbered: strconv.Itoa(number), "PageSize": strconv.Itoa(lists.PageSize)}
		maps.Copy(asked, query)
		a, err := d.list(ctx, action, asked)
		if err != nil {
			return nil, 0, err
		}
		list, total := rows(a)
		return list, total, nil
	}
}

// read reads a list until nothing of it can be missing.
func read[T any](ctx context.Context, d *discovery, p lists.List[T]) (*lists.Reading, error) {
	if err := d.actions.closed(p.Action); err != nil {
		return &lists.Reading{}, err
	}
	r, err := lists.Read(ctx, d.client.Parallel(), p)
	d.actions.note(p.Action, err)
	return r, err
}

// found are the jobs of one instance to ask for, each once. Safe for concurrent
// use.
type found struct {
	mu sync.Mutex
	// lastCalls has the last call that SearchTask lists of each job, in ms; 0:
	// none. It is kept small: there may be millions.
	lastCalls map[string]int64
	// others has those that are asked for only where the plan says so.
	others map[string]int64
}

func newFound() *found { return &found{lastCalls: map[string]int64{}, others: map[string]int64{}} }

// add notes a job, and a call of it; 0 is none. due: it is asked for in any case.
func (f *found) add(id string, call int64, due bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	last, known := f.lastCalls[id]
	if !known && !due {
		f.others[id] = max(f.others[id], call)
		return
	}
	f.lastCalls[id] = max(last, f.others[id], call)
	delete(f.others, id)
}

// decide adds the others that are due.
func (f *found) decide(due func(string, int64) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, call := range f.others {
		if due == nil || due(id, call) {
			f.lastCalls[id] = call
		}
	}
	clear(f.others)
}

// ids lists the jobs in order.
func (f *found) ids() []string { return slices.Sorted(maps.Keys(f.lastCalls)) }
