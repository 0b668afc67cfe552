package callapi

import (
	"context"
	"maps"
	"slices"

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
		d.client.counters.resumed.Add(int64(len(lines[n])))
		r := &request{instanceID: line.InstanceID, action: listJobs}
		if err := d.send(ctx, delivery{raw: a.raw(r, text), sightings: d.sightings(a, lines[n])}); err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// fetchBatch asks for a batch, and for its halves where that always fails.
func (d *discovery) fetchBatch(ctx context.Context, ids []string) error {
	r := &request{instanceID: d.plan.InstanceID, action: listJobs, jobIDs: ids}
	a, err := d.client.ask(ctx, r)
	if err == nil {
		line := a.line(r, d.found.facts(ids))
		return d.send(ctx, delivery{line: line, raw: a.raw(r, line), sightings: d.sightings(a, ids)})
	}
	f, ok := err.(*failure)
	switch {
	case !ok:
		return err
	case f.offline:
		return &f.cause // it is not about the ids
	case len(ids) > 1:
		half := (len(ids) + 1) / 2
		if err := d.fetchBatch(ctx, ids[:half]); err != nil {
			return err
		}
		return d.fetchBatch(ctx, ids[half:])
	}
	if f.verdict != refuse {
		if err := d.alive(ctx); err != nil {
			return err
		}
	}
	line, reject := d.client.failedLine(r, f)
	return d.send(ctx, delivery{
		line:      line,
		raw:       &schema.Raw{Origin: reject.Origin, InstanceID: reject.InstanceID, ObservedAt: reject.ObservedAt, Reject: reject},
		sightings: []Sighting{{InstanceID: r.instanceID, JobID: ids[0], Failed: true, ObservedAt: reject.ObservedAt}},
	})
}

// alive asks for a job that does not exist. Where that is answered, it is the
// id before that cannot be; where it is not, nothing can be said of any id.
func (d *discovery) alive(ctx context.Context) error {
	_, err := d.client.ask(ctx, &request{instanceID: d.plan.InstanceID, action: listJobs, jobIDs: []string{noSuchID}})
	return err
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
