package discover

import (
	"context"
	"errors"
	"sync"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/lists"
)

const (
	// failingLists is how many lists of an action fail in a row before the next
	// are tried less often, giveUpLists before they are not asked for.
	failingLists, giveUpLists = 2, 8
)

// actions knows how the lists of each action are answered. Safe for concurrent use.
type actions struct {
	mu       sync.Mutex
	row      map[string]int // lists that failed in a row
	answered map[string]bool
}

// failing is how many lists of an action have failed in a row.
func (a *actions) failing(action string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.row[action]
}

// note notes how the reading of a list ended.
func (a *actions) note(action string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.row == nil {
		a.row = map[string]int{}
	}
	f, failed := errors.AsType[*client.Failure](err)
	switch {
	case err == nil:
		a.row[action] = 0
	case failed && !f.Refused || forbidden(err):
		a.row[action]++
	}
}

// pass notes that a page of a list was answered.
func (a *actions) pass(action string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.answered == nil {
		a.answered = map[string]bool{}
	}
	a.answered[action] = true
}

// closed is an error where no other list of an action is to be asked for.
func (a *actions) closed(action string) error {
	if a.failing(action) < giveUpLists {
		return nil
	}
	return &lists.Incomplete{Action: action, Reason: "not asked for: the lists before it failed"}
}

// allowed reports whether a list of an action was ever answered: what is forbidden
// is then about another list alone.
func (a *actions) allowed(action string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answered[action]
}

// forbidden reports whether a request was refused for want of permission.
func forbidden(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Kind == client.Permission
}

// canPass reports whether a list may be left out that ended with err.
func canPass(err error) bool {
	if _, ok := errors.AsType[*client.Failure](err); ok {
		return true
	}
	_, ok := errors.AsType[*lists.Incomplete](err)
	return ok
}

// saw changes the outcome.
func (d *discovery) saw(change func(*Outcome)) {
	d.seenMu.Lock()
	defer d.seenMu.Unlock()
	change(d.outcome)
}

// leave leaves out what err is about, as f says, and returns nil; where other
// lists would not be answered either, it returns err. err may be nil.
func (d *discovery) leave(err error, f Failure) error {
	if err == nil || !canPass(err) && !(forbidden(err) && d.actions.allowed(f.Action)) {
		return err
	}
	f.InstanceID = d.plan.InstanceID
	f.explain(err)
	if i, ok := errors.AsType[*lists.Incomplete](err); ok {
		d.count(func(n *Counters) { n.Unlisted += i.Unlisted })
	}
	d.seenMu.Lock()
	defer d.seenMu.Unlock()
	if d.first == nil {
		d.first = err
	}
	d.outcome.Failures = append(d.outcome.Failures, f)
	return nil
}

// explain sets why something was left out; Reason may hold what it is.
func (f *Failure) explain(err error) {
	what, why := f.Reason, err.Error()
	if e, ok := errors.AsType[*client.Error](err); ok {
		f.Action, f.RequestID, why = e.Action, e.RequestID, e.Reason
	}
	if i, ok := errors.AsType[*lists.Incomplete](err); ok {
		f.Action, why = i.Action, i.Reason
	}
	if f.Reason = why; what != "" {
		f.Reason = what + ": " + why
	}
}

// leaveInstance leaves out an instance that was not answered, where others may be,
// and returns nil; else err. err may be nil.
func (s *Source) leaveInstance(ctx context.Context, d *discovery, err error) error {
	e, ok := errors.AsType[*client.Error](err)
	if !ok || ctx.Err() != nil {
		return err
	}
	switch e.Kind {
	case client.Permission, client.Instance, client.Refused:
	case client.Unavailable, client.Throttled:
		if !s.anotherAnswers(ctx, d.plan) {
			return err
		}
	default:
		return err
	}
	f := Failure{InstanceID: d.plan.InstanceID, Instance: true}
	f.explain(err)
	d.saw(func(o *Outcome) { *o = Outcome{InstanceID: f.InstanceID, Failures: []Failure{f}} })
	d.first = err
	d.answered.Store(false)
	return nil
}

// anotherAnswers reports whether the API answers for another instance.
func (s *Source) anotherAnswers(ctx context.Context, but *Plan) bool {
	for i := range s.plans {
		if &s.plans[i] == but {
			continue
		}
		r := &client.Request{InstanceID: s.plans[i].InstanceID, Action: listJobs, JobIDs: []string{lists.UnusedID}, Effort: client.Brief}
		_, err := s.client.Do(ctx, r, nil)
		if f, ok := errors.AsType[*client.Failure](err); err == nil || ok && f.Refused {
			return true
		}
	}
	return false
}

// nothing returns why something was left out where nothing was seen of any
// instance.
func nothing(all []*discovery) error {
	var first error
	for _, d := range all {
		named := d.unknownGroup.Load()
		switch {
		case len(d.outcome.Searched)+len(d.outcome.Campaigns) > 0 || d.fetched.Load():
			return nil
		case d.answered.Load() && named == nil:
			return nil
		case first == nil && named != nil:
			first = *named
		case first == nil:
			first = d.first
		}
	}
	return first
}
