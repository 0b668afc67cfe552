package report

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/outboundbot/discover"
	"callmill/schema"
)

// clock is a clock that advances by a second with every look at it.
func clock() func() time.Time {
	now := time.Date(2026, 1, 22, 1, 30, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

func TestLastLine(t *testing.T) {
	cases := []struct {
		name      string
		read      pipeline.Report
		published commit.Published
		pull      *Pull
		want      string
	}{
		{
			name:      "nothing new",
			published: commit.Published{Snapshot: "s"},
			want:      "nothing new, s stays: 0 jobs seen (none) in 1s",
		},
		{
			name: "all that may be said",
			read: pipeline.Report{Findings: schema.Findings{
				Coercions: schema.Counts{"number_as_text": 2, "raw_line": 7, "action_SearchTask": 1},
				Unknown:   schema.Counts{"Jobs[].New": 2, "Jobs[].Tasks[].X": 7}, Impossible: schema.Counts{"a": 1, "b": 1},
				Seconds: schema.Counts{"a": 3}, Damaged: schema.Counts{"a": 1},
			}},
			published: commit.Published{
				Snapshot: "s", Changed: true, Unlisted: []string{"Odd", "a\tb"},
				Counts: dataset.Counts{Seen: 9, New: 4, Changed: 1, Unchanged: 2, Superseded: 1, Rejected: 1, Shrunk: 1, Undated: 1},
			},
			want: "published s: 9 records seen (4 new, 1 changed, 2 unchanged, 1 superseded, 1 rejected) in 1s; 2 values coerced" +
				"; 2 fields are not known, 2 impossible values are NULL, 3 timestamps were in seconds, 1 text is damaged: see runs/r.json" +
				"; 1 job shrunk: fewer tasks or turns than before" +
				"; 1 superseded for lack of a timestamp; pass --observed-at" +
				`; undocumented statuses: Odd, "a\tb"`,
		},
		{
			name:      "a pull",
			published: commit.Published{Snapshot: "s", Changed: true, Counts: dataset.Counts{Seen: 3, New: 3}},
			pull: &Pull{
				Counters: discover.Counters{Asked: 5, Missing: 1, Failed: 1, Resumed: 2, Unlisted: 1},
				Pending:  2, ResumedRun: "r", Gaps: []string{"callmill pull", "callmill pull again"},
			},
			want: "published s: 3 jobs seen (3 new) in 1s; 5 asked, 1 missing, 1 failed, 2 pending; resumed r, which had 2 of them" +
				"; 1 entries of lists were counted but never shown; not covered: `callmill pull`, `callmill pull again`",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := New("convert", "v1", clock())
			r.Run, r.Pull = "r", c.pull
			r.Add(&c.read, &c.published)
			if err := r.End(t.Context(), nil); err != nil {
				t.Error(err)
			}
			if got := r.LastLine(); got != c.want {
				t.Errorf("the line is\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestUnknownFields: a report names the fields met most often, and says how many
// there are.
func TestUnknownFields(t *testing.T) {
	unknown := schema.Counts{"often": 100}
	for i := range 80 {
		unknown[fmt.Sprintf("f%02d", i)] = 1
	}
	r := New("convert", "v1", clock())
	r.Add(&pipeline.Report{Findings: schema.Findings{Unknown: unknown}}, nil)
	got := r.Read.Unknown
	if got.Distinct != 81 || len(got.Met) != mostNamed || got.Met["often"] != 100 || got.Met["f48"] != 1 || got.Met["f49"] != 0 {
		t.Errorf("%+v", got)
	}
}

// TestEnd: what fails before the run has published is its failure; what fails
// afterwards is a reason for exit code 3.
func TestEnd(t *testing.T) {
	broken, full := errors.New("broken"), errors.New("full")
	r := New("convert", "v1", clock())
	err := r.End(t.Context(), broken)
	err = errors.Join(err, r.End(t.Context(), full))
	if !errors.Is(err, broken) || !errors.Is(err, full) || r.Error != "broken\nfull" || r.ExitCode != exit.Failed {
		t.Errorf("before: %v; %+v", err, r)
	}

	r = New("convert", "v1", clock())
	r.Add(&pipeline.Report{}, &commit.Published{Snapshot: "s"})
	r.Because(exit.TooManyRejects, "2 rejects", "look at them")
	err = r.End(t.Context(), full)
	if err.Error() != "2 rejects; full" || r.Error != "" || r.ExitCode != exit.Published || r.Reasons[1].Code != exit.Afterwards {
		t.Errorf("after: %v; %+v", err, r)
	}
}

// TestRetain: that jobs are gone for good is said when the time is set, and when any go.
func TestRetain(t *testing.T) {
	const lasts = "; --retain 40d lasts: from now on every run removes jobs 40 days after their last call, and can only shorten that"
	for _, c := range []struct {
		days, before  int
		left, expired int64
		want          string
	}{
		{0, 0, 0, 0, ""},
		{40, 40, 0, 0, ""},
		{40, 0, 0, 0, lasts},
		{40, 60, 0, 0, lasts},
		{40, 40, 1, 0, "; 1 job removed, past --retain 40d: gone for good"},
		{40, 40, 2, 3, "; 2 jobs removed and 3 expired left out, past --retain 40d: gone for good"},
		{40, 60, 0, 1, "; 1 expired left out, past --retain 40d: gone for good" + lasts},
	} {
		r := New("convert", "v1", clock())
		r.Keep(c.days, c.before)
		if got := r.Retain.line(c.left, c.expired); got != c.want {
			t.Errorf("%+v: the line is %q", c, got)
		}
	}
}
