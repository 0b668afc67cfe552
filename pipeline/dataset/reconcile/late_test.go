package reconcile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// TestSettlesAfterItCame: a job whose call was named before it came is asked for until
// Settle after it came, and not only after the call: what follows a call is as late as
// the call was. One that came at once settles after the call.
func TestSettlesAfterItCame(t *testing.T) {
	const hour = int64(time.Hour / time.Millisecond)
	call := int64(1769000000000)
	night := func(n int64) int64 { return call + 6*hour + n*24*hour }
	rules := &reconcile.Rules{Settle: 48 * time.Hour}
	named := []reconcile.Named{{TaskID: "t", CallTime: call, NamedAt: night(0)}}
	whole := &reconcile.Published{
		Final: true, ObservedAt: night(2), LastCall: call, HasTasks: true, HasFacts: true,
		Tasks: []reconcile.Task{{ID: "t", CallTime: call, Connected: true, Turns: 5, Facts: true}},
	}
	settling := []schema.PendingRow{{InstanceID: "i", JobID: "j", Since: night(2), Reason: schema.PendingSettling}}
	late := []struct {
		published *reconcile.Published
		want      []schema.PendingRow
	}{
		{&reconcile.Published{ObservedAt: night(0), HasTasks: true, HasFacts: true}, []schema.PendingRow{
			{InstanceID: "i", JobID: "j", Since: night(0), Reason: schema.PendingNotFinal},
			{InstanceID: "i", JobID: "j", TaskID: "t", Since: call, Reason: schema.PendingIncomplete},
		}},
		{&reconcile.Published{ObservedAt: night(0), HasTasks: true, HasFacts: true}, []schema.PendingRow{
			{InstanceID: "i", JobID: "j", Since: night(0), Reason: schema.PendingNotFinal},
			{InstanceID: "i", JobID: "j", TaskID: "t", Since: call, Reason: schema.PendingIncomplete},
		}},
		{whole, settling},
		{whole, settling},
		{whole, nil},
	}
	var old []schema.PendingRow
	for n, step := range late {
		job := &reconcile.Job{InstanceID: "i", JobID: "j", Old: old, Named: named, Seen: night(int64(n)), Asked: true, Published: step.published}
		old = rules.After(job).Rows
		if diff := cmp.Diff(step.want, old); diff != "" {
			t.Errorf("night %d (-want +got):\n%s", n, diff)
		}
	}
	atOnce := &reconcile.Job{InstanceID: "i", JobID: "j", Named: named, Seen: night(2), Asked: true, Published: whole}
	if rows := rules.After(atOnce).Rows; len(rows) > 0 {
		t.Errorf("a job that came at once is pending: %v", rows)
	}
}

// TestSettlesWithoutACall: a final job that shows no call may have been shown without
// those that it has: it is asked for until Settle after it was first seen so.
func TestSettlesWithoutACall(t *testing.T) {
	const hour = int64(time.Hour / time.Millisecond)
	rules := &reconcile.Rules{Settle: 48 * time.Hour}
	none := &reconcile.Published{Final: true, ObservedAt: hour, HasTasks: true, HasFacts: true}
	settling := []schema.PendingRow{{InstanceID: "i", JobID: "j", Since: hour, Reason: schema.PendingSettling}}
	var old []schema.PendingRow
	for n, want := range [][]schema.PendingRow{settling, settling, nil} {
		job := &reconcile.Job{InstanceID: "i", JobID: "j", Old: old, Seen: hour + int64(n)*24*hour, Asked: true, Published: none}
		old = rules.After(job).Rows
		if diff := cmp.Diff(want, old); diff != "" {
			t.Errorf("night %d (-want +got):\n%s", n, diff)
		}
	}
}
