package discover

import (
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/outboundbot/client"
	"callmill/schema"
)

// Plan says what to fetch of one instance. A job that is found in several ways
// is asked for once.
type Plan struct {
	InstanceID string

	// Windows are the spans of time that are searched for the first time: every
	// job that was called in them is asked for. They do not overlap.
	Windows []calendar.Interval
	// Again are spans that were searched before. What SearchTask says of their
	// calls is fetched once more, and a job that is found there alone is asked for
	// where Due says so. What of them is in Windows counts as there.
	Again []calendar.Interval
	// Due reports whether a job is asked for that is found in Again or by a
	// campaign alone, given its last call that SearchTask lists, in ms; 0: none.
	// nil: all are. It is called once for each such job, by one goroutine at a time.
	Due func(jobID string, lastCall int64) bool
	// Zone is that of the days in Outcome.Calls; nil is UTC.
	Zone *time.Location
	// Calls finds jobs by their calls in Windows and Again, Groups by campaigns.
	// Without Windows and Again they find none.
	Calls, Groups bool

	// GroupIDs are campaigns whose jobs are all asked for; with Calls, what
	// SearchTask says of their calls at any time is fetched as well.
	GroupIDs []string
	// Read reports whether the jobs of a campaign are listed; nil: those of all
	// are. Facts reports whether, with Calls, what SearchTask says of the calls of
	// such a campaign at any time is fetched as well; nil: of none. Both are called
	// once for each campaign, by one goroutine.
	Read, Facts func(*schema.JobGroupRow) bool

	// JobIDs are asked for in any case.
	JobIDs []string
	// Named are as JobIDs; with Calls, what SearchTask says of their calls is
	// fetched as well.
	Named []string
}

// Outcome is what a source saw of one instance. What is not in it was not seen
// whole.
type Outcome struct {
	InstanceID string

	// Searched is what was seen whole by calls of the plan's Windows and Again, in
	// the form of calendar.Union. It does not go past what the clock of the API
	// said when it was searched.
	Searched []calendar.Interval
	// Calls is how many calls are listed in Windows and Again, by day.
	Calls map[calendar.Day]int64

	// Listed: the list of campaigns was seen whole.
	Listed bool
	// Campaigns are those whose list of jobs was seen whole, in order of their ids.
	Campaigns []Campaign

	// Failures are what was left out, in no order. Where the instance itself was,
	// it is the only one, and nothing of the instance counts as seen.
	Failures []Failure
}

// Outcomes returns what was seen of each plan's instance, in their order, once
// Raws or Discover has returned; those of an instance that was not reached are
// empty.
func (s *Source) Outcomes() []Outcome { return s.outcomes }

// Skew is how far this machine's clock was ahead of the API's: the largest
// difference that an answer showed, to the second. known is false where none told.
// Safe for concurrent use.
func (s *Source) Skew() (ahead time.Duration, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skew, s.dated
}

// noteClock compares clocks by an answer.
func (s *Source) noteClock(a *client.Answer) {
	if a.Date.IsZero() {
		return
	}
	ahead := time.UnixMilli(a.ObservedAt).Sub(a.Date).Truncate(time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dated = true; ahead.Abs() > s.skew.Abs() {
		s.skew = ahead
	}
}

// Campaign is a campaign whose jobs were all listed.
type Campaign struct {
	schema.JobGroupRow       // as it was before
	Listed             int64 // jobs
}

// Failure is something that was left out: a window, a campaign, the list of
// campaigns, or, with Instance, all of an instance.
type Failure struct {
	InstanceID string
	Instance   bool
	Campaign   string            // "": it is not about one
	Window     calendar.Interval // empty: it is not about one
	Action     string
	RequestID  string // "": the API did not tell one
	Reason     string
}

// searched is all that is searched by calls.
func (p *Plan) searched() []calendar.Interval { return calendar.Union(p.Windows, p.Again...) }

// zone is that of days.
func (p *Plan) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
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
