package discover

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

// fewJobs is how many named jobs SearchTask is asked for one by one. Of more, it is
// asked for the days of their calls.
const fewJobs = 20

// searchFew fetches what SearchTask says of the named jobs, where they are few.
func (d *discovery) searchFew(ctx context.Context) error {
	if !d.plan.Calls || len(d.plan.Named) > fewJobs {
		return nil
	}
	return lists.ForEach(ctx, d.client.Parallel(), slices.Values(d.plan.Named), d.searchJob)
}

// searchMany fetches what SearchTask says of the named jobs, where they are many:
// of each day, between their first call and their last.
func (d *discovery) searchMany(ctx context.Context) error {
	if d.callsOf == nil {
		return nil
	}
	return lists.ForEach(ctx, d.client.Parallel(), slices.Values(d.callsOf.spans()), d.searchSpan)
}

// searchSpan fetches what SearchTask says of the calls in a span; where those of
// the named jobs are few among them, of these jobs one by one.
func (d *discovery) searchSpan(ctx context.Context, span *span) error {
	var dear atomic.Bool
	s := &search{
		discovery: d, add: func(*lists.Call) {},
		dear: func(total int64) bool { return total > int64(lists.PageSize*len(span.jobs)) },
	}
	s.read = func(part *searched, err error) error {
		if i, ok := errors.AsType[*lists.Incomplete](err); ok && i.Unlisted == 0 {
			dear.Store(true)
			return nil
		}
		return d.leave(err, Failure{Window: part.window, Action: searchTask})
	}
	err := s.all(ctx, calendar.Subtract([]calendar.Interval{span.interval()}, d.plan.searched()), nil)
	if err != nil || !dear.Load() {
		return err
	}
	return lists.ForEach(ctx, d.client.Parallel(), maps.Keys(span.jobs), d.searchJob)
}

// callsOf are the calls of the named jobs, by day. Safe for concurrent use.
type callsOf struct {
	zone  *time.Location
	named map[string]bool

	mu   sync.Mutex
	days map[calendar.Day]*span
}

// span is the time from the first call of a day to the last, in ms, with the jobs
// that were called.
type span struct {
	first, last int64
	jobs        map[string]bool
}

func (s *span) interval() calendar.Interval {
	return calendar.Interval{From: time.UnixMilli(s.first), To: time.UnixMilli(s.last + 1)}
}

// newCallsOf returns nil where there is nothing to note.
func newCallsOf(p *Plan) *callsOf {
	if !p.Calls || len(p.Named) <= fewJobs {
		return nil
	}
	c := &callsOf{zone: p.zone(), named: map[string]bool{}, days: map[calendar.Day]*span{}}
	for _, id := range p.Named {
		c.named[id] = true
	}
	return c
}

// note notes the calls of a job; c may be nil.
func (c *callsOf) note(job *schema.Job) {
	if c == nil || !c.named[job.JobID] {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range job.Tasks {
		at := job.Tasks[i].ActualTime
		if at == 0 {
			continue
		}
		day := calendar.DayOf(time.UnixMilli(at), c.zone)
		s := c.days[day]
		if s == nil {
			s = &span{first: at, last: at, jobs: map[string]bool{}}
			c.days[day] = s
		}
		s.first, s.last = min(s.first, at), max(s.last, at)
		s.jobs[job.JobID] = true
	}
}

// spans are those of the days, in order.
func (c *callsOf) spans() (all []*span) {
	for _, day := range slices.Sorted(maps.Keys(c.days)) {
		all = append(all, c.days[day])
	}
	return all
}
