package discover

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"callmill/pipeline/internal/calendar"
)

const (
	// splitAbove is how many calls of a window are read page by page; a window
	// with more is read in parts. Such searches return ten thousand at most, and
	// parts can be read at the same time.
	splitAbove = 2000
	// maxParts is how many parts a window is split into at a time.
	maxParts = 64
	// maxWindows is more than a hundred million calls need. Where there are more,
	// parts count as many calls as the whole.
	maxWindows = 100_000
	// unrest is how long before now the list of calls may still change: calls
	// that are being made, and those that are stored late.
	unrest = 30 * time.Minute
)

// searchWindows finds the jobs that were called in some windows of time.
func (d *discovery) searchWindows(ctx context.Context, windows []calendar.Interval) error {
	for len(windows) > 0 {
		parts := make([][]calendar.Interval, len(windows))
		err := forEach(ctx, d.client.Parallel(), between(0, len(windows)), func(ctx context.Context, i int) (err error) {
			parts[i], err = d.searchWindow(ctx, windows[i])
			return err
		})
		if err != nil {
			return err
		}
		if windows = slices.Concat(parts...); len(windows) > maxWindows {
			return fmt.Errorf("%s: the parts of a window count as many calls as the whole", searchTask)
		}
	}
	return nil
}

// searchWindow reads the calls of a window, or returns the parts to read where
// there are too many. An error names the window.
func (d *discovery) searchWindow(ctx context.Context, w calendar.Interval) (parts []calendar.Interval, err error) {
	from, to := w.From.UnixMilli(), w.To.UnixMilli()-1 // both included
	if from > to {
		return nil, nil
	}
	p := d.searchPages(map[string]string{
		"ActualTimeGte": strconv.FormatInt(from, 10), "ActualTimeLte": strconv.FormatInt(to, 10),
	})
	p.moving = d.client.Now().Sub(w.To) < unrest
	p.split = func(total int64) bool { return total > splitAbove && to > from }
	r, err := read(ctx, d, p)
	if err != nil {
		return nil, fmt.Errorf("calls from %s to %s: %w", w.From.UTC().Format(time.RFC3339), w.To.UTC().Format(time.RFC3339), err)
	}
	if r.split {
		return splitWindow(w, int(min(r.most/splitAbove+1, maxParts))), nil
	}
	d.calls.Add(int64(len(r.seen)))
	return nil, nil
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

// searchGroup finds the calls of a campaign, whenever they were made.
func (d *discovery) searchGroup(ctx context.Context, groupID string) error {
	p := d.searchPages(map[string]string{"JobGroupId": groupID})
	p.moving = true
	got := p.got
	p.got = func(c *call) {
		if c.groupID == groupID {
			got(c)
		}
	}
	r, err := read(ctx, d, p)
	if err != nil {
		return fmt.Errorf("calls of campaign %s: %w", groupID, err)
	}
	d.calls.Add(int64(len(r.seen)))
	return nil
}

// searchPages is the list of the calls that a query finds, earliest first: what
// happens while it is read is then added at its end.
func (d *discovery) searchPages(query map[string]string) pages[call] {
	query["SortBy"], query["SortOrder"] = "actualTime", "asc"
	return pages[call]{
		action: searchTask, first: 0, page: pageOf(d, searchTask, query, readCalls),
		key: func(c *call) string {
			if c.jobID == "" {
				return ""
			}
			return c.jobID + "\x00" + c.taskID
		},
		got: func(c *call) { d.found.add(c.jobID, c.actualTime) },
	}
}
