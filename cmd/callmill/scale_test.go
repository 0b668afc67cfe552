package main

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/flatten"
	"callmill/schema"
)

// sizes are how large the tests of this file make things.
type sizes struct {
	jobs  int // with dialogue, of 14 turns each
	bare  int // without
	night int // of those without, in one run
	other int // of those without, which all change in one run
}

func testSizes() sizes {
	if thorough() {
		return sizes{jobs: 143_000, bare: 10_000_000, night: 10_000, other: 3_000_000}
	}
	return sizes{jobs: 6000, bare: 50_000, night: 1000, other: 50_000}
}

// oneJob is the CPU time that a changed job may take. It is less than a second on a
// machine that has other work; a thorough run, which has the machine for itself, measures it.
func oneJob() time.Duration {
	if thorough() {
		return 2 * time.Second
	}
	return 8 * time.Second
}

// TestBackfill publishes a year at once, in random order, then again, then
// with one job changed.
func TestBackfill(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: converts millions of lines")
	}
	binary, size := build(t), testSizes()
	dir := t.TempDir()
	data, input := filepath.Join(dir, "data"), filepath.Join(dir, "year.jsonl")
	year := calls{jobs: size.jobs, days: 365}
	writeLines(t, input, size.jobs, year.line)
	convert := func(input string) ran {
		t.Helper()
		r := run(t, binary, "convert", input, "--out", data, "--observed-at", "2026-02-01T00:00:00Z", "--progress", "none")
		if t.Log(r); r.code != exit.Done {
			t.Fatalf("exit code %d", r.code)
		}
		return r
	}

	first := convert(input)
	if first.memory == 0 || first.memory > 400<<20 {
		t.Errorf("the backfill took %d MB, want at most 400", first.memory>>20)
	}

	before := inodes(t, data)
	again := convert(input)
	if after := inodes(t, data); !maps.Equal(after, before) {
		t.Error("a run that brings nothing new changed files")
	}
	// Of few jobs most of the time is that of starting.
	if share := float64(again.cpu) / float64(first.cpu); thorough() && share > 0.45 {
		t.Errorf("a run that brings nothing new costs %.0f %% of the first, want under 45 %%", 100*share)
	}

	changed := filepath.Join(dir, "changed.jsonl")
	writeLines(t, changed, 1, func(b []byte, _ int) []byte { return year.line(b, -7) })
	one := convert(changed)
	if one.cpu > oneJob() {
		t.Errorf("one changed job took %v of CPU, want less than %v", one.cpu, oneJob())
	}
	checkOneDayRewritten(t, before, inodes(t, data))
}

// TestOneChangedJob changes one job of a dataset of a million turns in two
// weeks: what it costs depends on how large the job's day is.
func TestOneChangedJob(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: converts millions of lines")
	}
	binary, size := build(t), testSizes()
	dir := t.TempDir()
	data, input := filepath.Join(dir, "data"), filepath.Join(dir, "weeks.jsonl")
	weeks := calls{jobs: size.jobs / 2, days: 14}
	writeLines(t, input, weeks.jobs, weeks.line)
	args := []string{"convert", "--out", data, "--observed-at", "2026-02-01T00:00:00Z", "--progress", "none"}
	if r := run(t, binary, append(args, input)...); r.code != exit.Done {
		t.Fatal(r)
	}
	before := inodes(t, data)
	writeLines(t, input, 1, func(b []byte, _ int) []byte { return weeks.line(b, -7) })
	r := run(t, binary, append(args, input)...)
	t.Log(r)
	if r.code != exit.Done || r.cpu > oneJob() {
		t.Errorf("exit code %d after %v of CPU, want less than %v", r.code, r.cpu, oneJob())
	}
	checkOneDayRewritten(t, before, inodes(t, data))
}

// TestNightUponMillions publishes a night upon a dataset of very many jobs.
func TestNightUponMillions(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: converts millions of lines")
	}
	binary, size := build(t), testSizes()
	dir := t.TempDir()
	data, input := filepath.Join(dir, "data"), filepath.Join(dir, "night.jsonl")
	publishBare(t, data, size.bare)
	// Half of the night is new, half is changed jobs of the last week.
	writeLines(t, input, size.night, func(b []byte, number int) []byte {
		if number%2 == 0 {
			return appendBare(b, size.bare+number, 1)
		}
		return appendBare(b, size.bare-1-number*13, 2)
	})
	r := run(t, binary, "convert", input, "--out", data, "--observed-at", "2026-03-01T00:00:00Z", "--progress", "none")
	t.Log(r)
	if want := fmt.Sprintf("%d new, %d changed", size.night/2, size.night/2); r.code != exit.Done || !strings.Contains(r.stdout, want) {
		t.Errorf("exit code %d, want 0 and %s", r.code, want)
	}
	if r.memory == 0 || r.memory > 500<<20 {
		t.Errorf("the night took %d MB, want at most 500", r.memory>>20)
	}
}

// TestAllJobsChange publishes another version of every job at once, and lists what
// changed.
func TestAllJobsChange(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: converts tens of thousands of jobs twice")
	}
	binary, jobs := build(t), testSizes().other
	dir := t.TempDir()
	data, input := filepath.Join(dir, "data"), filepath.Join(dir, "all.jsonl")
	publishBare(t, data, jobs)
	writeLines(t, input, jobs, func(b []byte, number int) []byte { return appendBare(b, number, 2) })
	r := run(t, binary, "convert", input, "--out", data, "--observed-at", "2026-03-01T00:00:00Z", "--progress", "none")
	t.Log(r)
	if want := fmt.Sprintf("%d changed", jobs); r.code != exit.Done || !strings.Contains(strings.ReplaceAll(r.stdout, ",", ""), want) {
		t.Errorf("exit code %d, want 0 and %s", r.code, want)
	}
	if r.memory == 0 || r.memory > 500<<20 {
		t.Errorf("%d changed jobs took %d MB, want at most 500", jobs, r.memory>>20)
	}
	d, err := dataset.View(data)
	if err != nil {
		t.Fatal(err)
	}
	r = run(t, binary, "changes", data, "--since", d.Manifest().Parent, "--format", "csv")
	if n := strings.Count(r.stdout, ",changed\n"); r.code != exit.Done || n != jobs {
		t.Errorf("exit code %d, %d changed jobs are listed, want %d\n%s", r.code, n, jobs, r.stderr)
	}
	if t.Logf("changes: %v of CPU, %d MB", r.cpu, r.memory>>20); r.memory > 400<<20 {
		t.Errorf("to list %d changed jobs took %d MB, want at most 400", jobs, r.memory>>20)
	}
}

// calls are jobs with dialogue on some days up to the end of January 2026.
type calls struct{ jobs, days int }

// line appends a line of JSON with one job. Numbers that follow each other lie
// on days far from each other; a negative number is the job of that number,
// changed.
func (c calls) line(b []byte, number int) []byte {
	version := 1
	if number < 0 {
		number, version = -number, 2
	}
	day := number * 7919 % c.days
	at := time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC).AddDate(0, 0, -day).UnixMilli() + int64(number%30_000)*1000
	phone := fmt.Sprintf("138%08d", number)
	b = fmt.Appendf(b, `{"JobId":"%08x-job-%d","JobGroupId":"group-%d","Status":"Succeeded","ReferenceId":"ref-%d","CallingNumbers":["057126883106"],`, uint32(number)*2654435761, number, number%20, version)
	b = fmt.Appendf(b, `"Contacts":[{"ContactName":"王%d","PhoneNumber":"%s"}],"Extras":[{"Key":"due","Value":"2026-01-%02d"}],"Tasks":[`, number, phone, 1+number%28)
	for task := range 2 {
		at := at + int64(task)*3_600_000
		if task > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"TaskId":"%08x-task-%d-%d","Status":"SucceededFinish","ActualTime":%d,"CalledNumber":"%s","Conversation":[`, uint32(number)*2654435761, number, task, at, phone)
		for turn := range 7 {
			if turn > 0 {
				b = append(b, ',')
			}
			speaker := []string{"Robot", "Contact"}[turn%2]
			b = fmt.Appendf(b, `{"Speaker":"%s","Timestamp":%d,"Script":"%s%d。%s"}`, speaker, at+int64(turn)*4000,
				said[(number*3+task+turn*5)%len(said)], number%1000, said[(number+task*7+turn)%len(said)])
		}
		b = append(b, "]}"...)
	}
	return append(b, "]}\n"...)
}

var said = []string{
	"您好，请问是王先生吗？", "是的，你是哪位？", "我们这边是客户服务中心，想跟您核实一下账单。", "我现在不方便，晚一点再打过来吧。",
	"您本期账单还有余额没有还清，请问什么时候方便处理呢？", "我已经还过了。", "好的，那我帮您登记一下。", "明天下午三点以前可以吗？",
	"可以的，感谢您的配合，祝您生活愉快，再见。", "你打错了。", "喂？听得到吗？", "请问您对我们的服务满意吗？满意请按一，不满意请按二。", "嗯。",
}

// appendBare appends a line of JSON with a job that was not called.
func appendBare(b []byte, number, version int) []byte {
	job := bareJob(number, version)
	return fmt.Appendf(b, `{"JobId":"%s","JobGroupId":"%s","ReferenceId":"%s","Status":"%s","Tasks":[{"TaskId":"%s","Status":"%s","ActualTime":%d,"CalledNumber":"%s"}]}`+"\n",
		job.JobID, job.JobGroupID, job.ReferenceID, job.Status, job.Tasks[0].TaskID, job.Tasks[0].Status, job.Tasks[0].ActualTime, job.Tasks[0].CalledNumber)
}

// bareJob is a job that nobody answered.
func bareJob(number, version int) *schema.Job {
	const perDay, perRequest = 20_000, 99
	at := time.Date(2025, 1, 1, 1, 0, 0, 0, time.UTC).AddDate(0, 0, number/perDay).UnixMilli() + int64(number%perDay)*1000
	request := number / perRequest
	return &schema.Job{
		InstanceID: "default", JobID: fmt.Sprintf("%08x-job-%d", uint32(number)*2654435761, number), JobGroupID: "group", ReferenceID: fmt.Sprint("ref-", version),
		Status: "Failed", RequestID: fmt.Sprint("request-", request), ObservedAt: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC).UnixMilli() + int64(request)*100,
		Tasks: []schema.Task{{
			TaskID: fmt.Sprintf("task-%d", number), Status: "NoAnswer", ActualTime: at, CalledNumber: fmt.Sprintf("139%08d", number),
		}},
	}
}

func writeLines(t testing.TB, path string, n int, line func(b []byte, number int) []byte) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	var b []byte
	for number := range n {
		b = line(b[:0], number)
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// publishBare publishes n jobs that nobody answered, in several runs: JSON
// need not be made and decoded for that.
func publishBare(t testing.TB, data string, n int) {
	t.Helper()
	// Those whose settings the binary takes for its own.
	runMain(t, exit.Done, "convert", filepath.Join(write(t, map[string]string{"none.json": `{"Jobs":[]}`}), "none.json"), "--out", data)
	const runs = 5
	for from := 0; from < n; from += n / runs {
		appendJobs(t, data, from, from+n/runs)
	}
}

// appendJobs publishes the jobs of the given numbers in one run.
func appendJobs(t testing.TB, data string, from, to int) {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	d, err := dataset.Open(ctx, data, dataset.Options{})
	fail(err)
	defer func() { fail(d.Close()) }()
	run := d.NewRun()
	location, err := time.LoadLocation("Asia/Shanghai")
	fail(err)
	tx, err := commit.Begin(ctx, d, run, commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(location, nil) }, Unflatten: flatten.Job, Memory: 256 << 20,
	})
	fail(err)
	defer func() { fail(tx.Close()) }()
	appender := tx.Appender()
	for number := from; number < to; number++ {
		fail(appender.Job(&schema.Raw{Sequence: int64(number)}, 0, bareJob(number, 1)))
	}
	fail(appender.Flush())
	_, err = tx.Commit(ctx, dataset.Extent{Settings: d.Manifest().Settings})
	fail(err)
}

// inodes are the files of the published snapshot's tables: which file of the
// file system lies at which path.
func inodes(t *testing.T, data string) map[string]uint64 {
	t.Helper()
	root, err := filepath.EvalSymlinks(filepath.Join(data, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]uint64{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".parquet" {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		found[strings.TrimPrefix(path, root)] = info.Sys().(*syscall.Stat_t).Ino
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// checkOneDayRewritten checks that of the files at most one of each table is
// another, and something is.
func checkOneDayRewritten(t *testing.T, before, after map[string]uint64) {
	t.Helper()
	gone := map[string][]string{}
	days := map[string]bool{}
	for path, inode := range before {
		if after[path] != inode {
			table, day, _ := strings.Cut(strings.TrimPrefix(filepath.Dir(path), "/"), "/")
			gone[table] = append(gone[table], path)
			days[day] = true
		}
	}
	if len(gone["jobs"]) != 1 || len(days) != 1 {
		t.Errorf("rewritten were %q, want one file of jobs and others of its day", gone)
	}
	for table, paths := range gone {
		if len(paths) > 1 {
			t.Errorf("%s: %q were rewritten, want one", table, paths)
		}
	}
}
