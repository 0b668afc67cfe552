package discover_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callmill/pipeline/calendar"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/outboundbot/internal/apitest"
	"callmill/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	day      = time.Date(2026, 1, 21, 0, 0, 0, 0, time.UTC)
	theDay   = []calendar.Interval{{From: day, To: day.Add(24 * time.Hour)}}
	dayPlan  = discover.Plan{InstanceID: "i", Windows: theDay, Calls: true, Groups: true}
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
	n := pull(t.Context(), newClient(t, f, nil), plan, nil)
	if n.err != nil {
		t.Fatal(n.err)
	}
	if got := n.came(); !slices.Equal(got, f.ids()) {
		t.Errorf("%d jobs came, want each of %d once", len(got), len(f.jobs))
	}
	if s := n.saw["gone"]; s.Trouble != schema.PendingMissing {
		t.Errorf("a job that is gone was seen: %+v", s)
	}
	if s := n.saw["job-0007"]; s.Trouble != "" || !s.Final || !s.LastCall.Equal(f.jobs["job-0007"].calls[1].at) {
		t.Errorf("sighting %+v", s)
	}
	got := n.counters
	got.Counters = client.Counters{}
	if want := (discover.Counters{Found: 501, Asked: 501, Returned: 500, Missing: 1}); got != want {
		t.Errorf("counters %+v, want %+v", got, want)
	}
	if asked := f.asked("ListJobs"); asked != 6 {
		t.Errorf("%d requests for 501 jobs", asked)
	}
}

// The pages of SearchTask and ListJobGroups come as lines, before the jobs.
func TestLines(t *testing.T) {
	f := newFake()
	f.groups = []fakeGroup{{id: "g", status: "Executing", created: day, modified: 77, finished: 2}}
	f.add("a", "g", noonHour)
	f.add("b", "g")
	s := discover.NewSource(newClient(t, f, nil), []discover.Plan{dayPlan}, discover.Options{NewReader: newReader})
	var lines []string
	err := s.Raws(t.Context(), func(raw *schema.Raw) error {
		text := string(raw.Body)
		lines = append(lines, raw.Origin+" of "+raw.InstanceID+": "+strings.ReplaceAll(text, schema.RawInstant(raw.ObservedAt), "NOW"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`SearchTask request R-1 of i: {"observed_at":"NOW","instance_id":"i","action":"SearchTask",` +
			`"asked":{"query":{"ActualTimeGte":"1768953600000","ActualTimeLte":"1769039999999","PageIndex":"0","PageSize":"100","SortBy":"actualTime","SortOrder":"asc"}},` +
			`"status":200,"request_id":"R-1","body":{"Code":"OK","RequestId":"R-1","SearchTaskInfoList":[{"ActualTime":1768996800000,"CallDuration":"41000",` +
			`"DialExceptionCodes":[],"HasReachedEndOfFlow":true,"JobGroupId":"g","JobGroupName":"campaign g","JobId":"a","RecordingDuration":7,"TaskId":"a-call-0"}],"Success":true,"Total":1}}`,
		`ListJobGroups request R-2 of i: {"observed_at":"NOW","instance_id":"i","action":"ListJobGroups",` +
			`"asked":{"query":{"PageNumber":"1","PageSize":"100"}},"status":200,"request_id":"R-2",` +
			`"body":{"Code":"OK","JobGroups":{"List":[{"CreationTime":1768953600000,"JobGroupId":"g","JobGroupName":"campaign g","ModifyTime":"77",` +
			`"Progress":{"TotalCompleted":2,"TotalJobs":3},"Status":"Executing"}],"TotalCount":1},"RequestId":"R-2","Success":true}}`,
		`ListJobsByGroup request R-3 of i: {"observed_at":"NOW","instance_id":"i","action":"ListJobsByGroup",` +
			`"asked":{"query":{"JobGroupId":"g","PageNumber":"1","PageSize":"100"}},"status":200,"request_id":"R-3",` +
			`"body":{"Code":"OK","Jobs":{"List":[{"JobId":"a","Status":"Succeeded"},{"JobId":"b","Status":"Succeeded"}],"TotalCount":2},"RequestId":"R-3","Success":true}}`,
		`ListJobs request R-4 of i: {"observed_at":"NOW","instance_id":"i","action":"ListJobs",` +
			`"asked":{"job_ids":["a","b"]},` +
			`"status":200,"request_id":"R-4","body":{"Code":"OK","Jobs":[` +
			`{"JobGroupId":"g","JobId":"a","Status":"Succeeded","Tasks":[{"ActualTime":1768996800000,"Status":"SucceededFinish","TaskId":"a-call-0"}]},` +
			`{"JobGroupId":"g","JobId":"b","Status":"Succeeded","Tasks":null}],"RequestId":"R-4","Success":true}}`,
	}
	if !slices.Equal(lines, want) {
		t.Errorf("lines\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// A job that the reader rejects is told from one that did not come, where the
// answer has no job without an id.
func TestRejected(t *testing.T) {
	f := newFake()
	f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
		fmt.Fprintf(w, `{"Success":true,"Jobs":[{"JobId":"good","Status":"Paused","Tasks":[{"TaskId":"t","PlanedTime":%d}]},
			{"JobId":"bad","Status":"Succeeded","Tasks":17},{"JobId":"other","Status":"Succeeded"}]}`, noonHour.UnixMilli())
		return true
	}
	n := pull(t.Context(), newClient(t, f, nil), discover.Plan{InstanceID: "i", JobIDs: []string{"bad", "gone", "good"}}, nil)
	if n.err != nil {
		t.Fatal(n.err)
	}
	observed := n.saw["good"].ObservedAt
	want := map[string]schema.Sighting{
		"good": {InstanceID: "i", JobID: "good", LastCall: noonHour, ObservedAt: observed},
		"bad":  {InstanceID: "i", JobID: "bad", Trouble: schema.PendingRejected, ObservedAt: observed},
		"gone": {InstanceID: "i", JobID: "gone", Trouble: schema.PendingMissing, ObservedAt: observed},
	}
	if diff := cmp.Diff(want, n.saw); diff != "" {
		t.Errorf("sightings (-want +got):\n%s", diff)
	}
	if c := n.counters; c.Returned != 1 || c.Missing != 2 || c.Rejected != 1 || c.Asked != 3 {
		t.Errorf("counters %+v", c)
	}
}

// A night runs by the clock it is given: waits take no real time, responses and
// requests have its date.
func TestClockIsPassedIn(t *testing.T) {
	clock := &virtual{now: day.Add(25 * time.Hour)}
	f := busyDay(300)
	var mu sync.Mutex
	var date string
	requests := 0
	f.mess = func(w http.ResponseWriter, r *http.Request, _ fakeRequest) bool {
		mu.Lock()
		defer mu.Unlock()
		date = r.Header.Get("x-acs-date")
		requests++
		if requests%3 == 0 {
			w.Header().Set("x-acs-retry-after", "60000")
			apitest.Refuse(w, 400, "Throttling.User", "")
		}
		return requests%3 == 0
	}
	began := time.Now()
	n := pull(t.Context(), newClient(t, f, func(o *client.Options) {
		o.QPS, o.Backoff, o.BackoffCap, o.Now, o.Sleep = 1, 0, 0, clock.Now, clock.Sleep
	}), dayPlan, nil)
	if n.err != nil || len(n.came()) != 300 {
		t.Fatal(len(n.came()), n.err)
	}
	night := clock.Now().Sub(day.Add(25 * time.Hour))
	if took := time.Since(began); night < 2*time.Minute || took > night/2 {
		t.Errorf("a night of %v took %v", night, took)
	}
	if last := n.saw["job-0000"].ObservedAt; last.Before(day.Add(25*time.Hour)) || last.After(clock.Now()) || !strings.HasPrefix(date, "2026-01-22T01:") {
		t.Errorf("a job was observed at %v, requests are dated %s", last, date)
	}
}

// virtual is a clock that advances when something waits.
type virtual struct {
	mu  sync.Mutex
	now time.Time
}

func (v *virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

func (v *virtual) Sleep(ctx context.Context, d time.Duration) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now = v.now.Add(max(0, d))
	return ctx.Err()
}

// Which campaigns are read, and which of their jobs are asked for, is the plan's to
// say. A campaign is reported as it was before its jobs were listed.
func TestCampaigns(t *testing.T) {
	f := newFake()
	for _, id := range []string{"new", "over", "empty"} {
		f.groups = append(f.groups, fakeGroup{id: id, status: "Completed", created: day, modified: 7, finished: 2})
	}
	f.add("called", "new")
	f.add("settled", "new")
	f.add("old", "over")
	plan := dayPlan
	var asked []string
	plan.Read = func(g *schema.JobGroupRow) bool {
		asked = append(asked, g.JobGroupID)
		return g.JobGroupID != "over"
	}
	plan.Due = func(id string, last int64) bool { return id != "settled" || last != 0 }
	n := pull(t.Context(), newClient(t, f, nil), plan, nil)
	if got := n.came(); !slices.Equal(got, []string{"called"}) || n.err != nil {
		t.Errorf("jobs %v, %v", got, n.err)
	}
	if slices.Sort(asked); !slices.Equal(asked, []string{"empty", "new", "over"}) || f.asked("ListJobsByGroup") != 2 {
		t.Errorf("the plan was asked about %v, and %d lists were read", asked, f.asked("ListJobsByGroup"))
	}
	var got []string
	for _, c := range n.outcome.Campaigns {
		got = append(got, fmt.Sprintf("%s %s %d %d of %d, %d listed", c.JobGroupID, c.JobGroupStatus, c.ModifyTime, *c.TotalCompleted, *c.TotalJobs, c.Listed))
	}
	if want := []string{"empty Completed 7 2 of 3, 0 listed", "new Completed 7 2 of 3, 2 listed"}; !slices.Equal(got, want) || !n.outcome.Listed {
		t.Errorf("read %q, want %q", got, want)
	}
}

// A campaign named by its id is read whole, with its calls; one that does not exist
// is a usage error.
func TestOneCampaign(t *testing.T) {
	f := newFake()
	f.add("old", "g", day.AddDate(-1, 0, 0))
	f.add("never", "g")
	f.add("other", "h", noonHour)
	plan := discover.Plan{InstanceID: "i", Calls: true, GroupIDs: []string{"g"}, Due: func(string, int64) bool { return false }}
	n := pull(t.Context(), newClient(t, f, nil), plan, nil)
	if got := n.came(); !slices.Equal(got, []string{"never", "old"}) || n.err != nil {
		t.Errorf("jobs %v, %v", got, n.err)
	}
	if got := n.actions(); got != "ListJobGroups ListJobsByGroup SearchTask ListJobs" {
		t.Errorf("lines of %s", got)
	}
	unknown := func(w http.ResponseWriter, r *http.Request, seen fakeRequest) bool {
		if r.URL.Query().Get("JobGroupId") != "unknown" {
			return false
		}
		apitest.Refuse(w, 404, "NotExist.JobGroup", "no such group")
		return true
	}
	f.mess, plan.GroupIDs = unknown, []string{"unknown"}
	n = pull(t.Context(), newClient(t, f, nil), plan, nil)
	if e, ok := errors.AsType[*client.Error](n.err); !ok || !strings.Contains(e.Hint(), "--group") {
		t.Errorf("error %v", n.err)
	}
	// Of two, the other is fetched.
	plan.GroupIDs = []string{"unknown", "g"}
	n = pull(t.Context(), newClient(t, f, nil), plan, nil)
	if got := n.came(); !slices.Equal(got, []string{"never", "old"}) || n.err != nil || n.left() != "campaign unknown" {
		t.Errorf("jobs %v, %v; left out %s", got, n.err, n.left())
	}
}

// Without days that are due, only the named jobs are asked for.
func TestJobsAlone(t *testing.T) {
	f := busyDay(50)
	plan := dayPlan
	plan.Windows, plan.JobIDs = nil, []string{"job-0007", "job-0009"}
	n := pull(t.Context(), newClient(t, f, nil), plan, nil)
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
	n := pull(t.Context(), newClient(t, f, func(o *client.Options) { o.QPS = 100000 }), plan, nil)
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

// A window of which any part counts as many calls as the whole is left out.
func TestWindowsThatCountAll(t *testing.T) {
	f := newFake()
	f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
		apitest.Reply(w, 200, map[string]any{"Success": true, "Total": 1_000_000, "SearchTaskInfoList": []any{}})
		return true
	}
	n := pull(t.Context(), newClient(t, f, func(o *client.Options) { o.QPS = 1_000_000 }), dayPlan, nil)
	if n.err != nil || len(f.requests) > 100 || len(n.outcome.Searched) > 0 || len(n.outcome.Failures) == 0 {
		t.Errorf("%v after %d requests: %+v", n.err, len(f.requests), n.outcome)
	}
}

// An error of yield ends the night.
func TestYieldEndsTheNight(t *testing.T) {
	f := busyDay(1000)
	s := discover.NewSource(newClient(t, f, nil), []discover.Plan{dayPlan}, discover.Options{NewReader: newReader})
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
	s := discover.NewSource(newClient(t, f, func(o *client.Options) { o.QPS = 50 }), []discover.Plan{dayPlan}, discover.Options{NewReader: newReader})
	err := s.Raws(ctx, func(*schema.Raw) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestDiscover(t *testing.T) {
	f := busyDay(200)
	s := discover.NewSource(newClient(t, f, nil), []discover.Plan{dayPlan}, discover.Options{NewReader: newReader})
	got, err := s.Discover(t.Context())
	want := []discover.Discovered{{InstanceID: "i", Calls: 171, Groups: 2, Jobs: 200}}
	if !slices.Equal(got, want) || err != nil || f.asked("ListJobs") > 0 {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
