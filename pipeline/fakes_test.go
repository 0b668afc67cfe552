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

func line(workers int, s *fakeSource, d *fakeDataset) pipeline.Line {
	return pipeline.Line{
		Source:   s,
		Decoder:  func() pipeline.Decoder { return &fakeDecoder{} },
		Redactor: func() pipeline.Redactor { return fakeRedactor{} },
		Dataset:  d,
		Workers:  workers,
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
type fakeDecoder struct {
	letters int64
	err     error // where not nil, found in every piece of input
}

func (d *fakeDecoder) Items(raw *schema.Raw) iter.Seq[schema.Decoded] {
	return func(yield func(schema.Decoded) bool) {
		if d.err != nil && !yield(schema.Decoded{Err: d.err}) {
			return
		}
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

func (d *fakeDecoder) Findings() (f schema.Findings) {
	if d.letters > 0 {
		f.Coercions = schema.Counts{"letters": d.letters}
	}
	return f
}

// fakeRedactor leaves a mark.
type fakeRedactor struct{}

func (fakeRedactor) Job(job *schema.Job) { job.ReferenceID = "redacted" }

func (fakeRedactor) Reject(*schema.Reject) {}

// fakeDataset notes what it is given, and objects to calls out of order. It
// never looks whether the run is cancelled.
type fakeDataset struct {
	fail   map[string]error // by method
	called func()
	gate   chan struct{} // where not nil, each job waits here

	mu                            sync.Mutex
	appenders, flushed, published int
	added, rejected               []string
}

func (d *fakeDataset) enter(method string) error {
	if d.called != nil {
		d.called()
	}
	return d.fail[method]
}

func (d *fakeDataset) Appender() pipeline.Appender {
	d.appenders++
	return &fakeAppender{d: d}
}

// Commit does not count as a call: from there on cancelling is the dataset's
// affair.
func (d *fakeDataset) Commit(context.Context) error {
	if err := d.fail["commit"]; err != nil {
		return err
	}
	if d.flushed != d.appenders {
		return fmt.Errorf("commit: %d of %d appenders are flushed", d.flushed, d.appenders)
	}
	d.published++
	return nil
}

type fakeAppender struct{ d *fakeDataset }

func (a *fakeAppender) Job(_ *schema.Raw, _ int64, job *schema.Job) error {
	if err := a.d.enter("job"); err != nil {
		return err
	}
	if a.d.gate != nil {
		<-a.d.gate
	}
	if job.ReferenceID != "redacted" {
		return fmt.Errorf("job %s is not redacted", job.JobID)
	}
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	a.d.added = append(a.d.added, job.JobID)
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

func (a *fakeAppender) Expected(*schema.Raw, *schema.Expected) error { return nil }

func (a *fakeAppender) Group(_ *schema.Raw, group *schema.JobGroupRow) error {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	a.d.added = append(a.d.added, group.JobGroupID)
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
