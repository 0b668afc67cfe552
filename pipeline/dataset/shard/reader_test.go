package shard_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

// publish writes the jobs 0 to n-1 of a day, each with two tasks, as shards of so
// many buckets.
func publish(t *testing.T, jobs, buckets int) (published []*shard.Published) {
	t.Helper()
	for bucket := range buckets {
		p := &shard.Published{Shard: shard.Shard{Day: 7, Bucket: bucket, Buckets: buckets}, Number: bucket, Paths: make([]string, len(schema.RowCounts{}))}
		var jobRows []schema.JobRow
		var taskRows []schema.TaskRow
		for n := range jobs {
			id := fmt.Sprintf("job-%03d", n)
			if !p.Holds(schema.JobKey(nil, "i", id)) {
				continue
			}
			jobRows = append(jobRows, schema.JobRow{InstanceID: "i", JobID: id, CallingNumbers: []string{}})
			for task := range 2 {
				taskRows = append(taskRows, schema.TaskRow{InstanceID: "i", JobID: id, TaskID: fmt.Sprint(id, "-", task), DialExceptions: []string{}})
			}
		}
		p.Paths[shard.Jobs], p.Paths[shard.Tasks] = write(t, jobRows), write(t, taskRows)
		published = append(published, p)
	}
	return published
}

func write[T any](t *testing.T, rows []T) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "x.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	if err := parquetio.Write(file, rows); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// read returns the ids of the jobs of a shard, in the order in which they are read.
func read(t *testing.T, published []*shard.Published, target shard.Shard) (ids []string, err error) {
	t.Helper()
	r, err := shard.Open(published, target)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		rows, key, err := r.Next()
		if rows == nil || err != nil {
			return ids, err
		}
		if key != schema.JobKey(nil, "i", rows.Job.JobID) || len(rows.Tasks) != 2 || rows.Tasks[1].JobID != rows.Job.JobID {
			t.Errorf("job %s has key %x and tasks %+v", rows.Job.JobID, key, rows.Tasks)
		}
		ids = append(ids, rows.Job.JobID)
	}
}

// TestBucketsAreReadFromOthers: the jobs of each bucket are read in order, once,
// from however many buckets their day was published in.
func TestBucketsAreReadFromOthers(t *testing.T) {
	const jobs = 60
	for _, from := range []int{1, 2, 8} {
		published := publish(t, jobs, from)
		for _, to := range []int{1, 2, 4, 16} {
			var all []string
			for bucket := range to {
				target := shard.Shard{Day: 7, Bucket: bucket, Buckets: to}
				ids, err := read(t, published, target)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.IsSorted(ids) {
					t.Errorf("from %d: bucket %d of %d is %q", from, bucket, to, ids)
				}
				for _, id := range ids {
					if !target.Holds(schema.JobKey(nil, "i", id)) {
						t.Errorf("from %d: %s is read for bucket %d of %d", from, id, bucket, to)
					}
				}
				all = append(all, ids...)
			}
			if slices.Sort(all); len(all) != jobs || len(slices.Compact(all)) != jobs {
				t.Errorf("from %d to %d buckets: %d jobs, want %d", from, to, len(all), jobs)
			}
		}
	}
}

// TestRowsOfNoJob: rows that belong to no job are an error, and not left out.
func TestRowsOfNoJob(t *testing.T) {
	p := publish(t, 5, 1)[0]
	jobs := p.Paths[shard.Jobs]
	for name, path := range map[string]string{
		"no file of jobs": "",
		"a job less":      write(t, []schema.JobRow{{InstanceID: "i", JobID: "job-000"}}),
	} {
		p.Paths[shard.Jobs] = path
		if _, err := read(t, []*shard.Published{p}, p.Shard); err == nil || !strings.Contains(err.Error(), "job_date=1970-01-08 has rows of no job") {
			t.Errorf("%s: %v, want that the snapshot is damaged", name, err)
		}
	}
	p.Paths[shard.Jobs] = jobs
	if ids, err := read(t, []*shard.Published{p}, p.Shard); len(ids) != 5 || err != nil {
		t.Errorf("mended: %q, %v", ids, err)
	}
}
