package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"

	"callmill/schema"
)

// checkSmall checks a file that belongs to no shard, and its rows if its table
// is one of the small ones.
func (p *Plan) checkSmall(ctx context.Context, f *tableFile) error {
	intact, err := p.intact(ctx, f)
	if err != nil || !p.sound(f, intact) {
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
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.findings.add(f.Path, CheckRead, "%v", err)
	}
	return nil
}

// eachRow reads the rows of a file; each is valid until the next.
func eachRow[T any](ctx context.Context, p *Plan, f *tableFile, visit func(*T)) error {
	r, err := openRows[T](p, f)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		if r.row%batchRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		visit(row)
	}
	if r.strange != "" {
		p.findings.add(f.Path, CheckValues, "%s", r.strange)
	}
	return nil
}

// checkSorted checks that the keys of a small table are in order, each once.
func (p *Plan) checkSorted(f *tableFile, instance, id, beforeInstance, beforeID string) {
	switch order := cmp.Or(cmp.Compare(beforeInstance, instance), cmp.Compare(beforeID, id)); {
	case order == 0:
		p.findings.add(f.Path, CheckKeys, "%s of %s is there twice", id, instance)
	case order > 0:
		p.findings.add(f.Path, CheckOrder, "%s of %s comes after %s of %s", id, instance, beforeID, beforeInstance)
	}
}

func (p *Plan) checkJobGroups(ctx context.Context, f *tableFile) error {
	n := 0
	var instance, id string
	return eachRow(ctx, p, f, func(r *schema.JobGroupRow) {
		if r.JobGroupID == "" {
			p.findings.add(f.Path, CheckKeys, "row %d: job_group_id is empty", n)
		}
		if n > 0 {
			p.checkSorted(f, r.InstanceID, r.JobGroupID, instance, id)
		}
		n++
		instance, id = r.InstanceID, r.JobGroupID
	})
}

// checkStatuses checks that the table has the documented statuses and those
// met in the tasks besides.
func (p *Plan) checkStatuses(ctx context.Context, f *tableFile) error {
	unlisted := map[string]bool{}
	if tasks := p.manifest.Table(schema.TableTasks); tasks != nil {
		for _, t := range tasks.Files {
			for _, status := range t.Statuses {
				unlisted[status] = true
			}
		}
	}
	if !p.sameOutcomes {
		return nil // left out with the derived columns
	}
	var want []schema.StatusRow
	for _, o := range schema.Outcomes() {
		want = append(want, o.Row())
	}
	for _, status := range slices.Sorted(maps.Keys(unlisted)) {
		want = append(want, schema.OutcomeOf(status).Row())
	}
	var got []schema.StatusRow
	err := eachRow(ctx, p, f, func(r *schema.StatusRow) { got = append(got, *r) })
	if len(got) != len(want) {
		p.findings.add(f.Path, CheckStatuses, "has %d rows; %d statuses are documented and %d others met", len(got), len(want)-len(unlisted), len(unlisted))
	}
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			p.findings.add(f.Path, CheckStatuses, "row %d is %s, not %s", i, showRow(got[i]), showRow(want[i]))
		}
	}
	return err
}

// showRow spells a row for people.
func showRow(row any) string {
	var text string
	v := reflect.ValueOf(row)
	for i := range v.NumField() {
		text += fmt.Sprintf(" %s", show(v.Field(i)))
	}
	return "(" + text[1:] + ")"
}

// checkUnlisted compares the undocumented statuses met in a file of tasks with
// those the manifest has of it.
func (c *shardCheck) checkUnlisted(f *tableFile) {
	if met := slices.Sorted(maps.Keys(c.unlisted)); !slices.Equal(met, f.Statuses) {
		c.plan.findings.add(f.Path, CheckStatuses, "has the undocumented statuses %q, the manifest says %q", met, f.Statuses)
	}
}

// checkRejects checks order, ids, and the hashes of what was kept whole.
func (p *Plan) checkRejects(ctx context.Context, f *tableFile) error {
	n := 0
	var instance, id string
	return eachRow(ctx, p, f, func(r *schema.RejectRow) {
		if n > 0 {
			p.checkSorted(f, r.InstanceID, r.RejectID, instance, id)
		}
		n++
		instance, id = r.InstanceID, r.RejectID
		if want := hashOf([]byte(r.Code + "\x00" + r.JobID + "\x00" + r.RawSHA256 + "\x00"))[:32]; r.RejectID != want {
			p.findings.add(f.Path, CheckRejects, "reject_id is %s, code, job_id and raw_sha256 give %s", r.RejectID, want)
		}
		if kept := min(r.RawBytes, schema.MaxRejectRaw); int64(len(r.Raw)) != kept {
			p.findings.add(f.Path, CheckRejects, "reject %s: %d of %d bytes are kept, not %d", r.RejectID, len(r.Raw), r.RawBytes, kept)
		}
		if r.RawBytes == int64(len(r.Raw)) && r.RawSHA256 != hashOf(r.Raw) {
			p.findings.add(f.Path, CheckRejects, "reject %s: raw_sha256 is %s, raw gives %s", r.RejectID, r.RawSHA256, hashOf(r.Raw))
		}
		if r.Position < 0 {
			p.findings.add(f.Path, CheckRejects, "reject %s: position %d", r.RejectID, r.Position)
		}
	})
}
