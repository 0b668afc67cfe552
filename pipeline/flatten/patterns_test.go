package flatten

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/schema"
)

// TestPatternsOfRedactedJobs: the patterns that are made before a job is redacted are
// those that it would be published with, whatever jobs were before it.
func TestPatternsOfRedactedJobs(t *testing.T) {
	f, patterns := newFlattener(t), NewPatterns()
	rapid.Check(t, func(t *rapid.T) {
		j := drawJob(t)
		var want []string
		for _, row := range f.Rows(j, schema.ContentHash{}).Turns {
			want = append(want, row.Pattern)
		}
		patterns.Set(j)
		j.Redacted = true
		var got []string
		for _, row := range f.Rows(j, schema.ContentHash{}).Turns {
			got = append(got, row.Pattern)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("patterns (-of the job as it is +of the redacted one):\n%s", diff)
		}
	})
}

// TestRedactedGivesTheJob: of a redacted job nothing is lost either, its patterns least.
func TestRedactedGivesTheJob(t *testing.T) {
	f := newFlattener(t)
	rapid.Check(t, func(t *rapid.T) {
		j := drawJob(t)
		j.Redacted = true
		for i := range j.Tasks {
			for k := range j.Tasks[i].Turns {
				if turn := &j.Tasks[i].Turns[k]; turn.Speaker == schema.SpeakerRobot {
					turn.Pattern = text.Draw(t, "pattern")
				}
			}
		}
		hash, _ := j.ContentHash(nil)
		got := Redacted(f.Rows(j, hash))
		if diff := cmp.Diff(j, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("the job (-want +got):\n%s", diff)
		}
		if again, _ := got.ContentHash(nil); again != hash {
			t.Fatalf("content hash %v, want %v", again, hash)
		}
	})
}
