package commit

import (
	"errors"
	"strings"

	"callmill/pipeline/dataset/jobsort"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Appender takes what one worker found. Not safe for concurrent use; different
// appenders are.
type Appender struct {
	tx        *Tx
	old       *finder
	flattener Flattener // for dates only
	jobs      *jobsort.Appender
	sightings *spill.Writer
	facts     factsWriter
	rejects   *spill.Writer
	groups    []groupSighting

	request   string // the last one noted
	requestAt spill.Ref
	content   []byte // scratch space of hashes
	key       []byte // and of keys
	record    []byte
}

// Appender makes an appender.
func (tx *Tx) Appender() *Appender {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	a := &Appender{
		tx: tx, old: tx.old.finder(), flattener: tx.options.Flattener(),
		jobs: tx.jobs.Appender(), sightings: tx.sightings.Writer(),
		facts: factsWriter{out: tx.facts.Writer()}, rejects: tx.rejects.met.Writer(),
		key: make([]byte, 0, 256),
	}
	tx.appenders = append(tx.appenders, a)
	return a
}

// Job takes a version of a job. Where it is published with this very content,
// only the sighting is kept.
func (a *Appender) Job(raw *schema.Raw, position int64, job *schema.Job) error {
	hash := a.hash(job)
	s := sighting{
		key: schema.JobKey(a.key, job.InstanceID, job.JobID), observed: job.ObservedAt, sequence: raw.Sequence, position: uint32(position),
		tasks: uint16(min(len(job.Tasks), maxTasks)), undated: job.Undated, content: [8]byte(hash[:8]),
	}
	for i := range job.Tasks {
		s.turns += uint32(len(job.Tasks[i].Turns))
	}
	old, err := a.old.find(s.key)
	if err != nil {
		return err
	}
	if old != nil && old.content == s.content {
		err = a.noteRequest(&s, job.RequestID)
		s.day = a.tx.old.shards[old.shard].day
	} else {
		var firstCall int64
		s.day, firstCall = a.flattener.JobDate(job)
		s.entry, err = a.jobs.Append(s.key, s.day, firstCall, hash, job)
	}
	if err != nil {
		return err
	}
	a.record = s.appendTo(a.record[:0])
	if err := a.sightings.Add(a.record); err != nil {
		return err
	}
	a.tx.replayed(raw, true)
	return a.carriedFacts(&s, job)
}

// maxContent is how much scratch space is kept from one hash to the next.
const maxContent = 4 << 20

func (a *Appender) hash(job *schema.Job) (hash schema.ContentHash) {
	if hash, a.content = job.ContentHash(a.content); cap(a.content) > maxContent {
		a.content = nil
	}
	return hash
}

// noteRequest keeps the id of the request that brought the published content
// once more. It is needed only if the content comes back after another one.
func (a *Appender) noteRequest(s *sighting, request string) (err error) {
	if a.request != request || a.request == "" {
		a.request = strings.Clone(request)
		a.requestAt, err = a.tx.requests.Put([]byte(request))
	}
	s.entry = samePublished | uint64(a.requestAt)
	return err
}

// carriedFacts takes the facts that a job has with it.
func (a *Appender) carriedFacts(s *sighting, job *schema.Job) error {
	if a.tx.anew {
		return nil // they are those of the published rows, and there are no others
	}
	for i := range job.Tasks {
		if t := &job.Tasks[i]; !t.Facts.IsZero() {
			if err := a.facts.add(s.key, s.observed, s.sequence, t.TaskID, &t.Facts); err != nil {
				return err
			}
		}
	}
	return nil
}

// Facts takes what SearchTask says of a task. Its job may come before or after
// it, have been published before, or not come at all.
func (a *Appender) Facts(raw *schema.Raw, f *schema.TaskFacts) error {
	a.tx.replayed(raw, true)
	if a.tx.anew || f.Facts.IsZero() {
		return nil
	}
	return a.facts.add(schema.JobKey(a.key, f.InstanceID, f.JobID), f.ObservedAt, raw.Sequence, f.TaskID, &f.Facts)
}

// Group takes a campaign. Of several versions the one received last is
// published; one that says the same keeps its sighting.
func (a *Appender) Group(raw *schema.Raw, group *schema.JobGroupRow) error {
	a.tx.replayed(raw, true)
	a.groups = append(a.groups, groupSighting{raw.Sequence, *group})
	return nil
}

// Reject takes a reject.
func (a *Appender) Reject(raw *schema.Raw, r *schema.Reject) error {
	if raw.Replay != nil {
		if again := !a.tx.replayed(raw, false); again {
			return nil // read by itself, input may be refused in several pieces
		}
		r = &raw.Replay.Reject
	}
	record, err := a.tx.rejects.keep(a.record[:0], r, raw.Sequence)
	if err != nil {
		return err
	}
	a.record = record
	return a.rejects.Add(record)
}

// replayed notes what becomes of the input of a reject that is replayed: it is
// accepted if something comes of it and no reject. It reports whether nothing of
// it was refused before.
func (tx *Tx) replayed(raw *schema.Raw, accepted bool) bool {
	if raw.Replay == nil {
		return true
	}
	tx.mu.Lock()
	defer tx.mu.Unlock()
	before, met := tx.replays[raw.Replay.RejectID]
	tx.replays[raw.Replay.RejectID] = accepted && (before || !met)
	return before || !met
}

// Flush hands over what the appender holds; the worker's last call.
func (a *Appender) Flush() error {
	return errors.Join(a.sightings.Close(), a.facts.out.Close(), a.rejects.Close(), a.jobs.Close())
}
