package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/dataset/status"
	"callmill/pipeline/flatten"
	"callmill/pipeline/nightly"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// frozenFormat is the last version of the format that is frozen: datasets of it are
// out there. A later one may still change. It is raised when that has been, and
// then -update makes its dataset.
const frozenFormat = 2

// TestFormats reads, verifies and goes on from a dataset of every version of
// the format there ever was. One that exists is never made again, for datasets
// like it are out there.
func TestFormats(t *testing.T) {
	for version := 1; version <= frozenFormat; version++ {
		t.Run(fmt.Sprint("v", version), func(t *testing.T) {
			dir := filepath.Join("..", "..", "pipeline", "dataset", "testdata", fmt.Sprint("v", version))
			_, err := os.Stat(dir)
			exists := !errors.Is(err, fs.ErrNotExist)
			switch {
			case *update && exists:
				t.Fatalf("%s exists: it shows what callmill wrote, and stays. If it was never released, remove it first", dir)
			case *update && version == dataset.FormatVersion:
				writeFormat(t, dir)
			case !exists:
				t.Fatalf("there is no %s: -update makes it", dir)
			}
			checkFormat(t, dir)
			if version > 1 {
				checkExtent(t, dir)
			}
		})
	}
}

// checkFormat works on a copy of the dataset that writeFormat made.
func checkFormat(t *testing.T, dir string) {
	data := copyDataset(t, dir)
	want := map[string]int{
		schema.TableJobs: 4, schema.TableTasks: 5, schema.TableTurns: 8, schema.TableContacts: 3, schema.TableExtras: 2,
		schema.TableSummaries: 3, schema.TableJobGroups: 1, schema.TableStatuses: len(schema.Outcomes()) + 1, schema.TableRejects: 2,
	}
	rows := countRows(t, data)
	for table, n := range want {
		if rows[table] != n && table != schema.TableStatuses || rows[table] == 0 {
			t.Errorf("%s has %d rows, want %d", table, rows[table], n)
		}
	}
	var shown status.Status
	if err := json.Unmarshal([]byte(runMain(t, exit.Done, "status", data, "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	if s := shown.Settings; shown.Rows[schema.TableTurns] != 8 || len(shown.Instances) < 2 || len(s.Dictionaries) != 1 || s.TimeZone != "Asia/Shanghai" {
		t.Errorf("status: %+v", shown)
	}
	tasks := collect[schema.TaskRow](t, data, schema.TableTasks)
	if !slices.ContainsFunc(tasks, func(r schema.TaskRow) bool { return r.TaskStatus == "SucceededByMagic" && r.Outcome == "unknown" }) {
		t.Errorf("no task has the status that is on no list")
	}
	turns := collect[schema.TurnRow](t, data, schema.TableTurns)
	if !slices.ContainsFunc(turns, func(r schema.TurnRow) bool { return slices.Contains(r.Tokens, "云上催收台") }) {
		t.Errorf("no turn was cut with the dataset's own dictionary")
	}
	if sql := runMain(t, exit.Done, "views", data); !strings.Contains(sql, filepath.ToSlash(data)+"/snapshots/") || strings.Contains(sql, "getvariable") {
		t.Errorf("views do not name the snapshot's folder:\n%.1000s", sql)
	}
	if listed := runMain(t, exit.Done, "rejects", data); strings.Count(listed, "\n") != 2 {
		t.Errorf("rejects:\n%s", listed)
	}
	runMain(t, exit.Done, "verify", data)

	// Going on from it is like going on from what this version makes of the same.
	goOn := []string{"convert", "--progress", "none", "--observed-at", "2026-02-01T00:00:00Z", "--instance", "sales", write(t, map[string]string{
		"resp.json": response(t, "later", []any{object{"JobId": "c", "Status": "Scheduling"}, fullJob(1), object{"JobId": "broken"}}),
	}), "--out"}
	if out := runMain(t, exit.Done, append(goOn, data)...); !strings.Contains(out, "2 new, 1 unchanged") {
		t.Errorf("going on said %q, want 2 new, 1 unchanged", out)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	writeFormat(t, fresh)
	runMain(t, exit.Done, append(goOn, fresh)...)
	now := manifestOf(t, data)
	for i, table := range manifestOf(t, fresh).Tables {
		// The rows of rejects name the run.
		if table.Name != schema.TableRejects && table.ContentHash != now.Tables[i].ContentHash {
			t.Errorf("%s differs from that of a dataset made afresh", table.Name)
		}
	}
	if left := runMain(t, exit.Done, "rejects", data); strings.Count(left, "\n") != 1 {
		t.Errorf("rejects, after one was accepted:\n%s", left)
	}
	runMain(t, exit.Done, "verify", data)
}

// checkExtent checks what a snapshot says besides its tables: as it lies there, and
// after a run that goes on from it, it is that of a dataset made afresh.
func checkExtent(t *testing.T, dir string) {
	data, fresh := copyDataset(t, dir), filepath.Join(t.TempDir(), "fresh")
	writeFormat(t, fresh)
	for _, goOn := range []bool{false, true} {
		if goOn {
			for _, out := range []string{data, fresh} {
				runMain(t, exit.Done, "convert", "--progress", "none", "--observed-at", "2026-02-01T00:00:00Z", "--instance", "sales", "--out", out,
					write(t, map[string]string{"resp.json": response(t, "later", []any{object{"JobId": "z", "Status": "Failed", "Tasks": []any{
						object{"TaskId": "z1", "Status": "NoAnswer", "ActualTime": formatNoon.UnixMilli()},
					}}})}))
			}
		}
		got, want := manifestOf(t, data), manifestOf(t, fresh)
		got.Settings.Words = want.Settings.Words // those of another version may differ
		if diff := cmp.Diff(want.Extent, got.Extent); diff != "" {
			t.Errorf("went on %t: the extent differs (-fresh +frozen):\n%s", goOn, diff)
		}
		listed := runMain(t, exit.Done, "pending", data, "--json")
		if diff := cmp.Diff(runMain(t, exit.Done, "pending", fresh, "--json"), listed); diff != "" {
			t.Errorf("went on %t: what is pending differs (-fresh +frozen):\n%s", goOn, diff)
		}
		for _, reason := range []string{schema.PendingMissing, schema.PendingShrunk, schema.PendingNotFinal} {
			if !strings.Contains(listed, reason) && !(goOn && reason == schema.PendingMissing) {
				t.Errorf("went on %t: nothing is %s:\n%s", goOn, reason, listed)
			}
		}
	}
	tasks := collect[schema.TaskRow](t, data, schema.TableTasks)
	if !slices.ContainsFunc(tasks, func(r schema.TaskRow) bool { return r.TaskID == "z1" && r.ScriptName == "回访" }) {
		t.Errorf("what SearchTask said of a call was lost while its job was awaited")
	}
}

// writeFormat makes a tiny dataset with everything there may be in one.
func writeFormat(t *testing.T, dir string) {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	d, err := dataset.Open(ctx, dir, dataset.Options{Now: func() time.Time { return formatNoon.Add(24 * time.Hour) }})
	fail(err)
	defer func() { fail(d.Close()) }()
	fail(os.WriteFile(filepath.Join(dir, dataset.KeyFile), []byte("the secret of a dataset in the tests\n"), 0o600))
	key, err := secret.ForRun(d, "")
	fail(err)
	var settings settings.Flags
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	settings.Add(flags)
	fail(flags.Set("dict", filepath.Join(write(t, map[string]string{"words.txt": "云上催收台 100 n\n"}), "words.txt")))
	s, err := settings.Adopt(d)
	fail(err)
	s.Settings.KeyID = dataset.KeyID(key)
	fail(d.KeepDictionaries(s.Dicts))
	run := d.NewRun()
	tx, err := commit.Begin(ctx, d, run, commit.Options{
		Flattener: func() commit.Flattener { return s.Flattener() }, Unflatten: flatten.Job, Program: "callmill " + version(),
	})
	fail(err)
	defer func() { fail(tx.Close()) }()

	a, redactor := tx.Appender(), redact.New(redact.Options{Key: key})
	raw := &schema.Raw{Origin: "night.jsonl.zst"}
	for i, job := range formatJobs() {
		redactor.Job(job)
		fail(a.Job(raw, int64(i), job))
	}
	for i := range formatRejects {
		fail(a.Reject(raw, &formatRejects[i]))
	}
	total := int64(4)
	fail(a.Group(raw, &schema.JobGroupRow{
		InstanceID: "care", JobGroupID: "spring", JobGroupName: "春季回访", Description: "满意度", ScriptID: "s1", ScriptName: "回访", ScriptVersion: "7",
		JobGroupStatus: "Completed", CreationTime: formatNoon.UnixMilli(), ModifyTime: formatNoon.UnixMilli(), TotalJobs: &total, ObservedAt: formatNoon.UnixMilli(),
	}))
	// A call whose job did not come, and a version that lacks a line of another.
	fail(a.Facts(raw, &schema.TaskFacts{
		InstanceID: "sales", JobID: "z", TaskID: "z1", CallTime: formatNoon.UnixMilli(),
		Facts: schema.Facts{ObservedAt: formatNoon.UnixMilli(), ScriptName: "回访"},
	}))
	shrunk := formatJobs()[3]
	shrunk.Tasks[1].Turns, shrunk.ObservedAt = shrunk.Tasks[1].Turns[:1], shrunk.ObservedAt+1
	redactor.Job(shrunk)
	fail(a.Job(raw, 4, shrunk))
	fail(a.Flush())
	day := formatNoon.Truncate(24 * time.Hour)
	request, err := nightly.Days(nightly.Options{Zone: time.UTC, Now: day.Add(36 * time.Hour)}, day.Format(time.DateOnly), "", "")
	fail(err)
	work := request.Plan("care", nightly.Ways{Calls: true, Groups: true}, nightly.Known{})
	after, err := work.After(nightly.Seen{Searched: work.Windows, Listed: true})
	fail(err)
	extent := dataset.Extent{Settings: s.Settings, Covered: of("care", after.Covered)}
	fail(json.Unmarshal([]byte(`{
		"campaigns": {"care": {"spring": {
			"status": "Completed", "modify_time": 1768881600000, "total_jobs": 4, "listed": 4, "changed_at": 1768881600000, "read_at": 1768881600000
		}}},
		"doubted": {"care": [{"day": "2026-01-21", "since": "2026-01-21T17:30:00Z"}]},
		"retired": ["gone"]
	}`), &extent))
	published, err := tx.Commit(ctx, extent)
	fail(err)
	fail(d.WriteRun(run, map[string]string{"snapshot": published.Snapshot}))
}

// of is a map of one instance.
func of[V any](instance string, value V) map[string]V { return map[string]V{instance: value} }

var formatNoon = time.Date(2026, 1, 20, 4, 0, 0, 0, time.UTC)

// formatJobs are the jobs of two instances, on one day and without a call.
func formatJobs() []*schema.Job {
	at, yes, priority, duration, ringing := formatNoon.UnixMilli(), true, int32(5), int64(41), int32(7)
	contact := schema.Contact{
		ContactID: "c1", Name: "王小明", Honorific: "王先生", PhoneNumber: "13800001234", ReferenceID: "r1", Role: "本人", State: "Available", JobID: "a",
	}
	summary := []schema.Summary{{Category: "score", Name: "满意度", Content: "5"}}
	jobs := []*schema.Job{
		{
			InstanceID: "care", JobID: "a", JobGroupID: "spring", ReferenceID: "ref-a", ScenarioID: "scenario", StrategyID: "strategy", Status: schema.JobSucceeded,
			FailureReason: "NoAnswer", Priority: &priority, SystemPriority: &priority, CallingNumbers: []string{"057126883106", "057126883107"},
			Contacts: []schema.Contact{contact, {Name: "李四"}}, Extras: []schema.Extra{{Key: "due", Value: "2026-01-31"}, {Key: "empty"}}, Summaries: summary,
			Tasks: []schema.Task{
				{TaskID: "a1", Status: "NoAnswer", PlannedTime: at - 60_000, ActualTime: at, CalledNumber: "13800001234", Contact: contact},
				{
					TaskID: "a2", CallID: "call", ChatbotID: "9382", ScenarioID: "scenario", Status: "SucceededFinish", Brief: "1", PlannedTime: at, ActualTime: at + 3_600_000,
					Duration: &duration, CallingNumber: "057126883106", CalledNumber: "13800001234", Contact: contact,
					Turns: []schema.Turn{
						{Speaker: schema.SpeakerRobot, Script: "您好，这里是云上催收台，请问是王先生吗？", Timestamp: at + 3_601_000, Summaries: summary},
						{Speaker: schema.SpeakerContact, Script: "是的，你是哪位？", Timestamp: at + 3_605_000},
						{Speaker: schema.SpeakerRobot, Script: "您在2026年1月21日的账单为￥128.50元。", Timestamp: at + 3_605_000},
						{Speaker: schema.SpeakerUnknown},
					},
					Facts: schema.Facts{
						JobGroupName: "春季回访", ScriptName: "回访", CallMS: &duration, RingingS: &ringing, EndReason: &ringing, ReachedEnd: &yes,
						LastPlaybackCompleted: &yes, HungUpByRejection: new(bool), DialExceptions: []string{"x", "y"},
					},
				},
			},
		},
		{
			InstanceID: "care", JobID: "b", JobGroupID: "spring", Status: schema.JobFailed,
			Tasks: []schema.Task{{TaskID: "b1", Status: "SucceededByMagic", ActualTime: at + 1, CalledNumber: "13800005678", Turns: []schema.Turn{
				{Speaker: schema.SpeakerRobot, Script: "喂？", Timestamp: at + 2},
				{Speaker: schema.SpeakerContact, Script: "嗯", Timestamp: at + 1},
			}}},
		},
		{InstanceID: "sales", JobID: "c", Status: schema.JobScheduling},
		{
			InstanceID: "sales", JobID: "d", Status: schema.JobSucceeded, Contacts: []schema.Contact{{PhoneNumber: "13800009999"}},
			Tasks: []schema.Task{
				{TaskID: "d1", Status: "Busy", ActualTime: at + 5000},
				{TaskID: "d2", Status: "SucceededClientHangUp", ActualTime: at + 9000, Turns: []schema.Turn{
					{Speaker: schema.SpeakerRobot, Script: "Hello, 您好 ！", Timestamp: at + 10_000},
					{Speaker: schema.SpeakerContact, Script: "不需要。", Timestamp: at + 12_000, Summaries: summary},
				}},
			},
		},
	}
	for _, job := range jobs {
		job.RequestID, job.ObservedAt, job.Asked = "request", at+86_400_000, true
	}
	return jobs
}

var formatRejects = []schema.Reject{
	{
		InstanceID: "sales", JobID: "broken", Origin: "night.jsonl.zst", Position: 3, Code: schema.RejectShape, Reason: "tasks is a number",
		Raw: []byte(`{"JobId":"broken","Tasks":5}`), ObservedAt: formatNoon.UnixMilli() + 86_400_000,
	},
	{
		InstanceID: "care", Origin: "night.jsonl.zst", Code: schema.RejectSyntax, Reason: "not JSON", Raw: []byte("\x00\xff"),
		ObservedAt: formatNoon.UnixMilli() + 86_400_000,
	},
}
