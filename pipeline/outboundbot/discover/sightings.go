package discover

import (
	"time"

	"callmill/schema"
)

// sightings reads which of the jobs that were asked for a response holds. A job
// that the reader rejects is as missing as one that is not there.
func (s *Source) sightings(raw *schema.Raw, ids []string) []schema.Sighting {
	if len(ids) == 0 || s.readers.New == nil {
		return nil
	}
	reader := s.readers.Get().(Reader)
	defer s.readers.Put(reader)
	came := make(map[string]schema.Sighting, len(ids)) // its keys may alias the response
	for item := range reader.Items(raw) {
		if item.Job != nil {
			came[item.Job.JobID] = schema.Sighting{Final: schema.FinalStatus(item.Job.Status), LastCall: lastCall(item.Job)}
		}
	}
	all := make([]schema.Sighting, len(ids))
	for i, id := range ids {
		seen, ok := came[id]
		if !ok {
			seen.Trouble = schema.PendingMissing
		}
		seen.InstanceID, seen.JobID, seen.ObservedAt = raw.InstanceID, id, time.UnixMilli(raw.ObservedAt)
		all[i] = seen
	}
	return all
}

// lastCall is when a job was called last; zero: never.
func lastCall(job *schema.Job) time.Time {
	var last int64
	for i := range job.Tasks {
		last = max(last, job.Tasks[i].CallTime())
	}
	if last == 0 {
		return time.Time{}
	}
	return time.UnixMilli(last)
}
