package verify

import (
	"context"
	"slices"

	"callmill/pipeline/dataset/pending"
	"callmill/pipeline/dataset/reconcile"
)

// pendingFiles checks the entry of the file of what is pending, and plans the rest. It
// returns the file, none where nothing is pending.
func (p *plan) pendingFiles() []*tableFile {
	if p.manifest.Pending.Path == "" {
		return nil
	}
	f, wrong := p.checkFile(p.manifest.Pending, pending.Table())
	if wrong != "" {
		p.addManifest("the file of what is pending, %q: %s", p.manifest.Pending.Path, wrong)
		return nil
	}
	p.units = append(p.units, fileUnit(f, p.checkPending))
	return []*tableFile{f}
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
			p.findings.add(f.Path, CheckKeys, "a job_id of instance %s is empty", r.InstanceID)
		case order == 0:
			p.findings.add(f.Path, CheckKeys, "%q is there twice", key)
		case order > 0:
			p.findings.add(f.Path, CheckOrder, "%q comes after %q", key, previous)
		}
		previous = key
		if !slices.Contains(reconcile.Reasons(), r.Reason) {
			p.findings.add(f.Path, CheckValues, "job %s of %s is pending for %q, which is no reason", r.JobID, r.InstanceID, r.Reason)
		}
	}
	return nil
}
