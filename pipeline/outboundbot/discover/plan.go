package discover

import (
	"time"

	"callmill/pipeline/internal/calendar"
	"callmill/schema"
)

// Plan says what to fetch of one instance. A job that is found in several ways
// is asked for once.
type Plan struct {
	InstanceID string

	// Windows are the spans of time whose calls are due; they do not overlap.
	Windows []calendar.Interval
	// Calls finds jobs by their calls in the windows, Groups by the campaigns
	// that may have calls in them. Without windows they find none.
	Calls, Groups bool

	// Refetch is how long campaigns are read whole: those created less than
	// this before the first window, or in it, are; older ones while they go on,
	// or when they changed since Known or the first window's begin.
	Refetch time.Duration
	// Known are the campaigns of the last snapshot by id.
	Known map[string]schema.JobGroupRow
	// Settled reports whether a job is final and need not be asked for again; a
	// campaign's other jobs are. nil: none is settled. It is called from several
	// goroutines.
	Settled func(jobID string) bool

	// GroupIDs are campaigns whose jobs are all asked for; with Calls, what
	// SearchTask says of their calls at any time is fetched as well.
	GroupIDs []string
	// JobIDs are asked for in any case.
	JobIDs []string
}

// span is the time from the begin of the first window to the end of the last;
// zero without windows.
func (p *Plan) span() (span calendar.Interval) {
	for i, w := range p.Windows {
		if i == 0 || w.From.Before(span.From) {
			span.From = w.From
		}
		if w.To.After(span.To) {
			span.To = w.To
		}
	}
	return span
}
