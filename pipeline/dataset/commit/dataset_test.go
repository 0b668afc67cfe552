package commit_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// day0 is noon of 2026-01-15 in Shanghai, in ms.
var day0 = time.Date(2026, 1, 15, 12, 0, 0, 0, shanghai).UnixMilli()

const dayMS = 24 * 3600 * 1000

// call is a job with one task per given day after day0, each with two lines.
func call(id string, observedAt int64, text string, days ...int) *schema.Job {
	j := &schema.Job{InstanceID: "default", JobID: id, ReferenceID: text, Status: "Scheduling", RequestID: "req-" + text, ObservedAt: observedAt}
	for i, day := range days {
		at := day0 + int64(day)*dayMS
		j.Status = "Succeeded"
		j.Tasks = append(j.Tasks, schema.Task{
			TaskID: fmt.Sprintf("%s-%d", id, i), Status: "SucceededFinish", ActualTime: at, CalledNumber: "10012345678",
			Turns: []schema.Turn{
				{Speaker: "Robot", Script: text, Timestamp: at + 1000},
				{Speaker: "Contact", Script: "嗯", Timestamp: at + 2000},
			},
		})
	}
	return j
}

// mute takes a line from the last task of a job.
func mute(j *schema.Job) *schema.Job {
	last := &j.Tasks[len(j.Tasks)-1]
	last.Turns = last.Turns[:len(last.Turns)-1]
	return j
}

func unfinished(j *schema.Job) *schema.Job {
	j.Status = schema.JobExecuting
	return j
}

func jobs(list ...*schema.Job) []delivery {
	var d []delivery
	for _, j := range list {
		d = append(d, delivery{job: j})
	}
	return d
}

// published reads the published jobs by id.
func (l *line) published() map[string]schema.JobRow {
	l.t.Helper()
	rows := map[string]schema.JobRow{}
	paths, _ := filepath.Glob(filepath.Join(l.dir, "latest", "jobs", "*", "*.parquet"))
	for _, path := range paths {
		for row, err := range parquetio.All[schema.JobRow](path) {
			if err != nil {
				l.t.Fatal(err)
			}
			if _, twice := rows[row.JobID]; twice {
				l.t.Errorf("job %s is published twice", row.JobID)
			}
			rows[row.JobID] = *row
		}
	}
	return rows
}

// TestWhichVersionWins walks through the rules of convergence: each step is a
// run, and says what must be counted and what must be published after it.
func TestWhichVersionWins(t *testing.T) {
	type step struct {
		deliver []*schema.Job
		counts  dataset.Counts
		request string // of the published version of job a
		seen    int64  // its observed_at
		first   int64  // its first_seen
	}
	for name, steps := range map[string][]step{
		"later replaces": {
			{[]*schema.Job{call("a", 100, "v1", 0)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 200, "v2", 0)}, dataset.Counts{Seen: 1, Changed: 1}, "req-v2", 200, 100},
		},
		"earlier is superseded but moves first_seen back": {
			{[]*schema.Job{call("a", 200, "v2", 0)}, dataset.Counts{Seen: 1, New: 1}, "req-v2", 200, 200},
			{[]*schema.Job{call("a", 100, "v1", 0)}, dataset.Counts{Seen: 1, Superseded: 1}, "req-v2", 200, 100},
			{[]*schema.Job{call("a", 150, "v1", 0)}, dataset.Counts{Seen: 1, Superseded: 1}, "req-v2", 200, 100},
		},
		"the same content is unchanged and keeps its sighting": {
			{[]*schema.Job{call("a", 100, "v1", 0)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 300, "v1", 0)}, dataset.Counts{Seen: 1, Unchanged: 1}, "req-v1", 100, 100},
		},
		"within a run by instant, then by delivery": {
			{
				[]*schema.Job{call("a", 200, "v2", 0), call("a", 100, "v1", 0), call("a", 200, "v3", 0)},
				dataset.Counts{Seen: 3, New: 1, Changed: 2}, "req-v3", 200, 100,
			},
		},
		"a content that comes back within a run": {
			{[]*schema.Job{call("a", 100, "v1", 0)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{
				[]*schema.Job{call("a", 200, "v2", 0), call("a", 300, "v1", 0)},
				dataset.Counts{Seen: 2, Changed: 2}, "req-v1", 300, 100,
			},
		},
		"without any task never replaces one that has some": {
			{[]*schema.Job{call("a", 100, "v1", 0)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 200, "none")}, dataset.Counts{Seen: 1, Superseded: 1, Held: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 200+2*dayMS, "none")}, dataset.Counts{Seen: 1, Superseded: 1, Held: 1}, "req-v1", 100, 100},
		},
		"without any task gives way, even to an earlier one": {
			{[]*schema.Job{call("a", 200, "none")}, dataset.Counts{Seen: 1, New: 1}, "req-none", 200, 200},
			{[]*schema.Job{call("a", 100, "v1", 0)}, dataset.Counts{Seen: 1, Changed: 1}, "req-v1", 100, 100},
		},
		"dated by the run's start never replaces an instant of its own": {
			{[]*schema.Job{call("a", 100, "v1", 0)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 0, "v2", 0)}, dataset.Counts{Seen: 1, Superseded: 1, Undated: 1}, "req-v1", 100, 100},
		},
		"fewer tasks are held": {
			{[]*schema.Job{call("a", 100, "v1", 0, 1)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 200, "v2", 0)}, dataset.Counts{Seen: 1, Superseded: 1, Held: 1}, "req-v1", 100, 100},
		},
		"fewer turns are held": {
			{[]*schema.Job{call("a", 100, "v1", 0, 1)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{[]*schema.Job{mute(call("a", 200, "v2", 0, 1))}, dataset.Counts{Seen: 1, Superseded: 1, Held: 1}, "req-v1", 100, 100},
		},
		"fewer tasks of a job that is not final are shrunk": {
			{[]*schema.Job{unfinished(call("a", 100, "v1", 0, 1))}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 200, "v2", 0)}, dataset.Counts{Seen: 1, Changed: 1, Shrunk: 1}, "req-v2", 200, 100},
		},
		"fewer tasks that come first give way": {
			{[]*schema.Job{call("a", 200, "v2", 0)}, dataset.Counts{Seen: 1, New: 1}, "req-v2", 200, 200},
			{[]*schema.Job{call("a", 100, "v1", 0, 1)}, dataset.Counts{Seen: 1, Changed: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 200, "v2", 0)}, dataset.Counts{Seen: 1, Superseded: 1, Held: 1}, "req-v1", 100, 100},
		},
		"held and seen again a day later is confirmed": {
			{[]*schema.Job{call("a", 100, "v1", 0, 1)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 200, "v2", 0)}, dataset.Counts{Seen: 1, Superseded: 1, Held: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 199+dayMS, "v2", 0)}, dataset.Counts{Seen: 1, Superseded: 1, Held: 1}, "req-v1", 100, 100},
			{[]*schema.Job{call("a", 200+dayMS, "v2", 0)}, dataset.Counts{Seen: 1, Changed: 1, Shrunk: 1}, "req-v2", 200 + dayMS, 100},
			{[]*schema.Job{call("a", 100, "v1", 0, 1)}, dataset.Counts{Seen: 1, Superseded: 1}, "req-v2", 200 + dayMS, 100},
			{[]*schema.Job{call("a", 300+dayMS, "v1", 0, 1)}, dataset.Counts{Seen: 1, Changed: 1}, "req-v1", 300 + dayMS, 100},
		},
		"the fuller one in between ends a hold": {
			{[]*schema.Job{call("a", 100, "v1", 0, 1)}, dataset.Counts{Seen: 1, New: 1}, "req-v1", 100, 100},
			{
				[]*schema.Job{call("a", 200, "v2", 0), call("a", 300, "v1", 0, 1), call("a", 200+dayMS, "v2", 0)},
				dataset.Counts{Seen: 3, Unchanged: 1, Superseded: 2, Held: 2}, "req-v1", 100, 100,
			},
		},
		"a first call moves the job to its day": {
			{[]*schema.Job{call("a", 100, "none"), call("b", 100, "b", 3)}, dataset.Counts{Seen: 2, New: 2}, "req-none", 100, 100},
			{[]*schema.Job{call("a", 200, "v1", 3)}, dataset.Counts{Seen: 1, Changed: 1}, "req-v1", 200, 100},
			{[]*schema.Job{call("a", 300, "v2", 2)}, dataset.Counts{Seen: 1, Changed: 1}, "req-v2", 300, 100},
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			for i, s := range steps {
				p := l.run(jobs(s.deliver...)...)
				if p.Counts != s.counts {
					t.Errorf("run %d: counts %+v, want %+v", i, p.Counts, s.counts)
				}
				a := l.published()["a"]
				if a.RequestID != s.request || a.ObservedAt != s.seen || a.FirstSeen != s.first {
					t.Errorf("run %d: published %s observed %d first seen %d, want %s %d %d",
						i, a.RequestID, a.ObservedAt, a.FirstSeen, s.request, s.seen, s.first)
				}
			}
		})
	}
}

func TestNothingNewChangesNothing(t *testing.T) {
	l := newLine(t)
	l.run(jobs(call("a", 100, "v1", 0), call("b", 100, "v1"))...)
	before := l.snapshots()
	p := l.run(jobs(call("a", 100, "v1", 0), call("b", 200, "v1"))...)
	if p.Changed || p.Counts.Unchanged != 2 {
		t.Errorf("published %+v, want nothing changed", p)
	}
	if after := l.snapshots(); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Errorf("snapshots %q, want %q", after, before)
	}
}
