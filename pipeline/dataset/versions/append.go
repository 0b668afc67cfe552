package versions

import (
	"errors"
	"strings"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Version is a version of a job as a run meets it.
type Version struct {
	Key  schema.Key
	Hash schema.ContentHash
	Job  *schema.Job
	// Sequence and Position are its place in the order of delivery: pieces of
	// input, then jobs in a piece.
	Sequence, Position int64
}

// Appender takes the versions that one worker meets. Not safe for concurrent use.
type Appender struct {
	store     *Store
	published *finder
	sightings *spill.Writer
	facts     factsWriter

	request   string // the last one noted
	requestAt spill.Ref
	record    []byte
}

// Appender makes an appender.
func (s *Store) Appender() *Appender {
	return &Appender{
		store: s, published: s.published.finder(), sightings: s.sightings.Writer(), facts: factsWriter{out: s.facts.Writer()},
	}
}

// Known takes a version that is published with this very content. It returns false
// for any other, which must be kept and taken by Add.
func (a *Appender) Known(v *Version) (bool, error) {
	old, err := a.published.find(v.Key)
	if err != nil || old == nil || old.content != [8]byte(v.Hash[:8]) {
		return false, err
	}
	// The request is needed only if the content comes back after another one.
	if request := v.Job.RequestID; a.request != request || request == "" {
		a.request = strings.Clone(request)
		if a.requestAt, err = a.store.requests.Put([]byte(request)); err != nil {
			return false, err
		}
	}
	day := a.store.published.shards[old.shard].Day
	return true, a.see(v, day, samePublished|uint64(a.requestAt))
}

// Add takes a version that lives under a day and is kept as an entry.
func (a *Appender) Add(v *Version, day int32, entry uint64) error { return a.see(v, day, entry) }

func (a *Appender) see(v *Version, day int32, entry uint64) error {
	job := v.Job
	s := sighting{
		key: v.Key, observed: job.ObservedAt, sequence: v.Sequence, position: uint32(v.Position),
		tasks: uint16(min(len(job.Tasks), maxTasks)), undated: job.Undated, content: [8]byte(v.Hash[:8]), day: day, entry: entry,
	}
	for i := range job.Tasks {
		s.turns += uint32(len(job.Tasks[i].Turns))
	}
	a.record = s.appendTo(a.record[:0])
	return a.sightings.Add(a.record)
}

// Facts takes what SearchTask says of a task. Its job may come before or after it,
// have been published before, or not come at all.
func (a *Appender) Facts(key schema.Key, observed, sequence int64, taskID string, facts *schema.Facts) error {
	return a.facts.add(key, observed, sequence, taskID, facts)
}

// Flush hands over what the appender holds; the last call.
func (a *Appender) Flush() error { return errors.Join(a.sightings.Close(), a.facts.out.Close()) }
