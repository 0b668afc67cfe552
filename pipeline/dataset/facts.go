package dataset

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"callmill/pipeline/dataset/gather"
	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// What SearchTask said of tasks is kept apart from the versions of jobs: it
// may change while a job's content does not, and it outlives versions that do
// not carry it. A known value is replaced only by one from a later version,
// and none is cleared.

// taskFacts are the facts of a job's tasks, in order of task ids. There is one
// for every job of a night, so it is small, and shared where nothing changes.
type taskFacts []taskFact

type taskFact struct {
	taskID string
	facts  schema.Facts
}

// factsSeen is what one sighting of a job carried.
type factsSeen struct {
	key      schema.Key
	observed int64
	sequence int64
	facts    taskFacts
}

// noteFacts keeps what SearchTask said of the job.
func (a *Appender) noteFacts(s sighting, job *schema.Job) {
	if a.tx.anew {
		return // they are in the rows, and there is nothing to merge them with
	}
	var facts taskFacts
	for i := range job.Tasks {
		t := &job.Tasks[i]
		if t.Facts.IsZero() {
			continue
		}
		if facts == nil {
			facts = make(taskFacts, 0, len(job.Tasks)-i)
		}
		facts = append(facts, a.keep(t.TaskID, &t.Facts))
	}
	if facts != nil {
		a.facts = append(a.facts, factsSeen{s.key, s.observed, s.sequence, facts.sorted()})
	}
}

// Facts takes what SearchTask says of a task, whether or not its job comes in
// this run.
func (a *Appender) Facts(raw *schema.Raw, f *schema.TaskFacts) error {
	if a.tx.anew {
		return nil
	}
	key := schema.JobKey(a.scratch, f.InstanceID, f.JobID)
	a.facts = append(a.facts, factsSeen{key, f.ObservedAt, raw.Sequence, taskFacts{a.keep(f.TaskID, &f.Facts)}})
	return nil
}

// keep copies facts: their strings lie in input that is given back, and names
// are those of thousands of calls.
func (a *Appender) keep(taskID string, facts *schema.Facts) taskFact {
	f := facts.Clone()
	f.JobGroupName, f.ScriptName = a.intern(f.JobGroupName), a.intern(f.ScriptName)
	return taskFact{strings.Clone(taskID), f}
}

func (a *Appender) intern(name string) string {
	if known, ok := a.names[name]; ok {
		return known
	}
	if a.names == nil {
		a.names = map[string]string{}
	}
	a.names[name] = name
	return name
}

// sorted puts the facts in order; of a task that is there twice the later
// counts.
func (f taskFacts) sorted() taskFacts {
	slices.SortStableFunc(f, func(a, b taskFact) int { return strings.Compare(a.taskID, b.taskID) })
	n := 0
	for i := range f {
		if i+1 < len(f) && f[i].taskID == f[i+1].taskID {
			continue
		}
		f[n] = f[i]
		n++
	}
	return f[:n]
}

// find gives the facts of a task.
func (f taskFacts) find(taskID string) (facts schema.Facts, ok bool) {
	i, ok := slices.BinarySearchFunc(f, taskID, func(t taskFact, id string) int { return strings.Compare(t.taskID, id) })
	if ok {
		facts = f[i].facts
	}
	return facts, ok
}

// jobsWithFacts are the jobs of which the run brought facts.
func (tx *Tx) jobsWithFacts() map[schema.Key]bool {
	jobs := map[schema.Key]bool{}
	for _, a := range tx.appenders {
		for _, f := range a.facts {
			jobs[f.key] = false
		}
	}
	return jobs
}

// mergeFacts finds the facts of every job that is written or has new ones,
// and marks the published jobs whose facts change. It is called when the
// verdict is there.
func (tx *Tx) mergeFacts() error {
	var seen []factsSeen
	for _, a := range tx.appenders {
		seen = append(seen, a.facts...)
		a.facts = nil
	}
	slices.SortFunc(seen, func(a, b factsSeen) int {
		return cmp.Or(cmp.Compare(a.observed, b.observed), cmp.Compare(a.sequence, b.sequence))
	})
	wanted := map[schema.Key]bool{}
	for _, s := range seen {
		wanted[s.key] = true
	}
	for _, replaced := range tx.verdict.replaced {
		for key := range replaced {
			wanted[key] = true
		}
	}
	published, tasks, err := tx.publishedFacts(wanted)
	if err != nil {
		return err
	}
	tx.facts = maps.Clone(published)
	for _, s := range seen {
		later := true
		if old := tx.old.find(s.key); old != nil {
			later = s.observed >= tx.old.timesOf(old).observedAt
		}
		tx.facts[s.key] = tx.facts[s.key].merge(s.facts, later)
	}
	for key := range wanted {
		if old := tx.old.find(key); old != nil && !reflect.DeepEqual(tx.facts[key].of(tasks[key]), published[key]) {
			tx.verdict.newFacts(key, tx.old.shardOf(old))
		}
	}
	return nil
}

// merge gives the facts with the values of more: all that are known where it is
// later, else those for tasks and columns that had none.
func (f taskFacts) merge(more taskFacts, later bool) taskFacts {
	if len(f) == 0 {
		return more
	}
	merged := make(taskFacts, 0, len(f)+len(more))
	for len(f) > 0 && len(more) > 0 {
		switch a, b := f[0], more[0]; strings.Compare(a.taskID, b.taskID) {
		case -1:
			merged, f = append(merged, a), f[1:]
		case 1:
			merged, more = append(merged, b), more[1:]
		default:
			if later {
				a, b = b, a
			}
			merged, f, more = append(merged, taskFact{a.taskID, a.facts.Or(b.facts)}), f[1:], more[1:]
		}
	}
	return append(append(merged, f...), more...)
}

// newFacts counts a job whose facts changed as changed, and has its rows
// written, unless that is so already.
func (v *verdict) newFacts(key schema.Key, s shard) {
	if _, replaced := v.replaced[s][key]; replaced {
		return
	}
	change := v.touched[s][key]
	note(v.touched, s, key, change)
	if v.unchanged[key] {
		v.counts.Unchanged--
		v.counts.Changed++
	}
}

// factColumns are the columns of tasks that SearchTask fills.
type factColumns struct {
	InstanceID            string   `parquet:"instance_id"`
	JobID                 string   `parquet:"job_id"`
	TaskID                string   `parquet:"task_id"`
	JobGroupName          string   `parquet:"job_group_name,optional"`
	ScriptName            string   `parquet:"script_name,optional"`
	CallMS                *int64   `parquet:"call_ms,optional"`
	RingingS              *int32   `parquet:"ringing_s,optional"`
	EndReason             *int32   `parquet:"end_reason,optional"`
	ReachedEnd            *bool    `parquet:"reached_end,optional"`
	LastPlaybackCompleted *bool    `parquet:"last_playback_completed,optional"`
	HungUpByRejection     *bool    `parquet:"hung_up_by_rejection,optional"`
	DialExceptions        []string `parquet:"dial_exceptions,list"`
}

// publishedFacts reads the facts of published jobs.
//
// tasks are the ids of their tasks, with facts or without.
func (tx *Tx) publishedFacts(wanted map[schema.Key]bool) (found map[schema.Key]taskFacts, tasks map[schema.Key][]string, err error) {
	shards := map[shard]bool{}
	for key := range wanted {
		if old := tx.old.find(key); old != nil {
			shards[tx.old.shardOf(old)] = true
		}
	}
	found, tasks = map[schema.Key]taskFacts{}, map[schema.Key][]string{}
	for s := range shards {
		path := tx.dataset.publishedFile(schema.TableTasks, s)
		if path == "" {
			continue
		}
		for row, err := range parquetio.All[factColumns](path) {
			if err != nil {
				return nil, nil, fmt.Errorf("read published facts: %w", err)
			}
			key := schema.JobKey(nil, row.InstanceID, row.JobID)
			if !wanted[key] {
				continue
			}
			tasks[key] = append(tasks[key], row.TaskID)
			facts := schema.Facts{
				JobGroupName: row.JobGroupName, ScriptName: row.ScriptName, CallMS: row.CallMS, RingingS: row.RingingS,
				EndReason: row.EndReason, ReachedEnd: row.ReachedEnd, LastPlaybackCompleted: row.LastPlaybackCompleted,
				HungUpByRejection: row.HungUpByRejection, DialExceptions: row.DialExceptions,
			}
			if facts.IsZero() {
				continue
			}
			if len(facts.DialExceptions) == 0 {
				facts.DialExceptions = nil
			}
			found[key] = append(found[key], taskFact{row.TaskID, facts})
		}
	}
	for key, facts := range found {
		found[key] = facts.sorted()
	}
	return found, tasks, nil
}

// of are the facts of some tasks; nil where there are none.
func (f taskFacts) of(tasks []string) taskFacts {
	var some taskFacts
	for _, task := range tasks {
		if facts, ok := f.find(task); ok {
			some = append(some, taskFact{task, facts})
		}
	}
	return some.sorted()
}

// apply puts the facts into the rows of their job, with the columns that are
// derived from them.
func (f taskFacts) apply(rows *schema.Rows) {
	failed := map[string]*bool{}
	for i := range rows.Tasks {
		row := &rows.Tasks[i]
		facts, ok := f.find(row.TaskID)
		if !ok {
			continue
		}
		row.JobGroupName, row.ScriptName = facts.JobGroupName, facts.ScriptName
		row.CallMS, row.RingingS, row.EndReason = facts.CallMS, facts.RingingS, facts.EndReason
		row.ReachedEnd, row.LastPlaybackCompleted = facts.ReachedEnd, facts.LastPlaybackCompleted
		row.HungUpByRejection, row.DialExceptions = facts.HungUpByRejection, facts.DialExceptions
		outcome := schema.OutcomeOf(row.TaskStatus)
		row.FailedDialogue = outcome.FailedDialogue(facts.ReachedEnd)
		failed[row.TaskID] = row.FailedDialogue
	}
	for i := range rows.Turns {
		if v, ok := failed[rows.Turns[i].TaskID]; ok {
			rows.Turns[i].FailedDialogue = v
		}
	}
}

// writeEntry writes a gathered job, with what SearchTask said of it.
func (b *build) writeEntry(w *shardWriter, e *gather.Entry) error {
	facts := b.tx.facts[e.Key]
	if facts == nil {
		return b.tx.codec.Decode(e, w.sink(), b.firstSeen(e.ID))
	}
	rows, err := b.tx.codec.Rows(e, b.firstSeen(e.ID))
	if err != nil {
		return err
	}
	facts.apply(rows)
	return w.copyJob(rows)
}
