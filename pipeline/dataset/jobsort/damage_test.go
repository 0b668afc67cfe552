package jobsort

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// TestDamagedJobs: bytes that Append did not write are an error, never a
// panic.
func TestDamagedJobs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := encoded(drawJob(t))
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		whole[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		checkDamaged(t, whole[:rapid.IntRange(0, len(whole)).Draw(t, "length")])
	})
}

// encoded is the record of a job.
func encoded(job *schema.Job) []byte {
	e := Entry{ID: 1, FirstCall: 7}
	c := spill.Encoder(appendPart(nil, 0, 0, 0))
	e.code(&c)
	return new(jobcode.Encoder).Append(c.Bytes(), job)
}

func checkDamaged(t rapid.TB, b []byte) {
	e, err := entryOf(b)
	if err == nil {
		_, err = new(Decoder).Job(&e)
	}
	if err != nil && !errors.Is(err, spill.ErrDamaged) {
		t.Errorf("error %v, want one that says damaged", err)
	}
}
