package reconcile_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// truth is a call as the API knows it in the end, and when it shows it.
type truth struct {
	id                         string
	at                         int64 // the call
	named, filled, came, lines int64 // SearchTask's row, its columns; the call of ListJobs, its lines
}

// world is a job, and what is in the tables of it.
type world struct {
	calls   []truth
	entries []schema.PendingRow

	seenAt   int64 // of the version in the tables; 0: none
	there    map[string]uint64
	observed int64
	facts    map[string]schema.Facts
}

// night is a run: what of the job the lists and the answers of a night say.
type night struct {
	now           int64
	searched      bool // SearchTask is asked, and answers
	asked         bool // the job is asked for, whatever is pending
	lost, refused bool // the answer lacks it, or cannot be read
	inTime        bool // a pull, in the order of nights
}

// drawNights draws nights with whatever goes wrong.
func drawNights(t *rapid.T) []night {
	var all []night
	for i := range rapid.IntRange(1, 6).Draw(t, "nights") {
		all = append(all, night{
			now: noon + int64(i)*day + rapid.Int64Range(0, 20).Draw(t, "hour")*hour, searched: rapid.Bool().Draw(t, "searched"),
			asked: rapid.Bool().Draw(t, "asked"), lost: rapid.Bool().Draw(t, "lost"), refused: rapid.Bool().Draw(t, "refused"),
		})
	}
	return all
}

// owed reports whether a call was not searched for since its columns are filled: the
// nights after it look back.
func (w *world) owed(nights []night) bool {
	return slices.ContainsFunc(w.calls, func(c truth) bool {
		return !slices.ContainsFunc(nights, func(n night) bool { return n.searched && n.now >= c.filled })
	})
}

// run is what the run of a night makes of the job.
func (w *world) run(n night) {
	j := reconcile.Job{JobID: "j", Old: w.entries}
	known := map[string]*reconcile.Named{}
	for _, row := range w.entries {
		if row.TaskID != "" && row.Reason != schema.PendingWithoutFacts {
			known[row.TaskID] = &reconcile.Named{TaskID: row.TaskID, Facts: row.Facts}
		}
	}
	for _, c := range w.calls {
		if !n.searched || c.named > n.now {
			continue
		}
		if known[c.id] == nil {
			known[c.id] = &reconcile.Named{TaskID: c.id}
		}
		known[c.id].Now, known[c.id].CallTime, known[c.id].NamedAt = true, c.at, n.now
		if c.filled <= n.now {
			known[c.id].Facts = known[c.id].Facts.Merge(schema.Facts{ObservedAt: n.now, ScriptName: c.id})
		}
	}
	pending := slices.ContainsFunc(w.entries, func(row schema.PendingRow) bool { return reconcile.Asked(row.Reason) })
	switch {
	case !n.asked && !pending:
	case n.lost:
		j.Trouble, j.TroubleAt = schema.PendingMissing, n.now
	case n.refused:
		j.Trouble, j.TroubleAt = schema.PendingRejected, n.now
	default:
		w.take(n.now, &j)
	}
	if w.seenAt > 0 {
		for id, k := range known {
			if _, ok := w.there[id]; ok {
				w.facts[id] = w.facts[id].Merge(k.Facts)
			}
		}
		j.Published = w.published()
	}
	for _, id := range slices.Sorted(func(yield func(string) bool) {
		for id := range known {
			if !yield(id) {
				return
			}
		}
	}) {
		j.Named = append(j.Named, *known[id])
	}
	r := reconcile.Rules{
		Now: time.UnixMilli(n.now), Settle: 48 * time.Hour, Refetch: 30 * 24 * time.Hour, Lookback: 72 * time.Hour, GiveUp: n.inTime,
		Searched: func(string, time.Time) bool { return n.searched },
	}
	w.entries = r.After(&j).Rows
}

// take is for an answer that has the job, as the API shows it now.
func (w *world) take(now int64, j *reconcile.Job) {
	there := map[string]uint64{}
	for _, c := range w.calls {
		if c.came <= now {
			there[c.id] = 0
			if c.lines <= now {
				there[c.id] = 2
			}
		}
	}
	j.Seen, j.Asked = now, true
	switch same := fmt.Sprint(there) == fmt.Sprint(w.there); {
	case w.seenAt == 0, now > w.observed && !same:
		w.observed, w.there = now, there
	case same:
		w.observed = min(w.observed, now)
	}
	w.seenAt = max(w.seenAt, now)
}

func (w *world) published() *reconcile.Published {
	p := &reconcile.Published{Final: true, ObservedAt: w.observed, HasTasks: true, HasFacts: true}
	for _, c := range w.calls {
		if turns, ok := w.there[c.id]; ok {
			p.LastCall = max(p.LastCall, c.at)
			f := w.facts[c.id]
			p.Tasks = append(p.Tasks, reconcile.Task{ID: c.id, CallTime: c.at, Connected: true, Turns: turns, Facts: !f.IsZero()})
		}
	}
	return p
}

// TestNothingIsLost: whatever came late, was lost or refused in some nights, and in
// whatever order and how often their runs were made: once the API shows everything
// for two nights, all that SearchTask named is in the tables whole, with its columns,
// and nothing is in trouble.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{facts: map[string]schema.Facts{}}
		late := func(after int64, what string) int64 {
			return after + rapid.Int64Range(0, 30).Draw(t, what)*hour
		}
		lines := func(after int64) int64 { return after + rapid.Int64Range(0, 47).Draw(t, "lines")*hour } // within Settle
		for i := range rapid.IntRange(1, 3).Draw(t, "calls") {
			at := late(noon, "call")
			c := truth{id: fmt.Sprint("t", i), at: at, named: late(at, "named"), came: late(at, "came")}
			c.filled, c.lines = late(c.named, "filled"), lines(c.came)
			w.calls = append(w.calls, c)
		}
		nights := drawNights(t)
		nights = append(rapid.Permutation(nights).Draw(t, "order"), rapid.SliceOfN(rapid.SampledFrom(nights), 0, 2).Draw(t, "again")...)
		for _, n := range nights {
			w.run(n)
		}
		for i := range int64(2) {
			w.run(night{now: noon + (10+i)*day, searched: w.owed(nights), inTime: true})
		}
		for _, row := range w.entries {
			if reconcile.Trouble(row.Reason) || row.Reason == schema.PendingWithoutFacts {
				t.Errorf("in the end %+v is pending", row)
			}
		}
		for _, c := range w.calls {
			if f := w.facts[c.id]; w.there[c.id] != 2 || f.ScriptName != c.id {
				t.Errorf("call %s has %d lines and the script %q", c.id, w.there[c.id], f.ScriptName)
			}
		}
	})
}
