package worker

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/pull"
	"callmill/cmd/callmill/internal/stdin"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/dataset/shuffle/tombstones"
	"callmill/pipeline/flatten"
	"callmill/pipeline/worker"
	"callmill/schema"
)

// run is what rows say of the run that they are made in.
type run struct {
	id       string
	started  string // RFC 3339
	imported string
	edge     string // a day; "": all is kept
	holds    string // a file; "": no job is on hold
}

// importFull is the value of --import with which an import is of all that a dataset
// has.
const importFull = "full"

// flatten makes rows of records.
func (o *options) flatten(ctx context.Context) error {
	f, err := o.flattening()
	if err != nil {
		return err
	}
	return worker.Flatten(ctx, stdin.Until(ctx, o.Stdin), o.Stdout, f, f.json)
}

// flattening makes what flattens, as the options say.
func (o *options) flattening() (*flattening, error) {
	if err := o.checkStreams(); err != nil {
		return nil, err
	}
	started, err := o.run.check()
	if err != nil {
		return nil, err
	}
	loaded, err := o.settings.Adopt(dataset.Nothing(""))
	if err != nil {
		return nil, err
	}
	limits, err := o.limits()
	if err != nil {
		return nil, err
	}
	edge := int64(0)
	if o.run.edge != "" {
		if edge, err = tombstones.StartOf(o.run.edge, loaded.Location); err != nil {
			return nil, exit.AsUsage(err)
		}
	}
	options := shuffle.Options{
		RunID: o.run.id,
		// As in a run of convert, nothing is given up.
		Rules:      reconcile.Rules{Now: started, Settle: pull.Defaults().Settle, Edge: edge},
		FullImport: o.run.imported == importFull,
	}
	if limits != nil {
		options.Limits = limits
	}
	if options.OnHold, err = o.run.onHold(); err != nil {
		return nil, err
	}
	options.OptOuts = func(job *schema.Job) []shuffle.OptOut { return optOuts(job, loaded.Location) }
	f := newFlattening(loaded.Flattener(), options)
	f.memory = o.limitMemory(ordinaryKey, flattenRecords)
	return f, nil
}

// check returns when the run began.
func (r *run) check() (started time.Time, err error) {
	switch {
	case r.id == "":
		return started, exit.Usagef("--run is missing")
	case r.started == "":
		return started, exit.Usagef("--started is missing")
	case r.imported != "" && r.imported != importFull:
		return started, exit.Usagef("invalid --import %q: want %s", r.imported, importFull)
	}
	started, err = time.Parse(time.RFC3339Nano, r.started)
	if err != nil {
		return started, exit.Usagef("invalid --started %q: want a time such as 2026-01-22T01:30:00Z", r.started)
	}
	return started, nil
}

// held is a job on hold, a line of the file of --held.
type held struct {
	InstanceID string `json:"instance_id"`
	JobID      string `json:"job_id"`
}

// onHold reads the file of --held, and returns what reports whether the job of a key is in
// it; nil where none is.
func (r *run) onHold() (func(schema.Key) bool, error) {
	if r.holds == "" {
		return nil, nil
	}
	text, err := os.ReadFile(r.holds)
	if err != nil {
		return nil, exit.Usagef("--held: %w", err)
	}
	holds, lines := map[schema.Key]bool{}, json.NewDecoder(bytes.NewReader(text))
	for {
		var one held
		err := lines.Decode(&one)
		if errors.Is(err, io.EOF) {
			return func(key schema.Key) bool { return holds[key] }, nil
		}
		if err != nil || one.JobID == "" {
			return nil, fmt.Errorf("read %s: hold %d: want a JSON object with the id of a job: %w", r.holds, len(holds)+1, cmp.Or(err, errors.New("it has none")))
		}
		holds[schema.JobKey(nil, one.InstanceID, one.JobID)] = true
	}
}

// optOuts returns the opt-outs of a job that goes. One of whom no contact key is known is
// of nobody.
func optOuts(job *schema.Job, zone *time.Location) (list []shuffle.OptOut) {
	for _, found := range optout.Find(job) {
		t := &job.Tasks[found.Task]
		if t.ContactKey == "" {
			continue
		}
		one := shuffle.OptOut{ContactKey: strings.Clone(t.ContactKey), Source: found.Source, Value: found.Value}
		if at := t.CallTime(); at != 0 {
			one.CallDate = new(int32(calendar.DayOf(time.UnixMilli(at), zone)))
		}
		list = append(list, one)
	}
	return list
}

// flattening decides about keys, and flattens the jobs that change.
type flattening struct {
	flattener *flatten.Flattener
	reducer   *shuffle.Reducer
	records   shuffle.Records
	result    worker.Result
	groups    [1]schema.JobGroupRow // scratch space
	gone      []worker.RejectKey
	optOuts   []worker.OptOut

	memory ceiling // by the largest records of a key
}

func newFlattening(f *flatten.Flattener, o shuffle.Options) *flattening {
	o.Flattener = lasting{f}
	return &flattening{flattener: f, reducer: shuffle.NewReducer(o)}
}

// lasting is a flattener whose rows stay until Release: they are copied many at a time.
type lasting struct{ *flatten.Flattener }

// Add implements [shuffle.Flattener].
func (l lasting) Add(j *schema.Job, hash schema.ContentHash) *schema.Rows { return l.Gather(j, hash) }

// Reset does nothing.
func (lasting) Reset() {}

// Release implements [worker.Reducer].
func (f *flattening) Release() { f.flattener.Reset() }

// Reduce implements [worker.Reducer].
func (f *flattening) Reduce(key []byte, records [][]byte) (*worker.Result, error) {
	size := int64(0)
	f.records.Reset()
	for _, record := range records {
		size += int64(len(record))
		if err := f.records.Add(record); err != nil {
			return nil, err
		}
	}
	f.memory.meet(size)
	if len(key) != len(schema.Key{}) {
		return nil, fmt.Errorf("it has %d bytes, want %d", len(key), len(schema.Key{}))
	}
	r, err := f.reducer.Reduce(schema.Key(key), &f.records)
	if r == nil || err != nil {
		return nil, err
	}
	f.result = worker.Result{
		Rows: r.Rows, JobDate: r.JobDate, StaleDate: r.StaleDate, Rejects: r.Rejects, Statuses: r.Statuses,
		State: r.State, StateDate: r.StateDate, StaleStateDate: r.StaleStateDate,
	}
	if r.Group != nil {
		f.groups[0] = *r.Group
		f.result.JobGroups = f.groups[:]
	}
	if r.GroupGone != nil {
		f.result.JobGroupsGone = []worker.GroupKey{worker.GroupKey(*r.GroupGone)}
	}
	f.gone = f.gone[:0]
	for _, id := range r.RejectsGone {
		f.gone = append(f.gone, worker.RejectKey(id))
	}
	f.result.RejectsGone = f.gone
	f.optOuts = f.optOuts[:0]
	for _, one := range r.OptOuts {
		f.optOuts = append(f.optOuts, worker.OptOut(one))
	}
	f.result.OptOuts = f.optOuts
	return &f.result, nil
}

// Condense implements [worker.Reducer].
func (f *flattening) Condense(records [][]byte) [][]byte { return shuffle.Condense(records) }

// flattenReport is what was flattened.
type flattenReport struct {
	Stage string `json:"stage"`
	Bytes int64  `json:"bytes"` // of the records
	shuffle.Report
}

// json is the report as text.
func (f *flattening) json(taken worker.Taken) ([]byte, error) {
	report := flattenReport{"flatten", taken.Bytes, f.reducer.Report()}
	if report.Keys != taken.Keys || report.Records != taken.Records {
		return nil, fmt.Errorf("%d records of %d keys were decided on, and %d of %d were read", report.Records, report.Keys, taken.Records, taken.Keys)
	}
	return json.Marshal(&report)
}

// What flattening takes was measured on the records of 60,000 simulated people, 96 MB:
// 141, 159 and 208 MB of memory with 50, 100 and 200 percent of garbage, and 1.7, 1.6
// and 1.55 s of processor time. One job of 300,000 turns, whose record of 20 MB becomes
// rows and a batch of 140 MB, takes 1.9 s within a limit of 320 MB, and 1.1 s within one
// of 520 MB; it has 460 or 486 MB in any case. So the limit grows with the records.
const (
	flattenRecords = 16 // how many times the records of a key may be in memory besides
	ordinaryKey    = 4 << 20
)
