package discover

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"callmill/pipeline/outboundbot/client"
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

	pagesMu sync.Mutex
	nth     map[string]int // how often each page was read

	// aboutIDs has the error codes with which batches were refused while other
	// ids were not, as keys.
	aboutIDs sync.Map
}

func (s *Source) newDiscovery(plan *Plan) *discovery {
	d := &discovery{Source: s, plan: plan, found: newFound(), nth: map[string]int{}}
	d.freshJobs = s.client.Now().Add(-resumeFor).UnixMilli()
	d.freshLists = d.freshJobs
	if len(plan.Windows) > 0 {
		d.freshLists = plan.span().To.UnixMilli() // before, calls of the windows may be missing
	}
	return d
}

// run finds the jobs in all the plan's ways.
func (d *discovery) run(ctx context.Context) error {
	if err := d.find(ctx); err != nil {
		return fmt.Errorf("find the jobs of instance %s: %w", d.plan.InstanceID, err)
	}
	d.count(func(n *Counters) { n.Found += int64(len(d.found.lastCalls)) })
	return nil
}

func (d *discovery) find(ctx context.Context) error {
	if d.plan.Calls {
		if err := d.searchWindows(ctx, d.plan.Windows); err != nil {
			return err
		}
	}
	for _, id := range d.plan.GroupIDs {
		if err := d.wholeGroup(ctx, id); err != nil {
			return err
		}
	}
	if d.plan.Groups && len(d.plan.Windows) > 0 || len(d.plan.GroupIDs) > 0 {
		if err := d.listGroups(ctx); err != nil {
			return err
		}
	}
	for _, id := range d.plan.JobIDs {
		d.found.add(id, 0)
	}
	return nil
}

// wholeGroup finds all jobs of a campaign that was asked for by its id.
func (d *discovery) wholeGroup(ctx context.Context, id string) error {
	err := d.listGroup(ctx, id, true, nil)
	if f, ok := errors.AsType[*client.Failure](err); ok && f.Refused {
		f.Cause.Advice = "look at --group: instance " + d.plan.InstanceID + " may not have this campaign"
	}
	if err != nil || !d.plan.Calls {
		return err
	}
	return d.searchGroup(ctx, id)
}

// list asks for a page of a list, or takes the answer that a killed run kept.
func (d *discovery) list(ctx context.Context, action string, query map[string]string) (*client.Answer, error) {
	asked := schema.RawAsked{Query: query}
	if a, err := d.keptList(action, asked, d.times(action, asked)); a != nil || err != nil {
		return a, err
	}
	r := &client.Request{InstanceID: d.plan.InstanceID, Action: action, Query: query, Effort: client.Insistent}
	return d.client.Do(ctx, r, func(a *client.Answer) error { return d.keep(ctx, r, a) })
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
		asked := map[string]string{numbered: strconv.Itoa(number), "PageSize": strconv.Itoa(pageSize)}
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
func read[T any](ctx context.Context, d *discovery, p pages[T]) (*reading, error) {
	r, err := readAll(ctx, d.client.Parallel(), p)
	d.count(func(n *Counters) { n.Unlisted += r.unlisted })
	return r, err
}

// found are the jobs of one instance to ask for, each once. Safe for concurrent
// use.
type found struct {
	mu sync.Mutex
	// lastCalls has the last call that SearchTask lists of each job, in ms; 0:
	// none. It is kept small: there may be millions.
	lastCalls map[string]int64
}

func newFound() *found { return &found{lastCalls: map[string]int64{}} }

// add notes a job, and a call of it; 0 is none.
func (f *found) add(id string, call int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastCalls[id] = max(f.lastCalls[id], call)
}

// ids lists the jobs in order.
func (f *found) ids() []string { return slices.Sorted(maps.Keys(f.lastCalls)) }
