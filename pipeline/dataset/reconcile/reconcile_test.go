package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

const (
	hour = int64(time.Hour / time.Millisecond)
	day  = 24 * hour
	noon = int64(1_770_000_000_000) // when the call was
)

var rules = reconcile.Rules{
	Now: time.UnixMilli(noon + 12*hour), Previous: time.UnixMilli(noon - 12*hour),
	Settle: 48 * time.Hour, Refetch: 14 * 24 * time.Hour, Lookback: 72 * time.Hour, GiveUp: true,
	Searched: func(_ string, call time.Time) bool { return call.UnixMilli() <= noon },
}

// named is that SearchTask named a call at noon, in this run.
func named(task string) reconcile.Named {
	return reconcile.Named{TaskID: task, CallTime: noon, NamedAt: noon + 11*hour, Now: true, Facts: schema.Facts{ScriptName: "x"}}
}

// published is a final job with some calls at noon that have lines and facts.
func published(observed int64, tasks ...string) *reconcile.Published {
	p := &reconcile.Published{Final: true, ObservedAt: observed, LastCall: noon, HasTasks: true, HasFacts: true}
	for _, id := range tasks {
		p.Tasks = append(p.Tasks, reconcile.Task{ID: id, CallTime: noon, Connected: true, Turns: 2, Facts: true})
	}
	return p
}

func old(task, reason string, since int64) schema.PendingRow {
	return schema.PendingRow{JobID: "j", TaskID: task, Reason: reason, Since: since}
}

// spell writes entries as "call reason since", in hours after noon.
func spell(rows []schema.PendingRow) (list []string) {
	for _, r := range rows {
		text := fmt.Sprintf("%s %s %d", r.TaskID, r.Reason, (r.Since-noon)/hour)
		if r.ContentHash != "" {
			text += " " + r.ContentHash
		}
		list = append(list, text)
	}
	return list
}

// TestAfter has a case for each rule of the package comment.
func TestAfter(t *testing.T) {
	seen := noon + 12*hour
	settled := noon + 48*hour
	silent := published(seen, "t")
	silent.Tasks[0].Turns = 0
	unnamed := published(settled, "t")
	unnamed.Tasks[0].Facts = false
	unfinished := published(seen, "t")
	unfinished.Final = false
	unread := func(tasks ...string) *reconcile.Published {
		p := published(seen, tasks...)
		p.HasTasks, p.HasFacts = len(tasks) > 0, false
		for i := range p.Tasks {
			p.Tasks[i].Facts = false
		}
		return p
	}
	longAgo := published(seen, "t")
	longAgo.LastCall, longAgo.Tasks[0].CallTime, longAgo.Tasks[0].Facts = noon-30*day, noon-30*day, false
	for name, c := range map[string]struct {
		job  reconcile.Job
		want []string
	}{
		"named, not there":                  {reconcile.Job{Named: []reconcile.Named{named("t"), named("u")}}, []string{"t missing 0", "u missing 0"}},
		"named without a time":              {reconcile.Job{Named: []reconcile.Named{{TaskID: "t", NamedAt: noon + hour, Now: true}}}, []string{"t missing 1"}},
		"named after it was asked for":      {reconcile.Job{Old: []schema.PendingRow{old("", "unfetched", noon-hour)}, Named: []reconcile.Named{named("t")}}, []string{"t unfetched 0"}},
		"listed by a campaign":              {reconcile.Job{Listed: seen}, []string{" missing 12"}},
		"asked for, did not come":           {reconcile.Job{Trouble: "missing", TroubleAt: seen}, []string{" missing 12"}},
		"named, came as a reject":           {reconcile.Job{Named: []reconcile.Named{named("t")}, Trouble: "rejected", TroubleAt: seen}, []string{"t rejected 0"}},
		"another reason keeps its since":    {reconcile.Job{Old: []schema.PendingRow{old("", "missing", noon-hour)}, Trouble: "unfetched", TroubleAt: seen}, []string{" unfetched -1"}},
		"in the tables, now missing":        {reconcile.Job{Trouble: "missing", TroubleAt: seen + hour, Published: published(seen, "t")}, []string{" missing 0"}},
		"in the tables, to be asked again":  {reconcile.Job{Trouble: "settling", TroubleAt: seen + hour, Published: published(seen, "t")}, []string{" settling 0"}},
		"missing before it came":            {reconcile.Job{Trouble: "missing", TroubleAt: seen - hour, Seen: settled, Asked: true, Published: published(settled, "t")}, nil},
		"settled":                           {reconcile.Job{Seen: settled, Asked: true, Published: published(settled, "t")}, nil},
		"settled, as an unchanged sighting": {reconcile.Job{Seen: settled, Asked: true, Published: published(seen, "t"), Old: []schema.PendingRow{old("", "settling", noon)}}, nil},
		"settling":                          {reconcile.Job{Seen: seen, Asked: true, Published: published(seen, "t")}, []string{" settling 0"}},
		"not final":                         {reconcile.Job{Seen: seen, Asked: true, Published: unfinished}, []string{" not_final 0"}},
		"of a plain file":                   {reconcile.Job{Seen: seen, Published: unfinished}, nil},
		"of a plain file, but pending":      {reconcile.Job{Seen: seen, Published: unfinished, Old: []schema.PendingRow{old("", "missing", noon)}}, []string{" not_final 0"}},
		"without a call it named": {
			reconcile.Job{Seen: settled, Asked: true, Published: published(settled, "t"), Named: []reconcile.Named{named("t"), named("u")}}, []string{"u incomplete 0"},
		},
		"named, its calls were not read": {
			reconcile.Job{Listed: seen, Published: unread(), Old: []schema.PendingRow{old("t", "incomplete", noon)}}, []string{"t incomplete 0"},
		},
		"connected without a line":                     {reconcile.Job{Seen: settled, Asked: true, Published: func() *reconcile.Published { p := *silent; p.ObservedAt = settled; return &p }()}, []string{"t incomplete 48"}},
		"connected without a line, as two days before": {reconcile.Job{Seen: seen + 2*day, Asked: true, Published: silent, Old: []schema.PendingRow{old("t", "incomplete", seen)}}, []string{" settling 60"}},
		"connected without a line, only named again":   {reconcile.Job{Named: []reconcile.Named{named("t")}, Published: silent}, nil},
		"not named":                        {reconcile.Job{Seen: settled, Asked: true, Published: unnamed}, []string{"t without_facts 0"}},
		"named, but nothing is said of it": {reconcile.Job{Seen: settled, Asked: true, Published: unnamed, Named: []reconcile.Named{{TaskID: "t", Now: true}}}, nil},
		"held":                             {reconcile.Job{Seen: settled, Published: published(noon, "t"), Held: []reconcile.Held{{"b", seen}}}, []string{" shrunk 12 b"}},
		"confirmed":                        {reconcile.Job{Seen: settled, Published: published(settled), Confirmed: "b"}, []string{" confirmed 48 b"}},
		"confirmed, of a job that nobody expects": {reconcile.Job{Seen: seen, Published: unfinished, Confirmed: "b", Old: []schema.PendingRow{{Reason: "confirmed", Since: noon, ContentHash: "b"}}}, []string{" confirmed 0 b"}},
		"not met":          {reconcile.Job{Old: []schema.PendingRow{old("", "settling", noon), old("t", "missing", noon)}}, []string{" settling 0", "t missing 0"}},
		"not met, too old": {reconcile.Job{Old: []schema.PendingRow{old("", "missing", noon-14*day)}}, nil},
		"too old, and named again": {reconcile.Job{
			Old: []schema.PendingRow{old("t", "missing", noon-20*day)}, Named: []reconcile.Named{{TaskID: "t", CallTime: noon - 20*day, Now: true}},
		}, []string{"t missing -480"}},
		"too old, and another call is named": {reconcile.Job{
			Old: []schema.PendingRow{old("t", "missing", noon-20*day)}, Named: []reconcile.Named{{TaskID: "t", CallTime: noon - 20*day}, named("u")},
		}, []string{"u missing 0"}},
		"not met, given up":                        {reconcile.Job{Old: []schema.PendingRow{old("", "given_up", noon-14*day)}}, []string{" given_up -336"}},
		"not met, given up, too old":               {reconcile.Job{Old: []schema.PendingRow{old("", "given_up", noon-17*day)}}, nil},
		"not met, confirmed long ago":              {reconcile.Job{Old: []schema.PendingRow{old("", "confirmed", noon-100*day)}}, []string{" confirmed -2400"}},
		"given up, missing again":                  {reconcile.Job{Old: []schema.PendingRow{old("", "given_up", noon)}, Trouble: "missing", TroubleAt: seen}, []string{" given_up 0"}},
		"given up, a call is named":                {reconcile.Job{Old: []schema.PendingRow{old("", "given_up", noon)}, Named: []reconcile.Named{named("t")}}, []string{" given_up 0", "t given_up 0"}},
		"given up, and it came":                    {reconcile.Job{Old: []schema.PendingRow{old("", "given_up", noon)}, Seen: seen, Asked: true, Published: published(seen, "t")}, []string{" settling 0"}},
		"a call given up, the job came without it": {reconcile.Job{Old: []schema.PendingRow{old("u", "given_up", noon)}, Seen: settled, Asked: true, Published: published(settled, "t"), Named: []reconcile.Named{{TaskID: "u"}}}, []string{"u given_up 0"}},
		"a call given up, and it came":             {reconcile.Job{Old: []schema.PendingRow{old("t", "given_up", noon)}, Seen: settled, Asked: true, Published: published(settled, "t")}, nil},
		"named with a time to come":                {reconcile.Job{Named: []reconcile.Named{{TaskID: "t", CallTime: noon + 400*day, NamedAt: seen, Now: true}}}, []string{"t missing 12"}},
		"settled, its last call to come":           {reconcile.Job{Seen: seen + 2*day, Asked: true, Published: &reconcile.Published{Final: true, LastCall: noon + 400*day, ObservedAt: seen, HasTasks: true}}, nil},
		"old trouble that is new":                  {reconcile.Job{Named: []reconcile.Named{{TaskID: "t", CallTime: noon - 30*day, Now: true}}}, []string{"t missing -720"}},
		"old, not named": {
			reconcile.Job{Seen: seen, Asked: true, Published: longAgo}, []string{"t without_facts -720"},
		},
		"old, held, was not final": {
			reconcile.Job{Seen: seen, Published: published(seen, "t"), Held: []reconcile.Held{{"b", noon - 30*day}}, Old: []schema.PendingRow{old("", "not_final", noon)}},
			[]string{" settling 0", " shrunk -720 b"},
		},
		"held, of a plain file": {
			reconcile.Job{Seen: seen, Published: published(seen, "t"), Held: []reconcile.Held{{"b", noon}}, Old: []schema.PendingRow{{Reason: "shrunk", Since: noon, ContentHash: "b"}}},
			[]string{" shrunk 0 b"},
		},
		"not named, of a plain file, another call is": {
			reconcile.Job{Seen: settled, Published: unnamed, Named: []reconcile.Named{{TaskID: "u", Now: true, CallTime: noon}}}, []string{"u incomplete 0"},
		},
		"without a line, of a plain file, another call is named": {
			reconcile.Job{Seen: settled, Published: silent, Named: []reconcile.Named{{TaskID: "u", Now: true, CallTime: noon}}}, []string{"u incomplete 0"},
		},
		"not named, given up, of a plain file": {
			reconcile.Job{Seen: seen, Published: unread("t"), Old: []schema.PendingRow{old("t", "given_up", noon)}}, []string{" settling 0", "t given_up 0"},
		},
		"old and not final": {reconcile.Job{Seen: seen, Asked: true, Published: &reconcile.Published{LastCall: noon - 30*day, ObservedAt: seen, HasTasks: true}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.job.JobID = "j"
			after := rules.After(&c.job)
			if diff := cmp.Diff(c.want, spell(after.Rows)); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			for i := range after.Rows {
				if after.Rows[i].JobID != "j" {
					t.Errorf("an entry is of job %q", after.Rows[i].JobID)
				}
			}
			unmet := reconcile.Job{JobID: "j", Old: after.Rows}
			if again := rules.After(&unmet); len(again.Rows)+len(again.GivenUp) != len(after.Rows) {
				t.Errorf("in a run that does not meet the job they become %q", spell(again.Rows))
			}
		})
	}
}

// TestFactsStay: SearchTask's columns stay in the entry of a call that did not come.
func TestFactsStay(t *testing.T) {
	j := reconcile.Job{JobID: "j", Named: []reconcile.Named{named("t")}}
	for _, trouble := range []string{"", "rejected", "missing"} {
		j.Trouble = trouble
		after := rules.After(&j)
		if len(after.Rows) != 1 || after.Rows[0].Facts.ScriptName != "x" {
			t.Errorf("%q: entries %+v, want one with the script", trouble, after.Rows)
		}
		j.Old = after.Rows
	}
}

// TestNothingIsGivenUp: but in a pull.
func TestNothingIsGivenUp(t *testing.T) {
	convert := rules
	convert.GiveUp = false
	j := reconcile.Job{JobID: "j", Old: []schema.PendingRow{old("", "missing", noon-100*day), old("t", "given_up", noon-100*day)}}
	if after := convert.After(&j); len(after.Rows) != 2 || len(after.GivenUp) != 0 {
		t.Errorf("%+v, want both as they were", after)
	}
}

// TestDrop: an operator gives up what is pending, but not what was confirmed.
func TestDrop(t *testing.T) {
	drop := rules
	drop.Drop = func(row *schema.PendingRow) bool { return row.TaskID != "u" }
	j := reconcile.Job{JobID: "j", Old: []schema.PendingRow{
		{JobID: "j", Reason: "confirmed", ContentHash: "b", Since: noon}, old("", "missing", noon), old("t", "incomplete", noon), old("t", "without_facts", noon), old("u", "missing", noon),
	}}
	after := drop.After(&j)
	if diff := cmp.Diff([]string{" confirmed 0 b", " given_up 0", "t given_up 0", "u missing 0"}, spell(after.Rows)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// TestRetired: what is pending of an instance that is gone is counted, but neither
// asked for nor counted as passed, nor as given up in the end.
func TestRetired(t *testing.T) {
	row := old("", "missing", noon-3*day)
	row.InstanceID = "gone"
	for _, retired := range [][]string{nil, {"gone"}} {
		r := rules
		r.Retired = retired
		j := reconcile.Job{InstanceID: "gone", JobID: "j", Old: []schema.PendingRow{row}}
		after := r.After(&j)
		var s reconcile.Summary
		s.Add(&r, j.Old, &after)
		want := int64(1 - len(retired))
		if s.Asked != want || s.Passed != want || s.ByReason["missing"] != 1 {
			t.Errorf("retired are %v: %+v", retired, s)
		}
		j.Old[0].Since = noon - 20*day
		if after := r.After(&j); len(after.Rows) == 0 {
			s.Add(&r, j.Old, &after)
		}
		if s.GivenUp != want {
			t.Errorf("retired are %v: %d are given up, want %d", retired, s.GivenUp, want)
		}
	}
}

// TestSummary counts what becomes of entries.
func TestSummary(t *testing.T) {
	overdue := noon - 3*day
	var s reconcile.Summary
	for _, j := range []reconcile.Job{
		{Trouble: "missing", TroubleAt: noon},                                                                                      // new
		{Named: []reconcile.Named{named("t"), named("u")}},                                                                         // two new ones of one job
		{Old: []schema.PendingRow{old("", "missing", noon)}, Listed: noon},                                                         // as it was
		{Old: []schema.PendingRow{old("", "missing", overdue)}},                                                                    // three days old since the run before
		{Old: []schema.PendingRow{old("", "missing", overdue-day)}},                                                                // since longer
		{Old: []schema.PendingRow{{JobID: "j", Reason: "missing", Since: noon - 20*day}}},                                          // given up
		{Old: []schema.PendingRow{old("", "missing", noon)}, Seen: noon + hour, Asked: true, Published: published(noon+hour, "t")}, // met, and settling
		{Old: []schema.PendingRow{old("t", "missing", noon)}, Trouble: "rejected", TroubleAt: noon, Named: []reconcile.Named{named("t")}},
	} {
		after := rules.After(&j)
		s.Add(&rules, j.Old, &after)
	}
	want := reconcile.Summary{
		ByReason: map[string]int64{"missing": 6, "settling": 1, "rejected": 1}, Asked: 7,
		New: map[string]int64{"missing": 3}, NewJobs: 2, Met: 1, Passed: 1, GivenUp: 1, GivenUpJobs: []string{"j"},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}
