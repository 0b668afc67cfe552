package verify

import (
	"context"
	"slices"

	"callmill/schema"
)

// jobKey is the beginning of a row of jobs, which is all that is read of it.
type jobKey struct{ InstanceID, JobID string }

// eachJob reads the keys of the jobs in a file.
func eachJob(ctx context.Context, p *Plan, f *tableFile, visit func(schema.Key, *jobKey)) error {
	scratch := make([]byte, 0, 256)
	return eachRow(ctx, p, f, func(r *jobKey) {
		visit(schema.JobKey(scratch, r.InstanceID, r.JobID), r)
	})
}

// checkUnique checks that no job is there twice. Of all jobs only keys are in
// memory, 16 bytes each; which jobs they belong to is read again if need be.
func (p *Plan) checkUnique(ctx context.Context) error {
	slices.SortFunc(p.keys, compareKeys)
	twice := map[schema.Key]string{}
	for i := 1; i < len(p.keys); i++ {
		if p.keys[i] == p.keys[i-1] {
			twice[p.keys[i]] = ""
		}
	}
	if len(twice) == 0 {
		return nil
	}
	for _, f := range p.jobs {
		err := eachJob(ctx, p, f, func(key schema.Key, r *jobKey) {
			other, ok := twice[key]
			switch {
			case !ok:
			case other == "":
				twice[key] = f.Path
			default:
				p.findings.add(f.Path, CheckKeys, "job %s of %s is in %s, too", r.JobID, r.InstanceID, other)
			}
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue // a finding already
		}
	}
	return nil
}

func compareKeys(a, b schema.Key) int { return slices.Compare(a[:], b[:]) }
