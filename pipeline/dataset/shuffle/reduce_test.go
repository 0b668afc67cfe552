package shuffle_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// version is a version of job a with one call of some lines, on a day after day0.
func version(observed int64, lines int, day int64) *schema.Job {
	at := day0 + day*2*halfDay
	task := schema.Task{TaskID: "a-0", Status: "SucceededFinish", ActualTime: at}
	for range lines {
		task.Turns = append(task.Turns, schema.Turn{Speaker: schema.SpeakerRobot, Script: "您好", Timestamp: at})
	}
	return &schema.Job{InstanceID: "default", JobID: "a", Status: schema.JobSucceeded, ObservedAt: observed, Tasks: []schema.Task{task}}
}

func undated(j *schema.Job) *schema.Job {
	j.Undated = true
	return j
}

func scriptOf(observed int64, script string) *schema.TaskFacts {
	return &schema.TaskFacts{InstanceID: "default", JobID: "a", TaskID: "a-0", Facts: schema.Facts{ObservedAt: observed, ScriptName: script}}
}

func rejected(observed int64) *schema.Reject {
	return &schema.Reject{InstanceID: "default", JobID: "a", Origin: "x.json", Code: schema.RejectTruncated, Raw: []byte("{"), ObservedAt: observed}
}

func campaign(observed int64, name string) *schema.JobGroupRow {
	return &schema.JobGroupRow{InstanceID: "default", JobGroupID: "g", JobGroupName: name, ObservedAt: observed}
}

// give reduces what is given to an appender, in one run after the other, and returns
// the last result of the key that has one, and the last report.
func give(t *testing.T, o shuffle.Options, runs ...func(*shuffle.Appender) error) (last *shuffle.Result, report shuffle.Report) {
	t.Helper()
	return giveEach(t, func(int) shuffle.Options { return o }, runs...)
}

// giveLimited gives a run without limits, and then one with them.
func giveLimited(t *testing.T, l shuffle.Limits, before, run func(*shuffle.Appender) error) (*shuffle.Result, shuffle.Report) {
	t.Helper()
	return giveEach(t, func(n int) shuffle.Options {
		o := shuffle.Options{Rules: rulesOf(time.UnixMilli(day0+60*halfDay), 0)}
		if n == 1 {
			o.Limits = l
		}
		return o
	}, before, run)
}

// giveEach is give with other options for each run.
func giveEach(t *testing.T, options func(run int) shuffle.Options, runs ...func(*shuffle.Appender) error) (last *shuffle.Result, report shuffle.Report) {
	t.Helper()
	states := map[schema.Key][]byte{}
	for n, run := range runs {
		o := options(n)
		o.Flattener = lasting{newFlattener()}
		records := shuffled{}
		if err := run(records.appender()); err != nil {
			t.Fatal(err)
		}
		for key := range states {
			records[key] = append(records[key], states[key])
		}
		reducer := shuffle.NewReducer(o)
		last = nil
		for key, list := range records {
			var of shuffle.Records
			for _, record := range list {
				if err := of.Add(record); err != nil {
					t.Fatal(err)
				}
			}
			result, err := reducer.Reduce(key, &of)
			if err != nil {
				t.Fatal(err)
			}
			if result == nil {
				continue
			}
			copied := *result
			last = &copied
			if len(result.State) > 0 {
				states[key] = result.State
			} else if result.State != nil {
				delete(states, key)
			}
		}
		report = reducer.Report()
	}
	return last, report
}

func job(j *schema.Job) func(*shuffle.Appender) error {
	return func(a *shuffle.Appender) error { return a.Job(&schema.Raw{}, 0, j) }
}

func facts(f *schema.TaskFacts) func(*shuffle.Appender) error {
	return func(a *shuffle.Appender) error { return a.Facts(&schema.Raw{}, f) }
}

func refuse(r *schema.Reject) func(*shuffle.Appender) error {
	return func(a *shuffle.Appender) error { return a.Reject(&schema.Raw{}, r) }
}

func group(g *schema.JobGroupRow) func(*shuffle.Appender) error {
	return func(a *shuffle.Appender) error { return a.Group(&schema.Raw{}, g) }
}

func imported(j *schema.Job) func(*shuffle.Appender) error {
	hash, _ := j.ContentHash(nil)
	return func(a *shuffle.Appender) error { return a.ImportJob(j, hash) }
}

func both(list ...func(*shuffle.Appender) error) func(*shuffle.Appender) error {
	return func(a *shuffle.Appender) (err error) {
		for _, give := range list {
			err = errors.Join(err, give(a))
		}
		return err
	}
}

// said is what a result says, in a few words.
type said struct {
	Nothing              bool
	Turns                int    // of the rows
	Script               string // of their first task
	FirstSeen            int64
	JobDate, StaleDate   int32 // from 1, which is the day of day0; 0: none; 99: schema.NoDate
	StateDate, Stale     int32 // likewise
	Rejects, RejectsGone int
	Group                string
	GroupGone, StateGoes bool
}

func say(r *shuffle.Result) said {
	if r == nil {
		return said{Nothing: true}
	}
	day := func(d *int32) int32 {
		switch {
		case d == nil:
			return 0
		case *d == schema.NoDate:
			return 99
		}
		return *d - int32((day0+8*3600*1000)/(2*halfDay)) + 1
	}
	s := said{
		JobDate: day(r.JobDate), StaleDate: day(r.StaleDate), StateDate: day(r.StateDate), Stale: day(r.StaleStateDate),
		Rejects: len(r.Rejects), RejectsGone: len(r.RejectsGone), GroupGone: r.GroupGone != nil, StateGoes: r.State != nil && len(r.State) == 0,
	}
	if r.Rows != nil {
		s.Turns, s.Script, s.FirstSeen = len(r.Rows.Turns), r.Rows.Tasks[0].ScriptName, r.Rows.Job.FirstSeen-day0
	}
	if r.Group != nil {
		s.Group = r.Group.JobGroupName
	}
	return s
}

// TestResults walks through what may become of a key: after some runs, what the last
// one says.
func TestResults(t *testing.T) {
	run := func(list ...func(*shuffle.Appender) error) []func(*shuffle.Appender) error { return list }
	for name, c := range map[string]struct {
		runs []func(*shuffle.Appender) error
		want said
	}{
		"a new job":                      {run(job(version(day0, 2, 0))), said{Turns: 2, JobDate: 1, StateDate: 1}},
		"the same again":                 {run(job(version(day0, 2, 0)), job(version(day0+1, 2, 0))), said{Nothing: true}},
		"seen before":                    {run(job(version(day0+5, 2, 0)), job(version(day0+3, 1, 0))), said{Turns: 2, FirstSeen: 3, JobDate: 1, StaleDate: 1, StateDate: 1, Stale: 1}},
		"another version on another day": {run(job(version(day0, 1, 0)), job(version(day0+1, 2, 3))), said{Turns: 2, JobDate: 4, StaleDate: 1, StateDate: 4, Stale: 1}},
		"a version that is held":         {run(job(version(day0, 2, 0)), job(version(day0+1, 1, 0))), said{JobDate: 1, StateDate: 1, Stale: 1}},
		"facts of a job of before":       {run(job(version(day0, 2, 0)), facts(scriptOf(day0, "s"))), said{Turns: 2, Script: "s", JobDate: 1, StaleDate: 1, StateDate: 1, Stale: 1}},
		"facts before their job":         {run(facts(scriptOf(day0, "s"))), said{StateDate: 99}},
		"and then the job":               {run(facts(scriptOf(day0, "s")), job(version(day0, 2, 0))), said{Turns: 2, Script: "s", JobDate: 1, StateDate: 1, Stale: 99}},
		"a reject":                       {run(refuse(rejected(day0))), said{Rejects: 1, StateDate: 99}},
		"the same reject again":          {run(refuse(rejected(day0)), refuse(rejected(day0+1))), said{Nothing: true}},
		"its job comes":                  {run(refuse(rejected(day0)), job(version(day0+1, 2, 0))), said{Turns: 2, FirstSeen: 1, RejectsGone: 1, JobDate: 1, StateDate: 1, Stale: 99}},
		"its job came before it":         {run(both(job(version(day0, 2, 0)), refuse(rejected(day0+1)))), said{Turns: 2, Rejects: 1, JobDate: 1, StateDate: 1}},
		"its job comes at its instant":   {run(refuse(rejected(day0)), job(version(day0, 2, 0))), said{Turns: 2, RejectsGone: 1, JobDate: 1, StateDate: 1, Stale: 99}},
		"met again after its job came":   {run(refuse(rejected(day0)), both(job(version(day0+1, 2, 0)), refuse(rejected(day0+2)))), said{Turns: 2, FirstSeen: 1, JobDate: 1, StateDate: 1, Stale: 99}},
		"a campaign":                     {run(group(campaign(day0, "x"))), said{Group: "x", StateDate: 99}},
		"a content that comes back dated": {
			run(job(undated(version(day0, 2, 0))), both(job(version(day0+1, 3, 0)), job(version(day0+2*halfDay+2, 2, 0)), job(version(day0+4*halfDay+2, 2, 0))), job(undated(version(day0+5*halfDay, 4, 0)))),
			said{Nothing: true},
		},
		"a campaign that says the same":     {run(group(campaign(day0, "x")), group(campaign(day0+1, "x"))), said{Nothing: true}},
		"a campaign of before":              {run(group(campaign(day0+1, "x")), group(campaign(day0, "y"))), said{Nothing: true}},
		"an imported job":                   {run(imported(version(day0, 2, 0))), said{Turns: 2, JobDate: 1, StateDate: 1}},
		"imported again":                    {run(imported(version(day0, 2, 0)), imported(version(day0, 2, 0))), said{Nothing: true}},
		"imported as the dataset has it":    {run(imported(version(day0+1, 2, 0)), imported(version(day0, 1, 3))), said{Turns: 1, JobDate: 4, StaleDate: 1, StateDate: 4, Stale: 1}},
		"the lake's own is later":           {run(job(version(day0+2, 2, 0)), imported(version(day0+1, 2, 3))), said{Turns: 2, FirstSeen: 1, JobDate: 1, StaleDate: 1, StateDate: 1, Stale: 1}},
		"the lake's own is earlier":         {run(job(version(day0, 1, 0)), imported(version(day0+1, 2, 3))), said{Turns: 2, JobDate: 4, StaleDate: 1, StateDate: 4, Stale: 1}},
		"imported beside facts of the lake": {run(facts(scriptOf(day0, "s")), imported(version(day0, 2, 0))), said{Turns: 2, Script: "s", JobDate: 1, StateDate: 1, Stale: 99}},
		"the dataset has it no more": {
			run(imported(version(day0, 2, 0)), func(a *shuffle.Appender) error { return a.ImportGone("default", "a") }),
			said{StaleDate: 1, Stale: 1, StateGoes: true},
		},
		"the lake's own stays": {
			run(job(version(day0, 2, 0)), func(a *shuffle.Appender) error { return a.ImportGone("default", "a") }), said{Nothing: true},
		},
		"the dataset has a campaign no more": {
			run(func(a *shuffle.Appender) error { return a.ImportGroup(campaign(day0, "x")) }, func(a *shuffle.Appender) error { return a.ImportGroupGone("default", "g") }),
			said{GroupGone: true, StateGoes: true, Stale: 99},
		},
		"a reject that the dataset has no more": {
			run(
				func(a *shuffle.Appender) error {
					return a.ImportRejects(schema.JobKey(nil, "default", "a"), []schema.RejectRow{{InstanceID: "default", RejectID: "r", JobID: "a"}})
				},
				func(a *shuffle.Appender) error { return a.ImportRejects(schema.JobKey(nil, "default", "a"), nil) },
			),
			said{RejectsGone: 1, StateGoes: true, Stale: 99},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := give(t, shuffle.Options{Rules: rulesOf(time.UnixMilli(day0+60*halfDay), 0)}, c.runs...)
			if diff := cmp.Diff(c.want, say(got)); diff != "" {
				t.Errorf("the result (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReport: a report sums up over keys, those that do not change included.
func TestReport(t *testing.T) {
	other := facts(&schema.TaskFacts{InstanceID: "default", JobID: "b", TaskID: "b-0", Facts: schema.Facts{ObservedAt: day0, ScriptName: "s"}})
	run := both(job(version(day0, 2, 0)), refuse(rejected(day0)), refuse(rejected(day0+5)), other)
	_, got := give(t, shuffle.Options{}, run, run)
	if want := (dataset.Counts{Seen: 3, Unchanged: 1, Rejected: 2}); got.Counts != want {
		t.Errorf("counts %+v, want %+v", got.Counts, want)
	}
	if got.Keys != 2 || got.Records != 6 || got.Unmatched != 1 || got.RejectsByCode[schema.RejectTruncated] != 2 || len(got.Faults) != 1 || got.Faults[0] != "x.json" {
		t.Errorf("report %+v", got)
	}
}

// TestReportOutlivesRecords: a report does not change with the memory of the records,
// which is used again.
func TestReportOutlivesRecords(t *testing.T) {
	given := shuffled{}
	if err := both(refuse(rejected(day0)), facts(scriptOf(day0, "s")))(given.appender()); err != nil {
		t.Fatal(err)
	}
	records := given[schema.JobKey(nil, "default", "a")]
	reducer := shuffle.NewReducer(shuffle.Options{Flattener: newFlattener()})
	report := func() string {
		text, err := json.Marshal(reducer.Report())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for range 2 { // then with a state, and with what is counted already
		var of shuffle.Records
		var memory [][]byte
		for _, record := range records {
			memory = append(memory, slices.Clone(record))
			if err := of.Add(memory[len(memory)-1]); err != nil {
				t.Fatal(err)
			}
		}
		result, err := reducer.Reduce(schema.Key{}, &of)
		if err != nil {
			t.Fatal(err)
		}
		if result != nil {
			records = append(records, result.State)
		}
		before := report()
		for _, record := range memory {
			for i := range record {
				record[i] = '#'
			}
		}
		if after := report(); after != before {
			t.Errorf("the report is %s, was %s", after, before)
		}
	}
}

// TestWhatCannotBeReduced: damaged records, and an import among responses.
func TestWhatCannotBeReduced(t *testing.T) {
	mixed := shuffled{}
	if err := both(job(version(day0, 1, 0)), imported(version(day0, 1, 0)))(mixed.appender()); err != nil {
		t.Fatal(err)
	}
	whole := shuffled{}
	if err := job(version(day0, 1, 0))(whole.appender()); err != nil {
		t.Fatal(err)
	}
	cut := [][]byte{}
	for _, list := range whole {
		cut = append(cut, list[0][:len(list[0])-1])
	}
	for name, c := range map[string]struct {
		records [][]byte
		is      error
		says    string
	}{
		"a version that is cut short": {cut, spill.ErrDamaged, "decide on job a: read a version of job a: "},
		"an import among responses":   {mixed[schema.JobKey(nil, "default", "a")], nil, "an import and responses"},
	} {
		t.Run(name, func(t *testing.T) {
			var of shuffle.Records
			for _, record := range c.records {
				if err := of.Add(record); err != nil {
					t.Fatal(err)
				}
			}
			_, err := shuffle.NewReducer(shuffle.Options{Flattener: newFlattener()}).Reduce(schema.Key{}, &of)
			if err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}
