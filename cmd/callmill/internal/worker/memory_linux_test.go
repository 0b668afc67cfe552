package worker

import (
	"bytes"
	"fmt"
	"testing"

	"callmill/pipeline/worker"
	"callmill/schema"
)

// TestDecodeMemory: 250 MB for what an engine gives a worker ordinarily, and for large
// bodies 150 MB and four times the largest.
func TestDecodeMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: reads hundreds of MB")
	}
	inputs := simulated(t, 20_000)
	var large []byte
	for _, in := range inputs {
		large = append(append(large, bytes.ReplaceAll(in.Body, []byte("\n"), nil)...), '\n')
	}
	body := worker.Input{Origin: "large", Body: large}
	checkMemory(t, "decode", streamOf(t, 64, inputs...), 250<<20)
	checkMemory(t, "decode", streamOf(t, 1, body, body, body), 150<<20+4*int64(len(large)))
}

// TestFlattenMemory: the same of flatten, where the largest batch is that of the rows of
// a job that one has 300,000 turns of.
func TestFlattenMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes hundreds of MB")
	}
	checkMemory(t, "flatten", sortedStream(t, simulatedJobs(t, 20_000)...), 250<<20)

	call := schema.Task{TaskID: "8a3f7c1e-5b02-4a7d-9d8e-2f6b1c0e4a59", Status: "SucceededFinish"}
	for i := range 300_000 {
		turn := schema.Turn{Speaker: schema.SpeakerContact, Script: fmt.Sprintf("我上个月%d号就已经还了这笔钱，请再查一下", i), Timestamp: 1_769_000_000_000 + int64(i)*1000}
		if i%2 == 0 {
			turn.Speaker = schema.SpeakerRobot
		}
		call.Turns = append(call.Turns, turn)
	}
	job := &schema.Job{InstanceID: "c0ffee00-1234-4c8b-8f2e-abcdef012345", JobID: "5b0e2a9d-7c41-4f6a-b1d3-0e9f8a7c6b54", ObservedAt: 1_769_900_000_000, Tasks: []schema.Task{call}}
	checkMemory(t, "flatten", sortedStream(t, job), 0)
}

// checkMemory checks that a worker needs at most so much memory for a stream, 0: 150 MB
// and four times of what it writes, which is one batch.
func checkMemory(t *testing.T, mode string, stream []byte, most int64) {
	t.Helper()
	got := runChild(t, mode, fileOf(t, stream))
	if most == 0 {
		most = 150<<20 + 4*got.written
	}
	t.Logf("%s: %d MB of memory for %d MB that are read and %d MB that are written", mode, got.memory>>20, len(stream)>>20, got.written>>20)
	if got.memory > most {
		t.Errorf("%s: %d MB of memory, want at most %d", mode, got.memory>>20, most>>20)
	}
}
