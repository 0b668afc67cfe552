//go:build cgo

package calls

import (
	"errors"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/masked"
	"callmill/cmd/callmill-review/internal/particulars"
	dbquery "callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

// read tells of a call that is not in memory: of an older day, or one that was not
// dialled. Nodes and rules are not looked for in it.
func (p *pages) read(r *site.Request, ref corpus.Ref) (*told, error) {
	t := &told{ref: ref, call: -1}
	if err := t.find(r); err != nil {
		return nil, err
	}
	lines, results, err := r.Night.DB.Said(r.Context(), dbquery.Key{Instance: t.ref.Instance, Job: t.ref.Job, Task: t.ref.Task}, t.ref.JobDate)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		t.said = append(t.said, line{l.Turn, speakerOf(l.Speaker), l.Script, l.Gap})
	}
	t.results = results
	if r.Site.Mask {
		if err := p.mask(r, t); err != nil {
			return nil, err
		}
	}
	if t.own.Attempt > 0 {
		r.Notice(site.Notice{Text: schema.Text{
			ZH: "这一通早于内存中的日子：不显示节点和规则。",
			EN: "This call is of a day that is not held in memory: nodes and rules are not shown.",
		}})
	}
	return t, nil
}

// find finds the day of a call's job, and what is known of it. The error of one that
// there is not is unknown.
func (t *told) find(r *site.Request) error {
	if t.ref.JobDate != 0 && t.ref.Task != "" {
		if err := t.particulars(r); err != nil || t.isKnown() {
			return err
		}
	}
	attempts, err := r.Night.DB.Attempts(r.Context(), t.ref.Job, t.ref.Task)
	if err != nil {
		return err
	}
	attempts = slices.DeleteFunc(attempts, func(a dbquery.Attempt) bool { return a.Instance != t.ref.Instance })
	if len(attempts) == 0 {
		return unknown(r)
	}
	last := attempts[len(attempts)-1] // of a job without a task, the last one
	t.ref.JobDate, t.ref.Task = last.JobDate, last.Task
	if err := t.particulars(r); err != nil {
		return err
	}
	if !t.isKnown() {
		return unknown(r)
	}
	return nil
}

// isKnown reports whether the call is one of the job's attempts.
func (t *told) isKnown() bool {
	return slices.ContainsFunc(t.attempts, func(a particulars.Attempt) bool { return a.Task == t.ref.Task })
}

// errFound ends looking for a job that was found.
var errFound = errors.New("found")

// mask masks what was said, and the results, as those of calls in memory are.
func (p *pages) mask(r *site.Request, t *told) error {
	job := &schema.Job{InstanceID: t.ref.Instance, JobID: t.ref.Job}
	err := r.Night.DB.Persons(r.Context(), t.ref.JobDate, func(j *schema.Job) error {
		if j.InstanceID == t.ref.Instance && j.JobID == t.ref.Job {
			job = j
			return errFound
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return err
	}
	task := schema.Task{TaskID: t.ref.Task, Contact: schema.Contact{Name: t.own.Name, PhoneNumber: t.own.Phone}}
	for _, l := range t.said {
		speaker := [...]string{corpus.Robot: schema.SpeakerRobot, corpus.Contact: schema.SpeakerContact, corpus.Other: schema.SpeakerUnknown}[l.speaker]
		task.Turns = append(task.Turns, schema.Turn{Speaker: speaker, Script: l.script})
	}
	for _, result := range t.results {
		job.Summaries = append(job.Summaries, schema.Summary{Content: result})
	}
	at := len(job.Summaries) - len(t.results)
	job.Tasks = append(job.Tasks, task)
	masker, err := p.masker()
	if err != nil {
		return err
	}
	masker.Job(job)
	for i, turn := range job.Tasks[len(job.Tasks)-1].Turns {
		t.said[i].script = turn.Script
	}
	for i := range t.results {
		t.results[i] = job.Summaries[at+i].Content
	}
	return nil
}

// masker returns what masks calls that are not in memory. It is made once it is needed.
func (p *pages) masker() (*masked.Masker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.whole == nil {
		m, err := masked.New(masked.Options{Workers: 1})
		if err != nil {
			return nil, err
		}
		p.whole = m
	}
	return p.whole, nil
}
