package verify_test

import (
	"strings"
	"testing"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/internal/durable"
)

// TestRetention: jobs that lie before the first day that was kept are noted, but those on
// hold. Of the jobs one was called last on the 21st, two on the 22nd, and one, never
// called, was first seen on the 23rd.
func TestRetention(t *testing.T) {
	original := newDataset(t)
	for _, tt := range []struct {
		name  string
		edge  int // day of January; 0: all are kept
		holds []string
		want  string // "": nothing
	}{
		{"all are kept", 0, nil, ""},
		{"the day of the first", 21, nil, ""},
		{"one is too old", 22, nil, "from before 2026-01-22, the first day that is kept, that are not on hold, 1 of them"},
		{"called ones", 23, nil, "from before 2026-01-23, the first day that is kept, that are not on hold, 3 of them"},
		{"the one never called, too", 24, nil, "from before 2026-01-24, the first day that is kept, that are not on hold, 4 of them"},
		{"on hold", 22, []string{"a"}, ""},
		{"some on hold", 24, []string{"a", "c"}, "from before 2026-01-24, the first day that is kept, that are not on hold, 2 of them"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := copyOf(t, original)
			forge(t, dir, func(f *forgery) {
				if tt.edge > 0 {
					f.manifest.Edge = calendar.DayOf(time.Date(2026, 1, tt.edge, 12, 0, 0, 0, shanghai), shanghai)
				}
			})
			var holds []erased.Hold
			for _, id := range tt.holds {
				holds = append(holds, erased.Hold{Job: erased.Job{InstanceID: instance, JobID: id}, Reason: "x", Day: "2026-01-20"})
			}
			check(t, erased.In(durable.OS{}, dir).WriteHolds(holds))
			report := inspect(t, dir, options(dir))
			if report.Damaged() {
				t.Errorf("findings %+v", report.Findings)
			}
			notes := strings.Join(report.Notes, "\n")
			if tt.want == "" && strings.Contains(notes, "first day that is kept") || !strings.Contains(notes, tt.want) {
				t.Errorf("the notes are %q, want %q", notes, tt.want)
			}
		})
	}
}
