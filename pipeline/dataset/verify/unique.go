package verify

import (
	"context"
	"slices"

	"callmill/schema"
)

// jobKey is the beginning of a row of jobs, for when no more is read of it.
type jobKey struct{ InstanceID, JobID string }

// key returns the key of the job; scratch is space for it.
func (k *jobKey) key(scratch []byte) schema.Key { return schema.JobKey(scratch, k.InstanceID, k.JobID) }

func compareKeys(a, b schema.Key) int { return slices.Compare(a[:], b[:]) }

// checkUnique checks that no job is there twice. Of all jobs only keys are in
// memory, 16 bytes each; which jobs they belong to is read again if needed.
func (p *Plan) checkUnique(ctx context.Context) error {
	slices.SortFunc(p.keys, compareKeys)
	firstFile := map[schema.Key]string{} // of the jobs that are there twice
	for i := 1; i < len(p.keys); i++ {
		if p.keys[i] == p.keys[i-1] {
			firstFile[p.keys[i]] = ""
		}
	}
	if len(firstFile) == 0 {
		return nil
	}
	scratch := make([]byte, 0, 256)
	for _, f := range p.jobs {
		for row, err := range rowsOf[jobKey](ctx, p, f) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				break // a finding already
			}
			key := row.key(scratch)
			switch other, ok := firstFile[key]; {
			case !ok:
			case other == "":
				firstFile[key] = f.Path
			default:
				p.findings.add(f.Path, CheckKeys, "job %s of %s is also in %s", row.JobID, row.InstanceID, other)
			}
		}
	}
	return nil
}
