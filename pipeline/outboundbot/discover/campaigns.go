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

// The pages of lists, as far as they are read; field by field in the vendor's
// own client, alibabacloud-outboundbot20191226 2.2.1, models/. Entries without
// an id are included: the API counts them.

const (
	listJobs        = schema.ActionListJobs
	listJobsByGroup = schema.ActionListJobsByGroup
	listJobGroups   = schema.ActionListJobGroups
	searchTask      = schema.ActionSearchTask
)

// call is a call as SearchTask lists it. What it says of a call besides is read
// by the run's decoder.
type call struct {
	jobID, taskID, groupID string
	actualTime             int64 // ms; 0: none
}

// readCalls reads a page of SearchTask, and how many calls there are in all.
func readCalls(a *client.Answer) (calls []call, total int64) {
	for _, row := range a.Members.Get("SearchTaskInfoList").List("JobId") {
		at, _ := row.Get("ActualTime").Int()
		calls = append(calls, call{row.Get("JobId").Text(), row.Get("TaskId").Text(), row.Get("JobGroupId").Text(), at})
	}
	total, _ = a.Members.Get("Total").Int()
	return calls, total
}

// readJobIDs reads a page of ListJobsByGroup, and how many jobs there are in all.
func readJobIDs(a *client.Answer) (ids []string, total int64) {
	rows, total := a.Members.Get("Jobs").Page("JobId")
	for _, row := range rows {
		ids = append(ids, row.Get("JobId").Text())
	}
	return ids, total
}

// readGroups reads a page of ListJobGroups, and how many campaigns there are in
// all.
func readGroups(page lenient.Object, instanceID string, observedAt int64) (groups []schema.JobGroupRow, total int64) {
	rows, total := page.Get("JobGroups").Page("JobGroupId")
	for _, row := range rows {
		progress := row.Get("Progress").Object()
		created, _ := row.Get("CreationTime").Int()
		modified, _ := row.Get("ModifyTime").Int() // documented as a string
		groups = append(groups, schema.JobGroupRow{
			InstanceID: instanceID, JobGroupID: row.Get("JobGroupId").Text(),
			JobGroupName: row.Get("JobGroupName").Text(), Description: row.Get("JobGroupDescription").Text(),
			ScriptID: row.Get("ScriptId").Text(), ScriptName: row.Get("ScriptName").Text(), ScriptVersion: row.Get("ScriptVersion").Text(),
			JobGroupStatus: row.Get("Status").Text(), CreationTime: created, ModifyTime: modified,
			TotalJobs: numberOf(progress, "TotalJobs"), TotalCompleted: numberOf(progress, "TotalCompleted"),
			TotalNotAnswered: numberOf(progress, "TotalNotAnswered"), ObservedAt: observedAt,
		})
	}
	return groups, total
}

// numberOf returns a member of an object, nil where it is no whole number.
func numberOf(o lenient.Object, name string) *int64 {
	n, ok := o.Get(name).Int()
	if !ok {
		return nil
	}
	return &n
}

// groupFinished reports whether a campaign with this status makes no more
// calls.
func groupFinished(status string) bool {
	return status == "Completed" || status == "Cancelled" || status == "Failed"
}
