package verify

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// checkSmall checks a file that belongs to no shard, and its rows if its table is
// a small one.
func (p *plan) checkSmall(ctx context.Context, f *tableFile) error {
	ok, err := p.sound(ctx, f)
	if err != nil || !ok {
		return err
	}
	switch f.table.Name {
	case schema.TableJobGroups:
		err = p.checkJobGroups(ctx, f)
	case schema.TableStatuses:
		err = p.checkStatuses(ctx, f)
	case schema.TableRejects:
		err = p.checkRejects(ctx, f)
	}
	return unlessDamaged(err)
}

// keyOrder returns a check that the keys of the rows of a small table are in order,
// each there once.
func (p *plan) keyOrder(f *tableFile) func(instance, id string) {
	var previousInstance, previous string
	first := true
	return func(instance, id string) {
		switch order := cmp.Or(cmp.Compare(previousInstance, instance), cmp.Compare(previous, id)); {
		case first:
		case order == 0:
			p.findings.Add(f.Path, finding.Keys, "%s of %s is there twice", id, instance)
		case order > 0:
			p.findings.Add(f.Path, finding.Order, "%s of %s comes after %s of %s", id, instance, previous, previousInstance)
		}
		previousInstance, previous, first = instance, id, false
	}
}

func (p *plan) checkJobGroups(ctx context.Context, f *tableFile) error {
	checkKey := p.keyOrder(f)
	for r, err := range rowsOf[schema.JobGroupRow](ctx, p, f) {
		if err != nil {
			return err
		}
		if r.JobGroupID == "" {
			p.findings.Add(f.Path, finding.Keys, "a job_group_id of instance %s is empty", r.InstanceID)
		}
		checkKey(r.InstanceID, r.JobGroupID)
	}
	return nil
}

// checkStatuses checks that the table has the documented statuses, then the other
// ones met in the tasks.
func (p *plan) checkStatuses(ctx context.Context, f *tableFile) error {
	if !p.sameOutcomes {
		return nil // left out with the derived columns
	}
	var unlisted []string
	if p.manifest.Table(schema.TableTasks) != nil {
		unlisted = p.manifest.Unlisted()
	}
	want := schema.Outcomes()
	for _, status := range unlisted {
		want = append(want, schema.OutcomeOf(status))
	}
	var got []string
	for r, err := range rowsOf[schema.StatusRow](ctx, p, f) {
		if err != nil {
			return err
		}
		got = append(got, spell(*r))
	}
	if len(got) != len(want) {
		p.findings.Add(f.Path, finding.Statuses, "has %d rows; %d statuses are documented and %d others met", len(got), len(want)-len(unlisted), len(unlisted))
	}
	for i := range min(len(got), len(want)) {
		if want := spell(want[i].Row()); got[i] != want {
			p.findings.Add(f.Path, finding.Statuses, "row %d is %s, not %s", i, got[i], want)
		}
	}
	return nil
}

// spell formats a row for a finding.
func spell(row schema.StatusRow) string {
	text, _ := json.Marshal(row) // texts, numbers and booleans cannot fail
	return string(text)
}

// checkUnlisted compares the undocumented statuses met in a file of tasks with
// those in the manifest.
func (p *plan) checkUnlisted(f *tableFile, unlisted map[string]bool) {
	if met := slices.Sorted(maps.Keys(unlisted)); !slices.Equal(met, f.Statuses) {
		p.findings.Add(f.Path, finding.Statuses, "has the undocumented statuses %q, the manifest says %q", met, f.Statuses)
	}
}

// checkRejects checks order, ids, and the hashes of input that is kept whole.
func (p *plan) checkRejects(ctx context.Context, f *tableFile) error {
	checkKey := p.keyOrder(f)
	for r, err := range rowsOf[schema.RejectRow](ctx, p, f) {
		if err != nil {
			return err
		}
		checkKey(r.InstanceID, r.RejectID)
		if want := hashOf([]byte(r.Code + "\x00" + r.JobID + "\x00" + r.RawSHA256 + "\x00"))[:32]; r.RejectID != want {
			p.findings.Add(f.Path, finding.Rejects, "reject_id is %s, that of its code, job_id and raw_sha256 is %s", r.RejectID, want)
		}
		kept := min(r.RawBytes, schema.MaxRejectRaw)
		if p.manifest.Settings.PII != piiKeep {
			kept = 0
		}
		if int64(len(r.Raw)) != kept {
			p.findings.Add(f.Path, finding.Rejects, "reject %s: %d of %d bytes are kept, not %d", r.RejectID, len(r.Raw), r.RawBytes, kept)
		}
		if r.RawBytes == int64(len(r.Raw)) && r.RawSHA256 != hashOf(r.Raw) {
			p.findings.Add(f.Path, finding.Rejects, "reject %s: raw_sha256 is %s, that of raw is %s", r.RejectID, r.RawSHA256, hashOf(r.Raw))
		}
		if r.Position < 0 {
			p.findings.Add(f.Path, finding.Rejects, "reject %s: position %d", r.RejectID, r.Position)
		}
	}
	return nil
}
