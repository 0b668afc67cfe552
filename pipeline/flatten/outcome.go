package flatten

import "callmill/schema"

// attempts follows the tasks of a job in their order: it numbers the dialled
// ones and derives the outcome of the job.
type attempts struct {
	dialed int32

	// Outcomes; "" where there was no such task.
	lastAnswered string
	lastDialed   string
	last         string
}

// add takes the next task and returns its attempt, nil if it was not dialled.
func (a *attempts) add(o *schema.Outcome) *int32 {
	a.last = o.Outcome
	if !o.Dialed() {
		return nil
	}
	a.dialed++
	a.lastDialed = o.Outcome
	if answered := o.Answered(); answered != nil && *answered {
		a.lastAnswered = o.Outcome
	}
	return new(a.dialed)
}

// outcome is the job's: that of its last answered attempt, else of its last
// dialled one, else of its last task; without tasks its status decides.
func (a *attempts) outcome(jobStatus string) string {
	switch {
	case a.lastAnswered != "":
		return a.lastAnswered
	case a.lastDialed != "":
		return a.lastDialed
	case a.last != "":
		return a.last
	case jobStatus == schema.JobCancelled:
		return schema.Cancelled
	case jobStatus == schema.JobFailed:
		return schema.Failed
	}
	return schema.NotCalled
}
