package flatten

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"callmill/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The rows of a job with something in every column.
func TestRowsGolden(t *testing.T) {
	j := readJob(t, filepath.Join("testdata", "rich_job.json"))
	hash, _ := j.ContentHash(nil)
	rows := newFlattener(t).Rows(j, hash)

	got, err := json.MarshalIndent(rows, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	golden := filepath.Join("testdata", "rich_job.rows.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("rows differ from %s (-want +got):\n%s", golden, cmp.Diff(string(want), string(got)))
	}
	if diff := cmp.Diff(j, Job(rows), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the job of the rows (-want +got):\n%s", diff)
	}
}

func readJob(t testing.TB, path string) *schema.Job {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var j schema.Job
	if err := dec.Decode(&j); err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	return &j
}

// A job of the given task statuses, one call a minute.
func jobOf(jobStatus string, taskStatuses ...string) *schema.Job {
	j := &schema.Job{JobID: "j", Status: jobStatus}
	for i, s := range taskStatuses {
		j.Tasks = append(j.Tasks, schema.Task{TaskID: string(rune('a' + i)), Status: s, ActualTime: int64(1579068424883 + 60000*i)})
	}
	return j
}

func TestJobOutcome(t *testing.T) {
	tests := []struct {
		name      string
		jobStatus string
		tasks     []string
		want      string
	}{
		{"no task", "Scheduling", nil, schema.NotCalled},
		{"no task, no status", "", nil, schema.NotCalled},
		{"no task, cancelled", "Cancelled", nil, schema.Cancelled},
		{"no task, failed", "Failed", nil, schema.Failed},
		{"no task, yet succeeded", "Succeeded", nil, schema.NotCalled},
		{"the last answered attempt", "Succeeded", []string{"SucceededClientHangUp", "SucceededFinish", "NoAnswer"}, schema.Completed},
		{"a machine is no answer", "Succeeded", []string{"SucceededFinish", "SucceededSpecialInterceptVoiceAssistant"}, schema.Completed},
		{"only a machine", "Succeeded", []string{"NoAnswer", "SucceededSpecialInterceptVoiceAssistant"}, schema.Intercepted},
		{"else the last dialled one", "Failed", []string{"Busy", "NoAnswer", "ContactBlockList"}, schema.NoAnswer},
		{"else the last task", "Cancelled", []string{"Failed", "Cancelled"}, schema.Cancelled},
		{"in progress is not dialled yet", "Executing", []string{"Busy", "Executing"}, schema.Busy},
		{"only in progress", "Executing", []string{"Executing"}, schema.InProgress},
		{"unlisted", "Succeeded", []string{"SucceededOddly"}, schema.Unknown},
		{"the status of the job counts only without tasks", "Cancelled", []string{"Odd"}, schema.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows := newFlattener(t).Rows(jobOf(tt.jobStatus, tt.tasks...), schema.ContentHash{})
			if rows.Job.JobOutcome != tt.want {
				t.Errorf("job outcome %s, want %s", rows.Job.JobOutcome, tt.want)
			}
		})
	}
}

func TestAttempts(t *testing.T) {
	j := jobOf("Succeeded", "ContactBlockList", "NoAnswer", "Executing", "SucceededFinish", "", "SucceededSpecialInterceptNew", "Cancelled")
	rows := newFlattener(t).Rows(j, schema.ContentHash{})

	one, two, three := int32(1), int32(2), int32(3)
	var got []*int32
	var last []bool
	for i := range rows.Tasks {
		got = append(got, rows.Tasks[i].Attempt)
		last = append(last, rows.Tasks[i].IsLastTask)
	}
	if diff := cmp.Diff([]*int32{nil, &one, nil, &two, nil, &three, nil}, got); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{false, false, false, false, false, false, true}, last); diff != "" {
		t.Errorf("is_last_task (-want +got):\n%s", diff)
	}
	if rows.Job.DialedCount != 3 || rows.Job.TaskCount != 7 || !rows.Job.IsFinal {
		t.Errorf("job row %+v", rows.Job)
	}
}

func TestTimingAndGaps(t *testing.T) {
	ms := func(v int64) *int64 { return &v }
	tests := []struct {
		name   string
		stored []int64
		timing []string
		gaps   []*int64
		first  int64
		last   int64
	}{
		{"no line", nil, nil, nil, 0, 0},
		{"no time", []int64{0, 0}, []string{"missing", "missing"}, []*int64{nil, nil}, 0, 0},
		{"in order", []int64{1000, 1500, 3000}, []string{"first", "ok", "ok"}, []*int64{nil, ms(500), ms(1500)}, 1000, 3000},
		{"a tie", []int64{1000, 1000}, []string{"first", "tie"}, []*int64{nil, ms(0)}, 1000, 1000},
		{
			"backwards, and on from there", []int64{2000, 1000, 1500},
			[]string{"first", "backwards", "ok"}, []*int64{nil, ms(-1000), ms(500)}, 1000, 2000,
		},
		{
			"over a gap", []int64{0, 1000, 0, 0, 1700},
			[]string{"missing", "first", "missing", "missing", "ok"}, []*int64{nil, nil, nil, nil, ms(700)}, 1000, 1700,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := jobOf("Succeeded", "SucceededFinish", "SucceededFinish")
			for _, v := range tt.stored {
				j.Tasks[0].Turns = append(j.Tasks[0].Turns, schema.Turn{Speaker: schema.SpeakerRobot, Timestamp: v})
			}
			// Times do not pass from one call to the next.
			j.Tasks[1].Turns = []schema.Turn{{Speaker: schema.SpeakerRobot, Timestamp: 5000}}
			rows := newFlattener(t).Rows(j, schema.ContentHash{})

			n := len(tt.stored)
			var timings []string
			var gaps []*int64
			for i := range n {
				timings = append(timings, rows.Turns[i].Timing)
				gaps = append(gaps, rows.Turns[i].GapMS)
			}
			if diff := cmp.Diff(tt.timing, timings); diff != "" {
				t.Errorf("timing (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.gaps, gaps); diff != "" {
				t.Errorf("gap_ms (-want +got):\n%s", diff)
			}
			if got := rows.Tasks[0]; got.FirstTurnTime != tt.first || got.LastTurnTime != tt.last {
				t.Errorf("turn times %d–%d, want %d–%d", got.FirstTurnTime, got.LastTurnTime, tt.first, tt.last)
			}
			if got := rows.Turns[n]; got.Timing != schema.TimingFirst || got.GapMS != nil {
				t.Errorf("the next call begins with %s, %v", got.Timing, got.GapMS)
			}
		})
	}
}

func TestCallTimes(t *testing.T) {
	j := &schema.Job{JobID: "j", Tasks: []schema.Task{
		{TaskID: "a", PlannedTime: 1579017600000},                            // 2020-01-15 00:00 in Shanghai
		{TaskID: "b", PlannedTime: 1579000000000, ActualTime: 1579103999999}, // 23:59:59.999
		{TaskID: "c"},
	}}
	rows := newFlattener(t).Rows(j, schema.ContentHash{})

	day, midnight, last := int32(18276), int32(0), int32(23)
	for i, want := range []struct{ date, hour *int32 }{{&day, &midnight}, {&day, &last}, {nil, nil}} {
		if diff := cmp.Diff(want.date, rows.Tasks[i].CallDate); diff != "" {
			t.Errorf("task %d: call_date (-want +got):\n%s", i, diff)
		}
		if diff := cmp.Diff(want.hour, rows.Tasks[i].CallHour); diff != "" {
			t.Errorf("task %d: call_hour (-want +got):\n%s", i, diff)
		}
	}
	if rows.Job.FirstCallTime != 1579017600000 || rows.Job.LastCallTime != 1579103999999 || rows.JobDate != day {
		t.Errorf("calls %d–%d, job date %d", rows.Job.FirstCallTime, rows.Job.LastCallTime, rows.JobDate)
	}

	j.Tasks = j.Tasks[2:]
	rows = newFlattener(t).Rows(j, schema.ContentHash{})
	if rows.Job.FirstCallTime != 0 || rows.Job.LastCallTime != 0 || rows.JobDate != schema.NoDate {
		t.Errorf("without a call time: calls %d–%d, job date %d", rows.Job.FirstCallTime, rows.Job.LastCallTime, rows.JobDate)
	}
}

func TestPatternsGoToRobotLines(t *testing.T) {
	j := &schema.Job{JobID: "j", Contacts: []schema.Contact{{Name: "李四"}}, Tasks: []schema.Task{
		{TaskID: "a", Contact: schema.Contact{Name: "张三"}, Turns: []schema.Turn{
			{Speaker: schema.SpeakerRobot, Script: "张三您好，您欠款1200元"},
			{Speaker: schema.SpeakerContact, Script: "我是张三，不是李四"},
			{Speaker: schema.SpeakerUnknown, Script: "张三"},
			{Speaker: schema.SpeakerRobot, Script: ""},
			{Speaker: schema.SpeakerRobot, Script: "好的，再见"},
			{Speaker: schema.SpeakerRobot, Script: "李四再见，3点"},
		}},
		// Without a contact of its own a call has the job's only one.
		{TaskID: "b", Turns: []schema.Turn{{Speaker: schema.SpeakerRobot, Script: "李四您好，张三"}}},
	}}
	rows := newFlattener(t).Rows(j, schema.ContentHash{})
	var got []string
	for i := range rows.Turns {
		got = append(got, rows.Turns[i].Pattern)
	}
	want := []string{"{name}您好，您欠款{amount}", "", "", "", "好的，再见", "李四再见，{time}", "{name}您好，张三"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("patterns (-want +got):\n%s", diff)
	}

	j.Contacts = append(j.Contacts, schema.Contact{Name: "王五"})
	rows = newFlattener(t).Rows(j, schema.ContentHash{})
	if got, want := rows.Turns[6].Pattern, "李四您好，张三"; got != want {
		t.Errorf("with two contacts of the job the pattern is %q, want %q", got, want)
	}
}

// Lists are never nil, so that they are never NULL.
func TestEmptyLists(t *testing.T) {
	j := jobOf("Succeeded", "SucceededFinish")
	j.Tasks[0].Turns = []schema.Turn{{Speaker: schema.SpeakerContact}}
	rows := newFlattener(t).Rows(j, schema.ContentHash{})
	for name, list := range map[string][]string{
		"calling_numbers": rows.Job.CallingNumbers, "dial_exceptions": rows.Tasks[0].DialExceptions, "tokens": rows.Turns[0].Tokens,
	} {
		if list == nil || len(list) != 0 {
			t.Errorf("%s is %#v", name, list)
		}
	}
}

// Decode reuses the memory of a job: rows do not depend on it.
func TestRowsOutliveTheJob(t *testing.T) {
	path := filepath.Join("testdata", "rich_job.json")
	j := readJob(t, path)
	rows := newFlattener(t).Rows(j, schema.ContentHash{})
	job := Job(rows)
	scribble(j)
	if diff := cmp.Diff(readJob(t, path), Job(rows), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the rows after the job was changed (-want +got):\n%s", diff)
	}
	before := job.CallingNumbers[0]
	rows.Job.CallingNumbers[0] = "changed"
	*rows.Job.Priority = -1
	if job.CallingNumbers[0] != before || *job.Priority == -1 {
		t.Error("the job changed with its rows")
	}
}

func scribble(j *schema.Job) {
	*j.Priority, *j.SystemPriority = -1, -1
	clear(j.CallingNumbers)
	for i := range j.Tasks {
		t := &j.Tasks[i]
		for _, p := range []*int64{t.Duration, t.Facts.CallMS} {
			if p != nil {
				*p = -1
			}
		}
		for _, p := range []*int32{t.Facts.RingingS, t.Facts.EndReason} {
			if p != nil {
				*p = -1
			}
		}
		for _, p := range []*bool{t.Facts.ReachedEnd, t.Facts.LastPlaybackCompleted, t.Facts.HungUpByRejection} {
			if p != nil {
				*p = !*p
			}
		}
		clear(t.Facts.DialExceptions)
		clear(t.Turns)
	}
	clear(j.Contacts)
	clear(j.Extras)
	clear(j.Summaries)
	clear(j.Tasks)
}

// Summaries of a turn that the job does not have are dropped.
func TestJobDropsStraySummaries(t *testing.T) {
	j := jobOf("Succeeded", "SucceededFinish", "SucceededFinish")
	for i := range j.Tasks {
		j.Tasks[i].Turns = []schema.Turn{{Speaker: schema.SpeakerRobot, Summaries: []schema.Summary{{Content: j.Tasks[i].TaskID}}}}
	}
	rows := newFlattener(t).Rows(j, schema.ContentHash{})
	zero, one := int32(0), int32(1)
	rows.Summaries = []schema.SummaryRow{
		{TaskID: "b", TurnIndex: &zero, Content: "b"},
		{TaskID: "b", TurnIndex: &one, Content: "no such line"},
		{TaskID: "z", TurnIndex: &zero, Content: "no such task"},
		{TaskID: "a", TurnIndex: &zero, Content: "a"},
	}
	if diff := cmp.Diff(j, Job(rows), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("job (-want +got):\n%s", diff)
	}
}

func TestCountIsBounded(t *testing.T) {
	if got := count(math.MaxInt); got != math.MaxInt32 {
		t.Errorf("count = %d", got)
	}
}
