package jobcode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// drawJob draws a job by reflection, so that no field can be forgotten.
func drawJob(t *rapid.T) *schema.Job {
	job := &schema.Job{}
	draw(t, "job", reflect.ValueOf(job).Elem())
	job.InstanceID, job.JobID, job.Asked, job.Erased = "", "", false, false // are not encoded
	for i := range job.Tasks {
		if f := &job.Tasks[i].Facts; f.IsZero() {
			*f = schema.Facts{} // without a value they have no instant
		}
		for k := range job.Tasks[i].Turns {
			if !job.Redacted {
				job.Tasks[i].Turns[k].Pattern = "" // is made of the script
			}
		}
	}
	return job
}

func draw(t *rapid.T, name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for field, value := range v.Fields() {
			draw(t, field.Name, value)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, name), 3))
		for i := range v.Len() {
			draw(t, name, v.Index(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, name) {
			v.Set(reflect.New(v.Type().Elem()))
			draw(t, name, v.Elem())
		}
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.StringN(0, 5, -1), rapid.SampledFrom(speakers[:])).Draw(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(t, name)))
	case reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, name))
	default:
		t.Fatalf("no values of %s for %s", v.Type(), name)
	}
}

// TestJobsComeBack: every field of a job does, whatever was decoded before it and
// whatever its encoding is appended to.
func TestJobsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var encoder Encoder
		var decoder Decoder
		for range 3 {
			want := drawJob(t)
			before := []byte(rapid.StringN(0, 3, -1).Draw(t, "before"))
			b := encoder.Append(before, want)
			got, err := decoder.Job(b[len(before):])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("job (-want +got):\n%s", diff)
			}
		}
	})
}

// TestEncodingStays: jobs are kept for years where a table of a lake has them.
func TestEncodingStays(t *testing.T) {
	job := someJob(1)
	job.Priority, job.Tasks[0].Duration = new(int32(2)), new(int64(-3))
	job.Extras = []schema.Extra{{Key: "k", Value: "v"}}
	job.Tasks[0].Turns = job.Tasks[0].Turns[:2]
	const want = `"\x00\x00\x00\x00\tSucceeded\x00\x00\x01\x04\x00\x00\x00\x00\x00\x00\x01\x01k\x01v\x00\x01\x0e9e3779b1-job-1\x00\x00\x00\x00\x0fSucceededFinish\x00\x00\v13800000001\x00\x00\xde\xe3\xef\x89\xfcf\x01\x05\x00\x00\x02\x01 您好，请问是1号0楼吗？\xde\xe3\xef\x89\xfcf\x00\x01 您好，请问是1号1楼吗？\xc0>\x00"`
	if got := fmt.Sprintf("%q", new(Encoder).Append(nil, job)); got != want {
		t.Errorf("the encoding of a job is\n%s, want\n%s", got, want)
	}
}

// someJob is a job with one call of eight lines.
func someJob(n int) *schema.Job {
	id := fmt.Sprintf("%08x-job", uint32(n)*2654435761)
	task := schema.Task{TaskID: id + "-1", CalledNumber: fmt.Sprintf("138%08d", n), ActualTime: 1769000000000 + int64(n)*7919%86_400_000, Status: "SucceededFinish"}
	for i := range 8 {
		task.Turns = append(task.Turns, schema.Turn{
			Speaker: schema.SpeakerRobot, Script: fmt.Sprintf("您好，请问是%d号%d楼吗？", n, i), Timestamp: task.ActualTime + int64(i)*4000,
		})
	}
	return &schema.Job{Status: schema.JobSucceeded, Tasks: []schema.Task{task}}
}

// TestDamagedJobs: bytes that Append did not make are an error, never a panic.
func TestDamagedJobs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := new(Encoder).Append(nil, drawJob(t))
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		whole[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		checkDamaged(t, whole[:rapid.IntRange(0, len(whole)).Draw(t, "length")])
	})
}

func checkDamaged(t rapid.TB, b []byte) {
	if _, err := new(Decoder).Job(b); err != nil && !errors.Is(err, spill.ErrDamaged) {
		t.Errorf("error %v, want one that says damaged", err)
	}
}

func FuzzDamagedJobs(f *testing.F) {
	whole := new(Encoder).Append(nil, someJob(1))
	f.Add(whole)
	huge := binary.AppendUvarint(nil, 1<<63)
	for at := range 20 { // each of the first numbers and lengths
		f.Add(append(append(slices.Clone(whole[:at]), huge...), 1, 1, 1))
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkDamaged(t, b) })
}
