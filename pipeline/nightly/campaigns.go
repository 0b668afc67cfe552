package nightly

import (
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/internal/campaign"
	"callmill/schema"
)

const (
	// readAgain is after how long a campaign is read again without a sign of change.
	readAgain = 7 * 24 * time.Hour
	// quiet is how long after its last change that ends.
	quiet = 30 * 24 * time.Hour
)

// span is from the begin of what is searched to its end; empty where nothing is.
func (w *Work) span() calendar.Interval {
	all := calendar.Union(w.Windows, w.Again...)
	if len(all) == 0 {
		return calendar.Interval{}
	}
	return calendar.Interval{From: all[0].From, To: all[len(all)-1].To}
}

// Read reports whether the jobs of a campaign are to be listed, given its row in
// the list of campaigns.
func (w *Work) Read(g *schema.JobGroupRow) bool {
	span := w.span()
	if span.Empty() || g.CreationTime >= span.To.UnixMilli() {
		return false
	}
	stamp, stamped := w.known.Campaigns[g.JobGroupID]
	if stamped && w.request.kind == uncovered {
		return w.changed(&stamp, g)
	}
	begin := span.From
	return g.CreationTime > begin.Add(-w.request.Refetch).UnixMilli() || !campaign.Over(g.JobGroupStatus) ||
		g.ModifyTime >= begin.UnixMilli() || stamped && (!stamp.Unchanged(g) || stamp.Called(g))
}

// changed reports whether a campaign may have other jobs than when it was stamped.
func (w *Work) changed(stamp *campaign.Stamp, g *schema.JobGroupRow) bool {
	now := w.request.Now
	last := time.UnixMilli(max(stamp.ChangedAt, g.ModifyTime))
	if stamp.Called(g) {
		last = now
	}
	switch {
	case !stamp.WasRead(), !stamp.Unchanged(g):
		return true
	case now.Sub(last) >= quiet:
		return false
	case g.TotalJobs == nil && !campaign.Over(g.JobGroupStatus), g.TotalJobs != nil && *g.TotalJobs > stamp.Listed:
		return true
	}
	return now.Sub(time.UnixMilli(stamp.ReadAt)) >= readAgain
}

// Facts reports whether the calls of a campaign that is read are to be searched,
// whenever they were made: it is read for the first time, and was there before the
// first window that was ever searched by calls.
func (w *Work) Facts(g *schema.JobGroupRow) bool {
	if w.known.Campaigns[g.JobGroupID].WasRead() {
		return false
	}
	searched := calendar.Union(w.known.Covered.Calls, w.due.Calls...)
	return len(searched) > 0 && g.CreationTime < searched[0].From.UnixMilli()
}
