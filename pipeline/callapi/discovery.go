package callapi

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"callmill/schema"
)

// resumeFor is how long the answers that a killed run kept may stand for ones
// of now.
const resumeFor = 24 * time.Hour

// discovery finds the jobs of one plan.
type discovery struct {
	*Source
	plan  *Plan
	found *found
	// groups are the campaigns as listed, also those that are not read.
	groups map[string]schema.JobGroupRow
	// resumable is the instant in ms before which a kept list is too old, see
	// Plan, oldestJobs that before which an answer for a job is.
	resumable, oldestJobs int64

	mu  sync.Mutex
	nth map[string]int // how often each page was read

	// aboutIDs has the codes with which batches were refused while others were
	// not, each with true.
	aboutIDs sync.Map
}

func (s *Source) newDiscovery(plan *Plan) *discovery {
	now := time.Now()
	return &discovery{
		Source: s, plan: plan, found: newFound(), groups: map[string]schema.JobGroupRow{}, nth: map[string]int{},
		resumable: plan.resumable(now), oldestJobs: now.Add(-resumeFor).UnixMilli(),
	}
}

// run finds the jobs in all the plan's ways, calls first: what they say goes
// with the jobs.
func (d *discovery) run(ctx context.Context) error {
	if d.plan.Calls {
		if err := d.searchCalls(ctx); err != nil {
			return d.failed(err)
		}
	}
	for _, id := range d.plan.GroupIDs {
		if err := d.wholeGroup(ctx, id); err != nil {
			return d.failed(fmt.Errorf("campaign %s: %w", id, err))
		}
	}
	if d.plan.Groups && len(d.plan.Windows) > 0 || len(d.plan.GroupIDs) > 0 {
		if err := d.listGroups(ctx); err != nil {
			return d.failed(err)
		}
	}
	for _, id := range d.plan.JobIDs {
		d.found.add(id)
	}
	d.client.counters.found.Add(int64(len(d.found.jobs)))
	return nil
}

// wholeGroup finds all jobs of a campaign that was asked for by its id.
func (d *discovery) wholeGroup(ctx context.Context, id string) error {
	err := d.listGroup(ctx, id, true, nil)
	if f, ok := err.(*failure); ok && f.verdict == refuse {
		f.cause.hint = "look at --group: instance " + d.plan.InstanceID + " may have no such campaign"
	}
	if err != nil || !d.plan.Calls {
		return err
	}
	return d.searchGroup(ctx, id)
}

func (d *discovery) failed(err error) error {
	return fmt.Errorf("find the jobs of instance %s: %w", d.plan.InstanceID, err)
}

// list asks for a page of a list, or takes the answer that a killed run kept.
func (d *discovery) list(ctx context.Context, action string, query map[string]string) (*answer, error) {
	r := &request{instanceID: d.plan.InstanceID, action: action, query: query, insist: true}
	asked := schema.RawAsked{Query: query}
	nth := d.count(action, asked)
	if kept, at, ok := d.journal.Request(d.plan.InstanceID, action, asked, nth); ok && at >= d.resumable {
		text, err := d.journal.Line(kept)
		if err != nil {
			return nil, err
		}
		if _, a, err := readLine(text); err == nil {
			return a, d.send(ctx, delivery{raw: rawOfList(r, a, text)})
		}
	}
	return d.client.ask(ctx, r, func(a *answer) error {
		line := a.line(r, nil)
		if err := d.journal.Append(line); err != nil {
			return err
		}
		return d.send(ctx, delivery{raw: rawOfList(r, a, line)})
	})
}

// count says how often a page was read before.
func (d *discovery) count(action string, asked schema.RawAsked) int {
	text, _ := json.Marshal(asked)
	key := action + string(text)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.nth[key]++
	return d.nth[key] - 1
}

// rawOfList is what a run reads of a list: campaigns are rows of job_groups, a
// page of SearchTask has values of tasks; the others only say what to ask for.
func rawOfList(r *request, a *answer, line []byte) *schema.Raw {
	if r.action != listJobGroups && r.action != searchTask {
		return nil
	}
	return a.raw(r, line)
}
