package discover_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"callmill/pipeline/decode"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/outboundbot/internal/apitest"
	"callmill/schema"
)

// fake is an API with some jobs. mess, where set, sees every request first and
// reports whether it has answered it.
type fake struct {
	mu       sync.Mutex
	jobs     map[string]*fakeJob
	groups   []fakeGroup
	requests []fakeRequest
	searches map[string][]map[string]any // answers of search
	mess     func(w http.ResponseWriter, r *http.Request, seen fakeRequest) bool
}

type fakeJob struct {
	id, group, status string
	calls             []fakeCall
}

type fakeCall struct {
	id string
	at time.Time
}

type fakeGroup struct {
	id, status         string
	created            time.Time
	modified, finished int64
}

type fakeRequest struct {
	action string
	ids    []string // of ListJobs
	query  string
	at     time.Time
}

func newFake() *fake { return &fake{jobs: map[string]*fakeJob{}} }

// add makes a job that is called at the given times.
func (f *fake) add(id, group string, at ...time.Time) *fakeJob {
	job := &fakeJob{id: id, group: group, status: "Succeeded"}
	for i, t := range at {
		job.calls = append(job.calls, fakeCall{fmt.Sprintf("%s-call-%d", id, i), t})
	}
	f.jobs[id] = job
	f.searches = map[string][]map[string]any{}
	return job
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	q := r.URL.Query()
	seen := fakeRequest{action: r.Header.Get("x-acs-action"), query: r.URL.RawQuery, at: time.Now()}
	for i := 1; q.Has("JobId." + strconv.Itoa(i)); i++ {
		seen.ids = append(seen.ids, q.Get("JobId."+strconv.Itoa(i)))
	}
	f.mu.Lock()
	f.requests = append(f.requests, seen)
	mess := f.mess
	f.mu.Unlock()
	switch {
	case !apitest.Signed(r):
		apitest.Refuse(w, 400, "SignatureDoesNotMatch", "not signed")
		return
	case len(seen.ids) > 99:
		apitest.Refuse(w, 400, "InvalidParameter", "more than 99 ids")
		return
	case mess != nil && mess(w, r, seen):
		return
	}
	f.mu.Lock()
	body := f.answer(seen.action, q.Get, seen.ids)
	f.mu.Unlock()
	apitest.Reply(w, 200, body)
}

func (f *fake) answer(action string, get func(string) string, ids []string) map[string]any {
	number := func(name string) int { n, _ := strconv.Atoi(get(name)); return n }
	body := map[string]any{"Success": true, "Code": "OK", "RequestId": "R-" + strconv.Itoa(len(f.requests))}
	size := number("PageSize")
	switch action {
	case "ListJobs":
		jobs := []any{}
		for _, id := range ids {
			if job := f.jobs[id]; job != nil {
				jobs = append(jobs, job.full())
			}
		}
		body["Jobs"] = jobs
	case "SearchTask":
		rows := f.search(number("ActualTimeGte"), number("ActualTimeLte"), get("JobGroupId"), get("JobId"))
		body["Total"], body["SearchTaskInfoList"] = len(rows), pageOf(rows, number("PageIndex"), size)
	case "ListJobGroups":
		var rows []map[string]any
		for _, g := range f.groups {
			rows = append(rows, map[string]any{"JobGroupId": g.id, "JobGroupName": "campaign " + g.id, "Status": g.status,
				"CreationTime": g.created.UnixMilli(), "ModifyTime": strconv.FormatInt(g.modified, 10),
				"Progress": map[string]any{"TotalJobs": 3, "TotalCompleted": g.finished}})
		}
		body["JobGroups"] = map[string]any{"TotalCount": len(rows), "List": pageOf(rows, number("PageNumber")-1, size)}
	case "ListJobsByGroup":
		var rows []map[string]any
		for _, job := range f.sorted() {
			if job.group == get("JobGroupId") {
				rows = append(rows, map[string]any{"JobId": job.id, "Status": job.status})
			}
		}
		body["Jobs"] = map[string]any{"TotalCount": len(rows), "List": pageOf(rows, number("PageNumber")-1, size)}
	}
	return body
}

func (f *fake) sorted() []*fakeJob {
	var all []*fakeJob
	for _, job := range f.jobs {
		all = append(all, job)
	}
	slices.SortFunc(all, func(a, b *fakeJob) int { return cmp.Compare(a.id, b.id) })
	return all
}

func (f *fake) search(from, to int, group, id string) []map[string]any {
	key := fmt.Sprint(from, to, group, id)
	if rows, ok := f.searches[key]; ok {
		return rows
	}
	var rows []map[string]any
	for _, job := range f.sorted() {
		for _, call := range job.calls {
			at := int(call.at.UnixMilli())
			if at < from || to > 0 && at > to || group != "" && job.group != group || id != "" && job.id != id {
				continue
			}
			rows = append(rows, map[string]any{"JobId": job.id, "TaskId": call.id, "JobGroupId": job.group, "JobGroupName": "campaign " + job.group,
				"ActualTime": at, "CallDuration": "41000", "RecordingDuration": 7, "HasReachedEndOfFlow": true, "DialExceptionCodes": []string{}})
		}
	}
	slices.SortStableFunc(rows, func(a, b map[string]any) int { return a["ActualTime"].(int) - b["ActualTime"].(int) })
	if f.searches != nil {
		f.searches[key] = rows
	}
	return rows
}

func (j *fakeJob) full() map[string]any {
	var tasks []any
	for _, c := range j.calls {
		tasks = append(tasks, map[string]any{"TaskId": c.id, "ActualTime": c.at.UnixMilli(), "Status": "SucceededFinish"})
	}
	return map[string]any{"JobId": j.id, "JobGroupId": j.group, "Status": j.status, "Tasks": tasks}
}

func pageOf(rows []map[string]any, n, size int) []map[string]any {
	from := min(max(n*size, 0), len(rows))
	return rows[from:min(from+size, len(rows))]
}

// asked counts requests by action.
func (f *fake) asked(action string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, r := range f.requests {
		if r.action == action {
			n++
		}
	}
	return n
}

// newReader makes the reader of the program.
func newReader() discover.Reader { return decode.New(decode.Options{}) }

// demo are the keys of the fake API.
var demo = &client.Keys{ID: apitest.ID, Secret: apitest.Secret}

// newClient makes a client that talks to a handler directly.
func newClient(t testing.TB, h http.Handler, change func(*client.Options)) *client.Client {
	t.Helper()
	o := client.Options{Keys: demo, QPS: 1000, Seed: 1, Transport: apitest.Direct{Handler: h}, Backoff: time.Millisecond, BackoffCap: 10 * time.Millisecond}
	if change != nil {
		change(&o)
	}
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// night is what a source returned.
type night struct {
	lines    []schema.RawLine
	rejects  []*schema.Reject
	saw      map[string]schema.Sighting // by job
	counters discover.Counters
	outcome  discover.Outcome
	err      error
}

// left says what was left out.
func (n *night) left() string { return leftOut(n.outcome.Failures) }

func leftOut(failures []discover.Failure) string {
	var all []string
	for _, f := range failures {
		what := "the list of campaigns"
		switch {
		case f.Instance:
			what = "instance " + f.InstanceID
		case f.Campaign != "":
			what = "campaign " + f.Campaign
		case !f.Window.Empty():
			what = f.Window.From.UTC().Format("2 15:04") + "-" + f.Window.To.UTC().Format("15:04")
		}
		all = append(all, what)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// pull runs a source to its end.
func pull(ctx context.Context, c *client.Client, plan discover.Plan, log discover.Log) night {
	n := night{saw: map[string]schema.Sighting{}}
	s := discover.NewSource(c, []discover.Plan{plan}, discover.Options{NewReader: newReader, Log: log, Saw: func(s schema.Sighting) {
		if _, twice := n.saw[s.JobID]; twice {
			n.err = fmt.Errorf("job %s was seen twice", s.JobID)
		}
		n.saw[s.JobID] = s
	}})
	sequence := int64(0)
	err := s.Raws(ctx, func(raw *schema.Raw) error {
		if raw.Sequence != sequence {
			return fmt.Errorf("sequence %d after %d pieces", raw.Sequence, sequence)
		}
		sequence++
		for item := range newReader().Items(raw) {
			if item.Reject != nil && item.Reject.Code == schema.RejectUnfetched {
				n.rejects = append(n.rejects, item.Reject)
				return nil
			}
		}
		var line schema.RawLine
		if err := json.Unmarshal(raw.Body, &line); err != nil {
			return err
		}
		n.lines = append(n.lines, line)
		return nil
	})
	n.err, n.counters, n.outcome = errors.Join(n.err, err), s.Counters(), s.Outcomes()[0]
	return n
}

// actions lists the actions of the lines.
func (n *night) actions() string {
	var all []string
	for _, line := range n.lines {
		all = append(all, line.Action)
	}
	return strings.Join(all, " ")
}

// came lists the jobs that the lines hold, in order.
func (n *night) came() []string {
	var ids []string
	for _, line := range n.lines {
		var body struct{ Jobs []struct{ JobID string } }
		if line.Action == schema.ActionListJobs && json.Unmarshal(line.Body, &body) == nil {
			for _, job := range body.Jobs {
				ids = append(ids, job.JobID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}
