package pipeline_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"callmill/pipeline"
	"callmill/schema"
)

// The made-up ends of a line. A piece of input is a text of letters: j is a
// job with two turns, r a reject. Pieces are called a, b, c …, what is in them
// a/0, a/1 … after its position.

type counter = atomic.Int64

func line(workers int, s *fakeSource, d *fakeDataset, f *fakeFlattener) pipeline.Line {
	return pipeline.Line{
		Source:    s,
		Decoder:   func() pipeline.Decoder { return &fakeDecoder{} },
		Redactor:  func() pipeline.Redactor { return fakeRedactor{} },
		Flattener: func() pipeline.Flattener { return f },
		Dataset:   d,
		Workers:   workers,
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func origin(i int) string { return string(rune('a' + i)) }

// fakeSource delivers pieces; after failAfter of them it fails with err, if
// that is not nil.
type fakeSource struct {
	pieces            []string
	failAfter         int
	err               error
	called            func()
	yielded, released counter
}

func newSource(pieces ...string) *fakeSource { return &fakeSource{pieces: pieces, called: func() {}} }

func (s *fakeSource) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	for i, piece := range s.pieces {
		if s.err != nil && i == s.failAfter {
			return s.err
		}
		s.called()
		s.yielded.Add(1)
		raw := &schema.Raw{Origin: origin(i), Sequence: int64(i), Body: []byte(piece), Release: func() { s.released.Add(1) }}
		if err := yield(raw); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// fakeDecoder counts every letter as a coercion.
type fakeDecoder struct{ letters int64 }

func (d *fakeDecoder) Items(raw *schema.Raw) iter.Seq[schema.Decoded] {
	return func(yield func(schema.Decoded) bool) {
		for i, letter := range raw.Body {
			d.letters++
			found := schema.Decoded{Position: int64(i)}
			if letter == 'j' {
				found.Job = &schema.Job{
					JobID: raw.Origin + "/" + strconv.Itoa(i),
					Tasks: []schema.Task{{Turns: make([]schema.Turn, 1)}, {Turns: make([]schema.Turn, 1)}},
				}
			} else {
				found.Reject = &schema.Reject{Position: int64(i)}
			}
			if !yield(found) {
				return
			}
		}
	}
}

func (d *fakeDecoder) Counts() schema.Counts {
	if d.letters == 0 {
		return nil
	}
	return schema.Counts{"letters": d.letters}
}

// fakeRedactor leaves a mark that the hash shows.
type fakeRedactor struct{}

func (fakeRedactor) Job(job *schema.Job) { job.ReferenceID = "redacted" }

// fakeFlattener counts the jobs. Workers share it, which a true one
// would not stand.
type fakeFlattener struct{ jobs counter }

func (f *fakeFlattener) Rows(job *schema.Job, hash schema.ContentHash) *schema.Rows {
	f.jobs.Add(1)
	return &schema.Rows{Job: schema.JobRow{JobID: job.JobID, ContentHash: hash.String()}}
}

// fakeDataset notes what it is given, and objects to calls out of order. It
// never looks whether the run is cancelled.
type fakeDataset struct {
	plans  []int            // units of each plan
	known  map[string]bool  // jobs that are published already
	fail   map[string]error // by method
	called func()
	// Where not nil, each job and each unit waits here.
	gate, writeGate chan struct{}

	mu                                 sync.Mutex
	appenders, flushed, published      int
	planned                            int // plans given out
	begun                              int // units
	appended, noted, rejected, written []string
}

func (d *fakeDataset) enter(method string) error {
	if d.called != nil {
		d.called()
	}
	return d.fail[method]
}

func (d *fakeDataset) started() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.begun
}

func (d *fakeDataset) Appender() pipeline.Appender {
	d.appenders++
	return &fakeAppender{d: d}
}

func (d *fakeDataset) Plan(context.Context) (int, error) {
	if err := d.enter("plan"); err != nil {
		return 0, err
	}
	if d.flushed != d.appenders {
		return 0, fmt.Errorf("plan: %d of %d appenders are flushed", d.flushed, d.appenders)
	}
	return d.nextPlan(), nil
}

func (d *fakeDataset) nextPlan() int {
	if d.planned == len(d.plans) {
		return 0
	}
	d.planned++
	return d.plans[d.planned-1]
}

func (d *fakeDataset) Write(_ context.Context, unit int) error {
	d.mu.Lock()
	d.begun++
	d.mu.Unlock()
	if err := d.enter("write"); err != nil {
		return err
	}
	if d.writeGate != nil {
		<-d.writeGate
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written = append(d.written, strconv.Itoa(unit))
	return nil
}

func (d *fakeDataset) Replan() (int, error) {
	if err := d.enter("replan"); err != nil {
		return 0, err
	}
	if err := d.allWritten(); err != nil {
		return 0, err
	}
	return d.nextPlan(), nil
}

// allWritten is an error where a unit of the plans so far is missing.
func (d *fakeDataset) allWritten() error {
	planned := 0
	for _, units := range d.plans[:d.planned] {
		planned += units
	}
	if len(d.written) != planned {
		return fmt.Errorf("%d units are written, planned were %d", len(d.written), planned)
	}
	return nil
}

// Publish does not count as a call: from there on cancelling is the dataset's
// affair.
func (d *fakeDataset) Publish(context.Context) error {
	if err := d.fail["publish"]; err != nil {
		return err
	}
	d.published++
	return nil
}

type fakeAppender struct{ d *fakeDataset }

func (a *fakeAppender) Known(_ *schema.Raw, _ int64, job *schema.Job, _ schema.ContentHash) bool {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	if a.d.known[job.JobID] {
		a.d.noted = append(a.d.noted, job.JobID)
	}
	return a.d.known[job.JobID]
}

func (a *fakeAppender) Append(_ *schema.Raw, _ int64, job *schema.Job, hash schema.ContentHash, rows *schema.Rows) error {
	if err := a.d.enter("append"); err != nil {
		return err
	}
	if a.d.gate != nil {
		<-a.d.gate
	}
	redacted := schema.Job{JobID: job.JobID, Tasks: job.Tasks, ReferenceID: "redacted"}
	if want, _ := redacted.ContentHash(nil); hash != want || rows.Job.ContentHash != want.String() || rows.Job.JobID != job.JobID {
		return fmt.Errorf("append %s: rows of %s, hash %s, want %s", job.JobID, rows.Job.JobID, hash, want)
	}
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	a.d.appended = append(a.d.appended, job.JobID)
	return nil
}

func (a *fakeAppender) Reject(raw *schema.Raw, r *schema.Reject) error {
	if err := a.d.enter("reject"); err != nil {
		return err
	}
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	a.d.rejected = append(a.d.rejected, fmt.Sprintf("%s/%d", raw.Origin, r.Position))
	return nil
}

func (a *fakeAppender) Facts(*schema.Raw, *schema.TaskFacts) error { return nil }

func (a *fakeAppender) Group(_ *schema.Raw, group *schema.JobGroupRow) error {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	a.d.noted = append(a.d.noted, group.JobGroupID)
	return nil
}

func (a *fakeAppender) Flush() error {
	if err := a.d.enter("flush"); err != nil {
		return err
	}
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	a.d.flushed++
	return nil
}
