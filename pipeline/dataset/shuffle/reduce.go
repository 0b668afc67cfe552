package shuffle

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// Flattener makes rows of jobs; it is one of package flatten.
type Flattener interface {
	// Add returns the rows of a job, valid until the next call or Reset.
	Add(*schema.Job, schema.ContentHash) *schema.Rows
	Reset()
	// JobDate returns the day that a job lives under, as [schema.Rows.JobDate].
	JobDate(*schema.Job) (day int32, firstCall int64)
}

// Options are what a Reducer needs to know of the run. Flattener is required.
type Options struct {
	Flattener Flattener
	RunID     string          // of the run: the first one of the rejects that are new
	Rules     reconcile.Rules // of what is pending
	// FullImport says that what an import brought before and has no record of in this
	// run leaves: every key that has a state is reduced.
	FullImport bool
	// Limits say which jobs the lake may not have; nil: it may have any.
	Limits Limits
	// OnHold reports whether the job of a key is kept however old it is; nil: none is.
	OnHold func(schema.Key) bool
	// OptOuts returns the opt-outs of a job that goes; nil: none are kept. What it returns
	// shares no memory with the job.
	OptOuts func(*schema.Job) []OptOut
}

// OptOut is that a contact asked not to be called, in a job that is gone.
type OptOut struct {
	ContactKey string
	CallDate   *int32 // in days since 1970-01-01; nil: the call has no time
	Source     string // as of package optout
	Value      string
}

// Reducer decides what becomes of keys, one after the other. Not safe for concurrent
// use.
type Reducer struct {
	options Options
	decider *verdict.Decider
	report  Report

	encoder  jobcode.Encoder
	old      jobcode.Decoder // of states
	new      jobcode.Decoder // of versions
	encoded  []byte          // scratch space
	job      verdict.Job     // lists are used again
	result   Result
	unlisted map[string]bool
}

// NewReducer makes a Reducer.
func NewReducer(o Options) *Reducer {
	r := &Reducer{options: o, unlisted: map[string]bool{}}
	r.decider = verdict.New(&r.options.Rules)
	r.report.RejectsByCode = schema.Counts{}
	return r
}

// Result is how the tables, and the state, change because of a key. Days are in days
// since 1970-01-01, nil for none.
type Result struct {
	// Rows are the job's rows now, nil where none change or all go.
	Rows    *schema.Rows
	JobDate *int32 // the day that the job lives under now
	// StaleDate is the day of the rows that the job had before, where they go or change.
	StaleDate *int32

	Rejects     []schema.RejectRow // that are new in the table
	RejectsGone []RejectID         // that leave it

	Group     *schema.JobGroupRow // the row that a campaign has now, where it changes
	GroupGone *GroupID            // the campaign leaves the table

	Statuses []string // in Rows that the vendor does not document, sorted

	OptOuts []OptOut // of versions of the job that go, or came and are not kept

	// State is the record of the new state: nil where it is as it was, empty where it
	// goes.
	State []byte
	// StateDate is the day that the state is kept under, where there is one: that of the
	// job, else schema.NoDate. StaleStateDate is that of the state before, where it goes
	// or changes.
	StateDate, StaleStateDate *int32
}

// RejectID is the key of a row of rejects.
type RejectID struct {
	InstanceID string `parquet:"instance_id"`
	RejectID   string `parquet:"reject_id"`
}

func (id *RejectID) code(c *spill.Codec) {
	c.Text(&id.InstanceID)
	c.Text(&id.RejectID)
}

// GroupID is the key of a row of job_groups.
type GroupID struct {
	InstanceID string `parquet:"instance_id"`
	JobGroupID string `parquet:"job_group_id"`
}

// Reduce decides what becomes of a key, of which the records are all there is. It returns
// nil where nothing changes. The result is valid until the next call; it aliases the
// records, whose lists it sorts: in which order they were added does not matter.
func (r *Reducer) Reduce(key schema.Key, records *Records) (*Result, error) {
	r.report.Keys++
	r.report.Records += int64(records.count())
	r.result = Result{}
	clear(r.unlisted)
	k := change{state: State{}, reducer: r, records: records, onHold: r.options.OnHold != nil && r.options.OnHold(key)}
	if records.State != nil {
		k.state, k.before = *records.State, records.State
	}
	if err := k.decide(); err != nil {
		return nil, err
	}
	return k.finish()
}

// change is how the state of a key changes.
type change struct {
	reducer *Reducer
	records *Records
	before  *State // nil: none
	state   State  // afterwards; its lists are those of before, until they are replaced
	onHold  bool   // the job is kept however old it is

	// old is the job that is published before the run, nil where none is.
	old     *schema.Job
	oldDate *int32
	// job is the published one where its rows change, else nil.
	job *schema.Job
	// gone says that its rows go, and no others come.
	gone bool
	// firstSeen is that of the imported job that it meets; 0: there is none, or it is when
	// that was observed.
	firstSeen int64
	// accepted is when a version of the job was last accepted; nil: none was.
	accepted *verdict.Moment

	decoded    *Version // the one that was decoded last
	decodedJob *schema.Job
	contents   map[contentID]*Version // of versions that others repeat; nil: not looked at yet
}

func (k *change) decide() (err error) {
	if k.old, err = k.state.Job(&k.reducer.old); err != nil {
		return err
	}
	if k.old != nil {
		k.oldDate = k.date(k.old)
	}
	if err := k.erase(); err != nil {
		return k.wrong(err)
	}
	if err := k.takeImport(); err != nil {
		return k.wrong(err)
	}
	k.records.order()
	for _, step := range []func() error{k.decideJob, k.decideRejects, k.decideGroup} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (k *change) date(job *schema.Job) *int32 {
	day, _ := k.reducer.options.Flattener.JobDate(job)
	return &day
}

// finish compares what is there now with what was before.
func (k *change) finish() (*Result, error) {
	r, result := k.reducer, &k.reducer.result
	switch {
	case k.job == nil && k.gone:
		result.StaleDate = k.oldDate
	case k.job != nil:
		result.JobDate, result.StaleDate = k.date(k.job), k.oldDate
		r.options.Flattener.Reset()
		result.Rows = r.options.Flattener.Add(k.job, k.state.Hash)
		k.noteStatuses()
	default:
		result.JobDate = k.oldDate
	}
	changed := result.StaleDate != nil || result.Rows != nil || len(result.Rejects)+len(result.RejectsGone)+len(result.OptOuts) > 0 || result.Group != nil || result.GroupGone != nil
	if k.setState(); result.State == nil && !changed {
		return nil, nil
	}
	return result, nil
}

// setState sets the new state where it differs.
func (k *change) setState() {
	r, result := k.reducer, &k.reducer.result
	empty := k.state.IsEmpty()
	if !empty {
		if result.StateDate = new(schema.NoDate); result.JobDate != nil {
			result.StateDate = result.JobDate
		}
		r.encoded = k.state.Append(r.encoded[:0])
	}
	switch {
	case k.before == nil && empty:
		return
	case k.before == nil:
	case !empty && bytes.Equal(r.encoded[1:], k.before.record):
		return
	default:
		if result.StaleStateDate = new(schema.NoDate); k.oldDate != nil {
			result.StaleStateDate = k.oldDate
		}
	}
	switch {
	case empty:
		result.State = []byte{}
	case cap(r.encoded) > maxKept: // not worth a copy, nor to be kept
		result.State, r.encoded = r.encoded, nil
	default:
		result.State = slices.Clone(r.encoded)
	}
}

func (k *change) noteStatuses() {
	r := k.reducer
	for i := range k.job.Tasks {
		status := k.job.Tasks[i].Status
		if outcome := schema.OutcomeOf(status); status != "" && !outcome.Listed() && !r.unlisted[status] {
			r.unlisted[status] = true
			r.result.Statuses = append(r.result.Statuses, status)
		}
	}
	slices.Sort(r.result.Statuses)
}

// wrong says what an error is about, as far as that is known.
func (k *change) wrong(err error) error {
	j := &k.reducer.job
	return fmt.Errorf("decide on job %s: %w", cmp.Or(k.state.JobID, j.JobID, "without id"), err)
}
