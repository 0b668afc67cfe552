package shuffle

import (
	"cmp"
	"slices"

	"callmill/pipeline/dataset/verdict"
)

// decideRejects decides which rejects of the key the table has. Of one that was met
// before the first sighting stays; one leaves once a version of its job is accepted
// after it was last met.
func (k *change) decideRejects() error {
	r := k.reducer
	if edge := r.options.Rules.Edge; edge != 0 && !k.onHold {
		k.expireRejects(edge)
	}
	met := k.records.Rejects // in the order of the table, those of one reject in that of the run
	for i := range met {
		r.report.reject(&met[i].Row)
	}
	if len(met) == 0 && k.accepted == nil {
		return nil
	}
	last := map[RejectID]verdict.Moment{}
	for i := range met {
		last[RejectID{met[i].Row.InstanceID, met[i].Row.RejectID}] = met[i].moment()
	}
	var stay []StateReject
	there := map[RejectID]bool{}
	for _, old := range k.state.Rejects {
		id := RejectID{old.InstanceID, old.RejectID}
		there[id] = true
		moment, again := last[id]
		if !again {
			moment = verdict.MetBefore(old.FirstSeen, old.Position)
		}
		if k.leaves(moment) {
			r.result.RejectsGone = append(r.result.RejectsGone, id)
		} else {
			stay = append(stay, old)
		}
	}
	for i := range met {
		row := &met[i].Row
		id := RejectID{row.InstanceID, row.RejectID}
		if there[id] || k.leaves(last[id]) {
			continue
		}
		there[id] = true
		row.FirstRun = r.options.RunID
		r.result.Rejects = append(r.result.Rejects, *row)
		stay = append(stay, StateReject{InstanceID: id.InstanceID, RejectID: id.RejectID, FirstSeen: row.FirstSeen, Position: row.Position})
	}
	k.setRejects(stay)
	return nil
}

// expireRejects takes away the rejects that were first met before an edge, in ms.
func (k *change) expireRejects(edge int64) {
	before := func(r Reject) bool { return r.Row.FirstSeen < edge }
	if slices.ContainsFunc(k.records.Rejects, before) {
		k.shareRaw() // where Condense left it with one that goes
		met := len(k.records.Rejects)
		k.records.Rejects = slices.DeleteFunc(k.records.Rejects, before)
		counts, expired := &k.reducer.decider.Counts, int64(met-len(k.records.Rejects))
		counts.Seen += expired
		counts.Expired += expired
	}
	k.dropRejects(func(r *StateReject) bool { return r.FirstSeen < edge })
}

// shareRaw gives all sightings of a reject the input that one of them has.
func (k *change) shareRaw() {
	raw := map[RejectID][]byte{}
	for i := range k.records.Rejects {
		if row := &k.records.Rejects[i].Row; len(row.Raw) > 0 {
			raw[RejectID{row.InstanceID, row.RejectID}] = row.Raw
		}
	}
	for i := range k.records.Rejects {
		row := &k.records.Rejects[i].Row
		row.Raw = raw[RejectID{row.InstanceID, row.RejectID}]
	}
}

// leaves reports whether a reject of the job that was last met at a moment leaves the
// table, or does not get into it. Of a reject without a job no version is accepted.
func (k *change) leaves(met verdict.Moment) bool { return k.accepted != nil && k.accepted.Settles(met) }

// setRejects sets the rejects that the table has of the key.
func (k *change) setRejects(list []StateReject) {
	slices.SortFunc(list, func(a, b StateReject) int {
		return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.RejectID, b.RejectID))
	})
	k.state.Rejects = list
}
