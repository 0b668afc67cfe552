package shuffle_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/reject"
	"callmill/pipeline/dataset/shuffle"
	"callmill/schema"
)

// limits are what a test says of job a of the default instance.
type limits struct {
	until  int64 // jobs last called up to then are erased; 0: none
	byAge  bool  // by their age alone
	id     bool  // the job's id is erased
	before int64 // all that is older is erased
}

func (l limits) Erased(job *schema.Job) (erased, named bool) {
	last := job.ObservedAt
	for i := range job.Tasks {
		last = job.Tasks[i].ActualTime
	}
	return l.id || last <= l.until, !l.byAge
}
func (l limits) ErasedID(instance, job string) bool {
	return l.id && instance == "default" && job == "a"
}
func (l limits) ErasedAt(ms int64) bool             { return ms < l.before }
func (l limits) Digest(instance, job string) string { return "digest of " + instance + " " + job }

// found is that something was found in the state of job a.
func found(a *shuffle.Appender) error { return a.Found(schema.JobKey(nil, "default", "a")) }

// TestErased walks through what becomes of a key of somebody who was erased: after
// some runs without limits, what a run with them says and counts.
func TestErased(t *testing.T) {
	published := both(job(version(day0, 2, 0)), refuse(rejected(day0+1)))
	for name, c := range map[string]struct {
		before  func(*shuffle.Appender) error
		run     func(*shuffle.Appender) error
		limits  limits
		want    said
		counts  dataset.Counts
		gone    int64
		digests []string
	}{
		"by a number": {
			published, found, limits{until: day0}, said{StaleDate: 1, Stale: 1, StateGoes: true, RejectsGone: 1},
			dataset.Counts{}, 1, []string{"digest of default a"},
		},
		"by its age": {
			published, found, limits{until: day0, byAge: true, before: day0 + 2}, said{StaleDate: 1, Stale: 1, StateGoes: true, RejectsGone: 1},
			dataset.Counts{}, 1, nil,
		},
		"its reject is younger": {
			published, found, limits{until: day0, byAge: true, before: day0 + 1}, said{StaleDate: 1, StateDate: 99, Stale: 1},
			dataset.Counts{}, 1, nil,
		},
		"by its id": {
			published, found, limits{id: true}, said{StaleDate: 1, Stale: 1, StateGoes: true, RejectsGone: 1},
			dataset.Counts{}, 1, nil,
		},
		"somebody else": {published, found, limits{}, said{Nothing: true}, dataset.Counts{}, 0, nil},
		"it comes again": {
			found, both(job(version(day0, 2, 0)), refuse(rejected(day0)), facts(scriptOf(day0, "s"))), limits{id: true}, said{Nothing: true},
			dataset.Counts{Seen: 2, Erased: 2}, 0, nil,
		},
		"facts of a job of which nothing else is there": {found, facts(scriptOf(day0, "s")), limits{id: true}, said{Nothing: true}, dataset.Counts{}, 0, nil},
		"what is pending goes": {
			facts(scriptOf(day0, "s")), found, limits{id: true}, said{Stale: 99, StateGoes: true}, dataset.Counts{}, 0, nil,
		},
		"a dataset has it still": {
			imported(version(day0, 2, 0)), imported(version(day0, 2, 0)), limits{until: day0}, said{StaleDate: 1, Stale: 1, StateGoes: true},
			dataset.Counts{Seen: 1, Erased: 1}, 1, []string{"digest of default a"},
		},
		"a dataset brings it": {
			found, imported(version(day0, 2, 0)), limits{until: day0}, said{Nothing: true},
			dataset.Counts{Seen: 1, Erased: 1}, 0, []string{"digest of default a"},
		},
		"a later call is new data": {
			found, imported(version(day0, 2, 3)), limits{until: day0}, said{Turns: 2, JobDate: 4, StateDate: 4},
			dataset.Counts{Seen: 1, New: 1}, 0, nil,
		},
		"a reject that names somebody": {
			refuse(rejected(day0)), func(a *shuffle.Appender) error {
				return a.FoundReject(&schema.RejectRow{InstanceID: "default", RejectID: reject.Row(rejected(day0)).RejectID, JobID: "a"})
			}, limits{until: 1}, said{RejectsGone: 1, Stale: 99, StateGoes: true}, dataset.Counts{}, 0, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, report := giveLimited(t, c.limits, c.before, c.run)
			if diff := cmp.Diff(c.want, say(got)); diff != "" {
				t.Errorf("the result (-want +got):\n%s", diff)
			}
			if report.Counts != c.counts || report.Gone != c.gone {
				t.Errorf("counts %+v, %d gone, want %+v, %d", report.Counts, report.Gone, c.counts, c.gone)
			}
			if diff := cmp.Diff(c.digests, report.ErasedJobs); diff != "" {
				t.Errorf("the jobs that need a tombstone (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSearchIsWhatLeaves: Search finds a state if and only if a run with the limits
// changes it.
func TestSearchIsWhatLeaves(t *testing.T) {
	before := both(job(version(day0, 2, 0)), refuse(rejected(day0+1)))
	for _, l := range []limits{{}, {until: day0 - 1}, {until: day0}, {id: true}, {before: day0 + 1}, {before: day0 + 2}} {
		result, _ := give(t, shuffle.Options{Rules: rulesOf(time.UnixMilli(day0+60*halfDay), 0)}, before)
		hit, err := shuffle.Search(result.State, l, new(jobcode.Decoder))
		if err != nil {
			t.Fatal(err)
		}
		left, _ := giveLimited(t, l, before, found)
		if hit != (left != nil) {
			t.Errorf("%+v: found %v, and the run says %+v", l, hit, say(left))
		}
	}
}

// TestExpiredSightingLeavesItsInput: where the one sighting of a reject that has its
// input after Condense lies before the edge, the next one has it.
func TestExpiredSightingLeavesItsInput(t *testing.T) {
	records := shuffled{}
	a := records.appender()
	for _, observed := range []int64{day0, day0 + 2, day0 + 1} {
		if err := a.Reject(&schema.Raw{}, rejected(observed)); err != nil {
			t.Fatal(err)
		}
	}
	var of shuffle.Records
	for _, record := range shuffle.Condense(records[schema.JobKey(nil, "default", "a")]) {
		if err := of.Add(record); err != nil {
			t.Fatal(err)
		}
	}
	reducer := shuffle.NewReducer(shuffle.Options{Flattener: lasting{newFlattener()}, RunID: "r", Rules: rulesOf(time.UnixMilli(day0+60*halfDay), day0+1)})
	result, err := reducer.Reduce(schema.JobKey(nil, "default", "a"), &of)
	if err != nil {
		t.Fatal(err)
	}
	want := reject.Row(rejected(day0 + 1))
	want.FirstRun = "r"
	if diff := cmp.Diff([]schema.RejectRow{want}, result.Rejects); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if counts := reducer.Report().Counts; counts != (dataset.Counts{Seen: 3, Expired: 1, Rejected: 2}) {
		t.Errorf("counts %+v, want one of three expired", counts)
	}
}

// TestOptOuts walks through what becomes of a job of which a contact asked not to be
// called: what its last run says of that.
func TestOptOuts(t *testing.T) {
	nameless := &schema.Job{InstanceID: "default", JobID: "a", ObservedAt: day0}
	for name, c := range map[string]struct {
		before, run func(*shuffle.Appender) error
		edge        int64
		limits      shuffle.Limits
		held        bool
		want        []string
	}{
		"it stays":                      {before: job(version(day0, 2, 0)), run: nothing, edge: day0},
		"it expires":                    {before: job(version(day0, 2, 0)), run: nothing, edge: day0 + 1, want: []string{"2 turns"}},
		"it is on hold":                 {before: job(version(day0, 2, 0)), run: nothing, edge: day0 + 1, held: true},
		"it comes too late":             {before: nothing, run: job(version(day0, 2, 0)), edge: day0 + 1, want: []string{"2 turns"}},
		"it comes too late, on hold":    {before: nothing, run: job(version(day0, 2, 0)), edge: day0 + 1, held: true},
		"another takes its place":       {before: job(version(day0, 2, 0)), run: job(version(day0+1, 3, 4)), edge: day0 + 1, want: []string{"2 turns"}},
		"it and another come too late":  {before: job(version(day0, 2, 0)), run: job(version(day0+1, 3, 0)), edge: day0 + 1, want: []string{"3 turns", "2 turns"}},
		"another version wins":          {before: job(version(day0, 2, 0)), run: job(version(day0+1, 3, 0)), edge: day0},
		"it is erased":                  {before: job(version(day0, 2, 0)), run: found, limits: limits{until: day0}, want: []string{"2 turns"}},
		"nobody asked for anything":     {before: job(nameless), run: nothing, edge: day0 + 1},
		"it is gone from where it came": {before: imported(version(day0, 2, 0)), run: gone, want: []string{"2 turns"}},
	} {
		t.Run(name, func(t *testing.T) {
			result, _ := giveEach(t, func(n int) shuffle.Options {
				if n == 0 {
					return shuffle.Options{Rules: rulesOf(time.UnixMilli(day0+60*halfDay), 0)}
				}
				return shuffle.Options{
					Rules: rulesOf(time.UnixMilli(day0+60*halfDay), c.edge), Limits: c.limits, OnHold: func(schema.Key) bool { return c.held },
					OptOuts: func(job *schema.Job) (list []shuffle.OptOut) {
						for i := range job.Tasks {
							list = append(list, shuffle.OptOut{Value: fmt.Sprint(len(job.Tasks[i].Turns), " turns")})
						}
						return list
					},
				}
			}, c.before, c.run)
			var got []string
			if result != nil {
				for _, one := range result.OptOuts {
					got = append(got, one.Value)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("opt-outs (-want +got):\n%s", diff)
			}
		})
	}
}

func nothing(*shuffle.Appender) error { return nil }

// gone is that a dataset does not have job a any more.
func gone(a *shuffle.Appender) error { return a.ImportGone("default", "a") }
