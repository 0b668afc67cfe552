package verdict

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/balance"
	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// What lies before the edge, 100, is as if it had never come; each version is judged by
// its own last call, or else by when it was first seen.
func TestExpire(t *testing.T) {
	seen := func(observed, lastCall, firstSeen int64) Sighting {
		return Sighting{
			Moment: Moment{Observed: observed}, LastCall: lastCall, FirstSeen: firstSeen, Entry: uint64(observed),
			Content: schema.ContentHash{byte(observed), byte(lastCall)}, HasTasks: lastCall != 0,
		}
	}
	published := func(lastCall, firstSeen int64) *Published {
		return &Published{Content: schema.ContentHash{255}, Observed: firstSeen, FirstSeen: firstSeen, LastCall: lastCall, HasTasks: lastCall != 0}
	}
	entry := func(task, reason string, since int64) schema.PendingRow {
		return schema.PendingRow{InstanceID: "i", JobID: "j", TaskID: task, Reason: reason, Since: since}
	}
	type outcome struct {
		Left    bool
		Current int64 // when it was observed; 0: none is
		First   int64
		Counts  balance.Counts
		Lost    int
		Pending []string
	}
	for name, c := range map[string]struct {
		job  Job
		want outcome
	}{
		"the day before": {
			Job{Sightings: []Sighting{seen(200, 99, 0)}},
			outcome{Counts: balance.Counts{Seen: 1, Expired: 1}, Lost: 1},
		},
		"the edge itself": {
			Job{Sightings: []Sighting{seen(200, 100, 0)}},
			outcome{Current: 200, First: 200, Counts: balance.Counts{Seen: 1, New: 1}},
		},
		"never called, seen before": {
			Job{Sightings: []Sighting{seen(99, 0, 0)}},
			outcome{Counts: balance.Counts{Seen: 1, Expired: 1}, Lost: 1},
		},
		"never called, read again of a snapshot": {
			Job{Sightings: []Sighting{seen(200, 0, 99)}},
			outcome{Counts: balance.Counts{Seen: 1, Expired: 1}, Lost: 1},
		},
		"never called, seen again": {
			Job{Sightings: []Sighting{seen(99, 0, 0), seen(200, 0, 0)}},
			outcome{Current: 200, First: 200, Counts: balance.Counts{Seen: 2, New: 1, Expired: 1}, Lost: 1},
		},
		"an older version that says less does not date it": {
			Job{Sightings: []Sighting{seen(99, 98, 0), seen(200, 150, 0)}},
			outcome{Current: 200, First: 200, Counts: balance.Counts{Seen: 2, New: 1, Expired: 1}, Lost: 1},
		},
		"published, and not met": {
			Job{Published: published(99, 50), Entries: []schema.PendingRow{entry("", schema.PendingNotFinal, 150), entry("t", schema.PendingMissing, 150)}},
			outcome{Left: true, Counts: balance.Counts{Left: 1}, Pending: []string{schema.PendingMissing}},
		},
		"published, never called": {
			Job{Published: published(0, 99)},
			outcome{Left: true, Counts: balance.Counts{Left: 1}},
		},
		"published, and called since": {
			Job{Published: published(99, 50), Sightings: []Sighting{seen(200, 150, 0)}},
			outcome{Left: true, Current: 200, First: 200, Counts: balance.Counts{Seen: 1, Changed: 1}},
		},
		"on hold": {
			Job{OnHold: true, Published: published(99, 50), Sightings: []Sighting{seen(99, 99, 0)}, Entries: []schema.PendingRow{entry("", schema.PendingNotFinal, 50)}},
			outcome{Current: 99, First: 50, Counts: balance.Counts{Seen: 1, Changed: 1}, Pending: []string{schema.PendingNotFinal}},
		},
		"an expectation that came too late": {
			Job{Expected: []schema.Expected{{InstanceID: "i", JobID: "j", ObservedAt: 200}}, Sightings: []Sighting{seen(200, 99, 0)}, Entries: []schema.PendingRow{entry("", schema.PendingMissing, 150)}},
			outcome{Counts: balance.Counts{Seen: 1, Expired: 1}, Lost: 1},
		},
		"an expectation of which all known calls are too old": {
			Job{Expected: []schema.Expected{{InstanceID: "i", JobID: "j", ObservedAt: 200}}, Facts: []Fact{{Observed: 200, TaskID: "t", Call: 99}}},
			outcome{},
		},
		"one of a call that is not": {
			Job{Facts: []Fact{{Observed: 200, TaskID: "t", Call: 99}, {Observed: 200, TaskID: "u", Call: 150}}},
			outcome{Pending: []string{schema.PendingMissing}},
		},
		"entries that are too old": {
			Job{Entries: []schema.PendingRow{entry("", schema.PendingMissing, 99), entry("t", schema.PendingMissing, 100)}},
			outcome{Pending: []string{schema.PendingMissing}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := New(&reconcile.Rules{Now: time.UnixMilli(200), Edge: 100})
			c.job.InstanceID, c.job.JobID = "i", "j"
			before := append([]schema.PendingRow(nil), c.job.Entries...)
			o, err := d.Decide(&c.job)
			if err != nil {
				t.Fatal(err)
			}
			got := outcome{Left: o.Left, Counts: d.Counts, Lost: len(o.Lost)}
			if o.Current != nil {
				got.Current, got.First = o.Current.Observed, o.FirstSeen
			}
			for i := range o.Pending {
				got.Pending = append(got.Pending, o.Pending[i].Reason)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("the outcome (-want +got):\n%s", diff)
			}
			if changed := len(before) != len(o.Pending); changed && !d.PendingChanged {
				t.Error("it does not say that what is pending changed")
			}
			if wrong := d.Counts.Wrong(); len(wrong) > 0 {
				t.Errorf("%q", wrong)
			}
		})
	}
}
