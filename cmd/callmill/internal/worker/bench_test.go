package worker

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/decode"
	"callmill/pipeline/simulate"
	"callmill/pipeline/worker"
	"callmill/schema"
)

// sampleRounds is how often the real sample is in an input.
const sampleRounds = 32

// BenchmarkWorker runs decode and flatten as processes of their own, in turns with the
// same ones that throw away what they make: the processor time of these should be at
// least 85 % of what the others take. Of both is taken off what starting one takes. The
// inputs are simulated, or the real sample beside the repository.
func BenchmarkWorker(b *testing.B) {
	for _, c := range []struct {
		mode, input string
		streams     func(*testing.B) (all, none []byte)
	}{
		{"decode", "simulated", func(b *testing.B) (all, none []byte) {
			return streamOf(b, 64, simulated(b, 60_000)...), streamOf(b, 64)
		}},
		{"decode", "sample", func(b *testing.B) (all, none []byte) {
			return streamOf(b, 64, sampleInputs(b)...), streamOf(b, 64)
		}},
		{"flatten", "simulated", func(b *testing.B) (all, none []byte) {
			return sortedStream(b, simulatedJobs(b, 60_000)...), sortedStream(b)
		}},
		{"flatten", "sample", func(b *testing.B) (all, none []byte) {
			return sortedStream(b, sampleJobs(b)...), sortedStream(b)
		}},
	} {
		b.Run(c.mode+"/"+c.input, func(b *testing.B) {
			all, none := c.streams(b)
			stream, nothing := fileOf(b, all), fileOf(b, none)
			var written, thrownAway, shares []float64
			for b.Loop() {
				start := runChild(b, c.mode, nothing).processor
				w := (runChild(b, c.mode, stream).processor - start).Seconds()
				t := (runChild(b, c.mode+", thrown away", stream).processor - start).Seconds()
				written, thrownAway, shares = append(written, w), append(thrownAway, t), append(shares, t/w)
			}
			b.ReportMetric(median(written), "cpu-s-written")
			b.ReportMetric(median(thrownAway), "cpu-s-thrown-away")
			b.ReportMetric(100*median(shares), "%")
		})
	}
}

func fileOf(t testing.TB, stream []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stream")
	if err := os.WriteFile(path, stream, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// sortedStream returns jobs as a sorted stream of records.
func sortedStream(b testing.TB, jobs ...*schema.Job) []byte {
	type keyed struct {
		key    schema.Key
		record []byte
	}
	var records []keyed
	a := shuffle.NewAppender(func(key schema.Key, record []byte) error {
		records = append(records, keyed{key, bytes.Clone(record)})
		return nil
	})
	for i, job := range jobs {
		if err := a.Job(&schema.Raw{Sequence: int64(i)}, 0, job); err != nil {
			b.Fatal(err)
		}
	}
	slices.SortFunc(records, func(a, b keyed) int { return bytes.Compare(a.key[:], b.key[:]) })
	layout := arrow.NewSchema([]arrow.Field{{Name: "key", Type: arrow.BinaryTypes.Binary}, {Name: "record", Type: arrow.BinaryTypes.Binary}}, nil)
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(layout))
	builder := array.NewRecordBuilder(memory.DefaultAllocator, layout)
	for batch := range slices.Chunk(records, 4096) { // as the script on the engine has it
		for _, r := range batch {
			builder.Field(0).(*array.BinaryBuilder).Append(r.key[:])
			builder.Field(1).(*array.BinaryBuilder).Append(r.record)
		}
		if err := w.Write(builder.NewRecordBatch()); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func simulatedJobs(b testing.TB, people int) (jobs []*schema.Job) {
	world, err := simulate.New(simulate.Options{People: people})
	if err != nil {
		b.Fatal(err)
	}
	for i := range world.Len() {
		job, _ := world.Job(i)
		job.InstanceID, job.ObservedAt = world.InstanceID(), world.Now().UnixMilli()
		jobs = append(jobs, job)
	}
	return jobs
}

// samplePaths returns the files of the real sample, which is beside the repository.
func samplePaths(b *testing.B) []string {
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "..", "shared", "data", "crosswoz", "*.json"))
	if err != nil || len(paths) == 0 {
		b.Skip("shared/data/crosswoz is not there")
	}
	return paths
}

// sampleInputs returns the sample again and again.
func sampleInputs(b *testing.B) (inputs []worker.Input) {
	for range sampleRounds {
		for _, path := range samplePaths(b) {
			body, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			inputs = append(inputs, worker.Input{Origin: path, Sequence: int64(len(inputs)), ObservedAt: 1_769_000_000_000, Body: body})
		}
	}
	return inputs
}

// sampleJobs returns the jobs of the sample under other ids again and again.
func sampleJobs(b *testing.B) (jobs []*schema.Job) {
	d := decode.New(decode.Options{})
	for round := range sampleRounds {
		for _, path := range samplePaths(b) {
			body, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			for item := range d.Items(&schema.Raw{Body: body, ObservedAt: 1_700_000_000_000, InstanceID: "default"}) {
				if item.Job == nil {
					b.Fatalf("%s holds something other than jobs", path)
				}
				// A copy: the decoder reuses the job.
				var e jobcode.Encoder
				var d jobcode.Decoder
				job, err := d.Job(e.Append(nil, item.Job))
				if err != nil {
					b.Fatal(err)
				}
				job.InstanceID, job.JobID = "default", fmt.Sprintf("%s-%d", item.Job.JobID, round)
				for i := range job.Tasks {
					job.Tasks[i].TaskID += fmt.Sprintf("-%d", round)
				}
				jobs = append(jobs, job)
			}
		}
	}
	return jobs
}
