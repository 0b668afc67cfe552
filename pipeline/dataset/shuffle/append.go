package shuffle

import (
	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/reject"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Appender makes records of what one worker decodes; it is a pipeline.Appender. Not
// safe for concurrent use.
type Appender struct {
	emit func(schema.Key, []byte) error
	jobs jobcode.Encoder

	record, content, key []byte // scratch space

	// number counts the facts and campaigns of a piece of input.
	sequence, number int64
}

// NewAppender returns an appender that hands each record to emit. The record is valid
// until emit returns; its error ends the run.
func NewAppender(emit func(key schema.Key, record []byte) error) *Appender {
	return &Appender{emit: emit, key: make([]byte, 0, 256)}
}

// maxKept is how much scratch space is kept from one record to the next.
const maxKept = 4 << 20

// send hands over the record of a kind; more appends what is behind the code, and may
// be nil.
func (a *Appender) send(key schema.Key, kind Kind, code func(*spill.Codec), more func([]byte) []byte) error {
	c := spill.Encoder(append(a.record[:0], byte(kind)))
	code(&c)
	a.record = c.Bytes()
	if more != nil {
		a.record = more(a.record)
	}
	err := a.emit(key, a.record)
	if cap(a.record) > maxKept {
		a.record = nil
	}
	return err
}

// Job takes a version of a job.
func (a *Appender) Job(raw *schema.Raw, position int64, job *schema.Job) error {
	v := Version{
		ObservedAt: job.ObservedAt, Sequence: raw.Sequence, Position: position,
		Asked: job.Asked, InstanceID: job.InstanceID, JobID: job.JobID,
	}
	if v.Hash, a.content = job.ContentHash(a.content); cap(a.content) > maxKept {
		a.content = nil
	}
	return a.send(schema.JobKey(a.key, job.InstanceID, job.JobID), KindVersion, v.code, func(b []byte) []byte {
		return a.jobs.Append(b, job)
	})
}

// Facts takes what SearchTask says of a task.
func (a *Appender) Facts(raw *schema.Raw, facts *schema.TaskFacts) error {
	f := Fact{raw.Sequence, a.place(raw), *facts}
	return a.send(schema.JobKey(a.key, f.InstanceID, f.JobID), KindFact, f.code, nil)
}

// place returns the place of a fact or campaign in its piece of input, from 1.
func (a *Appender) place(raw *schema.Raw) int64 {
	if a.sequence != raw.Sequence {
		a.sequence, a.number = raw.Sequence, 0
	}
	a.number++
	return a.number
}

// Expected takes that a job is expected.
func (a *Appender) Expected(raw *schema.Raw, expected *schema.Expected) error {
	e := Expected{raw.Sequence, *expected}
	return a.send(schema.JobKey(a.key, e.InstanceID, e.JobID), KindExpected, e.code, nil)
}

// Group takes a campaign.
func (a *Appender) Group(raw *schema.Raw, group *schema.JobGroupRow) error {
	g := Group{raw.Sequence, a.place(raw), *group}
	return a.send(GroupKey(a.key, g.Row.InstanceID, g.Row.JobGroupID), KindGroup, g.code, nil)
}

// Reject takes a reject.
func (a *Appender) Reject(raw *schema.Raw, r *schema.Reject) error {
	met := Reject{raw.Sequence, reject.Row(r)}
	return a.send(RejectKey(a.key, &met.Row), KindReject, met.code, nil)
}

// Found takes that something was found in the state of a key: it is to be decided on.
func (a *Appender) Found(key schema.Key) error {
	return a.send(key, KindFoundReject, new(RejectID).code, nil)
}

// FoundReject takes that a reject of the table names somebody who was erased.
func (a *Appender) FoundReject(row *schema.RejectRow) error {
	id := RejectID{row.InstanceID, row.RejectID}
	return a.send(RejectKey(a.key, row), KindFoundReject, id.code, nil)
}

// Flush does nothing: nothing is held.
func (a *Appender) Flush() error { return nil }

// ImportJob takes a job as a dataset publishes it, under the hash that is published.
func (a *Appender) ImportJob(job *schema.Job, hash schema.ContentHash) error {
	i := ImportedJob{Hash: hash, InstanceID: job.InstanceID, JobID: job.JobID}
	return a.send(schema.JobKey(a.key, job.InstanceID, job.JobID), KindImportedJob, i.code, func(b []byte) []byte {
		return a.jobs.Append(b, job)
	})
}

// ImportGone takes that a dataset has a job no more, at least not where it was: where
// ImportJob takes it as well, before or after, it is there.
func (a *Appender) ImportGone(instanceID, jobID string) error {
	i := ImportedJob{InstanceID: instanceID, JobID: jobID, gone: true}
	return a.send(schema.JobKey(a.key, instanceID, jobID), KindImportedJob, i.code, nil)
}

// ImportPending takes all that is pending of a job in a dataset, in order.
func (a *Appender) ImportPending(instanceID, jobID string, rows []schema.PendingRow) error {
	i := ImportedPending{rows}
	return a.send(schema.JobKey(a.key, instanceID, jobID), KindImportedPending, i.code, nil)
}

// ImportRejects takes rejects of a key in a dataset; none, for a key that has none
// any more. What it takes of one key, in several calls too, are all that the key has.
func (a *Appender) ImportRejects(key schema.Key, rows []schema.RejectRow) error {
	i := ImportedRejects{rows}
	return a.send(key, KindImportedRejects, i.code, nil)
}

// ImportGroup takes a campaign as a dataset has it.
func (a *Appender) ImportGroup(row *schema.JobGroupRow) error {
	i := ImportedGroup{row}
	return a.send(GroupKey(a.key, row.InstanceID, row.JobGroupID), KindImportedGroup, i.code, nil)
}

// ImportGroupGone takes that a dataset has a campaign no more.
func (a *Appender) ImportGroupGone(instanceID, groupID string) error {
	i := ImportedGroup{}
	return a.send(GroupKey(a.key, instanceID, groupID), KindImportedGroup, i.code, nil)
}
