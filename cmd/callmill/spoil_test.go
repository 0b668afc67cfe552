package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"callmill/schema"
)

// spoiler stands before the simulated API and spoils answers. The requests are
// passed on as they are, so that their signatures hold. Safe for concurrent use.
type spoiler struct {
	next http.Handler

	mu      sync.Mutex
	spoil   spoil
	random  *rand.Rand
	spoiled int
	asked   map[string]bool // ids of jobs that were asked for since begin
	touched map[string]bool // of them, those asked for in a request whose answer was spoiled
	last    map[string]page
}

// spoil says which answers are spoiled, and how. The zero value spoils none.
type spoil struct {
	mode    *mode
	actions []string // none: all
	share   float64  // of the answers; 0: all
	count   int      // at most so many; 0: any number
}

type page struct {
	number int
	rows   []any
}

// begin spoils answers from now on in another way, and forgets what was asked.
func (s *spoiler) begin(how spoil) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoil, s.spoiled, s.random = how, 0, rand.New(rand.NewPCG(1, 1))
	s.asked, s.touched, s.last = map[string]bool{}, map[string]bool{}, map[string]page{}
}

// met says how many answers were spoiled since begin, which jobs were asked for, and
// which of them in a request whose answer was spoiled.
func (s *spoiler) met() (spoiled int, asked, touched map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spoiled, maps.Clone(s.asked), maps.Clone(s.touched)
}

// ServeHTTP implements [http.Handler].
func (s *spoiler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	recorder := httptest.NewRecorder()
	s.next.ServeHTTP(recorder, r)
	a := &answer{
		action: r.Header.Get("x-acs-action"), query: r.URL.Query(), status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes(),
		page: max(atoi(r.URL.Query().Get("PageIndex")), atoi(r.URL.Query().Get("PageNumber"))),
	}
	s.change(a)
	time.Sleep(a.wait)
	header := w.Header()
	maps.Copy(header, a.header)
	header.Set("Content-Length", strconv.Itoa(len(a.body)))
	if a.status == 0 {
		panic(http.ErrAbortHandler) // closes the connection
	}
	w.WriteHeader(a.status)
	if a.cut {
		w.Write(a.body[:len(a.body)/2])
		panic(http.ErrAbortHandler)
	}
	w.Write(a.body)
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // not given: 0
	return n
}

// change notes what is asked for, and spoils the answer if it is its turn.
func (s *spoiler) change(a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for name, values := range a.query {
		if strings.HasPrefix(name, "JobId.") {
			ids = append(ids, values...)
		}
	}
	how := s.spoil
	turn := how.mode != nil && a.status == http.StatusOK && (len(how.actions) == 0 || slices.Contains(how.actions, a.action)) &&
		(how.count == 0 || s.spoiled < how.count) && (how.share == 0 || s.random.Float64() < how.share)
	a.last = s.last
	if turn && slices.Contains(how.mode.of, a.action) && how.mode.apply(a) {
		s.spoiled++
	} else {
		turn = false
	}
	for _, id := range ids {
		s.asked[id] = true
		if turn {
			s.touched[id] = true
		}
	}
}

// answer is what goes back to the client.
type answer struct {
	action string
	query  map[string][]string
	page   int
	last   map[string]page // of each list, the last page with rows

	status int // 0: no answer, the connection ends
	header http.Header
	body   []byte
	cut    bool // the connection ends in the middle of the body
	wait   time.Duration
}

// object is the body as JSON; put replaces it.
func (a *answer) object() object {
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	var o object
	if err := d.Decode(&o); err != nil {
		panic(err) // the simulated API answers with JSON
	}
	return o
}

func (a *answer) put(o object) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(o); err != nil {
		panic(err)
	}
	a.body = b.Bytes()
}

// say replaces the answer.
func (a *answer) say(status int, kind, body string) {
	a.status, a.body = status, []byte(body)
	a.header.Set("Content-Type", kind)
}

// refuse replaces the answer by an error of the API.
func (a *answer) refuse(status int, code string) {
	a.say(status, "application/json", fmt.Sprintf(`{"RequestId":"SPOILED","HostId":"x","Code":%q,"Message":"spoiled","Recommend":""}`, code))
}

// list finds the list of an answer: what holds it under which name, what holds its
// total (ListJobs has none), and the number of the first page.
func (a *answer) list(o object) (holder object, name string, total object, totalName string, first int) {
	switch a.action {
	case schema.ActionSearchTask:
		return o, "SearchTaskInfoList", o, "Total", 0
	case schema.ActionListJobGroups:
		in := o["JobGroups"].(object)
		return in, "List", in, "TotalCount", 1
	case schema.ActionListJobsByGroup:
		in := o["Jobs"].(object)
		return in, "List", in, "TotalCount", 1
	}
	return o, "Jobs", nil, "", 0
}

// kind is what a mode does to answers.
type kind string

const (
	omits   kind = "omits"
	delays  kind = "delays"
	refuses kind = "refuses"
	breaks  kind = "breaks"
	// forges: something is said that is not so, and looks as if it were. It heals for
	// jobs that are asked for again.
	forges kind = "forges"
	// hides: all lists agree that there is nothing. A night cannot know.
	hides kind = "hides"
	// harmless: another form of the same.
	harmless kind = "harmless"
)

// mode is a way in which an answer is spoiled.
type mode struct {
	name string
	kind kind
	change
}

// change is a change of answers.
type change struct {
	of []string // actions whose answers it changes
	// apply changes an answer of one of them, and reports whether it did.
	apply func(*answer) bool
}

var (
	listActions = []string{schema.ActionSearchTask, schema.ActionListJobGroups, schema.ActionListJobsByGroup}
	allActions  = append([]string{schema.ActionListJobs}, listActions...)
)

// always is a change of every answer.
func always(apply func(*answer)) change {
	return change{allActions, func(a *answer) bool { apply(a); return true }}
}

// ofLists is a change of the rows of a list, counted from its first page.
func ofLists(rows func(a *answer, page int, rows []any) []any) change {
	return change{listActions, func(a *answer) bool {
		o := a.object()
		holder, name, _, _, first := a.list(o)
		was := holder[name].([]any)
		holder[name] = rows(a, a.page-first, slices.Clone(was))
		a.put(o)
		return !reflect.DeepEqual(holder[name], was)
	}}
}

// ofTotals is a change of how many rows a list says it has.
func ofTotals(says func(total int64) any) change {
	return change{listActions, func(a *answer) bool {
		o := a.object()
		_, _, holder, name, _ := a.list(o)
		n, err := holder[name].(json.Number).Int64()
		if err != nil {
			panic(err)
		}
		if total := says(n); total != nil {
			holder[name] = total
		} else {
			delete(holder, name)
		}
		a.put(o)
		return true
	}}
}

// ofJobs is a change of the jobs that ListJobs returns, where there are any.
func ofJobs(of func(jobs []any) []any) change {
	return change{[]string{schema.ActionListJobs}, func(a *answer) bool {
		o := a.object()
		jobs := o["Jobs"].([]any)
		if len(jobs) == 0 {
			return false
		}
		o["Jobs"] = of(jobs)
		a.put(o)
		return true
	}}
}

// eachJob is a change of each of the jobs.
func eachJob(of func(job object)) change {
	return ofJobs(func(jobs []any) []any {
		for _, job := range jobs {
			of(job.(object))
		}
		return jobs
	})
}

// firstJob is a change of the first of the jobs.
func firstJob(of func(job object)) change {
	return ofJobs(func(jobs []any) []any { of(jobs[0].(object)); return jobs })
}

// copyOf copies what JSON holds.
func copyOf(v any) any {
	switch v := v.(type) {
	case object:
		o := object{}
		for name, value := range v {
			o[name] = copyOf(value)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = copyOf(v[i])
		}
		return list
	}
	return v
}

// evil is what no id and no status has in it.
const evil = "\x1b]0;owned\x07\x1b[2J\x1b[31mRED\x1b[0m\r\n=cmd|'/C calc'!A0\x00\u202e\u2028"

// modes are the ways in which answers are spoiled, the simplest first.
var modes = []mode{
	{"none", harmless, change{nil, nil}},

	// The way: connections, HTTP.
	{"truncate", breaks, always(func(a *answer) { a.cut = true })},
	{"truncate-ok", breaks, always(func(a *answer) { a.body = a.body[:len(a.body)/2] })},
	{"reset", breaks, always(func(a *answer) { a.status = 0 })},
	{"delay", delays, always(func(a *answer) { a.wait = 20 * time.Millisecond })},
	{"gzip-lie", breaks, always(func(a *answer) { a.header.Set("Content-Encoding", "gzip") })},
	{"gzip-hidden", breaks, always(func(a *answer) {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(a.body)
		w.Close()
		a.body = b.Bytes()
	})},
	{"bom", harmless, always(func(a *answer) { a.body = append([]byte("\ufeff"), a.body...) })},
	{"trailing", breaks, always(func(a *answer) { a.body = append(a.body, "<!-- served by proxy -->"...) })},
	{"date-ahead", harmless, shiftDate(time.Hour)},
	{"date-behind", harmless, shiftDate(-time.Hour)},
	{"date-none", harmless, always(func(a *answer) { a.header["Date"] = nil })},

	// Statuses.
	{"html200", breaks, always(func(a *answer) {
		a.say(200, "text/html", "<!DOCTYPE html><html><body>Please log in to the hotel WiFi</body></html>")
	})},
	{"html502", refuses, always(func(a *answer) { a.say(502, "text/html", "<html><body>502 Bad Gateway</body></html>") })},
	{"empty200", breaks, always(func(a *answer) { a.say(200, "application/json", "") })},
	{"empty-object", breaks, always(func(a *answer) { a.say(200, "application/json", "{}") })},
	{"bare-success", breaks, always(func(a *answer) {
		a.say(200, "application/json", `{"Success":true,"Code":"OK","RequestId":"BARE","HttpStatusCode":200}`)
	})},
	{"null-list", omits, always(func(a *answer) {
		o := a.object()
		holder, name, _, _, _ := a.list(o)
		holder[name] = nil
		a.put(o)
	})},
	{"notsuccess", refuses, always(func(a *answer) {
		a.say(200, "application/json", `{"Success":false,"Code":"InternalError","Message":"some unknown error","RequestId":"NS","HttpStatusCode":500}`)
	})},
	{"notsuccess-rows", refuses, always(func(a *answer) {
		o := a.object()
		o["Success"], o["Code"] = false, "InternalError"
		a.put(o)
	})},
	{"e429", refuses, always(func(a *answer) { a.say(429, "application/json", "") })},
	{"e429-after", refuses, always(func(a *answer) { a.refuse(429, "Throttling.User"); a.header.Set("Retry-After", "2") })},
	{"e429-acs", refuses, always(func(a *answer) { a.refuse(429, "Throttling.User"); a.header.Set("x-acs-retry-after", "2000") })},
	{"e400-throttling", refuses, always(func(a *answer) { a.refuse(400, "Throttling.Api") })},
	{"e503", refuses, always(func(a *answer) { a.refuse(503, "ServiceUnavailable") })},
	{"e500", refuses, always(func(a *answer) { a.refuse(500, "InternalError") })},
	{"e403-sts", refuses, always(func(a *answer) { a.refuse(403, "InvalidSecurityToken.Expired") })},
	{"e403", refuses, always(func(a *answer) { a.refuse(403, "Forbidden.RAM") })},
	{"e400-clock", refuses, always(func(a *answer) { a.refuse(400, "InvalidTimeStamp.Expired") })},
	{"e404", refuses, always(func(a *answer) { a.refuse(404, "NotExist.Instance") })},

	// What the lists say.
	{"total-low", omits, ofTotals(func(n int64) any { return max(0, n-10) })},
	{"total-high", omits, ofTotals(func(n int64) any { return n + 10 })},
	{"total-zero", omits, ofTotals(func(int64) any { return 0 })},
	{"total-none", omits, ofTotals(func(int64) any { return nil })},
	{"total-huge", omits, ofTotals(func(int64) any { return int64(1e12) })},
	{"total-negative", omits, ofTotals(func(int64) any { return -1 })},
	{"total-text", omits, ofTotals(func(int64) any { return "many" })},
	{"shift", omits, ofLists(func(_ *answer, page int, rows []any) []any {
		if page == 0 || len(rows) == 0 {
			return rows
		}
		n := min(3, len(rows))
		return slices.Concat(slices.Repeat(rows[:1], n), rows[:len(rows)-n])
	})},
	{"repeat-last", harmless, ofLists(func(a *answer, number int, rows []any) []any {
		where := fmt.Sprint(a.action, a.query["JobGroupId"], a.query["ActualTimeGte"])
		if len(rows) == 0 {
			return append(rows, a.last[where].rows...)
		}
		if number >= a.last[where].number {
			a.last[where] = page{number, rows}
		}
		return rows
	})},
	{"empty-first", omits, ofLists(func(*answer, int, []any) []any { return []any{} })},
	{"empty-middle", omits, ofLists(func(_ *answer, page int, rows []any) []any {
		if page == 0 {
			return rows
		}
		return []any{}
	})},
	{"empty-all", hides, change{listActions, func(a *answer) bool {
		o := a.object()
		holder, name, total, totalName, _ := a.list(o)
		holder[name], total[totalName] = []any{}, 0
		a.put(o)
		return true
	}}},
	{"drop-rows", omits, ofLists(func(_ *answer, _ int, rows []any) []any { return rows[min(3, len(rows)):] })},

	// What ListJobs says.
	{"drop-jobs", omits, ofJobs(func(jobs []any) []any { return jobs[1:] })},
	{"drop-half", omits, ofJobs(func(jobs []any) []any { return jobs[(len(jobs)+1)/2:] })},
	{"extra-jobs", omits, ofJobs(func(jobs []any) []any {
		more := copyOf(jobs[0]).(object)
		more["JobId"] = "not-asked-" + more["JobId"].(string)
		return append(jobs, more)
	})},
	{"same-twice", forges, ofJobs(func(jobs []any) []any {
		again := copyOf(jobs[0]).(object)
		again["Status"], again["Tasks"] = "Cancelled", []any{}
		return append(jobs, again)
	})},
	{"same-twice-content", forges, ofJobs(func(jobs []any) []any {
		again := copyOf(jobs[0]).(object)
		again["Priority"] = 77
		for _, task := range again["Tasks"].([]any) {
			for _, turn := range task.(object)["Conversation"].([]any) {
				turn.(object)["Script"] = "另一种 " + turn.(object)["Script"].(string)
			}
		}
		return append(jobs, again)
	})},
	{"upcase", omits, eachJob(func(job object) { job["JobId"] = strings.ToUpper(job["JobId"].(string)) })},
	{"padded", harmless, eachJob(func(job object) { job["JobId"] = " " + job["JobId"].(string) + "\t" })},
	{"no-id", omits, firstJob(func(job object) { delete(job, "JobId") })},
	{"swap", forges, ofJobs(func(jobs []any) []any {
		if len(jobs) > 1 {
			a, b := jobs[0].(object), jobs[1].(object)
			a["JobId"], b["JobId"] = b["JobId"], a["JobId"]
		}
		return jobs
	})},
	{"shrink", omits, eachJob(func(job object) {
		if tasks := job["Tasks"].([]any); len(tasks) > 0 {
			job["Tasks"] = tasks[:len(tasks)-1]
		}
	})},
	{"no-tasks", omits, eachJob(func(job object) { job["Tasks"] = []any{} })},
	{"mute", omits, eachJob(func(job object) {
		for _, task := range job["Tasks"].([]any) {
			task.(object)["Conversation"] = []any{}
		}
	})},
	{"half-mute", omits, eachJob(func(job object) {
		for _, task := range job["Tasks"].([]any) {
			lines := task.(object)["Conversation"].([]any)
			task.(object)["Conversation"] = lines[:len(lines)/2]
		}
	})},
	{"escapes", omits, firstJob(func(job object) {
		job["JobId"], job["Status"] = "evil-"+evil, evil
		for _, task := range job["Tasks"].([]any) {
			task.(object)["TaskId"], task.(object)["Status"] = "../../../etc/"+evil, "New"+evil
		}
	})},
	{"broken-job", omits, firstJob(func(job object) {
		job["JobId"], job["Tasks"], job["Contacts"] = "=HYPERLINK(\"http://evil\")\x1b[2J\x1b]0;owned\x07", "\x1b[31m no list \x1b[0m", 5
	})},
	{"broken-tasks", omits, eachJob(func(job object) { job["Tasks"] = "no list" })},
	{"traversal", omits, ofJobs(func(jobs []any) []any {
		for i, id := range []string{"../../../../pwned", "/pwned", `a/b\c:d*?`} {
			if i < len(jobs) {
				jobs[i].(object)["JobId"] = id
			}
		}
		return jobs
	})},
	{"dupkeys", harmless, always(func(a *answer) {
		a.body = append([]byte(`{"Success":false,"Code":"InternalError","Jobs":[],`), bytes.TrimLeft(a.body, " \n")[1:]...)
	})},
	{"dupkeys-after", omits, always(func(a *answer) {
		name := map[string]string{schema.ActionSearchTask: "SearchTaskInfoList", schema.ActionListJobGroups: "JobGroups"}[a.action]
		if name == "" {
			name = "Jobs"
		}
		a.body = append(bytes.TrimSuffix(bytes.TrimRight(a.body, " \n"), []byte("}")), (`,"` + name + `":[]}`)...)
	})},
}

// shiftDate makes the clock of the API another one.
func shiftDate(by time.Duration) change {
	return always(func(a *answer) {
		at, err := http.ParseTime(a.header.Get("Date"))
		if err != nil {
			panic(err)
		}
		a.header.Set("Date", at.Add(by).Format(http.TimeFormat))
	})
}
