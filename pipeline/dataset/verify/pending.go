package verify

import (
	"context"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/pending"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// besideTables checks the entries of the files of what is pending and of opt-outs, and
// plans the rest. It returns those there are.
func (p *plan) besideTables() (list []*tableFile) {
	for _, one := range []struct {
		file  dataset.File
		table *schema.Table
		check func(context.Context, *tableFile) error
	}{{p.manifest.Pending, pending.Table(), p.checkPending}, {p.manifest.OptOuts, optout.Table(), p.checkSmall}} {
		switch f, wrong := p.checkFile(one.file, one.table); {
		case one.file.Path == "":
		case wrong != "":
			p.addManifest("the file %q: %s", one.file.Path, wrong)
		default:
			p.units, list = append(p.units, fileUnit(f, one.check)), append(list, f)
		}
	}
	return list
}

// checkPending checks the file of what is pending: its keys, their order, the
// reasons.
func (p *plan) checkPending(ctx context.Context, f *tableFile) error {
	ok, err := p.sound(ctx, f)
	if err != nil || !ok {
		return err
	}
	var previous []string
	for r, err := range rowsOf[pending.Columns](ctx, p, f) {
		if err != nil {
			return unlessDamaged(err)
		}
		key := []string{r.InstanceID, r.JobID, r.TaskID, r.Reason, r.ContentHash}
		switch order := slices.Compare(previous, key); {
		case r.JobID == "":
			p.findings.Add(f.Path, finding.Keys, "a job_id of instance %s is empty", r.InstanceID)
		case order == 0:
			p.findings.Add(f.Path, finding.Keys, "%q is there twice", key)
		case order > 0:
			p.findings.Add(f.Path, finding.Order, "%q comes after %q", key, previous)
		}
		previous = key
		if !slices.Contains(reconcile.Reasons(), r.Reason) {
			p.findings.Add(f.Path, finding.Values, "job %s of %s is pending for %q, which is no reason", r.JobID, r.InstanceID, r.Reason)
		}
	}
	return nil
}
