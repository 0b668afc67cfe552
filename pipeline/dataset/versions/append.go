package versions

import (
	"maps"

	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// Version is a version of a job as a run meets it.
type Version struct {
	Key  schema.Key
	Hash schema.ContentHash // in the format of what is published
	// Name is the hash in the format that the run publishes, where that is another;
	// else zero.
	Name schema.ContentHash
	Job  *schema.Job
	// Sequence and Position are its place in the order of delivery: pieces of
	// input, then jobs in a piece.
	Sequence, Position int64
}

// Appender takes the versions and facts that one worker meets. Not safe for
// concurrent use.
type Appender struct {
	store     *Store
	published *finder
	out       *spill.Writer
	wanted    map[int32]bool // published shards whose tasks are needed, by number

	// number counts the facts of a piece of input, which come in their order.
	sequence int64
	number   int64
}

// Appender makes an appender.
func (s *Store) Appender() *Appender {
	return &Appender{store: s, published: s.published.finder(), out: s.seen.Writer(), wanted: map[int32]bool{}}
}

// Known takes a version that is published with this very content, and so under this
// very day. It returns false for any other, which must be kept and taken by Add.
func (a *Appender) Known(v *Version, day int32) (bool, error) {
	old, certain, err := a.published.findUnder(v.Key, day)
	if err == nil && !certain {
		err = a.store.published.miss(v.Key, true)
	}
	if err != nil || old == nil {
		return false, err
	}
	if old.content != v.Hash {
		a.want(old.shard)
		return false, nil
	}
	if v.Job.Asked {
		a.want(old.shard)
	}
	return true, a.see(v, a.store.published.shards[old.shard].Day, 0)
}

// want has the published tasks of a shard read: a version may replace one of its
// jobs, or its tasks are compared with what lists name.
func (a *Appender) want(shard int32) { a.wanted[shard] = true }

// meet notes that it will be decided about a job, whose published tasks may be wanted
// for that.
func (a *Appender) meet(key schema.Key, wanted bool) error {
	old, certain, err := a.published.find(key)
	switch {
	case err != nil:
		return err
	case !certain:
		return a.store.published.miss(key, wanted)
	case wanted && old != nil:
		a.want(old.shard)
	}
	return nil
}

// Expired takes a version that lies before the edge; of it nothing else is kept.
func (a *Appender) Expired(v *Version) error {
	if err := a.meet(v.Key, false); err != nil {
		return err
	}
	s := sighting{key: v.Key, Sighting: verdict.SightingOf(v.Job), instanceID: v.Job.InstanceID, jobID: v.Job.JobID}
	s.Sequence, s.Position, s.Tasks = v.Sequence, v.Position, nil
	return a.out.Encode(s.code)
}

// IsExpired reports whether a version lies before the edge.
func (a *Appender) IsExpired(key schema.Key, job *schema.Job) bool {
	edge := a.store.retention.Edge
	if edge == 0 {
		return false
	}
	s := verdict.Sighting{Moment: verdict.Moment{Observed: job.ObservedAt}, FirstSeen: job.FirstSeen, LastCall: verdict.LastCall(job)}
	return s.Before(edge) && !a.store.retention.onHold(key)
}

// Add takes a version that lives under a day and is kept as an entry, which is
// not 0.
func (a *Appender) Add(v *Version, day int32, entry uint64) error { return a.see(v, day, entry) }

func (a *Appender) see(v *Version, day int32, entry uint64) error {
	job := v.Job
	s := sighting{key: v.Key, Sighting: verdict.SightingOf(job), instanceID: job.InstanceID, jobID: job.JobID}
	s.Sequence, s.Position = v.Sequence, v.Position
	s.Content, s.Name, s.Entry, s.Day = v.Hash, v.Name, entry, day
	if entry == 0 {
		s.Request = job.RequestID
	}
	return a.out.Encode(s.code)
}

// Facts takes what SearchTask says of a task in a row that was received at its
// Facts.ObservedAt. The job may come before or after it, have been published before, or
// not come at all.
func (a *Appender) Facts(key schema.Key, sequence int64, of *schema.TaskFacts) error {
	if err := a.meet(key, true); err != nil {
		return err
	}
	if a.sequence != sequence {
		a.sequence, a.number = sequence, 0
	}
	a.number++
	f := fact{
		key: key, sequence: sequence, number: a.number, instanceID: of.InstanceID, jobID: of.JobID,
		Fact: verdict.Fact{Observed: of.Facts.ObservedAt, TaskID: of.TaskID, Call: of.CallTime, Facts: of.Facts},
	}
	return a.out.Encode(f.code)
}

// Expected takes that a job is expected.
func (a *Appender) Expected(key schema.Key, sequence int64, e *schema.Expected) error {
	if err := a.meet(key, false); err != nil {
		return err
	}
	x := expectation{key: key, expected: *e, sequence: sequence}
	return a.out.Encode(x.code)
}

// Flush hands over what the appender holds; the last call.
func (a *Appender) Flush() error {
	a.store.mu.Lock()
	maps.Copy(a.store.wanted, a.wanted)
	a.store.mu.Unlock()
	return a.out.Close()
}
