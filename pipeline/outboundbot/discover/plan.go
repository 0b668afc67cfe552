package discover

import (
	"time"

	"callmill/pipeline/internal/calendar"
	"callmill/pipeline/outboundbot/client"
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
func (p *Plan) span() calendar.Interval {
	windows := calendar.Union(p.Windows)
	if len(windows) == 0 {
		return calendar.Interval{}
	}
	return calendar.Interval{From: windows[0].From, To: windows[len(windows)-1].To}
}

// Counters say what a source and its client have done so far.
type Counters struct {
	client.Counters

	Found    int64 `json:"found"` // ids of jobs to ask for, known so far
	Asked    int64 `json:"asked"` // ids that were asked for: Returned + Missing + Failed
	Returned int64 `json:"returned"`
	Missing  int64 `json:"missing"`  // ids that did not come back in a readable form
	Rejected int64 `json:"rejected"` // of Missing, those that came, or may have come, and could not be read
	Failed   int64 `json:"failed"`   // ids that are answered with errors only
	Resumed  int64 `json:"resumed"`  // of Asked, answered by what a killed run had kept

	// Unlisted are entries that lists counted and, read again and again, never
	// showed.
	Unlisted int64 `json:"unlisted"`
}

// Counters returns what the source has done so far. Safe for concurrent use.
func (s *Source) Counters() Counters {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.counters
	n.Counters = s.client.Counters()
	return n
}

func (s *Source) count(change func(*Counters)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.counters)
}

// saw counts a job that was asked for.
func (n *Counters) saw(s schema.Sighting) {
	n.Asked++
	switch s.Trouble {
	case "":
		n.Returned++
	case schema.PendingUnfetched:
		n.Failed++
	case schema.PendingRejected:
		n.Missing++
		n.Rejected++
	default:
		n.Missing++
	}
}
