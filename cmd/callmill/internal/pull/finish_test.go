package pull

import (
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/outboundbot/discover"
)

// TestEntriesThatWereNeverShown: a list that counts more than it shows may hide
// jobs, and its days count as covered. A few are in the nature of lists.
func TestEntriesThatWereNeverShown(t *testing.T) {
	for unlisted, unclean := range map[int64]bool{0: false, 5: false, 6: true} {
		r := &report.Report{Published: &report.Published{}, Pull: &report.Pull{Counters: discover.Counters{Found: 1000, Asked: 1000, Unlisted: unlisted}}}
		New(Defaults()).judge(r)
		if got := len(r.Reasons) == 1 && r.Reasons[0].Code == exit.TooManyMissing; got != unclean {
			t.Errorf("%d of 1000 entries were not shown: %+v", unlisted, r.Reasons)
		}
	}
}

// TestGivenUpIsNamed: what is asked for no more, though it never came whole, is told
// once more, with the jobs.
func TestGivenUpIsNamed(t *testing.T) {
	for n, want := range map[int64]string{0: "", 2: "they are of jobs a, b;", 3: "they are of jobs a, b and others;"} {
		r := &report.Report{Published: &report.Published{}, Pull: &report.Pull{}}
		r.Published.Pending.GivenUp, r.Published.Pending.GivenUpJobs = n, []string{"a", "b"}
		New(Defaults()).judge(r)
		if len(r.Reasons) > 0 || len(r.Warnings) != len(want[:min(len(want), 1)]) || want != "" && !strings.Contains(r.Warnings[0].Hint, want) {
			t.Errorf("%d are given up: %+v, warnings %+v, want %q", n, r.Reasons, r.Warnings, want)
		}
	}
}

// TestFailuresAreNamed: what was left out is named, with the command that fetches it.
func TestFailuresAreNamed(t *testing.T) {
	o := Defaults()
	o.Out = "my data"
	p := New(o)
	p.zone = time.FixedZone("CST", 8*60*60)
	var err error
	if p.request, err = o.request(p.zone, time.Date(2026, 1, 22, 1, 30, 0, 0, p.zone), time.Time{}); err != nil {
		t.Fatal(err)
	}
	window := discover.Failure{InstanceID: "x", Action: "SearchTask"}
	window.Window.From, window.Window.To = time.Date(2026, 1, 20, 12, 0, 0, 0, p.zone), time.Date(2026, 1, 22, 0, 0, 0, 0, p.zone)
	tests := []struct {
		failure       discover.Failure
		what, command string
	}{
		{discover.Failure{InstanceID: "x", Campaign: "g 1", Action: "ListJobsByGroup"}, "campaign g 1 of instance x", "callmill pull --out 'my data' --instance x --group 'g 1'"},
		{window, "calls of instance x from 2026-01-20T12:00:00+08:00 to 2026-01-22T00:00:00+08:00", "callmill pull --out 'my data' --instance x --from 2026-01-20 --to 2026-01-21"},
		{discover.Failure{InstanceID: "x", Action: "ListJobGroups"}, "ListJobGroups of instance x", "callmill pull --out 'my data' --instance x"},
		{discover.Failure{InstanceID: "x", Instance: true, Action: "ListJobs"}, "instance x", "callmill pull --out 'my data' --instance x"},
	}
	for _, tt := range tests {
		if got := p.failure(&tt.failure); got.What != tt.what || got.Command != tt.command {
			t.Errorf("%+v is %+v, want %q and %q", tt.failure, got, tt.what, tt.command)
		}
	}
	// What was asked for by name is not what a night asks for.
	asked := map[string]Options{
		"": {}, "--date 2026-01-20": {Date: "2026-01-20"}, "--from 2026-01-01": {From: "2026-01-01"}, "--jobs 'my ids'": {Jobs: "my ids"},
		"--from 2026-01-01 --to 2026-01-20": {From: "2026-01-01", To: "2026-01-20"}, "--group a --group b": {Groups: []string{"a", "b"}},
	}
	for flags, o := range asked {
		o.Out = "data"
		p := New(o)
		got := p.failure(&discover.Failure{InstanceID: "x", Instance: true, Action: "ListJobs"})
		if want := strings.TrimRight("callmill pull --out data --instance x "+flags, " "); got.Command != want {
			t.Errorf("the command is %q, want %q", got.Command, want)
		}
		if nightly := strings.Contains(p.again(got.Command), "the next run"); nightly != (flags == "") {
			t.Errorf("%q: the next run tries again: %v", flags, nightly)
		}
	}
}
