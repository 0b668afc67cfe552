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
	switch {
	case f == nil || err != nil:
		return err
	case f.Unread != nil:
		return d.salvage(ctx, ids, f.Unread)
	}
	if err := d.someAccepted(ctx, f); err != nil {
		return err
	}
	return d.halve(ctx, ids)
}

// halve asks for the halves of a batch.
func (d *discovery) halve(ctx context.Context, ids []string) error {
	half := (len(ids) + 1) / 2
	return lists.ForEach(ctx, 2, slices.Values([][]string{ids[:half], ids[half:]}), d.fetchBatch)
}

// salvage takes what the reader finds in an answer for a batch that could not be
// read as a whole, and asks again for the rest.
func (d *discovery) salvage(ctx context.Context, ids []string, a *client.Answer) error {
	raw := rawOf(d.jobsRequest(ids, client.Brief), a)
	var came []schema.Sighting
	var rest []string
	for _, s := range d.sightings(raw, ids) {
		if s.Trouble == "" {
			came = append(came, s)
		} else {
			rest = append(rest, s.JobID)
		}
	}
	if len(came) == 0 {
		return d.fetchUnread(ctx, ids)
	}
	d.fetched.Store(true)
	if err := d.log.Append(raw.Body); err != nil {
		return err
	}
	if err := d.send(ctx, delivery{raw, came}); err != nil || len(rest) == 0 {
		return err
	}
	return d.fetchBatch(ctx, rest)
}

// fetchUnread asks for the halves of a batch of which nothing could be read. Where a
// job that does not exist is answered in the same way, all are: the batch is asked
// for once more, with patience, and then the answer is handed on as it is.
func (d *discovery) fetchUnread(ctx context.Context, ids []string) error {
	_, err := d.client.Do(ctx, d.jobsRequest([]string{lists.UnusedID}, client.Brief), nil)
	f, failed := errors.AsType[*client.Failure](err)
	switch {
	case err == nil || failed && f.Refused:
		return d.halve(ctx, ids)
	case !failed || f.Unread == nil:
		return err
	}
	effort := client.Steady
	if d.givenUp.Load() {
		effort = client.Brief
	}
	f, err = d.fetchIDs(ctx, ids, effort)
	switch {
	case f == nil || err != nil:
		return err
	case f.Unread == nil:
		return d.halve(ctx, ids)
	}
	d.givenUp.Store(true)
	return d.deliverLine(ctx, rawOf(d.jobsRequest(ids, effort), f.Unread), ids)
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
	if f.Unread != nil {
		ids := []string{id}
		return d.deliverLine(ctx, rawOf(d.jobsRequest(ids, client.Half), f.Unread), ids)
	}
	return d.reject(ctx, id, f)
}

// reject keeps that an id is answered with errors only, and hands it to the run.
func (d *discovery) reject(ctx context.Context, id string, f *client.Failure) error {
	ids := []string{id}
	return d.deliverLine(ctx, unfetched(d.jobsRequest(ids, client.Half), f, d.client.Now()), ids)
}

// fetchIDs asks for some ids once and hands the answer on. The failure is not
// nil where it is about these ids: the API answers when asked for others.
func (d *discovery) fetchIDs(ctx context.Context, ids []string, effort client.Effort) (*client.Failure, error) {
	_, err := d.ask(ctx, d.jobsRequest(ids, effort))
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
	case f.Refused, f.Unread != nil:
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
// is then about none of them, and is returned. An answer that holds nothing is enough.
func (d *discovery) alive(ctx context.Context, failed *client.Failure, effort client.Effort) error {
	r := d.jobsRequest([]string{lists.UnusedID}, effort)
	r.Lacks = nil
	_, err := d.client.Do(ctx, r, nil)
	f, ok := errors.AsType[*client.Failure](err)
	switch {
	case ok && f.Unread != nil:
		return nil // it answers
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
