package forget

import (
	"cmp"
	"context"
	"sync"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/redact"
	"callmill/pipeline/trace"
	"callmill/schema"
)

// Admission keeps people who were erased from coming back: it knows their tombstones. A
// nil Admission lets everybody in. Safe for concurrent use.
type Admission struct {
	stones *erased.Tombstones
	zone   *time.Location

	mu   sync.Mutex
	came map[erased.Job]bool // jobs that were refused, or named by what the run received
}

// Admit returns the admission of a dataset whose days are in a time zone; nil where
// nobody was erased.
func Admit(d *dataset.Dataset, zone string) (*Admission, error) {
	stones, err := d.Erased().Tombstones()
	if err != nil || stones.Len() == 0 {
		return nil, err
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	return &Admission{stones: stones, zone: location, came: map[erased.Job]bool{}}, nil
}

// Job returns what a redactor asks about each job as it was delivered; nil where it need
// not ask.
func (a *Admission) Job() func(*schema.Job) bool {
	if a == nil {
		return nil
	}
	return a.refuses
}

// Has returns what a transaction asks about the id of a job; nil where it need not ask.
func (a *Admission) Has() func(instanceID, jobID string) bool {
	if a == nil {
		return nil
	}
	return a.has
}

// has reports whether a job was erased, and notes that the run met its id.
func (a *Admission) has(instanceID, jobID string) bool {
	if !a.stones.HasJob(instanceID, jobID) {
		return false
	}
	a.note(instanceID, jobID)
	return true
}

func (a *Admission) note(instanceID, jobID string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.came[erased.Job{InstanceID: instanceID, JobID: jobID}] = true
}

func (a *Admission) refuses(j *schema.Job) bool {
	at := int64(0)
	numbers, references := []string{}, []string{j.ReferenceID}
	for i := range j.Tasks {
		t := &j.Tasks[i]
		at = max(at, t.CallTime())
		numbers = append(numbers, redact.Number(t.CalledNumber), redact.Number(t.Contact.PhoneNumber))
		references = append(references, t.Contact.ReferenceID)
	}
	for i := range j.Contacts {
		numbers = append(numbers, redact.Number(j.Contacts[i].PhoneNumber))
		references = append(references, j.Contacts[i].ReferenceID)
	}
	if at == 0 {
		at = cmp.Or(j.FirstSeen, j.ObservedAt)
	}
	if !a.stones.Erased(j.InstanceID, j.JobID, numbers, references, time.UnixMilli(at).In(a.zone).Format(time.DateOnly)) {
		return false
	}
	a.note(j.InstanceID, j.JobID)
	return true
}

// End is called when a run has ended, and its input is closed: what came of people who
// were erased goes from what the run keeps of its input, and from that of runs that never
// ended. Responses that list calls show them every night, though nothing of theirs is
// asked for. It is done even where ctx has ended: the run may have been interrupted.
//
// Jobs that were refused for their number get no tombstones of their own: they may be
// called again, which is new data.
func (a *Admission) End(ctx context.Context, d *dataset.Dataset, run string) error {
	if a == nil {
		return nil
	}
	var values trace.Values
	for job := range a.came {
		values.Jobs = append(values.Jobs, job.JobID)
	}
	ended := map[string]bool{run: false}
	for id := range d.Reports() {
		ended[id] = id != run
	}
	r := newResponses(a.zone, values, func(instance string, o *trace.Object, day string) (bool, error) {
		return a.stones.Erased(instance, o.Job, o.Numbers, o.References, day), nil
	})
	return r.rewrite(context.WithoutCancel(ctx), d, false, func(run string) bool { return !ended[run] })
}
