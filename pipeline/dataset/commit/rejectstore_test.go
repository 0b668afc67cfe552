package commit

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
	s := newRejectStore(t.TempDir(), "run", 1)
	defer s.close()
	w := s.met.Writer()
	reject := func(job string, at, sequence, position int64) {
		err := s.keep(w, &schema.Reject{
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
	var got []metReject
	for r, err := range s.all() {
		if err != nil {
			t.Fatal(err)
		}
		row, err := s.whole(r)
		if err != nil || string(row.Raw) != "raw "+r.row.JobID {
			t.Errorf("raw of %s is %+v, %v", r.row.JobID, row, err)
		}
		if len(r.row.RejectID) != 32 || r.row.FirstRun != "run" || !r.undated || r.row.RawBytes != 5 {
			t.Errorf("read %+v", r)
		}
		got = append(got, *r)
	}
	slices.SortFunc(got, func(a, b metReject) int { return strings.Compare(a.row.JobID, b.row.JobID) })
	if len(got) != 2 || got[0].last != (verdict.Moment{Observed: 20, Sequence: 5, Position: 1}) || got[0].row.FirstSeen != 10 || got[0].row.Position != 2 || got[1].last != (verdict.Moment{Observed: 10, Sequence: 1}) {
		t.Errorf("rejects %+v", got)
	}
}
