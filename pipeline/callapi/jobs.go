package callapi

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-json"

	"callmill/schema"
)

// batchSize is how many ids a ListJobs request may have.
const batchSize = 99

// Sighting is what became of a job that was asked for.
type Sighting struct {
	InstanceID string
	JobID      string
	// Came: the API knows the job. Otherwise Failed tells an id that is
	// answered with errors only from one that does not come back.
	Came, Failed bool
	Status       string // Job.Status, of one that came
	LastCall     int64  // in ms; 0: it was never called
	ObservedAt   int64  // in ms
}

// fetch asks for the jobs that a discovery found, but for those that a killed
// run has answers for.
func (d *discovery) fetch(ctx context.Context) error {
	ids, err := d.resumeJobs(ctx)
	if err != nil {
		return err
	}
	return forEach(ctx, d.client.o.Parallel, slices.Chunk(ids, batchSize), d.fetchBatch)
}

// resumeJobs hands on the kept answers for jobs, and gives the ids that have
// none. An answer from before a job's last call is none.
func (d *discovery) resumeJobs(ctx context.Context) (ids []string, err error) {
	lines := map[int][]string{}
	for _, id := range d.found.ids() {
		line, observedAt, ok := d.journal.Job(d.plan.InstanceID, id)
		if !ok || observedAt < d.found.jobs[id].lastCall || observedAt < d.oldestJobs {
			ids = append(ids, id)
			continue
		}
		lines[line] = append(lines[line], id)
	}
	for _, n := range slices.Sorted(maps.Keys(lines)) {
		text, err := d.journal.Line(n)
		if err != nil {
			return nil, err
		}
		line, a, err := readLine(text)
		if err != nil {
			ids = append(ids, lines[n]...)
			continue
		}
		others := d.alsoAnswered(n, line)
		d.client.counters.found.Add(int64(len(others)))
		answered := append(lines[n], others...)
		d.client.counters.resumed.Add(int64(len(answered)))
		r := &request{instanceID: line.InstanceID, action: listJobs}
		if err := d.send(ctx, delivery{raw: a.raw(r, text), sightings: d.sightings(a, answered)}); err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// alsoAnswered are the jobs in a kept line that this run did not find, as where
// the killed one was asked for other days. The run reads the whole line, so
// they are seen, too.
func (d *discovery) alsoAnswered(n int, line *schema.RawLine) (ids []string) {
	for _, id := range line.Asked.JobIDs {
		if d.found.jobs[id] != nil {
			continue
		}
		if latest, _, ok := d.journal.Job(line.InstanceID, id); ok && latest == n {
			ids = append(ids, id)
		}
	}
	return ids
}

// fetchBatch asks for a batch, and for its halves at the same time where that
// fails while the API answers.
func (d *discovery) fetchBatch(ctx context.Context, ids []string) error {
	if len(ids) == 1 {
		return d.fetchOne(ctx, ids[0])
	}
	f, err := d.fetchIDs(ctx, ids)
	if f == nil || err != nil {
		return err
	}
	if err := d.someAccepted(ctx, f); err != nil {
		return err
	}
	half := (len(ids) + 1) / 2
	return forEach(ctx, 2, slices.Values([][]string{ids[:half], ids[half:]}), d.fetchBatch)
}

// rounds is how often the attempts at an id begin anew, each time after the
// API has shown that it answers.
const rounds = 2

// fetchOne asks for an id, and gives it up where the API answers, but with
// errors only for this one.
func (d *discovery) fetchOne(ctx context.Context, id string) error {
	var f *failure
	for range rounds {
		var err error
		if f, err = d.fetchIDs(ctx, []string{id}); f == nil || err != nil {
			return err
		}
		if f.verdict == refuse {
			if err := d.alive(ctx, f); err != nil {
				return err
			}
			break
		}
	}
	line, reject := d.client.failedLine(d.jobsRequest([]string{id}), f)
	if err := d.journal.Append(line); err != nil {
		return err
	}
	return d.send(ctx, delivery{
		raw:       &schema.Raw{Origin: reject.Origin, InstanceID: reject.InstanceID, ObservedAt: reject.ObservedAt, Reject: reject},
		sightings: []Sighting{{InstanceID: reject.InstanceID, JobID: id, Failed: true, ObservedAt: reject.ObservedAt}},
	})
}

// fetchIDs asks for some ids once and hands the answer on. The failure is not
// nil where it is about these ids: the API answers when asked for others.
func (d *discovery) fetchIDs(ctx context.Context, ids []string) (*failure, error) {
	r := d.jobsRequest(ids)
	_, err := d.client.ask(ctx, r, func(a *answer) error {
		line := a.line(r, d.found.facts(ids))
		if err := d.journal.Append(line); err != nil {
			return err
		}
		return d.send(ctx, delivery{raw: a.raw(r, line), sightings: d.sightings(a, ids)})
	})
	f, ok := err.(*failure)
	switch {
	case !ok:
		return nil, err
	case f.offline:
		return nil, &f.cause
	case f.verdict == refuse:
		return f, nil
	}
	return f, d.alive(ctx, f)
}

func (d *discovery) jobsRequest(ids []string) *request {
	return &request{instanceID: d.plan.InstanceID, action: listJobs, jobIDs: ids}
}

// alive returns when the API answers a request for a job that does not exist:
// then what has failed just now is not a part of an outage, which it waits for
// to end. Where that job is refused for the same reason, all are: then nothing
// is wrong with any of them.
func (d *discovery) alive(ctx context.Context, failed *failure) error {
	r := d.jobsRequest([]string{noSuchID})
	r.insist = true
	_, err := d.client.ask(ctx, r, unkept)
	f, ok := err.(*failure)
	switch {
	case !ok || f.verdict != refuse:
		return err
	case f.cause.Code == failed.cause.Code && !strings.HasPrefix(f.cause.Code, "NotExist"):
		return &f.cause
	}
	return nil // an answer of another kind
}

// someAccepted returns when a batch was refused for ids in it, as far as that is
// known without asking for its halves: where all jobs are refused, that would be
// hundreds of requests. Once a code was about ids it is not looked at again
// until a single id is refused.
func (d *discovery) someAccepted(ctx context.Context, f *failure) error {
	if f.verdict != refuse {
		return nil
	}
	if _, known := d.aboutIDs.Load(f.cause.Code); known {
		return nil
	}
	if err := d.alive(ctx, f); err != nil {
		return err
	}
	d.aboutIDs.Store(f.cause.Code, true)
	return nil
}

// sightings says of each id that was asked for whether it came.
func (d *discovery) sightings(a *answer, ids []string) []Sighting {
	var response jobsResponse
	_ = json.Unmarshal(a.json, &response) // a field of another shape is not given
	came := make(map[string]*jobBrief, len(response.Jobs))
	for i := range response.Jobs {
		came[string(response.Jobs[i].JobID)] = &response.Jobs[i]
	}
	all := make([]Sighting, len(ids))
	for i, id := range ids {
		all[i] = Sighting{InstanceID: d.plan.InstanceID, JobID: id, ObservedAt: a.observedAt}
		if job := came[id]; job != nil {
			all[i].Came, all[i].Status, all[i].LastCall = true, jobStatus(job.Status), job.lastCall()
		}
	}
	return all
}
