package discover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"callmill/pipeline/outboundbot/client"
	"callmill/schema"
)

// listGroups lists the campaigns, for job_groups, and finds the jobs of those
// that may have calls in the plan's windows.
func (d *discovery) listGroups(ctx context.Context) error {
	var mu sync.Mutex
	listed, selected := map[string]bool{}, map[string]string{} // status by id
	_, err := read(ctx, d, pages[schema.JobGroupRow]{
		action: listJobGroups, first: 1, moving: true,
		page: pageOf(d, listJobGroups, nil, func(a *client.Answer) ([]schema.JobGroupRow, int64) {
			return readGroups(a.Members, d.plan.InstanceID, a.ObservedAt)
		}),
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
	_, err := read(ctx, d, pages[string]{
		action: listJobsByGroup, first: 1, moving: moving,
		page: pageOf(d, listJobsByGroup, map[string]string{"JobGroupId": groupID}, readJobIDs),
		key:  func(id *string) string { return *id },
		got: func(id *string) {
			if settled == nil || !settled(*id) {
				d.found.add(*id, 0)
			}
		},
	})
	if err != nil {
		return fmt.Errorf("campaign %s: %w", groupID, err)
	}
	return nil
}
