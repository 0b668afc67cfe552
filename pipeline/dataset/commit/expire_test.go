package commit_test

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// seen is after all calls of these tests, and after their edges.
var seen = day0 + 30*dayMS

func (l *line) jobIDs() []string { return slices.Sorted(maps.Keys(l.published())) }

// A job goes in the night that its last call lies before the edge, and with it what is
// pending of it. Only its shards are written again.
func TestJobsExpire(t *testing.T) {
	l := newLine(t)
	l.run(append(jobs(
		call("early", seen, "v1", 0), call("over-days", seen, "v1", 0, 2), call("late", seen, "v1", 2),
		unfinished(call("open", seen, "v1", 0)), call("drafted", day0-dayMS, "v1"),
	), delivery{expect: &schema.Expected{InstanceID: "default", JobID: "never-came", ObservedAt: day0}})...)
	before := l.tables()

	for i, night := range []struct {
		what string
		edge int64
		left int64
		want []string
	}{
		{"the drafted one was first seen before the edge", day0, 1, []string{"early", "late", "open", "over-days"}},
		{"only the edge moves", day0 - 1, 0, []string{"early", "late", "open", "over-days"}},
		{"only the edge moves again", day0, 0, []string{"early", "late", "open", "over-days"}},
		{"those that were called once go", day0 + 1, 2, []string{"late", "over-days"}},
		{"the last call counts", day0 + 2*dayMS, 0, []string{"late", "over-days"}},
		{"all go", day0 + 2*dayMS + 1, 2, nil},
		{"nothing is left to go", day0 + 3*dayMS, 0, nil},
	} {
		l.rules.Edge = night.edge
		p := l.run()
		if p.Counts != (dataset.Counts{Left: night.left}) || p.Changed != (night.left > 0) {
			t.Errorf("%s: changed %v, counts %+v, want %d to leave", night.what, p.Changed, p.Counts, night.left)
		}
		if diff := cmp.Diff(night.want, l.jobIDs()); diff != "" {
			t.Errorf("%s: jobs (-want +got):\n%s", night.what, diff)
		}
		if i == 0 {
			for path := range l.tables() {
				if filepath.Base(filepath.Dir(path)) == dataset.DateDir(int32(day0/dayMS)) && before[path] == "" {
					t.Errorf("%s was written again", path)
				}
			}
		}
	}
	if got := l.entries(); len(got) > 0 {
		t.Errorf("still pending: %+v", got)
	}
}

// What arrives before the edge is counted, settles what was expected, and is not kept.
func TestExpiredArrive(t *testing.T) {
	l := newLine(t)
	l.rules.Edge = day0 + dayMS
	asked := call("old", seen, "v1", 0)
	asked.Asked = true
	script := "s"
	p := l.run(append(jobs(asked, call("new", seen, "v1", 1)),
		delivery{expect: &schema.Expected{InstanceID: "default", JobID: "old", ObservedAt: seen}},
		delivery{facts: &schema.TaskFacts{InstanceID: "default", JobID: "old", TaskID: "old-0", CallTime: day0, Facts: schema.Facts{ObservedAt: seen, ScriptName: script}}},
		delivery{facts: &schema.TaskFacts{InstanceID: "default", JobID: "old", TaskID: "old-9", CallTime: day0 + 2*dayMS, Facts: schema.Facts{ObservedAt: seen, ScriptName: script}}},
		reject("old", "bad", day0), reject("new", "bad", seen+1),
	)...)
	if want := (dataset.Counts{Seen: 4, New: 1, Expired: 2, Rejected: 1}); p.Counts != want {
		t.Errorf("counts %+v, want %+v", p.Counts, want)
	}
	if got := l.jobIDs(); !slices.Equal(got, []string{"new"}) {
		t.Errorf("published are %q", got)
	}
	if got := l.rejects(); len(got) != 1 || got["new"] == "" {
		t.Errorf("rejects %q, want that of today", got)
	}
	// A call that did not come yet, and is not too old, is still awaited.
	if diff := cmp.Diff([]string{"old/old-9 missing"}, l.pending()); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
	if p := l.run(jobs(asked)...); p.Changed || p.Counts != (dataset.Counts{Seen: 1, Expired: 1}) {
		t.Errorf("the same again: changed %v, counts %+v", p.Changed, p.Counts)
	}
	l.rules.Edge = seen + 2 // also the reject
	if p := l.run(); !p.Changed || len(l.rejects()) > 0 || len(l.entries()) > 0 {
		t.Errorf("rejects %q and entries %+v stay", l.rejects(), l.entries())
	}
}

// A reject whose first sighting lies before the edge, and which is met again after it, is
// one that came anew.
func TestRejectComesAnewAsItGoes(t *testing.T) {
	l := newLine(t)
	l.run(reject("old", "bad", day0), reject("held", "bad", day0))
	l.rules.Edge, l.hold = day0+dayMS, "held"
	l.run(reject("old", "bad", seen), reject("held", "bad", seen))
	firstSeen := map[string]int64{}
	d, err := dataset.View(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range tables.Rejects(d) {
		if err != nil {
			t.Fatal(err)
		}
		firstSeen[row.JobID] = row.FirstSeen
	}
	if diff := cmp.Diff(map[string]int64{"old": seen, "held": day0}, firstSeen); diff != "" {
		t.Errorf("first seen (-want +got):\n%s", diff)
	}
}

// A job that was called again as it goes, or that the API shows again uncalled, is one
// that came anew.
func TestComesAnewAsItGoes(t *testing.T) {
	l := newLine(t)
	l.run(jobs(call("again", day0, "v1", 0), call("drafted", day0, "v1"))...)
	l.rules.Edge = day0 + dayMS
	p := l.run(jobs(call("again", seen, "v2", 0, 2), call("drafted", seen, "v1"))...)
	if want := (dataset.Counts{Seen: 2, Changed: 2}); p.Counts != want {
		t.Errorf("counts %+v, want %+v", p.Counts, want)
	}
	for id, row := range l.published() {
		if row.FirstSeen != seen || row.ObservedAt != seen {
			t.Errorf("%s: first seen %d, observed %d, want %d", id, row.FirstSeen, row.ObservedAt, seen)
		}
	}
	atOnce := newLine(t)
	atOnce.rules.Edge = l.rules.Edge
	atOnce.run(jobs(call("again", day0, "v1", 0), call("drafted", day0, "v1"), call("again", seen, "v2", 0, 2), call("drafted", seen, "v1"))...)
	sameTables(t, l.tables(), atOnce.tables())
}

// A job on hold stays with all that is known of it, and goes once it is released.
func TestHold(t *testing.T) {
	l := newLine(t)
	l.run(append(jobs(unfinished(call("disputed", seen, "v1", 0)), call("other", seen, "v1", 0)), reject("disputed", "bad", day0))...)
	l.rules.Edge, l.hold = day0+dayMS, "disputed"
	p := l.run(jobs(unfinished(call("disputed", seen+1, "v2", 0)))...)
	if p.Counts.Left != 1 || p.Counts.Changed != 1 || !slices.Equal(l.jobIDs(), []string{"disputed"}) {
		t.Errorf("counts %+v, published %q", p.Counts, l.jobIDs())
	}
	l.hold = ""
	if p := l.run(); p.Counts.Left != 1 || len(l.jobIDs())+len(l.rejects()) > 0 {
		t.Errorf("counts %+v, published %q, rejects %q", p.Counts, l.jobIDs(), l.rejects())
	}
}

// What a contact asked for outlives the job, whether that was published or came too
// late, in a file of every snapshot from then on.
func TestOptOutsOutliveTheirJobs(t *testing.T) {
	l := newLine(t)
	asks := func(id, script string, day int) *schema.Job {
		j := call(id, seen, id, day)
		j.Tasks[0].Turns[1].Script = script
		return j
	}
	l.run(jobs(asks("published", "别再打了", 0), asks("stays", "别再打了", 3), asks("polite", "好的", 0))...)
	l.rules.Edge = day0 + 2*dayMS
	store := erased.In(durable.OS{}, l.dir)
	l.optOuts = retain.NewOptOuts(store, redact.Number, shanghai)
	late := asks("late", "好的", 1)
	late.Summaries = []schema.Summary{{Name: "意向", Content: "客户要求加入黑名单"}}
	l.run(jobs(late)...)

	day := int32(day0 / dayMS)
	digest, err := store.NumberDigest("10012345678")
	if err != nil {
		t.Fatal(err)
	}
	key := redact.New(redact.Options{Key: []byte(testKey)}).Key("10012345678")
	want := []optout.Row{
		{NumberDigest: digest, ContactKey: key, CallDate: &day, Source: optout.SourceRule, Value: "not_again"},
		{NumberDigest: digest, ContactKey: key, CallDate: new(day + 1), Source: optout.SourceResult, Value: "黑名单"},
	}
	check := func(when string) {
		t.Helper()
		var got []optout.Row
		for _, path := range l.glob(dataset.OptOutsDir, "*.parquet") {
			for row, err := range parquetio.All[optout.Row](path) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, *row)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	check("in the night that they go")
	if p := l.run(jobs(late)...); p.Changed {
		t.Error("the same again changes something")
	}
	l.run(jobs(call("another", seen, "v1", 3))...)
	check("in the next snapshot")
}

func (l *line) glob(elements ...string) []string {
	l.t.Helper()
	paths, err := filepath.Glob(filepath.Join(append([]string{l.dir, "latest"}, elements...)...))
	if err != nil {
		l.t.Fatal(err)
	}
	return paths
}
