package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"callmill/cmd/callmill/internal/privacy"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// runAt runs the command line at an instant and returns what it prints.
func runAt(t testing.TB, at time.Time, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, messages bytes.Buffer
	env := &environment{
		stdin: strings.NewReader(""), stdout: bufio.NewWriter(&out), stderr: &messages,
		environ: func() []string { return nil }, now: func() time.Time { return at },
	}
	root := newRoot(env)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	if err := env.stdout.Flush(); err != nil {
		t.Error(err)
	}
	env.log.Complain(t.Context(), err)
	if got := exit.Code(t.Context(), err); got != code {
		t.Fatalf("callmill %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &out, &messages)
	}
	return out.String(), messages.String()
}

// called is a job with calls at noon of some days of January 2026 in China, in the last
// of which the contact says something.
func called(id, number, says string, days ...int) object {
	job := object{"JobId": id, "Status": "Succeeded"}
	var tasks []any
	for i, day := range days {
		at := time.Date(2026, 1, day, 12, 0, 0, 0, china).UnixMilli()
		tasks = append(tasks, object{
			"TaskId": fmt.Sprintf("%s-%d", id, i), "Status": "SucceededFinish", "ActualTime": at, "CalledNumber": number,
			"Conversation": []any{object{"Speaker": "Robot", "Script": "您好"}, object{"Speaker": "Contact", "Script": says}},
		})
	}
	job["Tasks"] = tasks
	return job
}

// night is 01:30 in China, so many days after the first of January 2026.
func night(days int) time.Time { return time.Date(2026, 1, 1+days, 1, 30, 0, 0, china) }

func responses(t testing.TB, jobs ...any) string {
	t.Helper()
	return write(t, map[string]string{"resp.json": response(t, "request", jobs)})
}

// jobsIn lists the published jobs.
func jobsIn(t testing.TB, data string) []string {
	t.Helper()
	var ids []string
	for _, row := range collect[schema.JobRow](t, data, schema.TableJobs) {
		ids = append(ids, row.JobID)
	}
	slices.Sort(ids)
	return ids
}

// TestRetention is the life of a dataset that keeps jobs for 40 days.
func TestRetention(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	all := responses(t,
		called("first", "10020000001", "别再打了", 2), called("disputed", "10020000002", "好", 2), called("second", "10020000003", "好", 3),
		called("both", "10020000001", "好", 2, 20), object{"JobId": "drafted", "Status": "Drafted"})
	convertAt := func(day, code int, args ...string) string {
		t.Helper()
		out, messages := runAt(t, night(day), code, append([]string{"convert", "--progress", "none", "--out", data}, args...)...)
		return out + messages
	}
	wantJobs := func(when string, want ...string) {
		t.Helper()
		if diff := gocmp.Diff(want, jobsIn(t, data)); diff != "" {
			t.Errorf("%s: jobs (-want +got):\n%s", when, diff)
		}
		runAt(t, night(90), exit.Done, "verify", data)
	}
	nothing := responses(t)
	says := func(text string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("it does not say %q:\n%s", part, text)
			}
		}
	}

	// Too short a time is refused before anything is written.
	says(convertAt(30, exit.Usage, all, "--retain", "32d"), "--retain 32d is shorter than --refetch and --lookback together, 33d")
	says(convertAt(30, exit.Usage, all, "--retain", "36h"), "want whole days")
	if _, err := os.Stat(data); err == nil {
		t.Error("a usage error made the dataset")
	}
	says(convertAt(30, exit.Done, all, "--retain", "60d"), "; --retain 60d lasts: from now on every run removes jobs 60 days after their last call, and can only shorten that")
	if out := convertAt(30, exit.Done, all, "--retain", "60d"); strings.Contains(out, "--retain") {
		t.Errorf("it says what is set already: %s", out)
	}
	first := snapshotName(t, data)
	says(convertAt(31, exit.Usage, all, "--retain", "90d"), "--retain is 90d, but the dataset's is 60d", "callmill rewrite DIR --retain")
	runAt(t, night(31), exit.Done, "snapshots", data, "pin", first, "--as", "mart")
	runAt(t, night(31), exit.Done, "hold", data, "--job", "disputed", "--reason", "complaint 17")
	says(convertAt(32, exit.Usage, all, "--hold", "nobody=why"), "no job nobody is published")

	// rewrite shortens it, and nothing makes it longer again.
	_, messages := runAt(t, night(40), exit.Usage, "rewrite", data, "--retain", "90d")
	says(messages, "a policy only becomes stricter")
	out, _ := runAt(t, night(41), exit.Done, "rewrite", data, "--retain", "40d", "--progress", "none")
	says(out, "5 jobs seen (5 unchanged)", "; --retain 40d lasts: ") // the edge is the second of January
	runAt(t, night(41), exit.Done, "snapshots", data, "rollback", first)
	says(convertAt(41, exit.Usage, nothing, "--retain", "60d"), "the dataset's is 40d")

	// The jobs of the second go on the day after, those of the third the day after that.
	says(convertAt(42, exit.Done, nothing), "; 1 job removed, past --retain 40d: gone for good")
	wantJobs("on day 42", "both", "disputed", "drafted", "second")
	says(convertAt(42, exit.Done, all), "1 expired", "; 1 expired left out, past --retain 40d: gone for good")
	before := snapshotFiles(t, data)
	convertAt(43, exit.Done, nothing)
	wantJobs("on day 43", "both", "disputed", "drafted")
	for path, sum := range snapshotFiles(t, data) {
		if strings.Contains(path, "job_date=2026-01-02") && before[path] != sum {
			t.Errorf("%s was written again", path)
		}
	}
	latest := snapshotName(t, data)
	says(convertAt(44, exit.Done, nothing), "nothing new, "+latest+" stays")

	// A rollback brings back nothing for longer than until the next run.
	runAt(t, night(44), exit.Done, "snapshots", data, "rollback", first)
	says(convertAt(44, exit.Done, nothing), "; 2 jobs removed, past --retain")
	wantJobs("after a rollback", "both", "disputed", "drafted")

	// Seven days overdue, the pinned snapshot is written again without them.
	var status privacy.Status
	look := func(day int) {
		t.Helper()
		status = privacy.Status{}
		out, _ := runAt(t, night(day), exit.Done, "status", data, "--privacy", "--json")
		if err := json.Unmarshal([]byte(out), &status); err != nil {
			t.Fatal(err)
		}
	}
	look(48)
	if len(status.Overdue) > 0 || status.Retain != 40 || status.EdgeNow != "2026-01-09" || len(status.Holds) != 1 || status.OptOuts != 1 || len(status.Pins) != 1 {
		t.Errorf("on day 48: %+v", status)
	}
	look(49)
	if len(status.Overdue) == 0 || !slices.Contains(status.Overdue, first) || len(status.Warnings) < 2 {
		t.Errorf("on day 49: %+v", status)
	}
	says(convertAt(49, exit.Done, nothing), "rewritten without what was overdue")
	look(49)
	if len(status.Overdue) > 0 || len(status.Open) > 0 {
		t.Errorf("after the run of day 49: %+v", status)
	}
	pinned := slices.Collect(pinnedJobs(t, data, "mart"))
	if diff := gocmp.Diff([]string{"both", "disputed", "drafted"}, pinned); diff != "" {
		t.Errorf("the pinned snapshot (-want +got):\n%s", diff)
	}
	wantJobs("on day 49", "both", "disputed", "drafted")
	for _, entry := range must(os.ReadDir(filepath.Join(data, "snapshots"))) {
		if name := entry.Name(); dataset.IsSnapshot(name) {
			if bytes.Contains(rowsText(t, filepath.Join(data, "snapshots", name)), []byte("second")) {
				t.Errorf("snapshot %s still holds the job second", name)
			}
		}
	}

	// The last call counts, and one released from its hold goes.
	runAt(t, night(59), exit.Done, "hold", data, "--release", "disputed")
	says(convertAt(59, exit.Done, nothing), "1 job removed, past --retain")
	says(convertAt(60, exit.Done, nothing), "1 job removed, past --retain")
	wantJobs("on day 60", "drafted")
	text, _ := runAt(t, night(60), exit.Done, "status", data, "--privacy")
	says(text, "kept for", "40 days after the last call", "in the dataset", "opt-outs kept")
}

// must returns what is needed for a test to go on.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func snapshotName(t testing.TB, data string) string {
	t.Helper()
	return filepath.Base(must(filepath.EvalSymlinks(filepath.Join(data, "latest"))))
}

// pinnedJobs yields the jobs of a snapshot that a bookmark names.
func pinnedJobs(t testing.TB, data, bookmark string) func(func(string) bool) {
	t.Helper()
	d := must(must(dataset.View(data)).At(bookmark))
	var ids []string
	for row, err := range tables.Rows[schema.JobRow](d, schema.TableJobs) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, row.JobID)
	}
	slices.Sort(ids)
	return slices.Values(ids)
}

// rowsText returns the rows of all tables of a snapshot as text.
func rowsText(t testing.TB, snapshot string) []byte {
	t.Helper()
	var text bytes.Buffer
	for row := range all[schema.JobRow](t, snapshot, schema.TableJobs) {
		fmt.Fprintln(&text, row.JobID)
	}
	for row := range all[schema.TurnRow](t, snapshot, schema.TableTurns) {
		fmt.Fprintln(&text, row.JobID, row.Script)
	}
	return text.Bytes()
}

// TestRetentionOfPulls: nights that keep 40 days do not ask for what has gone, and
// publish what a pull at once would.
func TestRetentionOfPulls(t *testing.T) {
	clock := &alarm{}
	served := simulatedAPI(t, simulate.Options{People: 120}, api.Options{Now: clock.Now, Clock: clock.Now})
	p := newPuller(served, "--instance", "x")
	p.now = clock.Now
	nightly, atOnce := filepath.Join(t.TempDir(), "nightly"), filepath.Join(t.TempDir(), "at-once")
	first := time.Date(2026, 1, 18, 1, 30, 0, 0, china)
	clock.set(first)
	if got := p.pull(t, exit.Usage, "--out", nightly, "--retain", "32d"); !strings.Contains(got.stderr, "shorter than --refetch and --lookback together, 33d") {
		t.Errorf("32 days: %s", got.stderr)
	}
	if got := p.pull(t, exit.Usage, "--out", nightly, "--retain", "40d", "--refetch", "38d"); !strings.Contains(got.stderr, "41d") {
		t.Errorf("with --refetch 38d: %s", got.stderr)
	}
	for _, day := range []int{0, 5, 10, 15, 46} { // the last on the fifth of March, 40 days after 24 January
		clock.set(first.AddDate(0, 0, day))
		// In the last night days without a call are doubted.
		if got := p.run(t, "--out", nightly, "--catch-up", "60d", "--retain", "40d"); got.code != exit.Done && (day < 46 || got.code != exit.Published) {
			t.Fatalf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
		}
	}
	edge := time.Date(2026, 1, 24, 0, 0, 0, 0, china).UnixMilli()
	p.pull(t, exit.Published, "--out", atOnce, "--from", "2026-01-17", "--to", "2026-03-04", "--retain", "40d") // the same days
	jobs := map[string]schema.JobRow{}
	for _, row := range collect[schema.JobRow](t, atOnce, schema.TableJobs) {
		jobs[row.JobID] = row
	}
	kept := 0
	for _, row := range collect[schema.JobRow](t, nightly, schema.TableJobs) {
		if at := cmp.Or(row.LastCallTime, row.FirstSeen); at < edge {
			t.Errorf("job %s of %s is still there", row.JobID, time.UnixMilli(at).In(china))
		}
		if row.LastCallTime != 0 {
			kept++
			if jobs[row.JobID].ContentHash != row.ContentHash {
				t.Errorf("job %s is not that of a pull at once", row.JobID)
			}
		}
	}
	called := 0
	for _, row := range jobs {
		if row.LastCallTime != 0 {
			called++
		}
	}
	if kept != called || kept == 0 || kept >= served.world.Len() {
		t.Errorf("%d called jobs, %d in a pull at once, the world has %d", kept, called, served.world.Len())
	}
	checkWhole(t, nightly)
	checkWhole(t, atOnce)

	clock.set(first.AddDate(0, 0, 47))
	p.pull(t, exit.Done, "--out", nightly, "--catch-up", "60d")
	if asked := lastRun(t, nightly).Pull.Asked; asked > 0 {
		t.Errorf("the next night asks for %d jobs, all of which are there or gone", asked)
	}
	if got := p.pull(t, exit.Usage, "--out", nightly, "--date", "2026-01-20"); !strings.Contains(got.stderr, "2026-01-20 is before 2026-01-25, the first day that the dataset keeps") {
		t.Errorf("a day before the edge: %s", got.stderr)
	}
}

// TestRulesInDuckDB: the views find the wishes and results that the program keeps when a
// job goes.
func TestRulesInDuckDB(t *testing.T) {
	python := pythonWithReaders(t)
	var lines []string
	starts := []string{"", "喂", "你们", "我说了", "先", "特", "要不要", "以后", "把我", "请", "会不会", "再"}
	wishes := []string{"别再打了", "别打", "不要打电话", "不用再打", "打来就投诉", "拉黑", "的号码删掉", "免打扰", "烦死了", "别人", "打扰了", "好", "停止推销", "不接你们的电话"}
	ends := []string{"", "。", "，谢谢", "\n啊", "🙂", " "}
	for _, a := range starts {
		for _, b := range wishes {
			for _, c := range ends {
				lines = append(lines, a+b+c, a+b+"，"+wishes[len(lines)%len(wishes)]+c)
			}
		}
	}
	var turns, summaries []any
	names := []string{"意向", "免打扰", "DNC", "Do Not Call", "拒绝来电", "", "dnc"}
	contents := []string{"是", "否", " 不 ", "加入黑名单", "不在黑名单", "取消免打扰", "退订", "No", "高\n意向", "", "null", "拒绝再次来电", "停止拨打"}
	for _, line := range lines {
		turns = append(turns, object{"Speaker": "Contact", "Script": line})
	}
	for _, name := range names {
		for _, content := range contents {
			summaries = append(summaries, object{"SummaryName": name, "Content": content})
		}
	}
	job := called("a", "10020000001", "好", 2)
	job["Tasks"].([]any)[0].(object)["Conversation"] = turns
	job["Summary"] = summaries
	data := convert(t, exit.Done, responses(t, job))
	query := filepath.Join(write(t, map[string]string{"rules.sql": "-- Lines\nSELECT asks_not_to_be_called(script) FROM turns ORDER BY turn_index;\n\n" +
		"-- Results\nSELECT notes_not_to_be_called(summary_name, content) FROM summaries ORDER BY summary_index;"}), "rules.sql")
	fields := strings.Fields(queryViews(t, python, snapshotOf(t, data), query))
	var got []string
	for _, field := range fields {
		if field == "True" || field == "False" {
			got = append(got, field)
		}
	}
	var want []string
	found := 0
	spell := func(yes bool) string {
		if yes {
			found++
			return "True"
		}
		return "False"
	}
	for _, row := range collect[schema.TurnRow](t, data, schema.TableTurns) {
		_, ok := optout.Wish(row.Script)
		want = append(want, spell(ok))
	}
	for _, row := range collect[schema.SummaryRow](t, data, schema.TableSummaries) {
		_, ok := optout.Result(row.SummaryName, row.Content)
		want = append(want, spell(ok))
	}
	if found < 100 || found > len(want)*9/10 {
		t.Errorf("%d of %d are wishes: the lines say little", found, len(want))
	}
	if !slices.Equal(got, want) {
		t.Errorf("DuckDB and Go differ: %d answers, want %d", len(got), len(want))
		for i := range min(len(got), len(want), len(lines)) {
			if got[i] != want[i] {
				t.Errorf("%q is a wish in DuckDB: %s", lines[i], got[i])
			}
		}
	}
}

// TestOptOutsInDuckDB: who asked not to be called is known when the job is gone, and
// that they were called again.
func TestOptOutsInDuckDB(t *testing.T) {
	python := pythonWithReaders(t)
	data := filepath.Join(t.TempDir(), "data")
	result := called("result", "10020000002", "好", 3)
	result["Summary"] = []any{object{"SummaryName": "免打扰", "Content": "是"}}
	in := responses(t, called("first", "10020000001", "别再打了", 2), result, called("again", "10020000001", "喂", 25, 26))
	runAt(t, night(30), exit.Done, "convert", in, "--out", data, "--retain", "40d", "--progress", "none")
	query := filepath.Join(write(t, map[string]string{"outs.sql": "-- Outs\nSELECT source, result, job_id, job_gone, call_date, calls_after, answered_after FROM opt_outs ORDER BY call_date;"}), "outs.sql")
	ask := func() string { return queryViews(t, python, snapshotOf(t, data), query) }
	before := ask()
	if want := "rule\tNone\tfirst\tFalse\t2026-01-02\t2\t2\nresult\t免打扰=是\tresult\tFalse\t2026-01-03\t0\t0\n"; !strings.Contains(before, want) {
		t.Errorf("before: %s\nwant %s", before, want)
	}
	runAt(t, night(45), exit.Done, "convert", responses(t), "--out", data, "--progress", "none")
	if got, want := ask(), "rule\tNone\tNone\tTrue\t2026-01-02\t2\t2\nresult\t免打扰\tNone\tTrue\t2026-01-03\t0\t0\n"; !strings.Contains(got, want) {
		t.Errorf("when the jobs are gone: %s\nwant %s", got, want)
	}
	runAt(t, night(45), exit.Done, "verify", data)
	if info := must(os.Stat(filepath.Join(data, "erased", "opt_outs.jsonl"))); info.Mode() != fs.FileMode(0o600) {
		t.Errorf("the opt-outs have mode %v", info.Mode())
	}
	// With the key goes what joined them, in the snapshot, too; the digests stay.
	runAt(t, night(46), exit.Done, "key", data, "destroy", "--yes")
	runAt(t, night(46), exit.Done, "verify", data)
	if got, want := ask(), "rule\tNone\tNone\tTrue\t2026-01-02\t0\t0\nresult\t免打扰\tNone\tTrue\t2026-01-03\t0\t0\n"; !strings.Contains(got, want) {
		t.Errorf("without the key: %s\nwant %s", got, want)
	}
	if text := must(os.ReadFile(filepath.Join(data, "erased", "opt_outs.jsonl"))); bytes.Contains(text, []byte("1002000000")) || bytes.Contains(text, []byte("别再打")) {
		t.Errorf("the opt-outs tell more than they may: %s", text)
	}
}

// TestRawIsSwept: what is kept of the input loses the jobs that went, a week later at
// most, and goes whole when all of it is overdue.
func TestRawIsSwept(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	in := responses(t, called("first", "10020000001", "别再打了", 2), called("later", "10020000002", "好", 20))
	convertAt := func(day int, args ...string) {
		t.Helper()
		runAt(t, night(day), exit.Done, append([]string{"convert", "--progress", "none", "--out", data}, args...)...)
	}
	convertAt(30, in, "--retain", "40d", "--keep-raw", "9")
	for _, step := range []struct {
		day         int
		first, both bool
	}{{36, true, true}, {42, false, true}, {43, false, true}, {72, false, false}} {
		convertAt(step.day, responses(t))
		raw := keptText(t, data)
		if strings.Contains(raw, `first`) != step.first || strings.Contains(raw, `later`) != step.both {
			t.Errorf("on day %d raw/ holds\n%s", step.day, raw)
		}
	}
	convertAt(79, responses(t)) // what was received on day 30 is 49 days old
	if kept := must(os.ReadDir(filepath.Join(data, "raw"))); len(kept) > 0 {
		t.Errorf("raw/ still has %v", kept)
	}
}

// keptText returns all lines in raw/.
func keptText(t testing.TB, data string) string {
	t.Helper()
	var text strings.Builder
	for _, path := range must(filepath.Glob(filepath.Join(data, "raw", "*", "*.zst"))) {
		decoder := must(zstd.NewReader(bytes.NewReader(must(os.ReadFile(path)))))
		must(decoder.WriteTo(&text))
		decoder.Close()
	}
	return text.String()
}
