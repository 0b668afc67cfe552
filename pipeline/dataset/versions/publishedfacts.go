package versions

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// taskKey is the columns that say which task the facts are of.
type taskKey struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
	TaskID     string `parquet:"task_id"`
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
		none, err := parquetio.AllNull[schema.Facts](path)
		if err == nil && (why == wantedByFacts || !none) {
			err = loadTasks(path, out)
		}
		if err != nil {
			return fmt.Errorf("read published facts: %w", err)
		}
	}
	return out.Close()
}

// loadTasks reads keys and facts in step: parquet-go makes zeros of the NULLs in
// an embedded struct.
func loadTasks(path string, out *spill.Writer) error {
	nextFacts, stop := iter.Pull2(parquetio.All[schema.Facts](path))
	defer stop()
	scratch, number := make([]byte, 0, 256), int64(0)
	for task, err := range parquetio.All[taskKey](path) {
		facts, factsErr, ok := nextFacts()
		if err = cmp.Or(err, factsErr); err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("read %s: damaged file: columns of different length", path)
		}
		number++
		f := fact{key: schema.JobKey(scratch, task.InstanceID, task.JobID), kind: kindPublished, number: number, taskID: task.TaskID, facts: *facts}
		if err := out.Encode(f.code); err != nil {
			return err
		}
	}
	return nil
}
