// Package check tries what a pull needs of the API, before it is needed.
package check

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

// Finding is the result of one thing that [Instances] tried.
type Finding struct {
	What string // credentials, an action on an instance, clock, quota
	OK   bool
	Says string // what was found, in words
	Hint string // what to do about it; "" where it is OK
}

const (
	// maxSkew is how far clocks may differ: the API allows 15 minutes, and a
	// clock that drifts does not stop there.
	maxSkew = 5 * time.Minute
	// maxTries is how many requests try the quota.
	maxTries = 50
)

// Instances tries what a pull of these instances needs: credentials, each action,
// the clock, and whether the quota allows the client's QPS. It changes nothing
// and reads no conversation. The error is ctx.Err(); any other trouble is a
// finding.
func Instances(ctx context.Context, c *client.Client, instanceIDs []string) ([]Finding, error) {
	provider, err := c.Provider()
	if err != nil {
		return []Finding{finding("credentials", "", err)}, nil
	}
	findings := []Finding{{What: "credentials", OK: true, Says: "from " + provider}}
	for _, id := range instanceIDs {
		more, err := checkInstance(ctx, c, id)
		if err != nil {
			return findings, err
		}
		findings = append(findings, more...)
	}
	if skew, known := c.Skew(); known {
		findings = append(findings, checkClock(skew))
	}
	for _, f := range findings {
		if !f.OK {
			return findings, nil // the quota does not matter yet
		}
	}
	if len(instanceIDs) == 0 {
		return findings, nil
	}
	quota, err := checkQuota(ctx, c, instanceIDs[0])
	if err != nil {
		return findings, err
	}
	return append(findings, quota), nil
}

// checkInstance tries each action on an instance, by a request that returns as
// little as the action allows.
func checkInstance(ctx context.Context, c *client.Client, id string) (findings []Finding, err error) {
	now := c.Now()
	ofCampaign := map[string]string{"PageNumber": "1", "PageSize": "1", "JobGroupId": lists.UnusedID}
	for _, r := range []*client.Request{
		{Action: schema.ActionSearchTask, Query: map[string]string{
			"PageIndex": "0", "PageSize": "1", "SortBy": "actualTime", "SortOrder": "asc",
			"ActualTimeGte": strconv.FormatInt(now.Add(-time.Hour).UnixMilli(), 10),
			"ActualTimeLte": strconv.FormatInt(now.UnixMilli(), 10),
		}},
		{Action: schema.ActionListJobGroups, Query: map[string]string{"PageNumber": "1", "PageSize": "1"}},
		{Action: schema.ActionListJobsByGroup, Query: ofCampaign},
		{Action: schema.ActionListJobs, JobIDs: []string{lists.UnusedID}, Effort: client.Half},
	} {
		r.InstanceID = id
		a, err := c.Do(ctx, r, nil)
		if ctx.Err() != nil {
			return findings, ctx.Err()
		}
		if f, ok := errors.AsType[*client.Failure](err); ok && f.Refused && r.Query["JobGroupId"] == lists.UnusedID {
			err = nil // the action is allowed, and there is no campaign to ask for
		}
		if err == nil && r.Action == schema.ActionListJobGroups {
			if rows, _ := lists.Groups(a.Members, id, 0); len(rows) > 0 {
				ofCampaign["JobGroupId"] = rows[0].JobGroupID
			}
		}
		findings = append(findings, finding(r.Action+" on instance "+id, "allowed", err))
		if e, ok := errors.AsType[*client.Error](err); ok && e.Kind != client.Permission && e.Kind != client.Refused {
			return findings, nil // other actions would fail in the same way
		}
	}
	return findings, nil
}

// finding is the result of a try that ended with err.
func finding(what, fine string, err error) Finding {
	if err == nil {
		return Finding{What: what, OK: true, Says: fine}
	}
	f := Finding{What: what, Says: err.Error()}
	if e, ok := errors.AsType[*client.Error](err); ok {
		f.Hint = e.Hint()
	}
	return f
}

// checkClock judges how far this machine's clock is ahead of the API's.
func checkClock(skew time.Duration) Finding {
	f := Finding{What: "clock", OK: skew.Abs() <= maxSkew, Says: "right to the minute"}
	if skew.Abs() > time.Minute {
		f.Says = client.DescribeSkew(skew) + " the API's"
	}
	if !f.OK {
		f.Hint = "set the clock of this machine, and keep it right with NTP"
	}
	return f
}

// checkQuota asks for nothing, as often as a pull would within a second.
func checkQuota(ctx context.Context, c *client.Client, instanceID string) (Finding, error) {
	var throttled atomic.Int64
	var last atomic.Pointer[client.Failure]
	tries := min(c.QPS(), maxTries)
	err := lists.ForEach(ctx, c.Parallel(), lists.Between(0, tries), func(ctx context.Context, _ int) error {
		r := &client.Request{InstanceID: instanceID, Action: schema.ActionListJobs, JobIDs: []string{lists.UnusedID}, Effort: client.Once}
		_, err := c.Do(ctx, r, nil)
		if f, ok := errors.AsType[*client.Failure](err); ok && f.Throttled {
			throttled.Add(1)
			last.Store(f)
		}
		return ctx.Err()
	})
	if err != nil {
		return Finding{}, err
	}
	f := Finding{What: "quota", OK: true, Says: fmt.Sprintf("%d requests in a row were answered at %d per second", tries, c.QPS())}
	if n := throttled.Load(); n > 0 {
		f = Finding{
			What: "quota", Says: fmt.Sprintf("%d of %d requests at %d per second were throttled", n, tries, c.QPS()),
			Hint: last.Load().Cause.Hint(),
		}
	}
	return f, nil
}
