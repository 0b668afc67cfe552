package reconcile_test

import (
	"fmt"
	"testing"

	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/internal/growth"
	"callmill/schema"
)

// TestManyCallsOfAJob: what is pending of a job with very many calls does not take the
// square of their number.
func TestManyCallsOfAJob(t *testing.T) {
	growth.CheckLinear(t, "calls", 50_000, func(calls int) {
		j := reconcile.Job{JobID: "j", Trouble: schema.PendingMissing, TroubleAt: noon}
		for i := range calls {
			j.Named = append(j.Named, named(fmt.Sprint("call ", i)))
		}
		for range 3 {
			after := rules.After(&j)
			if len(after.Rows) != calls {
				t.Fatalf("%d entries of %d calls", len(after.Rows), calls)
			}
			j.Old = after.Rows
		}
		j.Seen, j.Asked, j.Published = noon, true, published(noon)
		if after := rules.After(&j); len(after.Rows) != calls+1 {
			t.Errorf("%d entries of %d calls that the job came without, and the job", len(after.Rows), calls)
		}
	})
}
