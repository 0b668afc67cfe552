package met

import (
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// TestRejectRecords: a reject is read back as it was kept, the same one as often
// as it was met with its first and last time.
func TestRejectRecords(t *testing.T) {
	s := New(t.TempDir(), "run", 1)
	defer s.Close()
	w := s.Writer()
	reject := func(job string, at, sequence, position int64) {
		err := s.Keep(w, &schema.Reject{
			InstanceID: "i", JobID: job, Origin: "o", Position: position, Code: schema.RejectShape, Reason: "r", Raw: []byte("raw " + job), ObservedAt: at, Undated: true,
		}, sequence)
		if err != nil {
			t.Fatal(err)
		}
	}
	reject("a", 20, 5, 1)
	reject("b", 10, 1, 0)
	reject("a", 10, 7, 2)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var got []Reject
	for r, err := range s.All() {
		if err != nil {
			t.Fatal(err)
		}
		row, err := s.Whole(r)
		if err != nil || string(row.Raw) != "raw "+r.Row.JobID {
			t.Errorf("raw of %s is %+v, %v", r.Row.JobID, row, err)
		}
		if len(r.Row.RejectID) != 32 || r.Row.FirstRun != "run" || !r.Undated || r.Row.RawBytes != 5 {
			t.Errorf("read %+v", r)
		}
		got = append(got, *r)
	}
	slices.SortFunc(got, func(a, b Reject) int { return strings.Compare(a.Row.JobID, b.Row.JobID) })
	if len(got) != 2 || got[0].Last != (verdict.Moment{Observed: 20, Sequence: 5, Position: 1}) || got[0].Row.FirstSeen != 10 || got[0].Row.Position != 2 || got[1].Last != (verdict.Moment{Observed: 10, Sequence: 1}) {
		t.Errorf("rejects %+v", got)
	}
}
