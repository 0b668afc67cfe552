package callapi

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/goccy/go-json"
)

// Finding is one thing that Check tried.
type Finding struct {
	What string // credentials, clock, an action on an instance, quota
	OK   bool
	Says string // what was found, in words
	Hint string // what to do about it; "" where it is OK
}

// noSuchID is an id that no job and no campaign has.
const noSuchID = "00000000-0000-0000-0000-000000000000"

// mostSkew is how far clocks may differ: the API takes 15 minutes, and clocks
// that run away do not stop there.
const mostSkew = 5 * time.Minute

// Check tries what a pull of these instances needs: credentials, each action,
// the clock, and whether the quota bears QPS for a second. It changes nothing
// and reads no conversation. The error is ctx.Err(); whatever else is wrong is
// a finding.
func (c *Client) Check(ctx context.Context, instanceIDs []string) ([]Finding, error) {
	provider, err := c.keys.provider()
	if err != nil {
		return []Finding{finding("credentials", "", err)}, nil
	}
	findings := []Finding{{What: "credentials", OK: true, Says: "from " + provider}}
	for _, id := range instanceIDs {
		more, err := c.checkInstance(ctx, id)
		if err != nil {
			return findings, err
		}
		findings = append(findings, more...)
	}
	if c.dated.Load() {
		findings = append(findings, c.checkClock())
	}
	for _, f := range findings {
		if !f.OK {
			return findings, nil // what the quota is does not matter yet
		}
	}
	if len(instanceIDs) == 0 {
		return findings, nil
	}
	quota, err := c.checkQuota(ctx, instanceIDs[0])
	if err != nil {
		return findings, err
	}
	return append(findings, quota), nil
}

// checkInstance tries each action on an instance.
func (c *Client) checkInstance(ctx context.Context, id string) ([]Finding, error) {
	now := time.Now()
	groupID := noSuchID
	tries := []struct {
		request *request
		read    func(*answer)
	}{
		{request: &request{instanceID: id, action: searchTask, query: map[string]string{
			"PageIndex": "0", "PageSize": "1", "SortBy": "actualTime", "SortOrder": "asc",
			"ActualTimeGte": strconv.FormatInt(now.Add(-time.Hour).UnixMilli(), 10),
			"ActualTimeLte": strconv.FormatInt(now.UnixMilli(), 10),
		}}},
		{
			request: &request{instanceID: id, action: listJobGroups, query: map[string]string{"PageNumber": "1", "PageSize": "1"}},
			read: func(a *answer) {
				var page groupsPage
				_ = json.Unmarshal(a.json, &page) // a field of another shape is not given
				if len(page.JobGroups.List) > 0 {
					groupID = string(page.JobGroups.List[0].JobGroupID)
				}
			},
		},
		{request: &request{instanceID: id, action: listJobsByGroup, query: map[string]string{"PageNumber": "1", "PageSize": "1"}}},
		{request: &request{instanceID: id, action: listJobs, jobIDs: []string{noSuchID}}},
	}
	var findings []Finding
	for _, t := range tries {
		if t.request.action == listJobsByGroup {
			t.request.query["JobGroupId"] = groupID
		}
		a, err := c.ask(ctx, t.request, unkept)
		if ctx.Err() != nil {
			return findings, ctx.Err()
		}
		if f, ok := err.(*failure); ok && f.verdict == refuse && groupID == noSuchID && t.request.action == listJobsByGroup {
			err = nil // it may be asked, and there is nothing to ask about
		}
		if err == nil && a != nil && t.read != nil {
			t.read(a)
		}
		findings = append(findings, finding(t.request.action+" on instance "+id, "allowed", err))
		if e, ok := errors.AsType[*Error](err); ok && e.Kind != Permission && e.Kind != Refused {
			return findings, nil // the others would say the same
		}
	}
	return findings, nil
}

// finding is what became of a try.
func finding(what, fine string, err error) Finding {
	if err == nil {
		return Finding{What: what, OK: true, Says: fine}
	}
	f := Finding{What: what, Says: err.Error()}
	if e, ok := errors.AsType[*Error](err); ok {
		f.Hint = e.Hint()
	}
	return f
}

// checkClock judges by the responses so far, of which there are some.
func (c *Client) checkClock() Finding {
	skew := c.Skew()
	f := Finding{What: "clock", OK: skew.Abs() <= mostSkew, Says: "right to the minute"}
	if skew.Abs() > time.Minute {
		f.Says = describeSkew(skew) + " the API's"
	}
	if !f.OK {
		f.Hint = c.hintFor(Clock, "", "")
	}
	return f
}

// checkQuota asks for nothing, as often as a pull would within a second.
func (c *Client) checkQuota(ctx context.Context, instanceID string) (Finding, error) {
	var throttled atomic.Int64
	tries := min(c.o.QPS, 50)
	err := forEach(ctx, c.o.Parallel, between(0, tries), func(ctx context.Context, _ int) error {
		_, err := c.attempt(ctx, &request{instanceID: instanceID, action: listJobs, jobIDs: []string{noSuchID}}, unkept)
		if f, ok := err.(*failure); ok && f.verdict == later {
			throttled.Add(1)
		}
		return ctx.Err()
	})
	if err != nil {
		return Finding{}, err
	}
	f := Finding{What: "quota", OK: true, Says: fmt.Sprintf("%d requests in a row were answered at %d per second", tries, c.o.QPS)}
	if n := throttled.Load(); n > 0 {
		f = Finding{What: "quota", Says: fmt.Sprintf("%d of %d requests at %d per second were throttled", n, tries, c.o.QPS), Hint: c.hintFor(Throttled, "", "")}
	}
	return f, nil
}
