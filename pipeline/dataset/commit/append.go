package commit

import (
	"errors"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/jobsort"
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/pipeline/dataset/versions"
	"callmill/schema"
)

// Appender takes what one worker found. Not safe for concurrent use; different
// appenders are.
type Appender struct {
	tx        *Tx
	flattener Flattener // for dates only
	jobs      *jobsort.Appender
	versions  *versions.Appender
	rejects   *spill.Writer
	groups    []verdict.Campaign

	content []byte // scratch space of hashes
	key     []byte // and of keys
}

// Appender makes an appender.
func (tx *Tx) Appender() *Appender {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	a := &Appender{
		tx: tx, flattener: tx.options.Flattener(),
		jobs: tx.jobs.Appender(), versions: tx.versions.Appender(), rejects: tx.rejects.Writer(),
		key: make([]byte, 0, 256),
	}
	tx.appenders = append(tx.appenders, a)
	return a
}

// Job takes a version of a job. Where it is published with this very content,
// only the sighting is kept, and nothing of a job that says that it is erased: tombstones
// were looked up for it, by its id, too, when it was redacted.
func (a *Appender) Job(raw *schema.Raw, position int64, job *schema.Job) error {
	if job.Erased {
		a.tx.refuse(schema.JobKey(a.key, job.InstanceID, job.JobID))
		a.tx.replayed(raw, true)
		return nil
	}
	v := versions.Version{
		Key: schema.JobKey(a.key, job.InstanceID, job.JobID), Job: job, Sequence: raw.Sequence, Position: position,
	}
	if a.versions.IsExpired(v.Key, job) {
		a.tx.replayed(raw, true)
		return errors.Join(a.versions.Expired(&v), a.tx.expire(job))
	}
	v.Hash = a.hash(job)
	day, firstCall := a.flattener.JobDate(job)
	known, err := a.versions.Known(&v, day)
	if err == nil && !known {
		err = a.keep(&v, day, firstCall)
	}
	a.tx.replayed(raw, true)
	return err
}

// keep keeps a version that is not published.
func (a *Appender) keep(v *versions.Version, day int32, firstCall int64) error {
	if a.tx.format != dataset.FormatVersion {
		v.Name, a.content = v.Job.ContentHash(a.content)
	}
	entry, err := a.jobs.Append(v.Key, day, firstCall, v.Hash, v.Job)
	if err != nil {
		return err
	}
	return a.versions.Add(v, day, entry)
}

// maxContent is how much scratch space is kept from one hash to the next.
const maxContent = 4 << 20

func (a *Appender) hash(job *schema.Job) (hash schema.ContentHash) {
	if hash, a.content = job.ContentHashIn(a.tx.format, a.content); cap(a.content) > maxContent {
		a.content = nil
	}
	return hash
}

// Facts takes what SearchTask says of a task, also that it says nothing of it but that
// it was called. Its job may come before or after it, have been published before, or
// not come at all.
func (a *Appender) Facts(raw *schema.Raw, f *schema.TaskFacts) error {
	a.tx.replayed(raw, true)
	if a.tx.IsErased(f.InstanceID, f.JobID) {
		return nil
	}
	return a.versions.Facts(schema.JobKey(a.key, f.InstanceID, f.JobID), raw.Sequence, f)
}

// Expected takes that a job is expected.
func (a *Appender) Expected(raw *schema.Raw, e *schema.Expected) error {
	if a.tx.IsErased(e.InstanceID, e.JobID) {
		return nil
	}
	return a.versions.Expected(schema.JobKey(a.key, e.InstanceID, e.JobID), raw.Sequence, e)
}

// Group takes a campaign. Of several versions the one received last is
// published; one that says the same keeps its sighting.
func (a *Appender) Group(raw *schema.Raw, group *schema.JobGroupRow) error {
	a.tx.replayed(raw, true)
	a.groups = append(a.groups, verdict.Campaign{Sequence: raw.Sequence, Row: *group})
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
	if a.tx.expiredReject(r.InstanceID, r.JobID, r.ObservedAt) {
		a.tx.rejects.Expired.Add(1)
		return nil
	}
	if r.JobID != "" && a.tx.IsErased(r.InstanceID, r.JobID) {
		a.tx.refuse(schema.JobKey(a.key, r.InstanceID, r.JobID))
		return nil
	}
	return a.tx.rejects.Keep(a.rejects, r, raw.Sequence)
}

// IsErased reports whether a job was erased; of a snapshot that is written again the
// jobs are those that it has. It is safe for concurrent use.
func (tx *Tx) IsErased(instanceID, jobID string) bool {
	return tx.options.Erased != nil && !tx.anew && tx.options.Erased(instanceID, jobID)
}

// refuse notes that a version of a job, or a reject, came and was not taken.
func (tx *Tx) refuse(key schema.Key) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.erased[key] = true
	tx.refused++
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
	return errors.Join(a.versions.Flush(), a.rejects.Close(), a.jobs.Close())
}
