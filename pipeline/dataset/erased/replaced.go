package erased

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// GoneFor is how long the ids of erased jobs are kept for consumers who have to drop
// them, too.
const GoneFor = 30 * 24 * time.Hour

// Job names a job.
type Job struct {
	InstanceID string `json:"instance_id"`
	JobID      string `json:"job_id"`
}

// Compare is an order of jobs.
func (j Job) Compare(k Job) int {
	return cmp.Or(cmp.Compare(j.InstanceID, k.InstanceID), cmp.Compare(j.JobID, k.JobID))
}

// Replacement is what one erasure did to the snapshots.
type Replacement struct {
	ID string    `json:"id"` // of the erasure
	At time.Time `json:"at"`
	// Snapshots are the new names by the old ones.
	Snapshots map[string]string `json:"snapshots"`
	// Removed are the old names of snapshots that went without a successor: an older
	// format, or damage, kept them from being written again.
	Removed []string `json:"removed,omitempty"`
	// Gone are the erased jobs by the snapshots that held them; they are dropped when
	// they are [GoneFor] old.
	Gone []Gone `json:"gone,omitempty"`
	// Bookmarks are those that were on one of the snapshots, by name, with its old name:
	// their consumers have not been told yet. Moving a bookmark takes it out.
	Bookmarks map[string]string `json:"bookmarks,omitempty"`
}

// Gone are erased jobs that the same snapshots held.
type Gone struct {
	In   []string `json:"in"` // the old names of the snapshots
	Jobs []Job    `json:"jobs"`
}

// Replaced says which snapshots stand for which. The zero value replaces nothing.
type Replaced struct {
	List []Replacement `json:"replaced"` // in the order in which they happened
}

// Replaced reads the replacements.
func (s *Store) Replaced() (*Replaced, error) {
	var r Replaced
	return &r, s.readJSON(&r, replacedFile)
}

// Latest returns the name that a snapshot has now: its own, unless it was replaced.
func (r *Replaced) Latest(name string) string {
	for _, one := range r.List {
		if now, ok := one.Snapshots[name]; ok {
			name = now
		}
	}
	return name
}

// Gone returns the jobs that a consumer has to drop besides those that comparing two
// snapshots tells: a consumer that has read the snapshot of a name, or follows by a
// bookmark, before erasures that took them. Each is there once, in no order.
func (r *Replaced) Gone(name string) []Job {
	found := map[Job]bool{}
	for _, one := range r.List {
		old := name
		if on, ok := one.Bookmarks[name]; ok {
			old = on
		}
		now, ok := one.Snapshots[old]
		if !ok {
			continue
		}
		for _, g := range one.Gone {
			if !slices.Contains(g.In, old) {
				continue
			}
			for _, j := range g.Jobs {
				found[j] = true
			}
		}
		if old == name {
			name = now
		}
	}
	return slices.Collect(maps.Keys(found))
}

// Replace adds what an erasure did, or replaces what the file says of it: the same
// twice is once.
func (s *Store) Replace(one Replacement) error {
	r, err := s.Replaced()
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(r.List, func(o Replacement) bool { return o.ID == one.ID }); i >= 0 {
		r.List[i] = one
	} else {
		r.List = append(r.List, one)
	}
	return s.writeJSON(r, replacedFile)
}

// Tell takes a bookmark out of all replacements: its consumer has been told.
func (s *Store) Tell(bookmark string) error {
	r, err := s.Replaced()
	if err != nil {
		return err
	}
	told := false
	for i := range r.List {
		if _, ok := r.List[i].Bookmarks[bookmark]; ok {
			delete(r.List[i].Bookmarks, bookmark)
			told = true
		}
	}
	if !told {
		return nil
	}
	return s.writeJSON(r, replacedFile)
}

// Expire drops the ids of erased jobs that were kept long enough, and the names of
// snapshots whose successor is not there any more.
func (s *Store) Expire(now time.Time, there func(snapshot string) bool) error {
	r, err := s.Replaced()
	if err != nil {
		return err
	}
	open, err := s.Open()
	if err != nil {
		return err
	}
	unfinished := func(one *Replacement) bool {
		return slices.ContainsFunc(open, func(i Intent) bool { return i.ID == one.ID })
	}
	changed := false
	for i := range r.List {
		one := &r.List[i]
		if unfinished(one) {
			continue
		}
		if now.Sub(one.At) > GoneFor && (len(one.Gone) > 0 || len(one.Bookmarks) > 0) {
			one.Gone, one.Bookmarks, changed = nil, nil, true
		}
		for old := range one.Snapshots {
			if !there(r.Latest(old)) {
				delete(one.Snapshots, old)
				changed = true
			}
		}
	}
	r.List = slices.DeleteFunc(r.List, func(one Replacement) bool { return len(one.Snapshots) == 0 && len(one.Gone) == 0 && !unfinished(&one) })
	if !changed {
		return nil
	}
	return s.writeJSON(r, replacedFile)
}
