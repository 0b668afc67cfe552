package discover

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/internal/campaign"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

const (
	// splitAbove is how many calls of a window are read page by page; a window
	// with more is read in parts. A search shows no more than mostFound, and parts
	// can be read at the same time.
	splitAbove = 2000
	// mostFound is how many calls a search shows at most.
	mostFound = 10_000
	// mostCounted is more calls than there are: a search may count anything.
	mostCounted = 1 << 40
	// maxParts is how many parts a window is split into at a time.
	maxParts = 64
	// unrest is how long before now the list of calls may still change: calls
	// that are being made, and those that are stored late.
	unrest = 30 * time.Minute
)

// searchWindows finds the jobs that were called in the plan's windows.
func (d *discovery) searchWindows(ctx context.Context) error {
	again := calendar.Subtract(d.plan.Again, d.plan.Windows)
	s := &search{
		discovery: d, byDay: true, add: func(c *lists.Call) { d.found.add(c.JobID, c.ActualTime, !holds(again, c.ActualTime)) },
		read: func(part *searched, err error) error {
			d.saw(func(o *Outcome) {
				for day, n := range part.calls {
					o.Calls[day] += n
				}
				if until := earlier(part.window.To, part.asOf); err == nil && part.window.From.Before(until) {
					o.Searched = append(o.Searched, calendar.Interval{From: part.window.From, To: until})
				}
			})
			return d.leave(err, Failure{Window: part.window, Action: searchTask})
		},
	}
	windows := d.plan.searched()
	alone := min(1, len(windows)) // where the instance refuses it, no other is tried
	if err := s.all(ctx, windows[:alone], nil); err != nil {
		return err
	}
	return s.all(ctx, windows[alone:], nil)
}

// holds reports whether a time in ms is in one of some intervals in order.
func holds(intervals []calendar.Interval, at int64) bool {
	n, _ := slices.BinarySearchFunc(intervals, at, func(i calendar.Interval, at int64) int {
		if i.To.UnixMilli() <= at {
			return -1
		}
		return 1
	})
	return n < len(intervals) && intervals[n].From.UnixMilli() <= at
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// search reads the calls that a query finds, in parts where there are many.
type search struct {
	*discovery
	query map[string]string // besides the time
	// byDay: a window of several days that cannot be read is read day by day.
	byDay bool
	// dear, where not nil, reports whether so many calls are too many to read.
	dear func(total int64) bool
	// moving: calls may be added to a search at any time while it is read.
	moving bool
	since  time.Time // the earliest call of a search at any time

	// add is called for each call, for some more than once, by several goroutines.
	add func(*lists.Call)
	// read is called for each part that was read, with the error why it could not
	// be read whole; its own error ends the search. It is called by several
	// goroutines.
	read func(part *searched, err error) error
}

// searched is a part of a search that was read.
type searched struct {
	window calendar.Interval // empty: at any time
	calls  map[calendar.Day]int64
	asOf   time.Time // the earliest answer, by the clock of the API or ours
}

// whole is what some windows are parts of, and how many calls it counts.
type whole struct {
	window calendar.Interval
	calls  int64
}

// all reads windows, which are parts of a whole where it is not nil.
func (s *search) all(ctx context.Context, windows []calendar.Interval, of *whole) error {
	counted, split := make([]int64, len(windows)), make([]bool, len(windows))
	err := lists.ForEach(ctx, s.client.Parallel(), lists.Between(0, len(windows)), func(ctx context.Context, i int) (err error) {
		counted[i], split[i], err = s.one(ctx, windows[i])
		return err
	})
	if err != nil {
		return err
	}
	sum := int64(0)
	for _, n := range counted {
		sum += min(n, mostCounted)
	}
	if of != nil && sum > 2*of.calls+splitAbove && slices.Contains(split, true) {
		return s.read(&searched{window: of.window}, &lists.Incomplete{Action: searchTask, Reason: "the parts of a window count as many calls as the whole"})
	}
	return lists.ForEach(ctx, s.client.Parallel(), lists.Between(0, len(windows)), func(ctx context.Context, i int) error {
		if !split[i] {
			return nil
		}
		return s.all(ctx, s.parts(windows[i], counted[i]), &whole{windows[i], min(counted[i], mostCounted)})
	})
}

// one reads the calls of a window, or reports that it is to be read in parts.
func (s *search) one(ctx context.Context, w calendar.Interval) (counted int64, split bool, err error) {
	part := &searched{window: w, calls: map[calendar.Day]int64{}}
	p, ok := s.pages(part)
	if !ok {
		return 0, false, nil
	}
	r, err := read(ctx, s.discovery, p)
	switch {
	case err == nil && r.Split && s.dear != nil && s.dear(r.Counted):
		err = &lists.Incomplete{Action: searchTask, Reason: fmt.Sprintf("%d calls are too many to read", r.Counted)}
	case err == nil && r.Split:
		return r.Counted, true, nil
	case err == nil && r.Seen() >= mostFound && !instant(w):
		return r.Seen(), true, nil // it did not count its calls
	case err == nil:
		err = r.Incomplete(searchTask)
	}
	if days := s.days(w); err != nil && len(days) > 1 && canPass(err) {
		return 0, false, s.all(ctx, days, nil)
	}
	s.calls.Add(r.Seen())
	return r.Counted, false, s.read(part, err)
}

// pages is the list of the calls of a part, earliest first: what happens while it
// is read is then added at its end. ok is false for less than a millisecond.
func (s *search) pages(part *searched) (p lists.List[lists.Call], ok bool) {
	w, query, moving := part.window, map[string]string{"SortBy": "actualTime", "SortOrder": "asc"}, s.moving
	maps.Copy(query, s.query)
	from, to := w.From.UnixMilli(), w.To.UnixMilli()-1 // both included
	if bounded := !w.Empty(); bounded {
		if from > to {
			return p, false
		}
		query["ActualTimeGte"], query["ActualTimeLte"] = strconv.FormatInt(from, 10), strconv.FormatInt(to, 10)
		moving = s.client.Now().Sub(w.To) < unrest
	}
	var mu sync.Mutex
	zone := s.plan.zone()
	return lists.List[lists.Call]{
		Action: searchTask, First: 0, Moving: moving,
		Page: pageOf(s.discovery, searchTask, query, func(a *client.Answer) ([]lists.Call, int64) {
			mu.Lock()
			defer mu.Unlock()
			if at := asOf(a); part.asOf.IsZero() || at.Before(part.asOf) {
				part.asOf = at
			}
			return lists.Calls(a)
		}),
		Key: func(c *lists.Call) string {
			if c.JobID == "" {
				return ""
			}
			return c.JobID + "\x00" + c.TaskID
		},
		Got: func(c *lists.Call, again bool) {
			s.add(c)
			if again {
				return
			}
			at := w.From
			if c.ActualTime != 0 {
				at = time.UnixMilli(c.ActualTime)
			}
			part.calls[calendar.DayOf(at, zone)]++
		},
		Split: func(total int64) bool {
			if s.dear != nil && s.dear(total) {
				return true
			}
			_, _, restless := s.rest(w)
			return total > splitAbove && !instant(w) || moving && restless && total > lists.PageSize
		},
	}, true
}

// instant reports whether a window is a millisecond, which has no parts.
func instant(w calendar.Interval) bool { return !w.Empty() && w.To.UnixMilli()-w.From.UnixMilli() <= 1 }

// asOf is when an answer was given, by the clock of the API or ours, whichever is
// earlier: what happened later by either may be missing in it.
func asOf(a *client.Answer) time.Time {
	at := time.UnixMilli(a.ObservedAt)
	if a.Date.IsZero() {
		return at
	}
	return earlier(at, a.Date)
}

// rest cuts a window where the list of its calls may still change; ok is false
// where nothing of it may, or most.
func (s *search) rest(w calendar.Interval) (still, moving calendar.Interval, ok bool) {
	at := s.client.Now().Add(-unrest).Truncate(time.Second)
	if !w.From.Before(at.Add(-unrest)) || !at.Before(w.To) {
		return w, w, false
	}
	return calendar.Interval{From: w.From, To: at}, calendar.Interval{From: at, To: w.To}, true
}

// parts are those in which to read a window with so many calls.
func (s *search) parts(w calendar.Interval, total int64) []calendar.Interval {
	if still, moving, ok := s.rest(w); ok && total <= splitAbove {
		return []calendar.Interval{still, moving} // only the end is read twice
	}
	if w.Empty() {
		w = calendar.Interval{From: s.since, To: s.client.Now().Add(time.Second)}
	}
	return splitWindow(w, int(min(total/splitAbove+1, maxParts)))
}

// days cuts a window at the days of the plan's zone.
func (s *search) days(w calendar.Interval) []calendar.Interval {
	if !s.byDay {
		return nil
	}
	return byDay(w, s.plan.zone())
}

// byDay cuts an interval at the days of a zone.
func byDay(w calendar.Interval, zone *time.Location) (days []calendar.Interval) {
	for from := w.From; from.Before(w.To); {
		to := earlier(w.To, (calendar.DayOf(from, zone) + 1).Start(zone))
		if !to.After(from) {
			to = w.To
		}
		days = append(days, calendar.Interval{From: from, To: to})
		from = to
	}
	return days
}

// splitWindow cuts a window into up to n parts of whole milliseconds.
func splitWindow(w calendar.Interval, n int) []calendar.Interval {
	from, width := w.From.UnixMilli(), w.To.UnixMilli()-w.From.UnixMilli()
	n = int(min(int64(n), width))
	parts := make([]calendar.Interval, n)
	for i := range parts {
		parts[i] = calendar.Interval{
			From: time.UnixMilli(from + width*int64(i)/int64(n)),
			To:   time.UnixMilli(from + width*int64(i+1)/int64(n)),
		}
	}
	return parts
}

// searchGroup fetches what SearchTask says of the calls of a campaign, whenever
// they were made, and reports whether it was read whole.
func (d *discovery) searchGroup(ctx context.Context, g *schema.JobGroupRow, named bool) (whole bool, err error) {
	s := &search{
		discovery: d, query: map[string]string{"JobGroupId": g.JobGroupID}, moving: !campaign.Over(g.JobGroupStatus),
		since: time.UnixMilli(g.CreationTime),
		add: func(c *lists.Call) {
			if c.GroupID == g.JobGroupID {
				d.found.add(c.JobID, c.ActualTime, named)
			}
		},
	}
	return s.readWhole(ctx, []calendar.Interval{{}}, Failure{Campaign: g.JobGroupID, Action: searchTask})
}

// searchJob fetches what SearchTask says of the calls of a job.
func (d *discovery) searchJob(ctx context.Context, id string) error {
	s := &search{
		discovery: d, query: map[string]string{"JobId": id}, moving: true,
		add: func(c *lists.Call) {
			if c.JobID == id {
				d.found.add(id, c.ActualTime, true)
			}
		},
		dear: func(total int64) bool { return total > splitAbove },
	}
	_, err := s.readWhole(ctx, []calendar.Interval{{}}, Failure{Action: searchTask, Reason: "job " + id})
	return err
}

// readWhole reads windows, and reports whether nothing of them is missing; what is,
// is noted as a failure like f.
func (s *search) readWhole(ctx context.Context, windows []calendar.Interval, f Failure) (whole bool, err error) {
	var missing atomic.Bool
	s.read = func(part *searched, err error) error {
		if err != nil {
			missing.Store(true)
		}
		f := f
		f.Window = part.window
		return s.leave(err, f)
	}
	err = s.all(ctx, windows, nil)
	return err == nil && !missing.Load(), err
}
