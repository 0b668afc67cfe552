package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// calendar are days counted from today in China, where the calls are made.
type calendar struct{ today time.Time }

// newCalendar makes sure that today stays today while a test runs.
func newCalendar() calendar {
	now := time.Now().In(china)
	if left := 24*time.Hour - now.Sub(midnight(now)); left < 2*time.Minute {
		time.Sleep(left + time.Second)
		now = time.Now().In(china)
	}
	return calendar{midnight(now)}
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// ago names the day so many days before today.
func (c calendar) ago(days int) string { return c.today.AddDate(0, 0, -days).Format(time.DateOnly) }

// end is the last instant of that day.
func (c calendar) end(days int) time.Time {
	return c.today.AddDate(0, 0, 1-days).Add(-time.Millisecond)
}

// world is one that goes on until yesterday.
func (c calendar) world(jobs int) simulate.Options {
	return simulate.Options{People: jobs, Until: c.end(1), Days: 6}
}

// TestNights: nights that were missed are caught up with by the next run, and
// the tables are those of a dataset that was pulled at once.
func TestNights(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: pulls for many nights")
	}
	days := newCalendar()
	now := days.end(4)
	served := simulatedAPI(t, days.world(500), api.Options{Now: func() time.Time { return now }})
	key := keyFile(t)
	p := newPuller(served, "--key", key)
	data, atOnce := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "at-once")
	// What is asked tonight of a world as it stood then seems to be over for
	// days, hence --settle.
	p.pull(t, exit.Done, "--instance", "x", "--out", data, "--from", days.ago(7), "--to", days.ago(4), "--settle", "9d")
	if len(waiting(t, data)) == 0 {
		t.Fatal("no job is pending: nothing is left for the next night")
	}

	// Three nights later: without a flag, the instance is known.
	now = days.end(1)
	p.pull(t, exit.Done, "--out", data)
	checkCovered(t, data, "x", days.today.AddDate(0, 0, -7), days.today)
	p.pull(t, exit.Done, "--instance", "x", "--out", atOnce, "--from", days.ago(7), "--to", days.ago(1))
	if diff := cmp.Diff(tell(t, atOnce), tell(t, data)); diff != "" {
		t.Errorf("the tables are not the same (-at once +in nights):\n%s", diff)
	}
	if n := len(jobIDs(t, data)); n != served.world.Len() {
		t.Errorf("%d jobs, the world has %d", n, served.world.Len())
	}
	checkWhole(t, data)

	// Once more the same night: what is pending is asked for, nothing changes.
	before, pending := inodes(t, data), len(waiting(t, data))
	again := p.pull(t, exit.Done, "--out", data)
	if want := "nothing new, "; !strings.HasPrefix(again.stdout, want) {
		t.Errorf("the second run says %q, want %q", again.stdout, want)
	}
	if !strings.Contains(again.stdout, fmt.Sprintf("%d asked", pending)) || pending == 0 {
		t.Errorf("the second run says %q, want the %d pending jobs asked", again.stdout, pending)
	}
	if !maps.Equal(before, inodes(t, data)) {
		t.Error("the second run changed files")
	}
	// It fetched no day, so there are no calls to miss.
	p.pull(t, exit.Done, "--out", data, "--min-calls", "100000")
	few := p.pull(t, exit.Published, "--out", data, "--date", days.ago(2), "--min-calls", "100000")
	if !strings.Contains(few.stderr, "fewer than --min-calls 100000") {
		t.Errorf("it says %q", few.stderr)
	}
}

// TestMinCalls: jobs that are pending from the days before do not hide that
// nobody was called on those that are fetched.
func TestMinCalls(t *testing.T) {
	days := newCalendar()
	p := newPuller(simulatedAPI(t, simulate.Options{People: 100, Until: days.end(3), Days: 3}, api.Options{}), "--settle", "9d", "--min-calls", "1")
	data := filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--instance", "x", "--out", data, "--from", days.ago(7), "--to", days.ago(2))
	got := p.pull(t, exit.Published, "--out", data)
	if run := lastRun(t, data).Pull; run.Returned == 0 || run.Calls != 0 {
		t.Errorf("%d jobs came, with %d calls of a day without any", run.Returned, run.Calls)
	}
	if !strings.Contains(got.stderr, "0 jobs had calls, fewer than --min-calls 1") {
		t.Errorf("it says %q", got.stderr)
	}
}

func checkCovered(t *testing.T, data, instance string, from, to time.Time) {
	t.Helper()
	covered := manifestOf(t, data).Covered[instance].Whole()
	if len(covered) != 1 || !covered[0].From.Equal(from) || !covered[0].To.Equal(to) {
		t.Errorf("covered of %s are %v, want %v to %v", instance, covered, from, to)
	}
}

// TestFirstNight: an empty dataset starts as far back as --catch-up reaches;
// today is not over.
func TestFirstNight(t *testing.T) {
	days := newCalendar()
	p := newPuller(simulatedAPI(t, days.world(100), api.Options{}))
	data := filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Usage, "--out", data)
	p.pull(t, exit.Done, "--out", data, "--instance", "x", "--catch-up", "3d")
	checkCovered(t, data, "x", days.today.AddDate(0, 0, -3), days.today)
	p.pull(t, exit.Done, "--out", data, "--date", days.ago(0))
	checkCovered(t, data, "x", days.today.AddDate(0, 0, -3), days.today)
}

// TestGaps: days that are too old to be caught up with are named, with the
// command that fetches them.
func TestGaps(t *testing.T) {
	days := newCalendar()
	p := newPuller(simulatedAPI(t, days.world(100), api.Options{}))
	data, metrics := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "metrics.prom")
	p.pull(t, exit.Done, "--out", data, "--instance", "x", "--date", days.ago(20))
	got := p.pull(t, exit.Published, "--out", data, "--metrics-file", metrics)
	command := fmt.Sprintf("callmill pull --out %s --instance x --from %s --to %s", data, days.ago(19), days.ago(8))
	if !strings.Contains(got.stdout, "not covered: `"+command+"`") || !strings.Contains(got.stderr, "hint: fetch them with `"+command+"`") {
		t.Errorf("want the command %s in:\n%s%s", command, got.stdout, got.stderr)
	}
	checkMetric(t, metrics, "callmill_uncovered_gaps 1")
	p.pull(t, exit.Done, strings.Fields(command)[2:]...)
	p.pull(t, exit.Done, "--out", data, "--metrics-file", metrics)
	checkCovered(t, data, "x", days.today.AddDate(0, 0, -20), days.today)
	checkMetric(t, metrics, "callmill_uncovered_gaps 0")
}

// TestInstances: several robot deployments go into one dataset, each with what
// is covered of it.
func TestInstances(t *testing.T) {
	days := newCalendar()
	p := newPuller(simulatedAPI(t, days.world(120), api.Options{}))
	data := filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--out", data, "--instance", "loans", "--from", days.ago(7), "--to", days.ago(1))
	p.pull(t, exit.Done, "--out", data, "--instance", "loans", "--instance", "sales")
	for _, instance := range []string{"loans", "sales"} {
		checkCovered(t, data, instance, days.today.AddDate(0, 0, -7), days.today)
	}
	if got := manifestOf(t, data).Table("jobs").Rows; got != 240 {
		t.Errorf("%d jobs, want 120 of each instance", got)
	}
	checkWhole(t, data)
	// Whose jobs are meant nobody can know: they would be missing elsewhere.
	ids := filepath.Join(write(t, map[string]string{"ids": p.api.world.JobID(0) + "\n"}), "ids")
	got := p.pull(t, exit.Usage, "--out", data, "--jobs", ids)
	if !strings.Contains(got.stderr, "hint: say which with --instance: loans, sales\n") {
		t.Errorf("it says %q", got.stderr)
	}
	p.pull(t, exit.Done, "--out", data, "--jobs", ids, "--instance", "sales")
}

// TestNamedJobs: --group and --jobs fetch what they name and cover no day.
func TestNamedJobs(t *testing.T) {
	served := simulatedAPI(t, simulate.Options{People: 400}, api.Options{})
	p := newPuller(served, "--instance", "x")
	group := served.world.Groups()[1]
	want := map[string]bool{}
	for i := range served.world.Len() {
		if job, _ := served.world.Job(i); job.JobGroupID == group.ID {
			want[job.JobID] = true
		}
	}
	data := filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--out", data, "--group", group.ID)
	if got := jobIDs(t, data); !maps.Equal(got, want) || len(want) == 0 {
		t.Errorf("--group brings %d jobs, want %d", len(got), len(want))
	}

	want = map[string]bool{served.world.JobID(0): true, served.world.JobID(7): true}
	list := strings.Join(slices.Collect(maps.Keys(want)), "\n") + "\n"
	file := filepath.Join(write(t, map[string]string{"ids": list, "unknown": list + "no-such-job\n", "empty": "\n"}), "ids")
	data = filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--out", data, "--jobs", file)
	if got := jobIDs(t, data); !maps.Equal(got, want) {
		t.Errorf("--jobs brings %v, want %v", got, want)
	}
	if covered := manifestOf(t, data).Covered; len(covered) != 0 {
		t.Errorf("covered are %v, want nothing", covered)
	}
	dir := filepath.Dir(file)
	missing := p.pull(t, exit.Published, "--out", data, "--jobs", filepath.Join(dir, "unknown"))
	if !strings.Contains(missing.stderr, "1 of 3 ids did not come back, allowed are 0.5%") {
		t.Errorf("it says %q", missing.stderr)
	}
	p.pull(t, exit.Done, "--out", data, "--jobs", filepath.Join(dir, "unknown"), "--allow-missing", "1")
	p.pull(t, exit.Usage, "--out", data, "--jobs", filepath.Join(dir, "empty"))
}

// TestKilledWhenPublished: what a run published is not resumed, although the run
// was killed before it could say that it ended.
func TestKilledWhenPublished(t *testing.T) {
	days := newCalendar()
	p := newPuller(simulatedAPI(t, days.world(60), api.Options{}))
	data := filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--out", data, "--instance", "x", "--settle", "9d")
	run := manifestOf(t, data).Run
	if err := os.Remove(filepath.Join(data, "runs", run+".json")); err != nil {
		t.Fatal(err)
	}
	p.pull(t, exit.Done, "--out", data, "--settle", "9d")
	if again := lastRun(t, data).Pull; again.ResumedRun != "" || again.Resumed > 0 || again.Asked == 0 {
		t.Errorf("the next night resumed %q and asks %d jobs, %d of them from what is published", again.ResumedRun, again.Asked, again.Resumed)
	}
	if _, err := os.Stat(filepath.Join(data, "raw", run)); err != nil {
		t.Errorf("the responses behind the snapshot: %v", err)
	}
}

// TestDryRun finds what there is and asks for no conversation.
func TestDryRun(t *testing.T) {
	served := simulatedAPI(t, simulate.Options{People: 300}, api.Options{})
	p := newPuller(served, append([]string{"--instance", "x"}, wholeWorld...)...)
	data := filepath.Join(t.TempDir(), "data")
	got := p.pull(t, exit.Done, "--out", data, "--dry-run")
	if !strings.Contains(got.stdout, "300 jobs would be fetched") {
		t.Errorf("it says %q", got.stdout)
	}
	if n := served.Counts().Actions["ListJobs"]; n != 0 {
		t.Errorf("ListJobs was asked %d times", n)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the dataset's folder: %v, want none", err)
	}
}

// TestDryRunOfPart: what cannot be listed is named, and the dry run is not done.
func TestDryRunOfPart(t *testing.T) {
	b, data := newLists(t, 60)
	b.spoiler.begin(spoilAll(func(a *answer) bool { a.refuse(http.StatusInternalServerError, "InternalError"); return true }, "ListJobGroups"))
	got := b.run(t, 3, data, "--dry-run")
	if got.code != exit.Failed || !strings.Contains(got.stdout, "ListJobGroups of instance x: not listed: ") || !strings.Contains(got.stdout, " jobs would be fetched") {
		t.Errorf("exit code %d, it says %q and %q", got.code, got.stdout, got.stderr)
	}
}

// TestPullMetrics: the metrics file tells of a failure what is still so.
func TestPullMetrics(t *testing.T) {
	served := simulatedAPI(t, simulate.Options{People: 200}, api.Options{Poison: 1})
	p := newPuller(served, append([]string{"--instance", "x"}, wholeWorld...)...)
	data, metrics := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "metrics.prom")
	p.pull(t, exit.Published, "--out", data, "--metrics-file", metrics)
	published := []string{
		"callmill_jobs 199", "callmill_rejects 1", "callmill_unlisted_statuses 0",
		`callmill_covered_until_timestamp_seconds{instance_id="x"} 1.7698752e+09`,
		`callmill_pending{instance_id="x",reason="unfetched"} 1`, `callmill_pending{instance_id="x",reason="missing"} 0`, "callmill_shrunk 0",
	}
	checkMetric(t, metrics, append(published, "callmill_last_run_failed 0", "callmill_last_run_rejected 1", "callmill_last_run_missing 0")...)
	success := metric(t, metrics, "callmill_last_success_timestamp_seconds")

	p.client.Keys.Secret = "another"
	p.pull(t, exit.Failed, "--out", data, "--metrics-file", metrics)
	checkMetric(t, metrics, append(published, "callmill_last_run_failed 1")...)
	if got := metric(t, metrics, "callmill_last_success_timestamp_seconds"); got == "" || got > success {
		t.Errorf("the last success is %s after a failure, want no later than %s", got, success)
	}
}

// checkMetric checks that a metrics file has lines, written without the label
// dataset, which each has.
func checkMetric(t *testing.T, path string, lines ...string) {
	t.Helper()
	text := metricsWithoutDataset(t, path)
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("no line %q in:\n%s", line, text)
		}
	}
}

// metric is the value of a metric as it is written.
func metric(t *testing.T, path, name string) string {
	t.Helper()
	_, rest, _ := strings.Cut(metricsWithoutDataset(t, path), "\n"+name+" ")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

// metricsWithoutDataset is a metrics file whose metrics all have the label dataset,
// without it.
func metricsWithoutDataset(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	label := regexp.MustCompile(`\{dataset="/[^"]+",?`)
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			if !label.MatchString(line) {
				t.Errorf("it does not say of which dataset it is: %s", line)
			}
			line = strings.Replace(label.ReplaceAllString(line, "{"), "{} ", " ", 1)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "")
}

// TestLongBackfill: days of several months are published month by month, each with
// its last line, and one that failed in a month goes on with that.
func TestLongBackfill(t *testing.T) {
	served := simulatedAPI(t, simulate.Options{People: 200}, api.Options{})
	p := newPuller(served, "--instance", "x", "--key", keyFile(t))
	data, atOnce := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "at-once")
	got := p.pull(t, exit.Done, "--out", data, "--from", "2025-12-01", "--to", "2026-01-31")
	if lines := strings.Split(strings.TrimSpace(got.stdout), "\n"); len(lines) != 2 {
		t.Errorf("it says %d lines, want one for each month:\n%s", len(lines), got.stdout)
	}
	checkCovered(t, data, "x", time.Date(2025, 12, 1, 0, 0, 0, 0, china), time.Date(2026, 2, 1, 0, 0, 0, 0, china))
	p.pull(t, exit.Done, append([]string{"--out", atOnce}, wholeWorld...)...)
	if diff := cmp.Diff(tell(t, atOnce), tell(t, data)); diff != "" {
		t.Errorf("the tables are not the same (-at once +month by month):\n%s", diff)
	}
	checkWhole(t, data)

	// The API is out once the calls of January are listed: the command given again goes on there.
	january := time.Date(2026, 1, 1, 0, 0, 0, 0, china).UnixMilli()
	var reached, out, healed atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from, _ := strconv.ParseInt(r.URL.Query().Get("ActualTimeGte"), 10, 64); from >= january {
			reached.Store(true)
		} else if reached.Load() {
			out.Store(true)
		}
		if out.Load() && !healed.Load() {
			http.Error(w, "out", http.StatusServiceUnavailable)
			return
		}
		served.ServeHTTP(w, r)
	}))
	defer server.Close()
	p.api = &simulated{Handler: served.Handler, world: served.world, url: server.URL}
	again := filepath.Join(t.TempDir(), "again")
	days := []string{"--out", again, "--from", "2025-12-01", "--to", "2026-01-31"}
	if got := p.pull(t, exit.Failed, append(days, "--metrics-file", filepath.Join(t.TempDir(), "none", "file"))...); strings.Count(got.stdout, "\n") != 1 ||
		!strings.Contains(got.stderr, "callmill: --metrics-file ") {
		t.Errorf("before the outage it says %q and %q, want the last line of December and its problem", got.stdout, got.stderr)
	}
	healed.Store(true)
	got = p.pull(t, exit.Done, days...)
	if strings.Count(got.stdout, "\n") != 1 || !strings.Contains(got.stderr, "goes on with 2026-01-01") {
		t.Errorf("after it it says %q and %q, want January and where it goes on", got.stdout, got.stderr)
	}
	if diff := cmp.Diff(tell(t, atOnce), tell(t, again)); diff != "" {
		t.Errorf("the tables are not the same (-at once +after an outage):\n%s", diff)
	}
	checkCovered(t, again, "x", time.Date(2025, 12, 1, 0, 0, 0, 0, china), time.Date(2026, 2, 1, 0, 0, 0, 0, china))
}

// TestRetire: an instance that is gone is no longer asked, nor in metrics and gaps.
func TestRetire(t *testing.T) {
	days := newCalendar()
	p := newPuller(simulatedAPI(t, days.world(100), api.Options{}))
	data, metrics := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "metrics.prom")
	p.pull(t, exit.Done, "--out", data, "--instance", "loans", "--instance", "sales", "--date", days.ago(20))
	p.pull(t, exit.Done, "--out", data, "--instance", "loans", "--date", days.ago(7))
	before := manifestOf(t, data)

	var stderr bytes.Buffer
	code := Main([]string{"instance", data, "retire", "nobody"}, strings.NewReader(""), io.Discard, &stderr)
	if code != exit.Usage || !strings.Contains(stderr.String(), "loans, sales") {
		t.Errorf("an unknown instance: exit code %d, %q", code, &stderr)
	}
	runMain(t, exit.Usage, "instance", data, "remove", "sales")
	runMain(t, exit.Done, "instance", data, "retire", "sales", "--progress", "none")
	after := manifestOf(t, data)
	if !slices.Equal(after.Retired, []string{"sales"}) || !reflect.DeepEqual(before.Tables, after.Tables) || !reflect.DeepEqual(before.Covered, after.Covered) {
		t.Errorf("retired are %v, and the tables %v", after.Retired, after.Tables)
	}
	snapshot := snapshotOf(t, data)
	runMain(t, exit.Done, "instance", data, "retire", "sales", "--progress", "none")
	if again := snapshotOf(t, data); again != snapshot {
		t.Errorf("retired once more it publishes %s after %s", again, snapshot)
	}

	got := p.pull(t, exit.Published, "--out", data, "--metrics-file", metrics) // days of loans are left
	if strings.Contains(got.stdout+got.stderr, "sales") || !strings.Contains(got.stderr, "--instance loans") {
		t.Errorf("it says %q and %q", got.stdout, got.stderr)
	}
	if text, err := os.ReadFile(metrics); err != nil || strings.Contains(string(text), `"sales"`) || !strings.Contains(string(text), `"loans"`) {
		t.Errorf("the metrics are %s (%v)", text, err)
	}
	p.pull(t, exit.Usage, "--out", data, "--instance", "sales")
	checkWhole(t, data)
}
