package versions

import (
	"context"
	"fmt"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
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

// loadFacts adds the published tasks of the shards that are wanted, which must be
// merged with what the run met. For versions alone they are not needed where
// SearchTask filled nothing, which the footer of a file tells.
func (s *Store) loadFacts(ctx context.Context) error {
	out := s.seen.Writer()
	for number, why := range s.wanted {
		path := s.published.shards[number].Paths[shard.Tasks]
		if err := ctx.Err(); err != nil {
			return err
		}
		if path == "" {
			continue
		}
		none, err := parquetio.AllNull(path, factPaths()...)
		if err == nil && (why == wantedByFacts || !none) {
			err = loadTasks(path, out)
		}
		if err != nil {
			return fmt.Errorf("read published facts: %w", err)
		}
	}
	return out.Close()
}

func loadTasks(path string, out *spill.Writer) error {
	scratch, number := make([]byte, 0, 256), int64(0)
	for row, err := range parquetio.All[factColumns](path) {
		if err != nil {
			return err
		}
		number++
		f := fact{key: schema.JobKey(scratch, row.InstanceID, row.JobID), kind: kindPublished, number: number, taskID: row.TaskID, facts: row.facts()}
		if err := out.Encode(f.code); err != nil {
			return err
		}
	}
	return nil
}
