package discover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/internal/lenient"
	"callmill/schema"
)

// listGroups lists the campaigns, for job_groups, and finds the jobs of those
// that may have calls in the plan's windows.
func (d *discovery) listGroups(ctx context.Context) error {
	var mu sync.Mutex
	listed, selected := map[string]bool{}, map[string]string{} // status by id
	_, err := read(ctx, d, pages[schema.JobGroupRow]{
		action: listJobGroups, first: 1, moving: true,
		page: func(ctx context.Context, number int) ([]schema.JobGroupRow, int64, error) {
			a, err := d.list(ctx, listJobGroups, pageQuery(number))
			if err != nil {
				return nil, 0, err
			}
			rows, total := readGroups(a.JSON, d.plan.InstanceID, a.ObservedAt)
			return rows, total, nil
		},
		key: func(g *schema.JobGroupRow) string { return g.JobGroupID },
		got: func(g *schema.JobGroupRow) {
			mu.Lock()
			defer mu.Unlock()
			listed[g.JobGroupID] = true
			if d.plan.wants(g) {
				selected[g.JobGroupID] = g.JobGroupStatus
			}
		},
	})
	if err != nil {
		return err
	}
	d.groups = len(listed)
	ids := slices.Sorted(maps.Keys(selected))
	return forEach(ctx, d.client.Parallel(), slices.Values(ids), func(ctx context.Context, id string) error {
		err := d.listGroup(ctx, id, !groupFinished(selected[id]), d.plan.Settled)
		if f, ok := errors.AsType[*client.Failure](err); ok && f.Refused && strings.HasPrefix(f.Cause.Code, "NotExist") {
			return nil // it was removed since it was listed
		}
		return err
	})
}

// wants reports whether a campaign may have jobs that are due: it is young, it
// goes on, or it has changed.
func (p *Plan) wants(g *schema.JobGroupRow) bool {
	span := p.span()
	begin := span.From.UnixMilli()
	switch {
	case !p.Groups || len(p.Windows) == 0 || g.CreationTime >= span.To.UnixMilli():
		return false
	case g.CreationTime > span.From.Add(-p.Refetch).UnixMilli(), !groupFinished(g.JobGroupStatus):
		return true
	case g.ModifyTime >= begin:
		return true // Known may be of a run that listed it and did not read it
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

// listGroup finds the jobs of a campaign, but for those that are settled. An
// error names the campaign.
func (d *discovery) listGroup(ctx context.Context, groupID string, moving bool, settled func(string) bool) error {
	_, err := read(ctx, d, pages[jobRow]{
		action: listJobsByGroup, first: 1, moving: moving,
		page: func(ctx context.Context, number int) ([]jobRow, int64, error) {
			query := pageQuery(number)
			query["JobGroupId"] = groupID
			a, err := d.list(ctx, listJobsByGroup, query)
			if err != nil {
				return nil, 0, err
			}
			var page jobsPage
			lenient.Read(a.JSON, &page)
			return page.Jobs.List, page.Jobs.TotalCount.Value, nil
		},
		key: func(j *jobRow) string { return string(j.JobID) },
		got: func(j *jobRow) {
			if settled == nil || !settled(string(j.JobID)) {
				d.found.add(string(j.JobID), 0)
			}
		},
	})
	if err != nil {
		return fmt.Errorf("campaign %s: %w", groupID, err)
	}
	return nil
}

func pageQuery(number int) map[string]string {
	return map[string]string{"PageNumber": strconv.Itoa(number), "PageSize": strconv.Itoa(pageSize)}
}
