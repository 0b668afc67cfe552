package particulars_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/particulars"
)

// What was added of a job is what the table has of it, and nothing of others.
func TestTable(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "5f9b64f0-4a2c-4e0e-9e0b-1d3c5a2b7c11", "5F9B64F0-4A2C-4E0E-9E0B-1D3C5A2B7C11", "00ff", "0", "0-------0----0----0----000000000000", "\xff\x00",
	}))
	known := rapid.SampledFrom([]int64{particulars.Unknown, 0, 1, 1 << 40})
	truth := rapid.SampledFrom([]particulars.Truth{particulars.Untold, particulars.No, particulars.Yes})
	attempt := rapid.Custom(func(t *rapid.T) particulars.Attempt {
		return particulars.Attempt{
			Task: text.Draw(t, "task"), Attempt: rapid.Int32().Draw(t, "attempt"), Outcome: text.Draw(t, "outcome"), Status: text.Draw(t, "status"),
			Start: rapid.Int64().Draw(t, "start"), Said: rapid.Int64().Draw(t, "said"), Last: rapid.Bool().Draw(t, "last"), Lines: rapid.Int32().Draw(t, "lines"),
			Campaign: text.Draw(t, "campaign"), Script: text.Draw(t, "script"), Version: text.Draw(t, "version"), Calling: text.Draw(t, "calling"), CallID: text.Draw(t, "call"),
			Name: text.Draw(t, "name"), Phone: text.Draw(t, "phone"), Key: text.Draw(t, "key"),
			CallMS: known.Draw(t, "ms"), RingingS: known.Draw(t, "ringing"), EndReason: known.Draw(t, "reason"),
			ReachedEnd: truth.Draw(t, "end"), PlayedOut: truth.Draw(t, "played"), RejectionHungUp: truth.Draw(t, "rejection"),
			DialExceptions: text.Draw(t, "exceptions"), EndedBy: text.Draw(t, "by"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		jobs := rapid.SliceOfNDistinct(rapid.SampledFrom([][2]string{{"a", "1"}, {"a", "2"}, {"b", "1"}, {"b", ""}, {"", "b"}}), 0, 5, rapid.ID).Draw(t, "jobs")
		b, want := particulars.NewBuilder(), map[[2]string][]particulars.Attempt{}
		for _, job := range jobs {
			want[job] = rapid.SliceOfN(attempt, 1, 3).Draw(t, "attempts")
			for i := range want[job] {
				b.Add(job[0], job[1], &want[job][i])
			}
		}
		table := b.Table()
		for _, job := range append(jobs, [2]string{"c", "1"}) {
			if diff := gocmp.Diff(want[job], table.Of(job[0], job[1])); diff != "" {
				t.Fatalf("job %q (-added +kept):\n%s", job, diff)
			}
		}
		if table.Jobs() != len(jobs) {
			t.Fatalf("%d jobs, want %d", table.Jobs(), len(jobs))
		}
	})
}
