package discover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/internal/lenient"
	"callmill/schema"
)

// searchGroups lists the campaigns, for job_groups, and finds the jobs of those
// that the plan wants to be read, and of those that it names.
func (d *discovery) searchGroups(ctx context.Context) error {
	if wanted := d.plan.Groups && len(d.plan.searched()) > 0; !wanted && len(d.plan.GroupIDs) == 0 {
		return nil
	}
	listed, err := d.listGroups(ctx)
	if err != nil {
		return err
	}
	for _, id := range d.plan.GroupIDs {
		g := listed[id]
		if g == nil {
			g = &schema.JobGroupRow{InstanceID: d.plan.InstanceID, JobGroupID: id}
		}
		if err := d.readGroup(ctx, &group{g, true, d.plan.Calls}); err != nil {
			return err
		}
	}
	return forEach(ctx, d.client.Parallel(), slices.Values(d.wantedGroups(listed)), d.readGroup)
}

// listGroups lists the campaigns by id, as far as they can be read.
func (d *discovery) listGroups(ctx context.Context) (map[string]*schema.JobGroupRow, error) {
	listed := map[string]*schema.JobGroupRow{}
	r, err := read(ctx, d, pages[schema.JobGroupRow]{
		action: listJobGroups, first: 1, moving: true,
		page: pageOf(d, listJobGroups, nil, func(a *client.Answer) ([]schema.JobGroupRow, int64) {
			return readGroups(a.Members, d.plan.InstanceID, a.ObservedAt)
		}),
		key: func(g *schema.JobGroupRow) string { return g.JobGroupID },
		got: func(g *schema.JobGroupRow, _ bool) { listed[g.JobGroupID] = g },
	})
	d.groups = len(listed)
	if err == nil {
		err = r.incomplete(listJobGroups)
	}
	d.saw(func(o *Outcome) { o.Listed = err == nil })
	return listed, d.leave(err, Failure{Action: listJobGroups})
}

// group is a campaign that is to be read.
type group struct {
	*schema.JobGroupRow
	named bool // all its jobs are asked for
	facts bool // with what SearchTask says of its calls
}

// wantedGroups are the listed campaigns that are to be read, in order.
func (d *discovery) wantedGroups(listed map[string]*schema.JobGroupRow) (wanted []*group) {
	p := d.plan
	if !p.Groups || len(p.searched()) == 0 {
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		g := listed[id]
		if slices.Contains(p.GroupIDs, id) || p.Read != nil && !p.Read(g) {
			continue
		}
		wanted = append(wanted, &group{g, false, p.Calls && p.Facts != nil && p.Facts(g)})
	}
	return wanted
}

// readGroup finds the jobs of a campaign.
func (d *discovery) readGroup(ctx context.Context, g *group) error {
	n, err := d.listGroup(ctx, g)
	if f, ok := errors.AsType[*client.Failure](err); ok && f.Refused {
		switch {
		case g.named:
			f.Cause.Advice = "look at --group: instance " + d.plan.InstanceID + " may not have this campaign"
			d.unknownGroup.CompareAndSwap(nil, &err)
		case strings.HasPrefix(f.Cause.Code, "NotExist"):
			return nil // it was removed since it was listed
		}
	}
	if err != nil {
		return d.leave(err, Failure{Campaign: g.JobGroupID, Action: listJobsByGroup})
	}
	if g.facts {
		if whole, err := d.searchGroup(ctx, g.JobGroupRow, g.named); !whole || err != nil {
			return err
		}
	}
	d.saw(func(o *Outcome) { o.Campaigns = append(o.Campaigns, Campaign{*g.JobGroupRow, n}) })
	return nil
}

// listGroup finds the jobs of a campaign, and returns how many it has. An error
// names the campaign.
func (d *discovery) listGroup(ctx context.Context, g *group) (int64, error) {
	r, err := read(ctx, d, pages[string]{
		action: listJobsByGroup, first: 1, moving: !groupFinished(g.JobGroupStatus),
		page: pageOf(d, listJobsByGroup, map[string]string{"JobGroupId": g.JobGroupID}, readJobIDs),
		key:  func(id *string) string { return *id },
		got:  func(id *string, _ bool) { d.found.add(*id, 0, g.named) },
	})
	if err == nil {
		err = r.incomplete(listJobsByGroup)
	}
	if err != nil {
		return 0, fmt.Errorf("campaign %s: %w", g.JobGroupID, err)
	}
	return int64(len(r.seen)), nil
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

// lacks names what an answer to an action must have and does not: its list, or how
// many entries there are. A list of none may be left out, and in XML it always is.
func lacks(action string) func(*client.Answer) string {
	return func(a *client.Answer) string {
		list, total := a.Members.Get("SearchTaskInfoList"), a.Members.Get("Total")
		switch action {
		case listJobs:
			if a.Members.Get("Jobs").Holds() || bytes.HasPrefix(bytes.TrimSpace(a.Body), []byte("<")) {
				return ""
			}
			return "a list of jobs"
		case listJobsByGroup:
			page := a.Members.Get("Jobs").Object()
			list, total = page.Get("List"), page.Get("TotalCount")
		case listJobGroups:
			page := a.Members.Get("JobGroups").Object()
			list, total = page.Get("List"), page.Get("TotalCount")
		}
		n, counted := total.Int()
		switch {
		case !counted:
			return "the number of entries"
		case n != 0 && !list.Holds():
			return "a list"
		}
		return ""
	}
}

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
