// Package masked takes personal data out of a corpus as it is loaded, whatever the dataset
// holds: names, numbers, ids and addresses become labels, in what was said, in patterns,
// in words and in business results, as a dataset that was made under --pii mask has them.
//
// A job is masked by the same rules as there (package redact): by what it says of its own
// person, all lines of a call together, patterns in step with what was said. What contacts
// say then is cut into words again. A text that many calls have is looked at in each of
// them, for it may name the person of one and nobody in another.
package masked

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/pipeline/calendar"
	"callmill/pipeline/redact"
	"callmill/pipeline/redact/texts"
	"callmill/schema"
	"callmill/segment"
)

// Persons yields what the jobs of a day say of their persons, each job once; what is yielded
// may be changed. [query.DB.Persons] is one.
type Persons func(ctx context.Context, jobDate calendar.Day, yield func(*schema.Job) error) error

// Options are how a corpus is masked.
type Options struct {
	Workers int             // 0: one for each processor
	Segment segment.Options // how the words of the dataset were cut
}

// Masker masks corpora, one after the other. Safe for concurrent use: who comes while it
// works waits.
type Masker struct {
	segment *segment.Segmenter

	mu      sync.Mutex
	workers []*worker
}

// New returns a Masker. It holds some ten megabytes for each worker.
func New(o Options) (*Masker, error) {
	cut, err := segment.New(o.Segment)
	if err != nil {
		return nil, fmt.Errorf("mask calls: %w", err)
	}
	m := &Masker{segment: cut}
	for range cmp.Or(o.Workers, runtime.GOMAXPROCS(0)) {
		m.workers = append(m.workers, newWorker())
	}
	return m, nil
}

// Job masks a job in place, with the turns of its tasks and their patterns, its contacts,
// its parameters and its results: what is shown of a call that is in no corpus. The
// patterns are those of the dataset, or "".
func (m *Masker) Job(j *schema.Job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.workers[0].redactor.Job(j)
}

// Text masks a text that stands alone, of a job that nothing is known of.
func (m *Masker) Text(text string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	j := schema.Job{Tasks: []schema.Task{{Brief: text}}}
	m.workers[0].redactor.Job(&j)
	return j.Tasks[0].Brief
}

// Corpus returns a corpus without personal data. It was loaded whole, of all days or of
// some: all lines of a call are in it. It shares what did not change with the one that is
// given, which is not to be used afterwards.
func (m *Masker) Corpus(ctx context.Context, c *corpus.Corpus, persons Persons) (*corpus.Corpus, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := newBuilder(c, m.segment)
	for _, day := range b.days() {
		if err := m.day(ctx, b, day, persons); err != nil {
			return nil, fmt.Errorf("mask calls of jobs of %s: %w", day, err)
		}
	}
	return b.corpus(), nil
}

// queue is how many jobs wait for a worker.
const queue = 64

// day masks the calls of the jobs of a day.
func (m *Masker) day(ctx context.Context, b *builder, day calendar.Day, persons Persons) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	calls := b.jobs(day)
	jobs := make(chan *work, queue)
	var running sync.WaitGroup
	for _, w := range m.workers {
		running.Go(func() {
			for one := range jobs {
				w.do(b, one)
			}
		})
	}
	send := func(one *work) error {
		select {
		case jobs <- one:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	err := persons(ctx, day, func(j *schema.Job) error {
		name := jobName{j.InstanceID, j.JobID}
		of, ok := calls[name]
		if !ok {
			return nil // its calls are of other days, or nothing was said in them
		}
		delete(calls, name)
		return send(&work{j, of})
	})
	for name, of := range calls { // of which nothing is known: what strangers are called goes
		if err == nil {
			err = send(&work{&schema.Job{InstanceID: name.instance, JobID: name.job}, of})
		}
	}
	close(jobs)
	running.Wait()
	return err
}

type jobName struct{ instance, job string }

// work is a job with the indexes of its calls.
type work struct {
	job   *schema.Job
	calls []int32
}

// worker masks job after job.
type worker struct {
	masker   *texts.Masker
	redactor *redact.Redactor
	lines    []newLine
	results  []newResult
}

func newWorker() *worker {
	w := &worker{masker: texts.New()}
	w.redactor = redact.New(redact.Options{
		Mode: redact.Mask, Texts: w.masker, Kind: w.masker.Kind, Company: w.masker.Company,
		Patterns: func(*schema.Job) {}, // they are those of the dataset
	})
	return w
}

// newLine is what a line says now, newResult what a result of a call is.
type newLine struct {
	line            int32
	pattern, script string
}

type newResult struct {
	call   int32
	result corpus.Code
	text   string
}

// do masks the calls of a job.
func (w *worker) do(b *builder, one *work) {
	j := one.job
	// Of the parameters, those are needed that say who somebody is; the others would only
	// be searched.
	j.Extras = slices.DeleteFunc(j.Extras, func(e schema.Extra) bool {
		_, personal := w.masker.Kind(e.Key)
		return !personal
	})
	tasks := make([]int, len(one.calls)) // of the job, for each call
	for i, index := range one.calls {
		tasks[i] = b.putCall(j, index)
	}
	w.redactor.Job(j)
	w.lines, w.results = w.lines[:0], w.results[:0]
	results := j.Summaries
	for i, index := range one.calls {
		call := &b.old.Calls[index]
		turns := j.Tasks[tasks[i]].Turns
		for k, line := range b.old.Of(call) {
			text, turn := &b.old.Texts[line.Text], &turns[k]
			if turn.Script != text.Script || turn.Pattern != b.old.Patterns.String(text.Pattern) {
				w.lines = append(w.lines, newLine{call.FirstLine + int32(k), turn.Pattern, turn.Script})
			}
		}
		for k, code := range call.Results {
			if text := joinResult(results[k]); text != b.old.Results.String(code) {
				w.results = append(w.results, newResult{index, code, text})
			}
		}
		results = results[len(call.Results):]
	}
	b.take(w.lines, w.results)
}

// A business result is its name and its content in a corpus.
func splitResult(text string) schema.Summary {
	name, content, _ := strings.Cut(text, "=")
	return schema.Summary{Name: name, Content: content}
}

func joinResult(s schema.Summary) string { return s.Name + "=" + s.Content }
