package verdict

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// seen is a version of a final job with one call of some lines, which is kept at an
// entry.
func seen(at int64, turns uint64, entry uint64) Sighting {
	return Sighting{
		Moment: Moment{Observed: at}, Content: schema.ContentHash{byte(turns)}, Entry: entry, Final: true, HasTasks: true,
		Tasks: []Task{{Hash: HashTask("t"), Turns: turns}},
	}
}

// before is the published version of a job, with one call of some lines.
func before(at int64, turns uint64) *Published {
	return &Published{
		Content: schema.ContentHash{byte(turns)}, Observed: at, FirstSeen: at, Final: true, HasTasks: true,
		Tasks: []PublishedTask{{Task: Task{Hash: HashTask("t"), ID: "t", Turns: turns}}},
	}
}

// TestDecide: what becomes of a job, from what is known of it.
func TestDecide(t *testing.T) {
	said := []Fact{{Observed: 15, TaskID: "t", Facts: schema.Facts{ObservedAt: 15, ScriptName: "s"}}}
	type outcome struct {
		Turns    uint64 // of the version that is published
		Written  bool
		First    int64
		Lost     []uint64 // entries
		Accepted int64    // when; 0: not
		Script   string   // that the task gets
		Pending  []string // reasons
		Counts   dataset.Counts
	}
	for name, c := range map[string]struct {
		job  Job
		want outcome
	}{
		"new": {
			Job{Sightings: []Sighting{seen(10, 2, 1)}},
			outcome{Turns: 2, Written: true, First: 10, Accepted: 10, Counts: dataset.Counts{Seen: 1, New: 1}},
		},
		"new, with facts": {
			Job{Sightings: []Sighting{seen(10, 2, 1)}, Facts: said},
			outcome{Turns: 2, Written: true, First: 10, Accepted: 10, Script: "s", Counts: dataset.Counts{Seen: 1, New: 1}},
		},
		"the same again": {
			Job{Published: before(10, 2), Sightings: []Sighting{seen(20, 2, 0)}},
			outcome{Turns: 2, First: 10, Accepted: 20, Counts: dataset.Counts{Seen: 1, Unchanged: 1}},
		},
		"the same again, with facts": {
			Job{Published: before(10, 2), Sightings: []Sighting{seen(20, 2, 0)}, Facts: said},
			outcome{Turns: 2, First: 10, Accepted: 20, Script: "s", Counts: dataset.Counts{Seen: 1, Changed: 1}},
		},
		"two later ones": {
			Job{Published: before(10, 1), Sightings: []Sighting{seen(20, 2, 1), seen(30, 3, 2)}},
			outcome{Turns: 3, Written: true, First: 10, Lost: []uint64{1}, Accepted: 30, Counts: dataset.Counts{Seen: 2, Changed: 2}},
		},
		"an earlier one": {
			Job{Published: before(10, 2), Sightings: []Sighting{seen(5, 1, 1)}},
			outcome{Turns: 2, First: 5, Lost: []uint64{1}, Counts: dataset.Counts{Seen: 1, Superseded: 1}},
		},
		"one that says less": {
			Job{Published: before(10, 2), Sightings: []Sighting{seen(20, 1, 1)}},
			outcome{
				Turns: 2, First: 10, Lost: []uint64{1}, Pending: []string{schema.PendingShrunk},
				Counts: dataset.Counts{Seen: 1, Superseded: 1, Held: 1},
			},
		},
		"facts alone": {
			Job{Facts: said},
			outcome{Pending: []string{schema.PendingMissing}},
		},
		"nothing": {
			Job{Entries: []schema.PendingRow{{Reason: schema.PendingMissing, TaskID: "t"}}},
			outcome{Pending: []string{schema.PendingMissing}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := New(&reconcile.Rules{Now: time.UnixMilli(100)})
			c.job.InstanceID, c.job.JobID = "i", "j"
			o, err := d.Decide(&c.job)
			if err != nil {
				t.Fatal(err)
			}
			got := outcome{Written: o.Written(), First: o.FirstSeen, Counts: d.Counts}
			if o.Current != nil {
				got.Turns = o.Current.Tasks[0].Turns
			}
			for _, s := range o.Lost {
				got.Lost = append(got.Lost, s.Entry)
			}
			if o.Accepted != nil {
				got.Accepted = o.Accepted.Observed
			}
			for i := range o.Facts {
				if o.Facts[i].Known() {
					got.Script = o.Facts[i].Facts.ScriptName
				}
			}
			for i := range o.Pending {
				got.Pending = append(got.Pending, o.Pending[i].Reason)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("the outcome (-want +got):\n%s", diff)
			}
		})
	}
}
