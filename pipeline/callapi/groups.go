package callapi

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-json"

	"callmill/schema"
)

// listGroups lists the campaigns, for job_groups, and finds the jobs of those
// that may have calls in the plan's windows.
func (d *discovery) listGroups(ctx context.Context) error {
	var mu sync.Mutex
	selected := map[string]string{} // status by id
	p := pages[schema.JobGroupRow]{
		action: listJobGroups, first: 1, moving: true,
		page: func(ctx context.Context, number int) ([]schema.JobGroupRow, int64, error) {
			a, err := d.list(ctx, listJobGroups, pageQuery(number))
			if err != nil {
				return nil, 0, err
			}
			var page groupsPage
			_ = json.Unmarshal(a.json, &page) // a field of another shape is not given
			rows := make([]schema.JobGroupRow, len(page.JobGroups.List))
			for i := range rows {
				rows[i] = page.JobGroups.List[i].row(d.plan.InstanceID, a.observedAt)
			}
			return rows, page.JobGroups.TotalCount.value, nil
		},
		key: func(g *schema.JobGroupRow) string { return g.JobGroupID },
		got: func(g *schema.JobGroupRow) {
			mu.Lock()
			defer mu.Unlock()
			d.groups[g.JobGroupID] = *g
			if d.plan.wants(g) {
				selected[g.JobGroupID] = g.JobGroupStatus
			}
		},
	}
	_, unlisted, err := readAll(ctx, d.client.o.Parallel, p)
	d.client.counters.unlisted.Add(unlisted)
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(selected))
	return forEach(ctx, d.client.o.Parallel, slices.Values(ids), func(ctx context.Context, id string) error {
		err := d.listGroup(ctx, id, !groupFinished(selected[id]), d.plan.Settled)
		if f, ok := err.(*failure); ok && f.verdict == refuse && strings.HasPrefix(f.cause.Code, "NotExist") {
			return nil // it was removed since it was listed
		}
		return err
	})
}

// wants reports whether a campaign may have jobs that are due: it is young, it
// goes on, or it is not what it was.
func (p *Plan) wants(g *schema.JobGroupRow) bool {
	switch {
	case !p.Groups || len(p.Windows) == 0 || g.CreationTime >= p.end().UnixMilli():
		return false
	case g.CreationTime > p.begin().Add(-p.Refetch).UnixMilli(), !groupFinished(g.JobGroupStatus):
		return true
	case g.ModifyTime >= p.begin().UnixMilli():
		return true // it may be known only from a run that listed it and did not read it
	}
	known, ok := p.Known[g.JobGroupID]
	return ok && changed(&known, g)
}

// changed compares what a campaign's calls change of it.
func changed(a, b *schema.JobGroupRow) bool {
	same := func(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return a.ModifyTime != b.ModifyTime || a.JobGroupStatus != b.JobGroupStatus ||
		!same(a.TotalJobs, b.TotalJobs) || !same(a.TotalCompleted, b.TotalCompleted) || !same(a.TotalNotAnswered, b.TotalNotAnswered)
}

// listGroup finds the jobs of a campaign, but those that are settled.
func (d *discovery) listGroup(ctx context.Context, groupID string, moving bool, settled func(string) bool) error {
	_, unlisted, err := readAll(ctx, d.client.o.Parallel, pages[groupJob]{
		action: listJobsByGroup, first: 1, moving: moving,
		page: func(ctx context.Context, number int) ([]groupJob, int64, error) {
			query := pageQuery(number)
			query["JobGroupId"] = groupID
			a, err := d.list(ctx, listJobsByGroup, query)
			if err != nil {
				return nil, 0, err
			}
			var page jobsPage
			_ = json.Unmarshal(a.json, &page) // a field of another shape is not given
			return page.Jobs.List, page.Jobs.TotalCount.value, nil
		},
		key: func(j *groupJob) string { return string(j.JobID) },
		got: func(j *groupJob) {
			if settled == nil || !settled(string(j.JobID)) {
				d.found.add(string(j.JobID))
			}
		},
	})
	d.client.counters.unlisted.Add(unlisted)
	return err
}

func pageQuery(number int) map[string]string {
	return map[string]string{"PageNumber": strconv.Itoa(number), "PageSize": strconv.Itoa(pageSize)}
}
