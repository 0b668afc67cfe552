package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// newLists is an API for a test in which lists say what cannot be, from 01:30.
func newLists(t *testing.T, people int) (*bed, string) {
	t.Helper()
	w, err := simulate.New(simulate.Options{People: people})
	if err != nil {
		t.Fatal(err)
	}
	return newBed(t, w, keyFile(t), 90*time.Minute, lag{}), filepath.Join(quickDir(t), "data")
}

// spoilAll changes every answer of some actions in one way.
func spoilAll(apply func(*answer) bool, actions ...string) spoil {
	return spoil{mode: &mode{"a test's own", forges, change{actions, apply}}}
}

// checkShown checks that the tables are what the API shows at the begin of a night.
func (b *bed) checkShown(t *testing.T, night int, data string, args ...string) {
	t.Helper()
	b.spoiler.begin(spoil{})
	atOnce := filepath.Join(quickDir(t), "at-once")
	args = append([]string{"--from", "2026-01-16", "--to", b.at(night).AddDate(0, 0, -1).Format(time.DateOnly)}, args...)
	if got := b.run(t, night, atOnce, args...); got.code != exit.Done {
		t.Fatalf("a pull at once ends with exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	shows := read(t, atOnce)
	if found := read(t, data).differences(shows, midnight(b.at(night)), func(string) bool { return false }); len(found) > 0 {
		t.Errorf("%d of %d jobs are not what the API shows:\n%s", len(found), len(shows.jobs), describe(found))
	}
}

// TestTaskUnderTwoJobs: SearchTask lists a call under its job and, as well, under
// another one, every night. The other job lacks it for good: that is said once, and
// keeps nothing from being right.
func TestTaskUnderTwoJobs(t *testing.T) {
	b, data := newLists(t, 60)
	contradict := spoilAll(func(a *answer) bool {
		o := a.object()
		rows := o["SearchTaskInfoList"].([]any)
		if len(rows) < 2 || rows[0].(object)["JobId"] == rows[1].(object)["JobId"] {
			return false
		}
		again := copyOf(rows[0]).(object)
		again["JobId"] = rows[1].(object)["JobId"]
		total, _ := o["Total"].(json.Number).Int64()
		o["SearchTaskInfoList"], o["Total"] = append(rows, again), total+1
		a.put(o)
		return true
	}, schema.ActionSearchTask)
	var codes []int
	for night := range 6 {
		b.spoiler.begin(contradict)
		got := b.run(t, night, data)
		if codes = append(codes, got.code); got.code != exit.Done && got.code != exit.Published {
			t.Fatalf("night %d: exit code %d: %s%s", night+1, got.code, got.stdout, got.stderr)
		}
	}
	if !slices.Contains(codes, exit.Published) {
		t.Errorf("the nights end with %v: nobody is told", codes)
	}
	incomplete := 0
	for _, reasons := range waiting(t, data) {
		if slices.Contains(reasons, schema.PendingIncomplete) {
			incomplete++
		}
	}
	if incomplete == 0 {
		t.Error("no job is incomplete")
	}
	b.spoiler.begin(spoil{})
	// What lasts is said once more, after three days, and then no more.
	for night := 6; night < 12; night++ {
		got := b.run(t, night, data)
		if got.code != exit.Done && (got.code != exit.Published || !strings.Contains(got.stderr, "72 hours") || night >= 10) {
			t.Errorf("night %d, without contradictions: exit code %d: %s%s", night+1, got.code, got.stdout, got.stderr)
		}
	}
	b.checkShown(t, 11, data)
}

// TestLookbackBeyondWhatIsKept: the API keeps calls for five days, or refuses to search
// further back, and a night looks back for thirty. What is in the tables stays, and so
// does what is covered.
func TestLookbackBeyondWhatIsKept(t *testing.T) {
	const kept = 5 * 24 * time.Hour
	for name, apply := range map[string]func(a *answer, since time.Time) bool{
		"empty": func(a *answer, since time.Time) bool {
			o := a.object()
			rows := slices.DeleteFunc(o["SearchTaskInfoList"].([]any), func(row any) bool {
				at, _ := row.(object)["ActualTime"].(json.Number).Int64()
				return at < since.UnixMilli()
			})
			o["SearchTaskInfoList"], o["Total"] = rows, len(rows)
			a.put(o)
			return true
		},
		"refused": func(a *answer, since time.Time) bool {
			if from := a.query["ActualTimeGte"]; len(from) != 1 || int64(atoi(from[0])) >= since.UnixMilli() {
				return false
			}
			a.refuse(http.StatusBadRequest, "InvalidParameter.ActualTime")
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, data := newLists(t, 60) // fewer calls than a page has rows
			const night = 11
			for n := range night {
				if got := b.run(t, n, data); got.code != exit.Done {
					t.Fatalf("night %d: exit code %d: %s%s", n+1, got.code, got.stdout, got.stderr)
				}
			}
			before := manifestOf(t, data).Covered["x"].Whole()
			since := b.at(night).Add(-kept)
			b.spoiler.begin(spoilAll(func(a *answer) bool { return apply(a, since) }, schema.ActionSearchTask))
			got := b.run(t, night, data, "--lookback", "30d")
			if got.code != exit.Done && (got.code != exit.Published || name == "empty") {
				t.Errorf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
			}
			b.spoiler.begin(spoil{})
			if got := b.run(t, night+1, data); got.code != exit.Done {
				t.Errorf("the night after it: exit code %d: %s%s", got.code, got.stdout, got.stderr)
			}
			covered := manifestOf(t, data).Covered["x"].Whole()
			if len(before) != 1 || len(covered) != 1 || !covered[0].From.Equal(before[0].From) || !covered[0].To.After(before[0].To) {
				t.Errorf("covered are %v, before the night %v", covered, before)
			}
			b.checkShown(t, night+1, data)
		})
	}
}

// TestClockAheadAtMidnight: this machine's clock is ten minutes ahead of the API's, and
// a night begins when its own says five past midnight: the day is not over yet, and
// calls are still being made. It is not covered until it is.
func TestClockAheadAtMidnight(t *testing.T) {
	b, data := newLists(t, 600)
	// In New York midnight is when it is 13:00 in China, where they call.
	const zone = "America/New_York"
	b.begin = 12*time.Hour + 55*time.Minute
	const ahead = 10 * time.Minute
	b.puller.now = func() time.Time { return b.clock.Now().Add(ahead) }
	warned := false
	for night := range fortnight + goodAfter {
		got := b.run(t, night, data, "--timezone", zone)
		if got.code != exit.Done && got.code != exit.Published {
			t.Fatalf("night %d: exit code %d: %s%s", night+1, got.code, got.stdout, got.stderr)
		}
		warned = warned || strings.Contains(got.stderr, "clock")
		for _, interval := range manifestOf(t, data).Covered["x"].Calls {
			if interval.To.After(b.at(night).Add(time.Minute)) {
				t.Errorf("night %d: covered until %s, when it is %s", night+1, interval.To, b.at(night))
			}
		}
	}
	if !warned {
		t.Error("no night says that the clock is wrong")
	}
	b.puller.now = b.clock.Now
	b.begin += time.Hour
	if got := b.run(t, fortnight+goodAfter, data); got.code != exit.Done {
		t.Errorf("exit code %d with the right clock: %s%s", got.code, got.stdout, got.stderr)
	}
	b.checkShown(t, fortnight+goodAfter, data, "--timezone", zone)
}

// TestForbiddenInstance: of two instances one is forbidden, for the rest of its time.
// The other one is published night by night. Retired, it is not asked any more.
func TestForbiddenInstance(t *testing.T) {
	b, data := newLists(t, 60)
	b.args = slices.DeleteFunc(b.args, func(arg string) bool { return arg == "--instance" || arg == "x" })
	forbid := spoilAll(func(a *answer) bool {
		if !slices.Equal(a.query["InstanceId"], []string{"sales"}) {
			return false
		}
		a.refuse(http.StatusForbidden, "Forbidden.RAM")
		return true
	}, allActions...)
	if got := b.run(t, 3, data, "--instance", "loans", "--instance", "sales"); got.code != exit.Done {
		t.Fatalf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	rows := func(instance string) (n int) {
		for _, job := range collect[schema.JobRow](t, data, schema.TableJobs) {
			if job.InstanceID == instance {
				n++
			}
		}
		return n
	}
	loans, sales := rows("loans"), rows("sales")
	for night := 4; night <= 5; night++ {
		b.spoiler.begin(forbid)
		got := b.run(t, night, data)
		if got.code != exit.Published || !strings.Contains(got.stderr, "sales") || strings.Contains(got.stderr, "loans") {
			t.Errorf("night %d: exit code %d, want 3 and sales named: %s%s", night, got.code, got.stdout, got.stderr)
		}
	}
	if rows("loans") <= loans || rows("sales") != sales || sales == 0 {
		t.Errorf("there are %d jobs of loans, before %d, and %d of sales, before %d", rows("loans"), loans, rows("sales"), sales)
	}
	runMain(t, exit.Usage, "instance", data, "retire", "nobody")
	runMain(t, exit.Done, "instance", data, "retire", "sales", "--key", b.args[slices.Index(b.args, "--key")+1])
	before := b.api.Counts().Received
	b.spoiler.begin(forbid)
	metrics := filepath.Join(filepath.Dir(data), "callmill.prom")
	if got := b.run(t, 6, data, "--metrics-file", metrics); got.code != exit.Done {
		t.Errorf("with sales retired: exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	if spoiled, _, _ := b.met(); spoiled > 0 || b.api.Counts().Received == before {
		t.Errorf("the retired instance was asked %d times", spoiled)
	}
	if text, err := os.ReadFile(metrics); err != nil || strings.Contains(string(text), `instance_id="sales"`) {
		t.Errorf("metrics of a retired instance: %v\n%s", err, text)
	}
	if rows("sales") != sales {
		t.Errorf("%d jobs of sales, before it was retired %d", rows("sales"), sales)
	}
}

// TestAMillionPending: pages of SearchTask without any job: each call is awaited. Time
// and memory of such a dataset are those of its rows.
func TestAMillionPending(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes a large file")
	}
	pages := 100
	if thorough() {
		pages = 10_000
	}
	const size, most = 100, 300 << 20
	binary := build(t)
	dir := quickDir(t)
	convert := func(name string, pages int) (ran, string) {
		file, err := os.Create(filepath.Join(dir, name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for page := range pages {
			rows := make([]string, size)
			for i := range rows {
				n := page*size + i
				rows[i] = fmt.Sprintf(`{"JobId":"job-%07d","TaskId":"task-%07[1]d","ActualTime":%d,"CallDuration":%d,"RecordingDuration":7}`, n, 1769000000000+n, n)
			}
			fmt.Fprintf(file, `{"observed_at":1769100000000,"instance_id":"x","action":"SearchTask","status":200,"body":{"Success":true,"Code":"OK","Total":%d,"SearchTaskInfoList":[%s]}}`+"\n",
				pages*size, strings.Join(rows, ","))
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		data := filepath.Join(dir, name)
		r := run(t, binary, "convert", file.Name(), "--instance", "x", "--out", data, "--progress", "none")
		if t.Logf("%d pages: %s", pages, r); r.code != exit.Done && r.code != exit.Published {
			t.Fatalf("exit code %d", r.code)
		}
		return r, data
	}
	few, _ := convert("few", 1)
	many, data := convert("many", pages)
	if awaited := waiting(t, data); len(awaited) != pages*size {
		t.Errorf("%d jobs are pending, want %d", len(awaited), pages*size)
	}
	if beyond := many.memory - few.memory; beyond > most {
		t.Errorf("%d MB beyond those of one page, want at most %d", beyond>>20, most>>20)
	}
	if again := run(t, binary, "convert", filepath.Join(dir, "many.jsonl"), "--instance", "x", "--out", data, "--progress", "none"); !strings.HasPrefix(again.stdout, "nothing new, ") {
		t.Errorf("the same once more: %s", again)
	} else {
		t.Logf("once more: %s", again)
	}
	if status := run(t, binary, "status", data); status.code != exit.Done || !strings.Contains(status.stdout, fmt.Sprint(pages*size)) {
		t.Errorf("status: %s", status)
	}
}
