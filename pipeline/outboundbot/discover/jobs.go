package discover

import (
	"context"
	"errors"
	"slices"
	"strings"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

const (
	listJobs        = schema.ActionListJobs
	listJobsByGroup = schema.ActionListJobsByGroup
	listJobGroups   = schema.ActionListJobGroups
	searchTask      = schema.ActionSearchTask
)

// batchSize is how many ids a ListJobs request may have.
const batchSize = 99

// fetch asks for the jobs that a discovery found, but for those that a killed
// run has answers for.
func (d *discovery) fetch(ctx context.Context) error {
	ids, err := d.resumeJobs(ctx)
	if err != nil {
		return err
	}
	if !d.answered.Load() && len(ids) > 0 {
		alone := min(batchSize, len(ids)) // where the instance refuses it, no other is tried
		if err := d.fetchBatch(ctx, ids[:alone]); err != nil {
			return err
		}
		ids = ids[alone:]
	}
	return lists.ForEach(ctx, d.client.Parallel(), slices.Chunk(ids, batchSize), d.fetchBatch)
}

// fetchBatch asks for a batch, and for its halves at the same time where that
// fails while the API answers.
func (d *discovery) fetchBatch(ctx context.Context, ids []string) error {
	if len(ids) == 1 {
		return d.fetchOne(ctx, ids[0])
	}
	f, err := d.fetchIDs(ctx, ids, client.Brief)
	if f != nil && err == nil && f.Lacking && d.empty.Load() {
		return d.fetchEmpty(ctx, ids)
	}
	if f == nil || err != nil {
		return err
	}
	if err := d.someAccepted(ctx, f); err != nil {
		return err
	}
	half := (len(ids) + 1) / 2
	return lists.ForEach(ctx, 2, slices.Values([][]string{ids[:half], ids[half:]}), d.fetchBatch)
}

// fetchOne asks for an id, and gives it up where the API answers, but with
// errors only for this one. Half of the attempts come after the API has shown
// that it answers.
func (d *discovery) fetchOne(ctx context.Context, id string) error {
	var f *client.Failure
	for range 2 {
		var err error
		if f, err = d.fetchIDs(ctx, []string{id}, client.Half); f == nil || err != nil {
			return err
		}
		if f.Refused {
			if err := d.alive(ctx, f, client.Insistent); err != nil {
				return err
			}
			break
		}
	}
	return d.reject(ctx, id, f)
}

// fetchEmpty asks for a batch once more, with patience, while no request is answered
// with a list of jobs, whatever its ids are: halves would not be either. Then all
// ids are given up.
func (d *discovery) fetchEmpty(ctx context.Context, ids []string) error {
	effort := client.Steady
	if d.givenUp.Load() {
		effort = client.Brief
	}
	f, err := d.fetchIDs(ctx, ids, effort)
	if f == nil || err != nil {
		return err
	}
	d.givenUp.Store(true)
	for _, id := range ids {
		if err := d.reject(ctx, id, f); err != nil {
			return err
		}
	}
	return nil
}

// reject keeps that an id is answered with errors only, and hands it to the run.
func (d *discovery) reject(ctx context.Context, id string, f *client.Failure) error {
	ids := []string{id}
	return d.deliverLine(ctx, unfetched(d.jobsRequest(ids, client.Half), f, d.client.Now()), ids)
}

// fetchIDs asks for some ids once and hands the answer on. The failure is not
// nil where it is about these ids: the API answers when asked for others.
func (d *discovery) fetchIDs(ctx context.Context, ids []string, effort client.Effort) (*client.Failure, error) {
	r := d.jobsRequest(ids, effort)
	_, err := d.client.Do(ctx, r, func(a *client.Answer) error {
		d.noteClock(a)
		return d.keep(ctx, r, a)
	})
	f, ok := errors.AsType[*client.Failure](err)
	switch {
	case err == nil:
		d.answered.Store(true)
		d.fetched.Store(true)
		d.givenUp.Store(false)
		return nil, nil
	case !ok && forbidden(err) && d.fetched.Load():
		e, _ := errors.AsType[*client.Error](err)
		return &client.Failure{Cause: *e, Refused: true}, nil // others were not
	case !ok:
		return nil, err
	case f.Offline:
		return nil, &f.Cause
	case f.Refused:
		return f, nil
	}
	return f, d.alive(ctx, f, client.Insistent)
}

func (d *discovery) jobsRequest(ids []string, effort client.Effort) *client.Request {
	return &client.Request{InstanceID: d.plan.InstanceID, Action: listJobs, JobIDs: ids, Effort: effort, Lacks: lists.Lacks(listJobs)}
}

// alive returns nil when the API answers a request for a job that does not
// exist: the failure is then not part of an outage, the end of which alive waits
// for. Where that job is refused for the same reason, all jobs are: the failure
// is then about none of them, and is returned. An answer without a list of jobs is
// enough, and noted.
func (d *discovery) alive(ctx context.Context, failed *client.Failure, effort client.Effort) error {
	r := d.jobsRequest([]string{lists.UnusedID}, effort)
	r.Lacks = nil
	a, err := d.client.Do(ctx, r, nil)
	if err == nil {
		d.empty.Store(lists.Lacks(listJobs)(a) != "")
	}
	f, ok := errors.AsType[*client.Failure](err)
	switch {
	case !ok || !f.Refused:
		return err
	case f.Cause.Code == failed.Cause.Code && !strings.HasPrefix(f.Cause.Code, "NotExist"):
		return &f.Cause
	}
	return nil // it answers
}

// someAccepted returns nil when a batch was refused for ids in it, as far as
// can be told without asking for its halves: where all jobs are refused, those
// would be hundreds of requests. A code that once was about ids is not looked
// at again until a single id is refused.
func (d *discovery) someAccepted(ctx context.Context, f *client.Failure) error {
	if !f.Refused {
		return nil
	}
	if _, known := d.aboutIDs.Load(f.Cause.Code); known {
		return nil
	}
	if err := d.alive(ctx, f, client.Insistent); err != nil {
		return err
	}
	d.aboutIDs.Store(f.Cause.Code, nil)
	return nil
}
