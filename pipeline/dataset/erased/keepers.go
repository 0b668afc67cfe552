package erased

import (
	"cmp"
	"slices"
)

// OptOut is somebody's wish not to be called, which outlives the job it was said in.
type OptOut struct {
	Number     string `json:"number"`                // digest of the number
	ContactKey string `json:"contact_key,omitempty"` // while the key lives
	Day        string `json:"day"`
	Source     string `json:"source"` // rule or result
	Value      string `json:"value"`  // the rule's name, or the result's
}

func (o OptOut) compare(p OptOut) int {
	return cmp.Or(cmp.Compare(o.Number, p.Number), cmp.Compare(o.ContactKey, p.ContactKey),
		cmp.Compare(o.Source, p.Source), cmp.Compare(o.Value, p.Value), cmp.Compare(o.Day, p.Day))
}

// OptOuts reads the opt-outs that outlived their jobs, in order.
func (s *Store) OptOuts() ([]OptOut, error) { return readLines[OptOut](s, optOutsFile) }

// WriteOptOuts replaces the opt-outs by a list, which it puts in order: of those that
// differ in the day alone the earliest stays.
func (s *Store) WriteOptOuts(list []OptOut) error {
	list = slices.Clone(list)
	slices.SortFunc(list, OptOut.compare)
	list = slices.CompactFunc(list, func(a, b OptOut) bool {
		a.Day, b.Day = "", ""
		return a == b
	})
	return writeLines(s, optOutsFile, list)
}

// DropContactKeys takes the contact keys out of the opt-outs, and those out that are
// known by nothing else.
func (s *Store) DropContactKeys() error {
	list, err := s.OptOuts()
	if err != nil || !slices.ContainsFunc(list, func(o OptOut) bool { return o.ContactKey != "" }) {
		return err
	}
	for i := range list {
		list[i].ContactKey = ""
	}
	return s.WriteOptOuts(slices.DeleteFunc(list, func(o OptOut) bool { return o.Number == "" }))
}

// Hold is a job that retention leaves alone, because it is disputed.
type Hold struct {
	Job
	Reason string `json:"reason"`
	Day    string `json:"day"` // since when
}

// Holds reads the jobs on hold, in order.
func (s *Store) Holds() ([]Hold, error) {
	var list []Hold
	return list, s.readJSON(&list, holdsFile)
}

// WriteHolds replaces the jobs on hold by a list, which it puts in order: each job is
// on hold once, for the reason given last.
func (s *Store) WriteHolds(list []Hold) error {
	byJob := map[Job]Hold{}
	for _, h := range list {
		byJob[h.Job] = h
	}
	list = make([]Hold, 0, len(byJob))
	for _, h := range byJob {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b Hold) int { return a.Job.Compare(b.Job) })
	return s.writeJSON(list, holdsFile)
}
