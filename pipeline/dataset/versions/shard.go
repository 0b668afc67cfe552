package versions

import (
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Shard is what is decided about the jobs of a shard. It is immutable.
type Shard struct {
	decisions *shardDecisions
	store     *Store
}

// IsPublished reports whether the version that is kept as an entry is published.
func (s *Shard) IsPublished(key schema.Key, entry uint64) bool {
	return s.decisions.isPublished(key, entry)
}

// Replaced reports whether the published rows of a job are replaced by those of
// another version, and whether that has fewer tasks or turns.
func (s *Shard) Replaced(key schema.Key, rows *schema.Rows) (replaced, shrunk bool) {
	by, ok := s.decisions.replacement(key)
	if !ok {
		return false, false
	}
	return true, int(by.tasks) < min(len(rows.Tasks), maxTasks) || int(by.turns) < len(rows.Turns)
}

// Touch changes the row of a published job that stays: when it was seen, and by
// which request.
func (s *Shard) Touch(key schema.Key, row *schema.JobRow) error {
	t, ok := s.decisions.touched(key)
	if !ok {
		return nil
	}
	if t.firstSeen != 0 {
		row.FirstSeen = t.firstSeen
	}
	if t.observedAt == 0 {
		return nil
	}
	request, err := s.store.requests.Get(spill.Ref(t.request))
	if err != nil {
		return err
	}
	row.ObservedAt, row.RequestID = t.observedAt, string(request)
	return nil
}

// HasFacts reports whether Complete changes the facts of a job's tasks.
func (s *Shard) HasFacts(key schema.Key) bool {
	_, ok := s.decisions.facts(key)
	return ok
}

// Complete puts into a job what is decided about it besides its version: when it
// was first seen, and the facts of its tasks. It returns how many tasks the run had
// facts of that the job does not have.
func (s *Shard) Complete(key schema.Key, job *schema.Job) (unmatched int64) {
	if at, ok := s.decisions.firstSeen(key); ok {
		job.FirstSeen = at
	}
	if facts, ok := s.decisions.facts(key); ok {
		unmatched = putFacts(job, facts)
	}
	return unmatched
}
