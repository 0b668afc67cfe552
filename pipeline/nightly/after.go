package nightly

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/internal/campaign"
	"callmill/schema"
)

// Seen is what a run saw of an instance.
type Seen struct {
	Searched []calendar.Interval    // seen whole by calls, not past the API's clock
	Calls    map[calendar.Day]int64 // listed
	Listed   bool                   // the list of campaigns was seen whole
	// Campaigns are those whose jobs were all listed, Unread the ids of those that
	// were left out.
	Campaigns []Campaign
	Unread    []string
	// Ahead is how far our clock was ahead of the API's.
	Ahead time.Duration
	// TooFew: fewer calls came than are required.
	TooFew bool
	// Published returns how many calls the tables have of a day, in days since
	// 1970-01-01. It is called where no call of a day is listed.
	Published func(day int32) (int64, error)
}

// Campaign is a campaign as it was before its jobs were listed, and how many they
// were.
type Campaign struct {
	Row    *schema.JobGroupRow
	Listed int64
}

// After is what the next snapshot says of an instance.
type After struct {
	Covered   calendar.Coverage
	Doubted   []calendar.Doubt          // in order
	Campaigns map[string]campaign.Stamp // by id; nil where there are none
	// Empty are the days that are doubted since this run.
	Empty []calendar.Day
	// Uncovered are the days that were over and not seen whole.
	Uncovered []Gap
}

const (
	// tolerance is how far the clock may be ahead of one that tells seconds, in
	// answers that take their time.
	tolerance = time.Minute
	// mostAhead is how far it can be ahead: the API refuses requests beyond that. An
	// answer that shows more has a wrong date.
	mostAhead = 15 * time.Minute
	// busy is how many calls on the same weekday of the weeks before make an empty
	// day doubtful.
	busy, weeks = 50, 4
	// believe is after how long a day that is still empty is believed.
	believe = 20 * time.Hour
)

// After returns what is known after a run that saw so much. The error is that of
// s.Published.
func (w *Work) After(s Seen) (After, error) {
	a := After{Campaigns: w.stamps(&s)}
	more, err := w.coveredByCalls(&a, &s)
	if err != nil {
		return After{}, err
	}
	more.Groups = w.coveredByGroups(&a, &s)
	a.Covered = w.known.Covered.Add(more)
	a.Uncovered = join(a.Uncovered)
	return a, nil
}

// stamps returns the stamps of the campaigns after a run that read some. A campaign
// that could not be read, and never was, has the zero stamp, so that later nights
// read it, however old it is then.
func (w *Work) stamps(s *Seen) map[string]campaign.Stamp {
	stamps := map[string]campaign.Stamp{}
	maps.Copy(stamps, w.known.Campaigns)
	for _, id := range s.Unread {
		if _, known := stamps[id]; !known && w.request.kind != nothing {
			stamps[id] = campaign.Stamp{}
		}
	}
	for _, c := range s.Campaigns {
		var before *campaign.Stamp
		if stamp, ok := stamps[c.Row.JobGroupID]; ok && stamp.WasRead() {
			before = &stamp
		}
		stamps[c.Row.JobGroupID] = campaign.StampOf(c.Row, c.Listed, w.request.Now.UnixMilli(), before)
	}
	if len(stamps) == 0 {
		return nil
	}
	return stamps
}

// days yields the days of some time that were over at now, with the part of each.
func (w *Work) days(all []calendar.Interval, now time.Time) func(func(calendar.Day, []calendar.Interval) bool) {
	zone := w.request.Zone
	return func(yield func(calendar.Day, []calendar.Interval) bool) {
		for _, i := range all {
			for d := calendar.DayOf(i.From, zone); d.Start(zone).Before(i.To); d++ {
				part := calendar.Intersect([]calendar.Interval{i}, []calendar.Interval{d.Interval(zone)})
				if len(part) > 0 && !d.Interval(zone).To.After(now) && !yield(d, part) {
					return
				}
			}
		}
	}
}

// coveredByGroups returns what is covered since the list of campaigns was seen.
func (w *Work) coveredByGroups(a *After, s *Seen) (covered []calendar.Interval) {
	now := w.request.Now
	if s.Ahead > tolerance {
		now = now.Add(-min(s.Ahead, mostAhead))
	}
	for day, part := range w.days(w.due.Groups, now) {
		switch {
		case !s.Listed:
			a.Uncovered = append(a.Uncovered, Gap{day, day})
		case s.TooFew && !w.ways.Calls: // else the coverage by calls says so
		default:
			covered = append(covered, part...)
		}
	}
	return calendar.Union(covered)
}

// coveredByCalls returns what is covered since it was seen whole, and decides what
// is doubted.
func (w *Work) coveredByCalls(a *After, s *Seen) (more calendar.Coverage, err error) {
	now := w.request.Now
	doubts := map[calendar.Day]calendar.Doubt{}
	for _, d := range w.known.Doubted {
		doubts[d.Day] = d
	}
	for day, part := range w.days(w.due.Calls, now) {
		if len(calendar.Subtract(part, s.Searched)) > 0 {
			if !day.Interval(w.request.Zone).To.After(now.Add(-min(max(0, s.Ahead), mostAhead))) {
				a.Uncovered = append(a.Uncovered, Gap{day, day})
			}
			continue
		}
		if s.TooFew {
			continue
		}
		before, doubted := doubts[day]
		doubtful, err := w.doubtful(day, part, s)
		switch {
		case err != nil:
			return more, err
		case doubtful && !doubted:
			doubts[day] = calendar.Doubt{Day: day, Since: now.UTC().Truncate(time.Millisecond)}
			a.Empty = append(a.Empty, day)
			continue
		case doubtful && now.Sub(before.Since) < believe:
			continue
		}
		delete(doubts, day)
		more.Calls = append(more.Calls, part...)
	}
	more.Calls = calendar.Union(more.Calls)
	for _, d := range doubts {
		if len(calendar.Subtract([]calendar.Interval{d.Day.Interval(w.request.Zone)}, w.known.Covered.Calls)) > 0 {
			a.Doubted = append(a.Doubted, d)
		}
	}
	slices.SortFunc(a.Doubted, func(a, b calendar.Doubt) int { return cmp.Compare(a.Day, b.Day) })
	return more, nil
}

// doubtful reports whether no call of a day is listed although some are to be
// expected. One that was covered before is not.
func (w *Work) doubtful(day calendar.Day, part []calendar.Interval, s *Seen) (bool, error) {
	if s.Calls[day] > 0 || s.Published == nil || len(calendar.Subtract(part, w.known.Covered.Calls)) == 0 {
		return false, nil
	}
	var calls int64
	for week := range weeks {
		n, err := s.Published(int32(day) - int32(7*(week+1)))
		if err != nil {
			return false, err
		}
		calls += n
	}
	return calls >= busy, nil
}
