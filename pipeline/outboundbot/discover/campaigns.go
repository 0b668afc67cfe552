package discover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callmill/pipeline/internal/campaign"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/lists"
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
	return lists.ForEach(ctx, d.client.Parallel(), slices.Values(d.wantedGroups(listed)), d.readGroup)
}

// listGroups lists the campaigns by id, as far as they can be read.
func (d *discovery) listGroups(ctx context.Context) (map[string]*schema.JobGroupRow, error) {
	listed := map[string]*schema.JobGroupRow{}
	r, err := read(ctx, d, lists.List[schema.JobGroupRow]{
		Action: listJobGroups, First: 1, Moving: true,
		Page: pageOf(d, listJobGroups, nil, func(a *client.Answer) ([]schema.JobGroupRow, int64) {
			return lists.Groups(a.Members, d.plan.InstanceID, a.ObservedAt)
		}),
		Key: func(g *schema.JobGroupRow) string { return g.JobGroupID },
		Got: func(g *schema.JobGroupRow, _ bool) { listed[g.JobGroupID] = g },
	})
	d.groups = len(listed)
	if err == nil {
		err = r.Incomplete(listJobGroups)
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
	r, err := read(ctx, d, lists.List[string]{
		Action: listJobsByGroup, First: 1, Moving: !campaign.Over(g.JobGroupStatus),
		Page: pageOf(d, listJobsByGroup, map[string]string{"JobGroupId": g.JobGroupID}, lists.JobIDs),
		Key:  func(id *string) string { return *id },
		Got:  func(id *string, _ bool) { d.found.add(*id, 0, g.named) },
	})
	if err == nil {
		err = r.Incomplete(listJobsByGroup)
	}
	if err != nil {
		return 0, fmt.Errorf("campaign %s: %w", g.JobGroupID, err)
	}
	return r.Seen(), nil
}
