package callapi_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"callmill/pipeline/callapi"
	"callmill/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	day      = time.Date(2026, 1, 21, 0, 0, 0, 0, time.UTC)
	theDay   = []callapi.Window{{From: day, To: day.Add(24 * time.Hour)}}
	dayPlan  = callapi.Plan{InstanceID: "i", Windows: theDay, Calls: true, Groups: true, Refetch: 30 * 24 * time.Hour}
	noonHour = day.Add(12 * time.Hour)
)

// busyDay is an API with n jobs called on the day, some of them twice, some
// never, and some the day before.
func busyDay(n int) *fake {
	f := newFake()
	f.groups = []fakeGroup{{id: "g0", status: "Executing", created: day.Add(-time.Hour)}, {id: "g1", status: "Completed", created: day.Add(-48 * time.Hour)}}
	for i := range n {
		id, group, at := fmt.Sprintf("job-%04d", i), fmt.Sprintf("g%d", i%2), day.Add(time.Duration(i)*24*time.Hour/time.Duration(n))
		switch i % 7 {
		case 0:
			f.add(id, group, at, at.Add(time.Minute))
		case 1:
			f.add(id, group).status = "Scheduling"
		case 2:
			f.add(id, group, at.Add(-24*time.Hour))
		default:
			f.add(id, group, at)
		}
	}
	return f
}

func (f *fake) ids() []string {
	var ids []string
	for _, job := range f.sorted() {
		ids = append(ids, job.id)
	}
	return ids
}

func TestANight(t *testing.T) {
	f := busyDay(500)
	plan := dayPlan
	plan.JobIDs = []string{"gone", "job-0000"} // pending from another night
	c := client(t, f, nil)
	n := pull(t.Context(), c, plan, nil)
	if n.err != nil {
		t.Fatal(n.err)
	}
	if got := n.came(); !slices.Equal(got, f.ids()) {
		t.Errorf("%d jobs came, want each of %d once", len(got), len(f.jobs))
	}
	if s := n.saw["gone"]; s.Came || s.Failed {
		t.Errorf("a job that is gone was seen: %+v", s)
	}
	if s := n.saw["job-0007"]; !s.Came || s.Status != "Succeeded" || s.LastCall != f.jobs["job-0007"].calls[1].at.UnixMilli() {
		t.Errorf("sighting %+v", s)
	}
	got := c.Counters()
	got.Requests, got.HighWater = 0, 0
	if want := (callapi.Counters{Found: 501, Asked: 501, Returned: 500, Missing: 1}); got != want {
		t.Errorf("counters %+v, want %+v", got, want)
	}
	if asked := f.asked("ListJobs"); asked != 6 {
		t.Errorf("%d requests for 501 jobs", asked)
	}
}

// A line stands for itself: what SearchTask said goes with the jobs asked for,
// campaigns come as lines of their own.
func TestLines(t *testing.T) {
	f := newFake()
	f.groups = []fakeGroup{{id: "g", status: "Executing", created: day, modified: 77, finished: 2}}
	f.add("a", "g", noonHour)
	f.add("b", "g")
	var groups []schema.JobGroupRow
	s := callapi.NewSource(client(t, f, nil), []callapi.Plan{dayPlan}, callapi.SourceOptions{})
	var lines []string
	err := s.Raws(t.Context(), func(raw *schema.Raw) error {
		text := string(raw.Body)
		lines = append(lines, raw.Origin+" of "+raw.InstanceID+": "+strings.ReplaceAll(text, schema.RawInstant(raw.ObservedAt), "NOW"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	groups = s.JobGroups()
	want := []string{
		`SearchTask request R-1 of i: {"observed_at":"NOW","instance_id":"i","action":"SearchTask",` +
			`"asked":{"query":{"ActualTimeGte":"1768953600000","ActualTimeLte":"1769039999999","PageIndex":"0","PageSize":"100","SortBy":"actualTime","SortOrder":"asc"}},` +
			`"status":200,"request_id":"R-1","body":{"Code":"OK","RequestId":"R-1","SearchTaskInfoList":[{"ActualTime":1768996800000,"CallDuration":"41000",` +
			`"DialExceptionCodes":[],"HasReachedEndOfFlow":true,"JobGroupId":"g","JobGroupName":"campaign g","JobId":"a","RecordingDuration":7,"TaskId":"a-call-0"}],` +
			`"Success":true,"Total":1}}`,
		`ListJobGroups request R-2 of i: {"observed_at":"NOW","instance_id":"i","action":"ListJobGroups",` +
			`"asked":{"query":{"PageNumber":"1","PageSize":"100"}},"status":200,"request_id":"R-2",` +
			`"body":{"Code":"OK","JobGroups":{"List":[{"CreationTime":1768953600000,"JobGroupId":"g","JobGroupName":"campaign g","ModifyTime":"77",` +
			`"Progress":{"TotalCompleted":2,"TotalJobs":3},"Status":"Executing"}],"TotalCount":1},"RequestId":"R-2","Success":true}}`,
		`ListJobs request R-4 of i: {"observed_at":"NOW","instance_id":"i","action":"ListJobs",` +
			`"asked":{"job_ids":["a","b"],"facts":{"a":{"a-call-0":{"job_group_name":"campaign g","call_ms":41000,"ringing_s":7,"reached_end":true}}}},` +
			`"status":200,"request_id":"R-4","body":{"Code":"OK","Jobs":[` +
			`{"JobGroupId":"g","JobId":"a","Status":"Succeeded","Tasks":[{"ActualTime":1768996800000,"Status":"SucceededFinish","TaskId":"a-call-0"}]},` +
			`{"JobGroupId":"g","JobId":"b","Status":"Succeeded","Tasks":null}],"RequestId":"R-4","Success":true}}`,
	}
	if !slices.Equal(lines, want) {
		t.Errorf("lines\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if len(groups) != 1 || groups[0].JobGroupID != "g" || groups[0].ModifyTime != 77 || *groups[0].TotalCompleted != 2 || groups[0].TotalNotAnswered != nil {
		t.Errorf("campaigns %+v", groups)
	}
}

// Which campaigns are read, by what is known of them.
func TestCampaigns(t *testing.T) {
	ago := func(days int) time.Time { return day.AddDate(0, 0, -days) }
	tests := []struct {
		group fakeGroup
		known *schema.JobGroupRow
		want  bool
	}{
		{fakeGroup{status: "Completed", created: ago(29)}, nil, true},
		{fakeGroup{status: "Completed", created: ago(31)}, nil, false},
		{fakeGroup{status: "Failed", created: ago(31)}, nil, false},
		{fakeGroup{status: "Cancelled", created: ago(31)}, nil, false},
		{fakeGroup{status: "Paused", created: ago(300)}, nil, true},
		{fakeGroup{status: "SomethingNew", created: ago(300)}, nil, true},
		{fakeGroup{status: "Executing", created: day.Add(23 * time.Hour)}, nil, true},
		{fakeGroup{status: "Executing", created: day.Add(24 * time.Hour)}, nil, false},
		{fakeGroup{status: "Completed", created: ago(31), modified: 5}, &schema.JobGroupRow{ModifyTime: 5, JobGroupStatus: "Completed", TotalJobs: new(int64(3)), TotalCompleted: new(int64(0))}, false},
		{fakeGroup{status: "Completed", created: ago(31), modified: 6}, &schema.JobGroupRow{ModifyTime: 5, JobGroupStatus: "Completed", TotalJobs: new(int64(3)), TotalCompleted: new(int64(0))}, true},
		{fakeGroup{status: "Completed", created: ago(31), modified: 5, finished: 1}, &schema.JobGroupRow{ModifyTime: 5, JobGroupStatus: "Completed", TotalJobs: new(int64(3)), TotalCompleted: new(int64(0))}, true},
		{fakeGroup{status: "Completed", created: ago(31), modified: 5}, &schema.JobGroupRow{ModifyTime: 5, JobGroupStatus: "Executing", TotalJobs: new(int64(3)), TotalCompleted: new(int64(0))}, true},
		// Listed when one campaign was pulled by its id, and not read then.
		{fakeGroup{status: "Completed", created: ago(31), modified: noonHour.UnixMilli()}, &schema.JobGroupRow{ModifyTime: noonHour.UnixMilli(), JobGroupStatus: "Completed", TotalJobs: new(int64(3)), TotalCompleted: new(int64(0))}, true},
		{fakeGroup{status: "Completed", created: ago(31), modified: ago(1).UnixMilli()}, &schema.JobGroupRow{ModifyTime: ago(1).UnixMilli(), JobGroupStatus: "Completed", TotalJobs: new(int64(3)), TotalCompleted: new(int64(0))}, false},
	}
	for i, tt := range tests {
		f := newFake()
		tt.group.id = "g"
		f.groups = []fakeGroup{tt.group}
		f.add("called", "g")
		f.add("settled", "g")
		plan := dayPlan
		plan.Settled = func(id string) bool { return id == "settled" }
		if tt.known != nil {
			plan.Known = map[string]schema.JobGroupRow{"g": *tt.known}
		}
		n := pull(t.Context(), client(t, f, nil), plan, nil)
		want := []string{"called"}
		if !tt.want {
			want = nil
		}
		if got := n.came(); !slices.Equal(got, want) || n.err != nil {
			t.Errorf("campaign %d: jobs %v, %v; want %v", i, got, n.err, want)
		}
	}
}

// A campaign asked for by its id is read whole, with what is known of its
// calls; one that does not exist is the operator's mistake.
func TestOneCampaign(t *testing.T) {
	f := newFake()
	f.add("old", "g", day.AddDate(-1, 0, 0))
	f.add("never", "g")
	f.add("other", "h", noonHour)
	plan := callapi.Plan{InstanceID: "i", Calls: true, GroupIDs: []string{"g"}, Settled: func(string) bool { return true }}
	n := pull(t.Context(), client(t, f, nil), plan, nil)
	if got := n.came(); !slices.Equal(got, []string{"never", "old"}) || n.err != nil {
		t.Errorf("jobs %v, %v", got, n.err)
	}
	if len(n.lines) != 3 || n.lines[1].Action != schema.ActionListJobGroups || n.lines[2].Asked.Facts["old"]["old-call-0"].CallMS == nil {
		t.Errorf("lines %+v", n.lines)
	}
	f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
		refuse(w, 404, "NotExist.JobGroup", "no such group")
		return true
	}
	n = pull(t.Context(), client(t, f, nil), plan, nil)
	if e, ok := errors.AsType[*callapi.Error](n.err); !ok || !strings.Contains(e.Hint(), "--group") {
		t.Errorf("error %v", n.err)
	}
}

// Without days that are due nothing is looked for: jobs that are named are
// asked for, and no other.
func TestJobsAlone(t *testing.T) {
	f := busyDay(50)
	plan := dayPlan
	plan.Windows, plan.JobIDs = nil, []string{"job-0007", "job-0009"}
	n := pull(t.Context(), client(t, f, nil), plan, nil)
	if got := n.came(); !slices.Equal(got, plan.JobIDs) || n.err != nil || len(f.requests) != 1 {
		t.Errorf("%v by %d requests, %v", got, len(f.requests), n.err)
	}
}

// Many calls are read in parts, and none is lost at the seams.
func TestWindowsAreSplit(t *testing.T) {
	f := newFake()
	for i := range 4500 {
		// Most of them within one hour, hundreds in one millisecond.
		at := noonHour.Add(time.Duration(i/500) * time.Millisecond)
		if i%10 == 0 {
			at = day.Add(time.Duration(i) * 19 * time.Second)
		}
		f.add(fmt.Sprintf("job-%04d", i), "g", at)
	}
	f.add("before", "g", day.Add(-time.Millisecond))
	f.add("after", "g", day.Add(24*time.Hour))
	plan := dayPlan
	plan.Groups = false
	n := pull(t.Context(), client(t, f, func(o *callapi.Options) { o.QPS = 100000 }), plan, nil)
	want := slices.DeleteFunc(f.ids(), func(id string) bool { return !strings.HasPrefix(id, "job-") })
	if got := n.came(); !slices.Equal(got, want) || n.err != nil {
		t.Errorf("%d jobs, %v; want %d", len(got), n.err, len(want))
	}
	for _, r := range f.requests {
		if strings.Contains(r.query, "PageIndex=30") {
			t.Fatalf("pages are read that far: %s", r.query)
		}
	}
}

// An API that counts as many calls in any part of a window as in all of it is
// not searched for ever.
func TestWindowsThatCountAll(t *testing.T) {
	f := newFake()
	f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
		reply(w, 200, map[string]any{"Success": true, "Total": 1_000_000, "SearchTaskInfoList": []any{}})
		return true
	}
	n := pull(t.Context(), client(t, f, func(o *callapi.Options) { o.QPS = 1_000_000 }), dayPlan, nil)
	if n.err == nil || !strings.Contains(n.err.Error(), "cannot be right") || len(f.requests) > 5000 {
		t.Errorf("%v after %d requests", n.err, len(f.requests))
	}
}

// Ids that fail with others and pass alone, ids that never pass, and all kinds
// of trouble by chance: every job comes once, each poisonous one is a reject.
func TestNightsOfTrouble(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			f := busyDay(400)
			random := rand.New(rand.NewPCG(seed, 1))
			poison, shy := []string{"job-0003", "job-0004", "job-0399"}, "job-0200"
			f.mess = trouble(f, random, 0.2, poison, shy)
			c := client(t, f, func(o *callapi.Options) { o.Seed, o.QPS, o.Backoff, o.BackoffCap = seed+1, 20, 0, 0 })
			n := pull(t.Context(), c, dayPlan, nil)
			if n.err != nil {
				t.Fatalf("seed %d: %v", seed, n.err)
			}
			want := slices.DeleteFunc(f.ids(), func(id string) bool { return slices.Contains(poison, id) })
			if got := n.came(); !slices.Equal(got, want) {
				t.Errorf("seed %d: %d jobs came, want %d", seed, len(got), len(want))
			}
			var rejected []string
			for _, r := range n.rejects {
				rejected = append(rejected, r.JobID)
				if r.Code != schema.RejectUnfetched || r.InstanceID != "i" || r.ObservedAt == 0 || !strings.HasPrefix(r.Origin, "ListJobs") {
					t.Errorf("seed %d: reject %+v", seed, r)
				}
			}
			if slices.Sort(rejected); !slices.Equal(rejected, poison) {
				t.Errorf("seed %d: rejected %v, want %v", seed, rejected, poison)
			}
			counts := c.Counters()
			if counts.Asked != 400 || counts.Returned != 397 || counts.Failed != 3 || counts.Missing != 0 || counts.Unlisted != 0 || counts.Retries == 0 {
				t.Errorf("seed %d: counters %+v", seed, counts)
			}
		})
	}
}

// trouble makes an API misbehave in every way that can pass, and in two that
// are about ids.
func trouble(f *fake, random *rand.Rand, share float64, poison []string, shy string) func(http.ResponseWriter, *http.Request, fakeRequest) bool {
	draw := func() (float64, int) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return random.Float64(), random.IntN(10)
	}
	return func(w http.ResponseWriter, r *http.Request, seen fakeRequest) bool {
		for _, id := range seen.ids {
			if slices.Contains(poison, id) || id == shy && len(seen.ids) > 1 {
				refuse(w, 500, "InternalError", "cannot read "+id)
				return true
			}
		}
		chance, kind := draw()
		if chance >= share {
			return false
		}
		switch kind {
		case 0:
			w.Header().Set("x-acs-retry-after", "50")
			refuse(w, 400, "Throttling.User", "Request was denied due to user flow control.")
		case 1:
			refuse(w, 503, "Throttling.Api", "busy")
		case 2:
			refuse(w, 500, "InternalError", "oops")
		case 3:
			w.WriteHeader(502)
			fmt.Fprint(w, "<html><body><h1>502 Bad Gateway</h1></body></html>")
		case 4:
			fmt.Fprint(w, "<html>sign in to the network</html>")
		case 5:
			reply(w, 200, map[string]any{"Success": false, "Code": "Busy", "Message": "try again"})
		case 6:
			fmt.Fprint(w, `{"Success":true,"Jobs":[{"JobId":"job-0`)
		case 7:
			panic(http.ErrAbortHandler) // a reset
		case 8:
			<-r.Context().Done() // a timeout
		case 9:
			// Pages come shifted, and twice.
			q := r.URL.Query()
			f.mu.Lock()
			body := f.answer(seen.action, q.Get, seen.ids)
			f.mu.Unlock()
			for _, list := range lists(body) {
				rows := list["rows"].([]map[string]any)
				if len(rows) > 3 {
					list["set"].(func([]map[string]any))(append(slices.Clone(rows[:1]), rows[:len(rows)-3]...))
				}
			}
			reply(w, 200, body)
		}
		return true
	}
}

// lists finds the list of entries in a page.
func lists(body map[string]any) []map[string]any {
	var all []map[string]any
	for _, holder := range []any{body, body["Jobs"], body["JobGroups"]} {
		m, ok := holder.(map[string]any)
		if !ok {
			continue
		}
		for _, name := range []string{"List", "SearchTaskInfoList"} {
			if rows, ok := m[name].([]map[string]any); ok {
				all = append(all, map[string]any{"rows": rows, "set": func(changed []map[string]any) { m[name] = changed }})
			}
		}
	}
	return all
}

// What comes is counted whatever yield does; its error ends everything.
func TestYieldEndsTheNight(t *testing.T) {
	f := busyDay(1000)
	s := callapi.NewSource(client(t, f, nil), []callapi.Plan{dayPlan}, callapi.SourceOptions{})
	full := errors.New("disk full")
	n := 0
	err := s.Raws(t.Context(), func(*schema.Raw) error {
		if n++; n == 4 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || n != 4 {
		t.Errorf("%v after %d pieces", err, n)
	}
}

func TestCancelled(t *testing.T) {
	f := busyDay(1000)
	ctx, cancel := context.WithCancel(t.Context())
	s := callapi.NewSource(client(t, f, func(o *callapi.Options) { o.QPS = 50 }), []callapi.Plan{dayPlan}, callapi.SourceOptions{})
	err := s.Raws(ctx, func(*schema.Raw) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestDiscover(t *testing.T) {
	f := busyDay(200)
	s := callapi.NewSource(client(t, f, nil), []callapi.Plan{dayPlan}, callapi.SourceOptions{})
	got, err := s.Discover(t.Context())
	want := []callapi.Discovered{{InstanceID: "i", Calls: 171, Groups: 2, Jobs: 200}}
	if !slices.Equal(got, want) || err != nil || f.asked("ListJobs") > 0 {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
