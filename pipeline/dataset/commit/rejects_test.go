package commit_test

import (
	"bytes"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

func reject(job, raw string, at int64) delivery {
	return delivery{reject: &schema.Reject{
		InstanceID: "default", JobID: job, Origin: "x.json", Code: schema.RejectShape, Reason: "tasks is a number",
		Raw: []byte(raw), ObservedAt: at,
	}}
}

// rejects gives the published rejects: raw input by job id.
func (l *line) rejects() map[string]string {
	l.t.Helper()
	d, err := dataset.View(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	found := map[string]string{}
	for r, err := range tables.Rejects(d) {
		if err != nil {
			l.t.Fatal(err)
		}
		found[r.JobID] = string(r.Raw)
	}
	return found
}

func TestRejectsComeAndGo(t *testing.T) {
	l := newLine(t)
	p := l.run(reject("a", "bad a", 100), reject("b", "bad b", 100), reject("", "garbage", 100))
	if p.Counts != (dataset.Counts{Seen: 3, Rejected: 3}) || !p.Changed {
		t.Errorf("counts %+v", p.Counts)
	}
	if p := l.run(reject("a", "bad a", 300)); p.Changed || p.Counts.Rejected != 1 {
		t.Errorf("a reject seen again: changed %v, counts %+v; want it counted and nothing else", p.Changed, p.Counts)
	}
	l.run(jobs(call("a", 99, "v1", 0))...)
	if got := slices.Sorted(maps.Keys(l.rejects())); len(got) != 3 {
		t.Errorf("a version older than the reject left %q, want all three", got)
	}
	l.run(jobs(call("a", 100, "v1", 0))...)
	if got := l.rejects(); len(got) != 2 || got["b"] != "bad b" || got[""] != "garbage" {
		t.Errorf("a version as old as the reject left %q, want b and the garbage", got)
	}
}

// TestRejectMetAgain: a reject that the run meets again leaves only if a version
// of its job is accepted after that in the run's order. Where the two alternate
// for ever, it stays.
func TestRejectMetAgain(t *testing.T) {
	met, accepted := reject("a", "bad a", 200), jobs(call("a", 200, "v1", 0))[0]
	for name, c := range map[string]struct {
		run   []delivery
		stays bool
	}{
		"after the acceptance":        {[]delivery{accepted, met}, true},
		"before the acceptance":       {[]delivery{met, accepted}, false},
		"before it and after it":      {[]delivery{met, accepted, met}, true},
		"at an earlier instant":       {[]delivery{accepted, reject("a", "bad a", 150)}, false},
		"another reject of the job":   {[]delivery{reject("a", "worse a", 100), accepted, met}, true},
		"without any acceptance":      {[]delivery{met}, true},
		"the job is of another robot": {[]delivery{met, elsewhere(call("a", 300, "v1", 0))}, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			first := l.run(c.run...)
			for n := range 4 {
				if got := l.rejects()["a"] == "bad a"; got != c.stays || len(l.rejects()) > 1 {
					t.Errorf("run %d: rejects %q, stays: %v", n, l.rejects(), c.stays)
				}
				if p := l.run(c.run...); p.Changed || p.Snapshot != first.Snapshot {
					t.Errorf("run %d: %+v, want nothing new", n, p)
				}
			}
		})
	}
}

func elsewhere(j *schema.Job) delivery {
	j.InstanceID = "other"
	return delivery{job: j}
}

// TestReplayedRejects: of rejects that are replayed those leave of whose input
// something comes and no reject.
func TestReplayedRejects(t *testing.T) {
	l := newLine(t)
	l.run(reject("", "bad", 100), reject("", "worse", 100), reject("", "nothing", 100))
	ids := map[string]string{}
	d, err := dataset.View(l.dir)
	l.must(err)
	for row, err := range tables.Rejects(d) {
		l.must(err)
		ids[string(row.Raw)] = row.RejectID
	}
	replayed := func(d delivery, raw string) delivery {
		d.replay = &schema.Replay{RejectID: ids[raw], Reject: *reject("", raw, 100).reject}
		return d
	}
	p := l.run(replayed(jobs(call("a", 100, "v1", 0))[0], "bad"), replayed(jobs(call("b", 100, "v1", 0))[0], "worse"), replayed(reject("", "a part of worse", 100), "worse"), replayed(reject("", "another part", 100), "worse"))
	if p.Counts.New != 2 || p.Counts.Rejected != 1 {
		t.Errorf("counts %+v", p.Counts)
	}
	left := 0
	d, err = dataset.View(l.dir)
	l.must(err)
	for row, err := range tables.Rejects(d) {
		l.must(err)
		if left++; row.RejectID == ids["bad"] {
			t.Error("the reject whose input was accepted is still there")
		}
	}
	if left != 2 {
		t.Errorf("%d rejects are left, want 2", left)
	}
}

// A path, and what a reason quotes, may be of any bytes; a text that is not UTF-8
// would make the table unreadable for DuckDB.
func TestRejectsAreText(t *testing.T) {
	l := newLine(t)
	odd := reject("a", "bad a", 100)
	odd.reject.Origin, odd.reject.Reason = "\xff呼叫.json", "no Jobs, but an array named \xffobs"
	l.run(odd)
	d, err := dataset.View(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range tables.Rejects(d) {
		if err != nil || r.Origin != "\uFFFD呼叫.json" || r.Reason != "no Jobs, but an array named \uFFFDobs" {
			t.Errorf("origin %q, reason %q, %v", r.Origin, r.Reason, err)
		}
	}
}

// TestManyLargeRejects: inputs of a MiB each pass in bounded memory, the first
// sighting stays, and the rows do not depend on which worker met what.
func TestManyLargeRejects(t *testing.T) {
	big := func(n int) delivery {
		raw := bytes.Repeat([]byte{byte(n), byte(n >> 8), 7, 9}, 1<<18)
		d := reject(fmt.Sprint("job-", n), "", 100)
		d.reject.Raw = raw
		return d
	}
	l := newLine(t)
	l.memory = 24 << 20
	l.appenders = 3
	peak := uint64(0)
	var deliveries []delivery
	for n := range 60 {
		deliveries = append(deliveries, big(n%40))
	}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	l.run(deliveries...)
	deliveries = nil
	runtime.GC()
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	if peak = after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc); peak > 32<<20 {
		t.Errorf("%d MiB are still held", peak>>20)
	}
	if got := l.rejects(); len(got) != 40 || got["job-7"] != string(big(7).reject.Raw) {
		t.Errorf("%d rejects are published, want 40", len(got))
	}
}

// TestRejectsInRuns: however many rejects there are, and whichever worker met
// them, the table is the same, in bounded memory.
func TestRejectsInRuns(t *testing.T) {
	const lines = 20_000 // five runs
	var want map[string]string
	for _, appenders := range []int{1, 3} {
		l := newLine(t)
		l.appenders = appenders
		var deliveries []delivery
		for n := range lines {
			// Every third is met twice, the second time as of an earlier instant.
			deliveries = append(deliveries, reject("", fmt.Sprint("line ", n*2/3), int64(100000-n)))
		}
		l.run(deliveries...)
		got := map[string]string{}
		d, err := dataset.View(l.dir)
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range tables.Rejects(d) {
			if err != nil {
				t.Fatal(err)
			}
			got[row.RejectID] = fmt.Sprint(string(row.Raw), " ", row.FirstSeen)
		}
		if len(got) != (lines-1)*2/3+1 {
			t.Errorf("%d rejects, want %d", len(got), (lines-1)*2/3+1)
		}
		if want == nil {
			want = got
		}
		if !maps.Equal(got, want) {
			t.Errorf("%d appenders give other rejects than one", appenders)
		}
	}
}
