package pending

import (
	"context"
	"fmt"
	"slices"

	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// Check reads the entries of a file, calls tell with what is wrong about one, and
// returns how many there are. An error means that the file cannot be read on, or is
// that of ctx.
func Check(ctx context.Context, path string, tell func(wrong string)) (rows int64, err error) {
	var previous schema.PendingRow
	for row, err := range Read(path) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return rows, err
		}
		if order := reconcile.Compare(&previous, row); rows > 0 && order == 0 {
			tell(fmt.Sprintf("%s of job %s of %s is there twice", row.Reason, row.JobID, row.InstanceID))
		} else if rows > 0 && order > 0 {
			tell(fmt.Sprintf("job %s of %s comes after job %s of %s", row.JobID, row.InstanceID, previous.JobID, previous.InstanceID))
		}
		if row.JobID == "" {
			tell(fmt.Sprintf("a job_id of instance %s is empty", row.InstanceID))
		}
		if !slices.Contains(reconcile.Reasons(), row.Reason) {
			tell(fmt.Sprintf("job %s of %s has the unknown reason %q", row.JobID, row.InstanceID, row.Reason))
		}
		rows++
		previous = *row
	}
	return rows, nil
}
