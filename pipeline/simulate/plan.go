package simulate

import (
	"callmill/pipeline/simulate/dialogue"
	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/people"
)

// plan is the course of a job: whom it calls, when and from which number, and how
// the network answers. It lacks the dialogues, and so is cheap enough to be made
// for all jobs of a world.
type plan struct {
	index    int
	group    *group
	person   people.Person
	attempts []attempt
	final    string // status of the job once all attempts are over
	reason   string // FailureReason
	never    string // status of a job that is never called, or ""
}

// attempt is one task of the job.
type attempt struct {
	planned int64  // ms
	actual  int64  // ms; 0: not dialled
	status  string // "" if a person answered: the dialogue decides
	number  int    // calling number, from 1
	ringing int    // seconds
	causes  []dialogue.Hit
}

// begin is when the attempt becomes a task.
func (a *attempt) begin() int64 { return max(a.planned, a.actual) }

// ringingEnd is when the phone of a dialled attempt stopped ringing.
func (a *attempt) ringingEnd() int64 { return a.actual + int64(a.ringing)*1000 }

// plan sets p to the plan of job i, reusing its memory.
func (w *World) plan(i int, p *plan) {
	g := w.groupOf(i)
	*p = plan{index: i, group: g, attempts: p.attempts[:0]}
	var d dice.Dice
	n := int((uint64(g.people) + uint64(i-g.first)*uint64(g.stride)) % uint64(w.persons))
	d.Seed(w.seed, forPerson, uint64(n))
	p.person.Make(n, phoneOf(w.seed, n), w.words, &d)
	d.Seed(w.seed, forPlan, uint64(i))
	if p.neverCalled(&d) {
		return
	}
	c := g.campaign
	day := localDay(g.created) + int64((i-g.first)*c.Spread/max(g.jobs, 1))*dayMS
	at := open(c, sometime(c, day, &d), &d)
	for k := range c.Attempts {
		if g.stopped != 0 && at >= g.stopped {
			p.stop(at, &d)
			return
		}
		p.attempts = append(p.attempts, w.attempt(p, k, at, &d))
		if p.decide(k, &d) {
			return
		}
		at = open(c, at+strategies[g.ordinal%len(strategies)].wait(k, &d), &d)
	}
}

// neverCalled draws whether the job is set aside, or has an invalid strategy.
func (p *plan) neverCalled(d *dice.Dice) bool {
	n := d.Below(1000)
	switch {
	case p.group.fate == groupIsDraft || n < 2:
		p.never = "Drafted"
	case n < 7:
		p.never = "Paused"
	case n < 12:
		p.never = "Cancelled"
	case n < 16:
		p.never = "Failed"
		p.reason = [...]string{"InvalidStrategy", "NoStrategy", "TimeUp", "Unknown"}[n-12]
	default:
		return false
	}
	return true
}

// stop ends a job whose group is stopped before its next attempt.
func (p *plan) stop(at int64, d *dice.Dice) {
	if p.group.fate == groupIsPaused {
		p.final = "Paused"
		return
	}
	p.final = "Cancelled"
	// Attempts already queued are recorded as terminated.
	if at < p.group.stopped+3*hourMS {
		p.attempts = append(p.attempts, attempt{planned: at, status: "Terminated", number: p.callingNumber(len(p.attempts), d)})
	}
}

// endedByStop reports whether the job ended because its group was stopped.
func (p *plan) endedByStop() bool {
	return p.final == "Paused" || p.final == "Cancelled" && p.group.stopped != 0
}

// callingNumber draws the calling number of an attempt.
func (p *plan) callingNumber(attempt int, d *dice.Dice) int {
	numbers := p.group.campaign.Numbers
	return numbers[(p.index+attempt+d.Below(2))%len(numbers)]
}

// decide reports whether attempt k is the job's last, and sets how the job ends.
func (p *plan) decide(k int, d *dice.Dice) (over bool) {
	last := &p.attempts[len(p.attempts)-1]
	switch last.status {
	case "", "Succeeded", "SucceededError":
		p.final = "Succeeded"
		return true
	case "SucceededSpecialInterceptVoiceAssistant", "SucceededSpecialInterceptExtensionNumberTransfer", "SucceededSpecialInterceptCustomSpecialIntercept":
		p.final = "Succeeded"
		return k+1 == p.group.campaign.Attempts || d.Percent(45)
	case "Executing":
		p.final = "Executing"
		return true
	case "Cancelled":
		p.final = "Cancelled"
		return true
	}
	p.final, p.reason = "Failed", failureReasons[last.status]
	if k+1 < p.group.campaign.Attempts {
		return endsJob[last.status]
	}
	if last.status == "PerDayCallCountLimit" && k > 0 && localDay(p.attempts[k-1].planned) == localDay(last.planned) {
		p.reason = "JobPerDayCallCountLimit" // by its own calls instead of other campaigns
	}
	if p.reason == "NoAnswer" && d.Percent(4) {
		p.reason = "NoneRepeatableJobMaxAttemptCountLimit"
	}
	return true
}

var failureReasons = map[string]string{
	"NoAnswer": "NoAnswer", "Busy": "NoAnswer", "NotConnected": "CallFailed", "PoweredOff": "CallFailed",
	"NotExist": "EmptyNumber", "EmptyNumber": "EmptyNumber",
	"OutOfService": "OutOfService", "OutOfServiceNoCall": "OutOfService",
	"InArrears": "InArrears", "InArrearsNoCall": "InArrears",
	"PerDayCallCountLimit": "PerDayCallCountLimit", "ContactBlockList": "ContactBlockList",
	"VerificationCancelled": "VerificationCancelled", "HighRiskSipCode": "ContactSuspended",
	"CallerNotRegistered": "CallFailed", "CallingNumberNotExist": "CallFailed", "Failed": "CallFailed",
}

// endsJob holds the statuses after which no further attempt is made.
var endsJob = map[string]bool{
	"EmptyNumber": true, "OutOfServiceNoCall": true, "InArrearsNoCall": true,
	"ContactBlockList": true, "VerificationCancelled": true, "HighRiskSipCode": true,
}
