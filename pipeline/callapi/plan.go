package callapi

import (
	"time"

	"callmill/schema"
)

// Plan says what to fetch of one instance. The jobs found in all ways are
// asked for once each.
type Plan struct {
	InstanceID string

	// Windows are the spans of time whose calls are due; they do not overlap.
	Windows []Window
	// Calls finds jobs by their calls in the windows, Groups by the campaigns
	// that may have calls in them. Without windows they find none.
	Calls, Groups bool

	// Refetch is how long campaigns are read whole: those created less than
	// this before the first window, or in it, are; older ones while they are
	// not over, or when they changed since Known or the first window's begin.
	Refetch time.Duration
	// Known are the campaigns of the last snapshot by id.
	Known map[string]schema.JobGroupRow
	// Settled reports whether a job has nothing more to say; a campaign's other
	// jobs are asked for. nil: none is settled. It is called from several
	// goroutines.
	Settled func(jobID string) bool

	// GroupIDs are campaigns whose jobs are all asked for, with what is known
	// of their calls at any time where Calls is set.
	GroupIDs []string
	// JobIDs are asked for in any case: pending ones, those of a file.
	JobIDs []string
}

// Window is a span of time, From included, To not.
type Window struct{ From, To time.Time }

// begin and end are those of all windows; zero where there are none.
func (p *Plan) begin() (t time.Time) {
	for _, w := range p.Windows {
		if t.IsZero() || w.From.Before(t) {
			t = w.From
		}
	}
	return t
}

func (p *Plan) end() (t time.Time) {
	for _, w := range p.Windows {
		if w.To.After(t) {
			t = w.To
		}
	}
	return t
}

// resumable is the instant before which lists that a killed run had read are
// too old: they may lack calls of the windows.
func (p *Plan) resumable(now time.Time) int64 {
	if end := p.end(); !end.IsZero() {
		return end.UnixMilli()
	}
	return now.Add(-resumeFor).UnixMilli()
}
