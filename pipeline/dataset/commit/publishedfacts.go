package commit

import (
	"bytes"
	"context"
	"fmt"

	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// factColumns are the columns of tasks that SearchTask fills, with its key.
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

func (r *factColumns) facts() schema.Facts {
	return schema.Facts{
		JobGroupName: r.JobGroupName, ScriptName: r.ScriptName, CallMS: r.CallMS, RingingS: r.RingingS,
		EndReason: r.EndReason, ReachedEnd: r.ReachedEnd, LastPlaybackCompleted: r.LastPlaybackCompleted,
		HungUpByRejection: r.HungUpByRejection, DialExceptions: r.DialExceptions,
	}
}

// factPaths are the columns of factColumns that are not of the key, as the
// format names them.
func factPaths() []string {
	return []string{
		"job_group_name", "script_name", "call_ms", "ringing_s", "end_reason", "reached_end",
		"last_playback_completed", "hung_up_by_rejection", "dial_exceptions.list.element",
	}
}

// hasFacts reports whether SearchTask filled anything in the shard, which the
// footer of its file tells.
func (s *publishedShard) hasFacts() (bool, error) {
	if s.facts == 0 {
		none, err := parquetio.AllNull(s.paths[tasksAt], factPaths()...)
		if err != nil {
			return false, fmt.Errorf("read published facts: %w", err)
		}
		if s.facts = 1; none {
			s.facts = -1
		}
	}
	return s.facts > 0, nil
}

// mergePublishedFacts merges the facts that are wanted with the published ones,
// shard by shard. It decides on those of jobs that are written anyway, and has
// those jobs written whose facts change.
func (tx *Tx) mergePublishedFacts(ctx context.Context) error {
	if tx.wanted.Len() == 0 {
		return nil
	}
	for _, s := range tx.old.shards {
		if err := ctx.Err(); err != nil {
			return err
		}
		wanted, err := tx.wanted.of(s.shard)
		if err != nil {
			return err
		}
		if len(wanted.starts) == 0 {
			continue
		}
		if err := tx.mergeShardFacts(s, wanted); err != nil {
			return fmt.Errorf("read published facts: %w", err)
		}
	}
	return nil
}

// mergeShardFacts reads the tasks of a shard, those of a job one after the
// other.
func (tx *Tx) mergeShardFacts(s *publishedShard, wanted *shardDecisions) error {
	var instanceID, jobID string
	var tasks []mergedFacts
	for row, err := range parquetio.All[factColumns](s.paths[tasksAt]) {
		if err != nil {
			return err
		}
		if row.JobID != jobID || row.InstanceID != instanceID {
			if err := tx.mergeJobFacts(s, wanted, instanceID, jobID, tasks); err != nil {
				return err
			}
			instanceID, jobID, tasks = row.InstanceID, row.JobID, tasks[:0]
		}
		tasks = append(tasks, mergedFacts{taskID: row.TaskID, facts: row.facts()})
	}
	return tx.mergeJobFacts(s, wanted, instanceID, jobID, tasks)
}

func (tx *Tx) mergeJobFacts(s *publishedShard, wanted *shardDecisions, instanceID, jobID string, tasks []mergedFacts) error {
	if len(tasks) == 0 {
		return nil
	}
	key := schema.JobKey(nil, instanceID, jobID)
	found, ok := wanted.facts(key)
	if !ok {
		return nil
	}
	o, seen := wantedFacts(found)
	before, published := appendFacts(nil, tasks), len(tasks)
	all := merged(tasks, seen)
	if o.replaced {
		return tx.decisions.setFacts(o.day, key, all)
	}
	tx.unmatched += int64(len(all) - published)
	if bytes.Equal(appendFacts(nil, all[:published]), before) {
		return nil
	}
	tx.versions.dirty[s.shard] = true
	if o.unchanged {
		tx.versions.counts.Unchanged--
		tx.versions.counts.Changed++
	}
	return tx.decisions.setFacts(s.day, key, all[:published])
}

func appendFacts(b []byte, tasks []mergedFacts) []byte {
	for i := range tasks {
		b = tasks[i].facts.AppendTo(b)
	}
	return b
}
