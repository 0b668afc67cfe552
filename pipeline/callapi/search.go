package callapi

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-json"
)

// splitAbove is how many calls of a window are read page by page; more are
// read in parts. Searches of this kind answer ten thousand at most, and parts
// can be read at the same time.
const splitAbove = 2000

// mostWindows are more than that leaves to read of a hundred million calls:
// where there are more, parts count as many calls as the whole.
const mostWindows = 100_000

// restless is how long before now the list of calls may still change: calls
// that are made, and those that are stored late.
const restless = 30 * time.Minute

// searchCalls finds the jobs that were called in the plan's windows.
func (d *discovery) searchCalls(ctx context.Context) error {
	windows := slices.Clone(d.plan.Windows)
	for len(windows) > 0 {
		parts := make([][]Window, len(windows))
		err := forEach(ctx, d.client.o.Parallel, between(0, len(windows)), func(ctx context.Context, i int) (err error) {
			parts[i], err = d.searchWindow(ctx, windows[i])
			return err
		})
		if err != nil {
			return err
		}
		if windows = slices.Concat(parts...); len(windows) > mostWindows {
			return fmt.Errorf("%s: the parts of a window count as many calls as the whole: that cannot be right", searchTask)
		}
	}
	return nil
}

// searchWindow reads the calls of a window, or gives the parts to read where
// there are too many.
func (d *discovery) searchWindow(ctx context.Context, w Window) (parts []Window, err error) {
	from, to := w.From.UnixMilli(), w.To.UnixMilli()-1 // both included
	if from > to {
		return nil, nil
	}
	var total int64
	p := d.searchPages(map[string]string{
		"ActualTimeGte": strconv.FormatInt(from, 10), "ActualTimeLte": strconv.FormatInt(to, 10),
	})
	p.moving = time.Since(w.To) < restless
	p.split = func(n int64) bool {
		total = n
		return n > splitAbove && to > from
	}
	split, unlisted, err := readAll(ctx, d.client.o.Parallel, p)
	d.client.counters.unlisted.Add(unlisted)
	if err != nil || !split {
		return nil, err
	}
	return splitWindow(w, int(min(total/splitAbove+1, 64))), nil
}

// splitWindow cuts a window into up to n parts of whole milliseconds.
func splitWindow(w Window, n int) []Window {
	from, width := w.From.UnixMilli(), w.To.UnixMilli()-w.From.UnixMilli()
	n = int(min(int64(n), width))
	parts := make([]Window, n)
	for i := range parts {
		parts[i] = Window{
			time.UnixMilli(from + width*int64(i)/int64(n)), time.UnixMilli(from + width*int64(i+1)/int64(n)),
		}
	}
	return parts
}

// searchGroup finds the calls of a campaign, whenever they were made.
func (d *discovery) searchGroup(ctx context.Context, groupID string) error {
	p := d.searchPages(map[string]string{"JobGroupId": groupID})
	p.moving = true
	got := p.got
	p.got = func(row *searchRow) {
		if string(row.JobGroupID) == groupID {
			got(row)
		}
	}
	_, unlisted, err := readAll(ctx, d.client.o.Parallel, p)
	d.client.counters.unlisted.Add(unlisted)
	return err
}

// searchPages is the list of the calls that a query finds, earliest first:
// from there on, what happens meanwhile is added at the end.
func (d *discovery) searchPages(query map[string]string) pages[searchRow] {
	return pages[searchRow]{
		action: searchTask, first: 0,
		page: func(ctx context.Context, number int) ([]searchRow, int64, error) {
			asked := map[string]string{
				"PageIndex": strconv.Itoa(number), "PageSize": strconv.Itoa(pageSize),
				"SortBy": "actualTime", "SortOrder": "asc",
			}
			for name, value := range query {
				asked[name] = value
			}
			a, err := d.list(ctx, searchTask, asked)
			if err != nil {
				return nil, 0, err
			}
			var page searchPage
			_ = json.Unmarshal(a.json, &page) // a field of another shape is not given
			return page.SearchTaskInfoList, page.Total.value, nil
		},
		key: func(row *searchRow) string {
			if row.JobID == "" {
				return ""
			}
			return string(row.JobID) + "\x00" + string(row.TaskID)
		},
		got: d.found.addCall,
	}
}
