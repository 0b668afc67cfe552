package discover_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/outboundbot/internal/apitest"
	"callmill/schema"
)

// threeDays is an API with 40 calls on each of three days, in two campaigns.
func threeDays() *fake {
	f := newFake()
	f.groups = []fakeGroup{{id: "g0", status: "Executing", created: day}, {id: "g1", status: "Completed", created: day}}
	for i := range 120 {
		f.add(fmt.Sprintf("job-%03d", i), fmt.Sprintf("g%d", i%2), day.AddDate(0, 0, -2).Add(time.Duration(i)*36*time.Minute))
	}
	return f
}

// threePlan searches the last two days for the first time, and the one before again.
var threePlan = discover.Plan{
	InstanceID: "i", Calls: true, Groups: true,
	Windows: []calendar.Interval{{From: day.AddDate(0, 0, -1), To: day.AddDate(0, 0, 1)}},
	Again:   []calendar.Interval{{From: day.AddDate(0, 0, -2), To: day.AddDate(0, 0, -1)}},
}

// spoil changes the answers to some requests.
func spoil(f *fake, action string, which func(url.Values) bool, change func(body map[string]any)) {
	f.mess = func(w http.ResponseWriter, r *http.Request, seen fakeRequest) bool {
		q := r.URL.Query()
		if seen.action != action || which != nil && !which(q) {
			return false
		}
		f.mu.Lock()
		body := f.answer(seen.action, q.Get, seen.ids)
		f.mu.Unlock()
		change(body)
		status := 200
		if _, failed := body["Code"]; failed && body["Code"] != "OK" {
			status = 500
		}
		apitest.Reply(w, status, body)
		return true
	}
}

func failing(body map[string]any) {
	clear(body)
	body["Success"], body["Code"], body["RequestId"] = false, "InternalError", "R-500"
}

func bare(body map[string]any) {
	for _, name := range []string{"Jobs", "JobGroups", "SearchTaskInfoList", "Total"} {
		delete(body, name)
	}
}

// ofList changes the list of an answer and its number of entries.
func ofList(change func(rows []map[string]any, total int) (any, any)) func(map[string]any) {
	return func(body map[string]any) {
		holder, list, total := body, "SearchTaskInfoList", "Total"
		for _, name := range []string{"Jobs", "JobGroups"} {
			if page, ok := body[name].(map[string]any); ok {
				holder, list, total = page, "List", "TotalCount"
			}
		}
		holder[list], holder[total] = change(holder[list].([]map[string]any), holder[total].(int))
		if holder[total] == nil {
			delete(holder, total)
		}
	}
}

var (
	nullList   = ofList(func(_ []map[string]any, n int) (any, any) { return nil, n })
	noTotal    = ofList(func(rows []map[string]any, _ int) (any, any) { return rows, nil })
	textTotal  = ofList(func(rows []map[string]any, _ int) (any, any) { return rows, "many" })
	totalHigh  = ofList(func(rows []map[string]any, n int) (any, any) { return rows, n + 10 })
	totalLow   = ofList(func(rows []map[string]any, n int) (any, any) { return rows, max(0, n-10) })
	totalMinus = ofList(func(rows []map[string]any, _ int) (any, any) { return rows, -1 })
	totalHuge  = ofList(func(rows []map[string]any, _ int) (any, any) { return rows, 1_000_000_000_000 })
	emptyPages = ofList(func(_ []map[string]any, n int) (any, any) { return []any{}, n })
)

// aNight makes a client whose clock stands at one in the morning after the day, and
// moves only when it waits.
func aNight(t *testing.T, f http.Handler, at time.Time) *client.Client {
	clock := &virtual{now: at}
	return newClient(t, f, func(o *client.Options) {
		o.QPS, o.Backoff, o.BackoffCap, o.Now, o.Sleep = 10, 0, 0, clock.Now, clock.Sleep
	})
}

var night0130 = day.Add(25*time.Hour + 30*time.Minute)

// Lists of one night that are spoiled: what is left out is named, everything else
// comes, within a number of requests.
func TestSpoiledLists(t *testing.T) {
	noonOf20 := func(q url.Values) bool {
		at := fmt.Sprint(noonHour.AddDate(0, 0, -1).UnixMilli())
		return q.Get("ActualTimeGte") <= at && at <= q.Get("ActualTimeLte")
	}
	ofGroup := func(q url.Values) bool { return q.Get("JobGroupId") == "g1" }
	const (
		all      = "19-22"
		allDays  = "19 00:00-00:00, 20 00:00-00:00, 21 00:00-00:00"
		bothRead = "g0 g1"
	)
	tests := []struct {
		name     string
		action   string
		which    func(url.Values) bool
		change   func(map[string]any)
		left     string
		searched string
		read     string // campaigns
		jobs     int    // that came
		most     int    // requests
	}{
		{"nothing", "", nil, nil, "", all, bothRead, 120, 7},
		{"a day fails", schema.ActionSearchTask, noonOf20, failing, "20 00:00-00:00", "19-20 21-22", bothRead, 120, 80},
		{"a page fails", schema.ActionSearchTask, func(q url.Values) bool { return q.Get("PageIndex") == "1" }, failing, "", all, bothRead, 120, 40},
		{"a campaign fails", schema.ActionListJobsByGroup, ofGroup, failing, "campaign g1", all, "g0", 120, 40},
		{"all campaigns fail", schema.ActionListJobsByGroup, nil, failing, "campaign g0, campaign g1", all, "", 120, 60},
		{"the list of campaigns fails", schema.ActionListJobGroups, nil, failing, "the list of campaigns", all, "", 120, 40},
		{"no list, calls", schema.ActionSearchTask, nil, nullList, allDays, "", bothRead, 120, 100},
		{"no list, one campaign", schema.ActionListJobsByGroup, ofGroup, nullList, "campaign g1", all, "g0", 120, 40},
		{"no total", schema.ActionSearchTask, noonOf20, noTotal, "20 00:00-00:00", "19-20 21-22", bothRead, 120, 80},
		{"total in words", schema.ActionListJobsByGroup, nil, textTotal, "campaign g0, campaign g1", all, "", 120, 60},
		{"bare success", schema.ActionListJobGroups, nil, bare, "the list of campaigns", all, "", 120, 40},
		{"total too high, calls", schema.ActionSearchTask, nil, totalHigh, allDays, "", bothRead, 120, 30},
		{"total too high, campaigns", schema.ActionListJobGroups, nil, totalHigh, "the list of campaigns", all, bothRead, 120, 20},
		{"total too high, jobs", schema.ActionListJobsByGroup, ofGroup, totalHigh, "campaign g1", all, "g0", 120, 20},
		{"total too low", schema.ActionSearchTask, nil, totalLow, "", all, bothRead, 120, 12},
		{"total below nothing", schema.ActionListJobsByGroup, nil, totalMinus, "", all, bothRead, 120, 12},
		{"total out of the air, calls", schema.ActionSearchTask, nil, totalHuge, "19 00:00-00:00", "", bothRead, 120, 80},
		{"total out of the air, jobs", schema.ActionListJobsByGroup, nil, totalHuge, "campaign g0, campaign g1", all, "", 120, 20},
		{"empty pages, calls", schema.ActionSearchTask, noonOf20, emptyPages, "20 00:00-00:00", "19-20 21-22", bothRead, 120, 20},
		{"empty pages, campaigns", schema.ActionListJobGroups, nil, emptyPages, "the list of campaigns", all, "", 120, 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := threeDays()
			if tt.change != nil {
				spoil(f, tt.action, tt.which, tt.change)
			}
			n := pull(t.Context(), aNight(t, f, night0130), threePlan, nil)
			if n.err != nil {
				t.Fatal(n.err)
			}
			var read []string
			for _, c := range n.outcome.Campaigns {
				read = append(read, c.JobGroupID)
			}
			if n.left() != tt.left || days(n.outcome.Searched) != tt.searched || strings.Join(read, " ") != tt.read || len(n.came()) != tt.jobs {
				t.Errorf("left out %q, searched %q, campaigns %q, %d jobs", n.left(), days(n.outcome.Searched), read, len(n.came()))
			}
			if n.outcome.Listed == strings.Contains(tt.left, "the list of campaigns") || len(f.requests) > tt.most {
				t.Errorf("list of campaigns seen %v; %d requests, want %d at most", n.outcome.Listed, len(f.requests), tt.most)
			}
			for _, failure := range n.outcome.Failures {
				if failure.InstanceID != "i" || failure.Action != tt.action || failure.Reason == "" {
					t.Errorf("failure %+v", failure)
				}
			}
		})
	}
}

func days(intervals []calendar.Interval) string {
	var all []string
	for _, i := range intervals {
		all = append(all, i.From.Format("2")+"-"+i.To.Format("2"))
	}
	return strings.Join(all, " ")
}

// Calls are counted by the day of the plan's zone, those that are listed twice once.
func TestCallsByDay(t *testing.T) {
	f := threeDays()
	plan := threePlan
	plan.Zone = time.FixedZone("east", 8*60*60)
	plan.Groups = false
	n := pull(t.Context(), aNight(t, f, night0130), plan, nil)
	got := map[string]int64{}
	for d, count := range n.outcome.Calls {
		got[d.String()] = count
	}
	want := map[string]int64{"2026-01-19": 27, "2026-01-20": 40, "2026-01-21": 40, "2026-01-22": 13}
	if fmt.Sprint(got) != fmt.Sprint(want) || n.err != nil {
		t.Errorf("calls %v, %v; want %v", got, n.err, want)
	}
}

// In what is searched again, the plan says which jobs are asked for, by their last
// call; a job that was called in a window as well is asked for in any case.
func TestSearchedAgain(t *testing.T) {
	f := newFake()
	old, young := day.AddDate(0, 0, -1).Add(9*time.Hour), noonHour
	f.add("both", "g", old, young)
	f.add("late", "g", old)
	f.add("known", "g", old)
	f.add("twice", "g", old, old.Add(time.Hour))
	plan := discover.Plan{InstanceID: "i", Calls: true, Windows: theDay, Again: []calendar.Interval{{From: day.AddDate(0, 0, -1), To: day}, theDay[0]}}
	asked := map[string]int64{}
	plan.Due = func(id string, last int64) bool {
		asked[id] = last
		return id == "late"
	}
	n := pull(t.Context(), aNight(t, f, night0130), plan, nil)
	if got := n.came(); !slices.Equal(got, []string{"both", "late"}) || n.err != nil {
		t.Errorf("jobs %v, %v", got, n.err)
	}
	want := map[string]int64{"late": old.UnixMilli(), "known": old.UnixMilli(), "twice": old.Add(time.Hour).UnixMilli()}
	if fmt.Sprint(asked) != fmt.Sprint(want) {
		t.Errorf("the plan was asked about %v, want %v", asked, want)
	}
	if n := f.asked(schema.ActionSearchTask); n != 1 {
		t.Errorf("%d searches for windows that touch", n)
	}
	// Alone, it finds nothing that is not due.
	plan.Windows = nil
	if n := pull(t.Context(), aNight(t, f, night0130), plan, nil); !slices.Equal(n.came(), []string{"late"}) || days(n.outcome.Searched) != "20-22" {
		t.Errorf("jobs %v, searched %s", n.came(), days(n.outcome.Searched))
	}
}

// Soon after midnight, only the last half hour is read twice.
func TestOnlyTheEndMoves(t *testing.T) {
	f := newFake()
	for i := range 720 {
		f.add(fmt.Sprintf("job-%03d", i), "g", day.AddDate(0, 0, -2).Add(time.Duration(i)*6*time.Minute))
	}
	plan := threePlan
	plan.Groups = false
	n := pull(t.Context(), aNight(t, f, day.Add(24*time.Hour+10*time.Minute)), plan, nil)
	if got := f.asked(schema.ActionSearchTask); n.err != nil || len(n.came()) != 720 || got > 10 || days(n.outcome.Searched) != "19-22" {
		t.Errorf("%d jobs by %d searches of %s, %v", len(n.came()), got, days(n.outcome.Searched), n.err)
	}
}

// Nothing counts as searched that was not over by the API's clock, or by ours.
func TestSkewedClocks(t *testing.T) {
	for _, tt := range []struct {
		ahead    time.Duration // of our clock
		searched time.Time     // until
	}{
		{0, day.Add(24 * time.Hour)},
		{-time.Hour, day.Add(24 * time.Hour)},
		{9 * time.Minute, day.Add(24 * time.Hour)},
		{time.Hour, day.Add(23*time.Hour + 10*time.Minute)},
	} {
		f := threeDays()
		clock := &virtual{now: day.Add(24*time.Hour + 10*time.Minute)}
		f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			w.Header().Set("Date", clock.Now().Add(-tt.ahead).UTC().Format(http.TimeFormat))
			return false
		}
		c := newClient(t, f, func(o *client.Options) { o.Now, o.Sleep = clock.Now, clock.Sleep })
		s := discover.NewSource(c, []discover.Plan{threePlan}, discover.Options{NewReader: newReader})
		if err := s.Raws(t.Context(), func(*schema.Raw) error { return nil }); err != nil {
			t.Fatal(err)
		}
		skew, known := s.Skew()
		until := s.Outcomes()[0].Searched[0].To
		if !known || (skew-tt.ahead).Abs() > time.Second || until.Sub(tt.searched).Abs() > 2*time.Second || until.After(tt.searched.Add(time.Second)) {
			t.Errorf("a clock %v ahead: skew %v, searched until %v, want %v", tt.ahead, skew, until, tt.searched)
		}
	}
}

// What SearchTask says of calls outside the windows.
func TestFacts(t *testing.T) {
	world := func() *fake {
		f := newFake()
		for i := range 60 {
			f.add(fmt.Sprintf("job-%02d", i), "g", day.AddDate(0, -3, i%2).Add(time.Duration(8*60+i)*time.Minute))
		}
		for i := range 30 {
			f.add(fmt.Sprintf("other-%02d", i), "h", day.AddDate(0, -3, 0).Add(time.Duration(20*60+i)*time.Minute))
		}
		f.groups = []fakeGroup{{id: "g", status: "Completed", created: day.AddDate(0, -4, 0)}, {id: "h", status: "Completed", created: day.AddDate(0, -4, 0)}}
		return f
	}
	named := func(n int) (ids []string) {
		for i := range n {
			ids = append(ids, fmt.Sprintf("job-%02d", i))
		}
		return ids
	}
	isG := func(g *schema.JobGroupRow) bool { return g.JobGroupID == "g" }
	tests := []struct {
		name     string
		plan     discover.Plan
		searches int
		facts    int // calls that SearchTask named
		jobs     int
	}{
		{"a campaign read for the first time", discover.Plan{Calls: true, Groups: true, Windows: theDay, Facts: isG}, 2, 60, 90},
		{"no calls", discover.Plan{Groups: true, Windows: theDay, Facts: isG, Named: named(3)}, 0, 0, 90},
		{"a few jobs", discover.Plan{Calls: true, Named: named(20)}, 20, 20, 20},
		{"jobs that are pending", discover.Plan{Calls: true, JobIDs: named(20)}, 0, 0, 20},
		{"many jobs, by the days of their calls", discover.Plan{Calls: true, Named: named(50)}, 2, 50, 50},
		{"many jobs, of days that are searched", discover.Plan{Calls: true, Named: named(50), Again: []calendar.Interval{{From: day.AddDate(0, -3, 0), To: day.AddDate(0, -3, 1)}}, Due: func(string, int64) bool { return false }}, 2, 30 + 30 + 25, 50},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := world()
			tt.plan.InstanceID = "i"
			n := pull(t.Context(), aNight(t, f, night0130), tt.plan, nil)
			facts := 0
			for _, line := range n.lines {
				if line.Action == schema.ActionSearchTask {
					facts += strings.Count(string(line.Body), `"TaskId"`)
				}
			}
			if n.err != nil || f.asked(schema.ActionSearchTask) != tt.searches || facts != tt.facts || len(n.came()) != tt.jobs || n.left() != "" {
				t.Errorf("%d calls by %d searches, %d jobs, %v, left out %q", facts, f.asked(schema.ActionSearchTask), len(n.came()), n.err, n.left())
			}
		})
	}
	// On a day with many other calls, the jobs are cheaper one by one.
	f := world()
	for i := range 6000 {
		f.add(fmt.Sprintf("crowd-%04d", i), "h", day.AddDate(0, -3, 0).Add(8*time.Hour+time.Duration(i)*500*time.Millisecond))
	}
	n := pull(t.Context(), aNight(t, f, night0130), discover.Plan{InstanceID: "i", Calls: true, Named: named(50)}, nil)
	if asked := f.asked(schema.ActionSearchTask); n.err != nil || asked != 1+25+1 {
		t.Errorf("%d searches, %v", asked, n.err)
	}
}

// several is an API with several instances.
type several map[string]*fake

func (s several) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s[r.URL.Query().Get("InstanceId")].ServeHTTP(w, r)
}

// An instance that is not answered does not keep others from being fetched.
func TestInstances(t *testing.T) {
	refuse := func(status int, code string) func(http.ResponseWriter, *http.Request, fakeRequest) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			apitest.Refuse(w, status, code, "no")
			return true
		}
	}
	tests := []struct {
		name     string
		bad      func(http.ResponseWriter, *http.Request, fakeRequest) bool
		requests int // of the bad one, at most
	}{
		{"forbidden", refuse(403, "NoPermission"), 1},
		{"gone", refuse(404, "NotExist.Instance"), 1},
		{"errors only", refuse(500, "InternalError"), 50},
		{"jobs forbidden", func(w http.ResponseWriter, r *http.Request, seen fakeRequest) bool {
			return seen.action == schema.ActionListJobs && refuse(403, "NoPermission")(w, r, seen)
		}, 7},
	}
	for _, tt := range tests {
		for _, order := range []string{"good bad", "bad good"} {
			t.Run(tt.name+", "+order, func(t *testing.T) {
				all := several{"good": threeDays(), "bad": threeDays()}
				all["bad"].mess = tt.bad
				var plans []discover.Plan
				for id := range strings.FieldsSeq(order) {
					plan := threePlan
					plan.InstanceID = id
					plans = append(plans, plan)
				}
				s := discover.NewSource(aNight(t, all, night0130), plans, discover.Options{NewReader: newReader})
				if err := s.Raws(t.Context(), func(*schema.Raw) error { return nil }); err != nil {
					t.Fatal(err)
				}
				for _, o := range s.Outcomes() {
					if o.InstanceID == "good" && (days(o.Searched) != "19-22" || len(o.Campaigns) != 2 || len(o.Failures) > 0) {
						t.Errorf("the good one: %+v", o)
					}
					if o.InstanceID == "bad" && (len(o.Searched)+len(o.Campaigns) > 0 || leftOut(o.Failures) != "instance bad") {
						t.Errorf("the bad one: %+v", o)
					}
				}
				if c := s.Counters(); c.Returned != 120 || len(all["bad"].requests) > tt.requests {
					t.Errorf("%d jobs came, %d requests to the bad one", c.Returned, len(all["bad"].requests))
				}
				// Alone, it is an error.
				n := pull(t.Context(), aNight(t, all, night0130), plans[slices.IndexFunc(plans, func(p discover.Plan) bool { return p.InstanceID == "bad" })], nil)
				if n.err == nil {
					t.Error("nothing was seen, and no error")
				}
			})
		}
	}
}

// Where no request is answered with a list of jobs, ids are given up by the batch.
func TestNoListOfJobs(t *testing.T) {
	f := threeDays()
	spoil(f, schema.ActionListJobs, nil, bare)
	n := pull(t.Context(), aNight(t, f, night0130), threePlan, nil)
	if asked := f.asked(schema.ActionListJobs); n.err != nil || n.counters.Missing != 120 || len(n.came()) > 0 || asked > 40 {
		t.Errorf("%v after %d requests: %+v", n.err, asked, n.counters)
	}
	// Where it is one job, it is that one.
	spoil(f, schema.ActionListJobs, func(q url.Values) bool {
		for name := range q {
			if q.Get(name) == "job-007" {
				return true
			}
		}
		return false
	}, bare)
	if n := pull(t.Context(), aNight(t, f, night0130), threePlan, nil); n.err != nil || n.counters.Missing != 1 || len(n.came()) != 119 {
		t.Errorf("%v: %+v", n.err, n.counters)
	}
}

// Where every list lacks something, nothing is seen, and that is said; it is not an
// outage.
func TestNoListAtAll(t *testing.T) {
	f := threeDays()
	f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
		apitest.Reply(w, 200, map[string]any{"Success": true, "Code": "OK"})
		return true
	}
	n := pull(t.Context(), aNight(t, f, night0130), threePlan, nil)
	if want := "19 00:00-00:00, 20 00:00-00:00, 21 00:00-00:00, the list of campaigns"; n.err != nil || n.left() != want || len(f.requests) > 60 {
		t.Errorf("left out %q by %d requests, %v", n.left(), len(f.requests), n.err)
	}
}

// An outage while lists are read ends the night, after it was waited for; so does a
// log that cannot be written, at once.
func TestWhatEndsANight(t *testing.T) {
	for _, tt := range []struct {
		name string
		from int // the first request that fails
		most time.Duration
	}{{"from the beginning", 1, 3 * time.Minute}, {"after the first page", 2, 10 * time.Minute}} {
		f := threeDays()
		f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			if len(f.requests) < tt.from {
				return false
			}
			apitest.Refuse(w, 503, "ServiceUnavailable", "")
			return true
		}
		c := aNight(t, f, night0130)
		n := pull(t.Context(), c, threePlan, nil)
		e, ok := errors.AsType[*client.Error](n.err)
		if took := c.Now().Sub(night0130); !ok || e.Kind != client.Unavailable || took > tt.most {
			t.Errorf("%s: %v after %v", tt.name, n.err, took)
		}
	}
	full := errors.New("no space left on device")
	f := threeDays()
	n := pull(t.Context(), aNight(t, f, night0130), threePlan, fullLog{full})
	if !errors.Is(n.err, full) || len(f.requests) > 3 {
		t.Errorf("%v after %d requests", n.err, len(f.requests))
	}
}

// fullLog is a log that cannot be written.
type fullLog struct{ err error }

func (l fullLog) Append([]byte) error { return l.err }

func (fullLog) Job(string, string) (int, int64, bool) { return 0, 0, false }

func (fullLog) Request(string, string, schema.RawAsked, int) (int, int64, bool) { return 0, 0, false }

func (fullLog) Lines(string) []int { return nil }

func (l fullLog) Line(int) ([]byte, error) { return nil, l.err }
