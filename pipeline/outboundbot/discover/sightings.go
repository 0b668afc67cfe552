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
	all, index := make([]schema.Sighting, len(ids)), make(map[string]int, len(ids))
	for i, id := range ids {
		all[i] = schema.Sighting{
			InstanceID: raw.InstanceID, JobID: id, Trouble: schema.PendingMissing, ObservedAt: time.UnixMilli(raw.ObservedAt),
		}
		index[id] = i
	}
	reader := s.readers.Get().(Reader)
	defer s.readers.Put(reader)
	for item := range reader.Items(raw) {
		if item.Job == nil {
			continue
		}
		if i, asked := index[item.Job.JobID]; asked {
			all[i].Trouble, all[i].Final, all[i].LastCall = "", schema.FinalStatus(item.Job.Status), lastCall(item.Job)
		}
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
