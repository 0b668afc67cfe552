package versions

import (
	"bytes"
	"context"
	"fmt"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
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

// hasFacts reports whether SearchTask filled anything in a shard, which the footer
// of its file tells.
func (p *published) hasFacts(number int) (bool, error) {
	if p.facts[number] == factsUnknown {
		none, err := parquetio.AllNull(p.shards[number].Paths[shard.Tasks], factPaths()...)
		if err != nil {
			return false, fmt.Errorf("read published facts: %w", err)
		}
		if p.facts[number] = factsSome; none {
			p.facts[number] = factsNone
		}
	}
	return p.facts[number] == factsSome, nil
}

// mergePublishedFacts merges the facts that are wanted with the published ones,
// shard by shard. It decides on those of jobs that are written anyway, and has
// those jobs written whose facts change.
func (s *Store) mergePublishedFacts(ctx context.Context) error {
	if s.wanted.Empty() {
		return nil
	}
	for _, in := range s.published.shards {
		if err := ctx.Err(); err != nil {
			return err
		}
		wanted, err := s.wanted.of(in.Shard)
		if err != nil {
			return err
		}
		if len(wanted.starts) == 0 {
			continue
		}
		if err := s.mergeShardFacts(in, wanted); err != nil {
			return fmt.Errorf("read published facts: %w", err)
		}
	}
	return nil
}

// mergeShardFacts reads the tasks of a shard, those of a job one after the
// other.
func (s *Store) mergeShardFacts(in *shard.Published, wanted *shardDecisions) error {
	var instanceID, jobID string
	var tasks []mergedFacts
	for row, err := range parquetio.All[factColumns](in.Paths[shard.Tasks]) {
		if err != nil {
			return err
		}
		if row.JobID != jobID || row.InstanceID != instanceID {
			if err := s.mergeJobFacts(in, wanted, instanceID, jobID, tasks); err != nil {
				return err
			}
			instanceID, jobID, tasks = row.InstanceID, row.JobID, tasks[:0]
		}
		tasks = append(tasks, mergedFacts{taskID: row.TaskID, facts: row.facts()})
	}
	return s.mergeJobFacts(in, wanted, instanceID, jobID, tasks)
}

func (s *Store) mergeJobFacts(in *shard.Published, wanted *shardDecisions, instanceID, jobID string, tasks []mergedFacts) error {
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
		return s.decisions.setFacts(o.day, key, all)
	}
	s.verdict.unmatched += int64(len(all) - published)
	if bytes.Equal(appendFacts(nil, all[:published]), before) {
		return nil
	}
	s.verdict.dirty[in.Shard] = true
	if o.unchanged {
		s.verdict.counts.Unchanged--
		s.verdict.counts.Changed++
	}
	return s.decisions.setFacts(in.Day, key, all[:published])
}

func appendFacts(b []byte, tasks []mergedFacts) []byte {
	for i := range tasks {
		b = tasks[i].facts.AppendTo(b)
	}
	return b
}
