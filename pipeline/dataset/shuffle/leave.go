package shuffle

import (
	"slices"

	"callmill/pipeline/dataset/jobcode"
	"callmill/schema"
)

// Limits say which jobs a lake may not have: those that were erased, for good or up to
// a day.
type Limits interface {
	// Erased reports whether a job is covered by a tombstone, and whether by one that
	// names it or its person, not by its age alone.
	Erased(*schema.Job) (erased, named bool)
	// ErasedID reports whether a job of that id was erased by name.
	ErasedID(instanceID, jobID string) bool
	// ErasedAt reports whether all was erased that is as old as an instant, in ms.
	ErasedAt(ms int64) bool
	// Digest returns the digest of a tombstone for a job.
	Digest(instanceID, jobID string) string
}

// Search reports whether the record of a state has something that limits do not allow.
// It decodes with d.
func Search(record []byte, limits Limits, d *jobcode.Decoder) (found bool, err error) {
	var of Records
	if err := of.Add(record); err != nil {
		return false, err
	}
	s := of.State
	if s == nil {
		return false, nil
	}
	job, err := s.Job(d)
	if err != nil {
		return false, err
	}
	if job != nil {
		if found, _ = limits.Erased(job); found {
			return true, nil
		}
	}
	return limits.ErasedID(s.InstanceID, s.JobID) ||
		slices.ContainsFunc(s.Rejects, func(r StateReject) bool { return limits.ErasedAt(r.FirstSeen) }), nil
}

// erase takes away what is there of a job that was erased, and what a run or an import
// brings of it. What a run brings of jobs by their numbers has been taken away where
// the numbers were readable, before redaction.
func (k *change) erase() error {
	limits := k.reducer.options.Limits
	if limits == nil {
		return nil
	}
	instance, job := k.id()
	byID := limits.ErasedID(instance, job)
	if k.old != nil {
		erased, named := limits.Erased(k.old)
		if erased && named && !byID {
			byID = true
			k.reducer.report.ErasedJobs = append(k.reducer.report.ErasedJobs, limits.Digest(instance, job))
		}
		if erased || byID {
			k.leave()
			k.state.Pending = nil
		}
	}
	if err := k.eraseImported(byID); err != nil {
		return err
	}
	k.eraseRejects(byID)
	if !byID {
		return nil
	}
	counts := &k.reducer.decider.Counts
	came := int64(len(k.records.Versions) + len(k.records.Rejects))
	counts.Seen += came
	counts.Erased += came
	k.state.Pending = nil
	k.records.Versions, k.records.Rejects = k.records.Versions[:0], k.records.Rejects[:0]
	k.records.Facts, k.records.Expected = k.records.Facts[:0], k.records.Expected[:0]
	return nil
}

// id returns the job of the key, as far as its records say it.
func (k *change) id() (instance, job string) {
	rs := k.records
	switch {
	case k.state.JobID != "":
		return k.state.InstanceID, k.state.JobID
	case len(rs.Versions) > 0:
		return rs.Versions[0].InstanceID, rs.Versions[0].JobID
	case len(rs.Facts) > 0:
		return rs.Facts[0].InstanceID, rs.Facts[0].JobID
	case len(rs.Expected) > 0:
		return rs.Expected[0].InstanceID, rs.Expected[0].JobID
	case len(rs.Rejects) > 0:
		return rs.Rejects[0].Row.InstanceID, rs.Rejects[0].Row.JobID
	case rs.ImportedJob != nil:
		return rs.ImportedJob.InstanceID, rs.ImportedJob.JobID
	case rs.ImportedPending != nil && len(rs.ImportedPending.Rows) > 0:
		return rs.ImportedPending.Rows[0].InstanceID, rs.ImportedPending.Rows[0].JobID
	case rs.ImportedRejects != nil && len(rs.ImportedRejects.Rows) > 0:
		return rs.ImportedRejects.Rows[0].InstanceID, rs.ImportedRejects.Rows[0].JobID
	}
	return "", ""
}

// eraseImported makes of an imported job that was erased one that the dataset does not
// have.
func (k *change) eraseImported(byID bool) error {
	i := k.records.ImportedJob
	if i != nil && !i.gone {
		job, err := i.Job(&k.reducer.new)
		if err != nil {
			return err
		}
		erased, named := k.reducer.options.Limits.Erased(job)
		if erased && named && !byID {
			byID = true
			k.reducer.report.ErasedJobs = append(k.reducer.report.ErasedJobs, k.reducer.options.Limits.Digest(i.InstanceID, i.JobID))
		}
		if erased || byID {
			k.reducer.decider.Counts.Seen++
			k.reducer.decider.Counts.Erased++
			k.records.ImportedJob = &ImportedJob{InstanceID: i.InstanceID, JobID: i.JobID, gone: true}
			k.records.ImportedPending = nil
		}
	}
	if byID && k.records.ImportedPending != nil {
		k.records.ImportedPending = &ImportedPending{}
	}
	if byID && k.records.ImportedRejects != nil {
		k.records.ImportedRejects = &ImportedRejects{}
	}
	return nil
}

// eraseRejects takes rejects out of the table: all where the job was erased by name,
// else those that were searched and found, and those that were met too long ago.
func (k *change) eraseRejects(byID bool) {
	limits := k.reducer.options.Limits
	k.dropRejects(func(r *StateReject) bool {
		return byID || limits.ErasedAt(r.FirstSeen) || slices.Contains(k.records.FoundRejects, RejectID{r.InstanceID, r.RejectID})
	})
	if i := k.records.ImportedRejects; i != nil {
		i.Rows = slices.DeleteFunc(i.Rows, func(row schema.RejectRow) bool { return limits.ErasedAt(row.FirstSeen) })
	}
}

// dropRejects takes rejects out of the table, and out of what is new in it.
func (k *change) dropRejects(drop func(*StateReject) bool) {
	result := &k.reducer.result
	var stay []StateReject
	for i := range k.state.Rejects {
		r := &k.state.Rejects[i]
		if !drop(r) {
			stay = append(stay, *r)
			continue
		}
		id := RejectID{r.InstanceID, r.RejectID}
		added := len(result.Rejects)
		result.Rejects = slices.DeleteFunc(result.Rejects, func(row schema.RejectRow) bool {
			return row.InstanceID == id.InstanceID && row.RejectID == id.RejectID
		})
		if len(result.Rejects) == added {
			result.RejectsGone = append(result.RejectsGone, id)
		}
	}
	if len(stay) < len(k.state.Rejects) {
		k.setRejects(stay)
	}
}

// leave takes the published job away, and keeps what its contact asked for.
func (k *change) leave() {
	if k.old != nil {
		k.keepOptOuts(k.old)
	}
	if k.state.HasJob && k.oldDate != nil && !k.gone {
		k.gone = true
		k.reducer.report.Gone++
	}
	k.old, k.job = nil, nil
	k.state.HasJob, k.state.Hash, k.state.job = false, schema.ContentHash{}, nil
}

// keepOptOuts keeps that contacts of a version that goes asked not to be called.
func (k *change) keepOptOuts(job *schema.Job) {
	if find := k.reducer.options.OptOuts; find != nil {
		k.reducer.result.OptOuts = append(k.reducer.result.OptOuts, find(job)...)
	}
}
