package shuffle

import (
	"bytes"
	"cmp"
	"errors"
	"reflect"
	"slices"

	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// An import brings what a dataset has, in parts: a job, what is pending of it, rejects,
// a campaign. A part that is new, or that is as an import brought it before, becomes
// what the dataset has. What runs upon the lake decided themselves stays: such a job
// meets the imported one as a version of a run, such a campaign likewise, and such rejects
// are not the dataset's to take away.

// takeImport takes the parts that an import brings.
func (k *change) takeImport() error {
	rs, full := k.records, k.reducer.options.FullImport
	brings := rs.ImportedJob != nil || rs.ImportedPending != nil || rs.ImportedRejects != nil || rs.ImportedGroup != nil
	if !brings && !full {
		return nil
	}
	if len(rs.Versions)+len(rs.Facts)+len(rs.Expected)+len(rs.Rejects)+len(rs.Groups) > 0 {
		return errors.New("a run brings both an import and responses")
	}
	imported, own := k.state.Imported, !k.state.Imported && (k.state.HasJob || len(k.state.Pending) > 0)
	if i := rs.ImportedJob; i != nil || full && imported {
		if err := k.takeJob(i, own); err != nil {
			return err
		}
	}
	if i := rs.ImportedPending; i != nil || full && imported {
		k.takePending(i, own)
	}
	if i := rs.ImportedRejects; i != nil || full {
		k.takeRejects(i)
	}
	if i := rs.ImportedGroup; i != nil || full && k.state.GroupImported {
		k.takeGroup(i)
	}
	return nil
}

// takeJob takes a job; nil, as one that the dataset does not have. own says that what
// is there of it is not as an import brought it.
func (k *change) takeJob(i *ImportedJob, own bool) error {
	there := i != nil && !i.gone
	switch {
	case own && there:
		return k.meetJob(i)
	case own:
		return nil
	case there:
		return k.setImported(i)
	case k.state.HasJob:
		k.leave()
	}
	return nil
}

// setImported makes an imported job the published one.
func (k *change) setImported(i *ImportedJob) error {
	counts := &k.reducer.decider.Counts
	counts.Seen++
	switch {
	case !k.state.HasJob:
		counts.New++
	case k.state.Hash == i.Hash && bytes.Equal(k.state.job, i.job):
		counts.Unchanged++
		return nil
	default:
		counts.Changed++
	}
	job, err := i.Job(&k.reducer.old)
	if err != nil {
		return err
	}
	k.old, k.job = job, job
	k.state.SetJob(&k.reducer.encoder, job, i.Hash)
	k.state.Imported = true
	return nil
}

// meetJob has what runs upon the lake decided of a job meet an imported one: its
// version, what SearchTask said of its tasks, and when it was first seen.
func (k *change) meetJob(i *ImportedJob) error {
	job, err := i.Job(&k.reducer.new)
	if err != nil {
		return err
	}
	k.records.Versions = append(k.records.Versions, Version{
		ObservedAt: job.ObservedAt, Sequence: -1, Hash: i.Hash, InstanceID: i.InstanceID, JobID: i.JobID, job: i.job,
	})
	k.firstSeen = job.FirstSeen
	for n := range job.Tasks {
		t := &job.Tasks[n]
		k.meetFacts(job, t.TaskID, t.ActualTime, &t.Facts)
	}
	return nil
}

// meetFacts takes what SearchTask said of a task, if it said anything.
func (k *change) meetFacts(job *schema.Job, taskID string, call int64, facts *schema.Facts) {
	if facts.IsZero() {
		return
	}
	k.records.Facts = append(k.records.Facts, Fact{Sequence: -1, TaskFacts: schema.TaskFacts{
		InstanceID: job.InstanceID, JobID: job.JobID, TaskID: taskID, CallTime: call, Facts: *facts,
	}})
}

// takePending takes what is pending of a job; nil is nothing. Of a job that is not as
// an import brought it, it takes what SearchTask said of tasks alone.
func (k *change) takePending(i *ImportedPending, own bool) {
	var rows []schema.PendingRow
	if i != nil {
		rows = i.Rows
	}
	for n := range rows {
		row := &rows[n]
		k.state.InstanceID, k.state.JobID = row.InstanceID, row.JobID
		if own {
			k.meetFacts(&schema.Job{InstanceID: row.InstanceID, JobID: row.JobID}, row.TaskID, 0, &row.Facts)
		}
	}
	if !own {
		k.state.Pending, k.state.Imported = rows, true
	}
}

// takeRejects takes the rejects of the key; nil is none.
func (k *change) takeRejects(i *ImportedRejects) {
	result := &k.reducer.result
	brought := map[RejectID]*schema.RejectRow{}
	if i != nil {
		slices.SortFunc(i.Rows, func(a, b schema.RejectRow) int {
			return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.RejectID, b.RejectID))
		})
		for n := range i.Rows {
			row := &i.Rows[n]
			brought[RejectID{row.InstanceID, row.RejectID}] = row
		}
	}
	var stay []StateReject
	for _, old := range k.state.Rejects {
		id := RejectID{old.InstanceID, old.RejectID}
		row := brought[id]
		if !old.Imported || row != nil && row.FirstSeen == old.FirstSeen && row.Position == old.Position {
			stay = append(stay, old)
			delete(brought, id)
		} else {
			result.RejectsGone = append(result.RejectsGone, id)
		}
	}
	if i != nil {
		for n := range i.Rows {
			row := &i.Rows[n]
			id := RejectID{row.InstanceID, row.RejectID}
			if brought[id] == nil {
				continue
			}
			delete(brought, id)
			result.Rejects = append(result.Rejects, *row)
			stay = append(stay, StateReject{InstanceID: id.InstanceID, RejectID: id.RejectID, FirstSeen: row.FirstSeen, Position: row.Position, Imported: true})
		}
	}
	k.setRejects(stay)
}

// takeGroup takes a campaign; nil, as one that the dataset does not have.
func (k *change) takeGroup(i *ImportedGroup) {
	own := k.state.Group != nil && !k.state.GroupImported
	switch {
	case i != nil && i.Row != nil && own:
		k.records.Groups = append(k.records.Groups, Group{Sequence: 0, Row: *i.Row})
	case i != nil && i.Row != nil:
		k.setGroup(i.Row, true)
	case k.state.Group != nil && !own:
		k.reducer.result.GroupGone = &GroupID{k.state.Group.InstanceID, k.state.Group.JobGroupID}
		k.state.Group, k.state.GroupImported = nil, false
	}
}

// setGroup sets the row of the campaign.
func (k *change) setGroup(row *schema.JobGroupRow, imported bool) {
	same := k.state.Group != nil && reflect.DeepEqual(k.state.Group, row)
	if !same {
		k.reducer.result.Group = row
	}
	if !same || imported {
		k.state.Group, k.state.GroupImported = row, imported
	}
}

// decideGroup decides which sighting of a campaign is published.
func (k *change) decideGroup() error {
	if len(k.records.Groups) == 0 {
		return nil
	}
	var seen []verdict.Campaign
	if k.state.Group != nil {
		seen = append(seen, verdict.Campaign{Sequence: -1, Row: *k.state.Group})
	}
	for i := range k.records.Groups {
		seen = append(seen, verdict.Campaign{Sequence: k.records.Groups[i].Sequence, Row: k.records.Groups[i].Row})
	}
	k.setGroup(&verdict.Campaigns(seen)[0], false)
	return nil
}
