package versions

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// taskColumns are the columns of tasks besides facts that a comparison needs.
type taskColumns struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
	TaskID     string `parquet:"task_id"`
	Connected  *bool  `parquet:"connected,optional"`
	ActualTime int64  `parquet:"actual_time,optional,timestamp(millisecond)"`
	TurnCount  int32  `parquet:"turn_count"`
}

// loadTasks adds the published tasks of the shards that are wanted, which must be
// compared and merged with what the run met.
func (s *Store) loadTasks(ctx context.Context) error {
	out := s.seen.Writer()
	for number := range s.wanted {
		path := s.published.shards[number].Paths[shard.Tasks]
		if err := ctx.Err(); err != nil {
			return err
		}
		if path == "" {
			continue
		}
		if err := loadTasksOf(path, out); err != nil {
			return fmt.Errorf("read published tasks: %w", err)
		}
	}
	return out.Close()
}

// loadTasksOf reads tasks and facts in step: parquet-go makes zeros of the NULLs in
// an embedded struct.
func loadTasksOf(path string, out *spill.Writer) error {
	nextFacts, stop := iter.Pull2(parquetio.All[schema.Facts](path))
	defer stop()
	scratch, number := make([]byte, 0, 256), int64(0)
	for row, err := range parquetio.All[taskColumns](path) {
		facts, factsErr, ok := nextFacts()
		if err = cmp.Or(err, factsErr); err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("read %s: damaged file: columns of different length", path)
		}
		number++
		t := publishedTask{key: schema.JobKey(scratch, row.InstanceID, row.JobID), number: number}
		t.Facts = *facts
		t.Task = verdict.Task{ID: row.TaskID, Called: row.ActualTime, Connected: row.Connected != nil && *row.Connected, Turns: uint64(row.TurnCount)}
		if err := out.Encode(t.code); err != nil {
			return err
		}
	}
	return nil
}
