package main

import (
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/callapi"
)

// pullFlags are the flags of pull besides those of every run.
type pullFlags struct {
	instances       []string
	endpoint        string
	qps             int
	date, from, to  string
	groups          []string
	jobs            string
	discover        []string
	settle, refetch time.Duration
	catchUp         time.Duration
	check, dryRun   bool
	allowMissing    allowance
	minCalls        int64
	keepRaw         int
	client          callapi.Options // what no flag says, such as the keys of the simulated API
}

func (f *pullFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringArrayVar(&f.instances, "instance", nil, "`ID` of a robot deployment to pull; repeatable (default: those in the dataset)")
	flags.StringVar(&f.endpoint, "endpoint", callapi.DefaultEndpoint, "`HOST`[:PORT] or URL of the API; http is accepted on loopback only")
	flags.IntVar(&f.qps, "qps", 10, "maximum requests in any one second; lowered automatically while the API throttles")
	flags.StringVar(&f.date, "date", "", "fetch one `DAY`, e.g. 2026-01-21, even if covered")
	flags.StringVar(&f.from, "from", "", "first `DAY` of a range to fetch, even if covered")
	flags.StringVar(&f.to, "to", "", "last `DAY` of the range, inclusive (default: yesterday)")
	flags.StringArrayVar(&f.groups, "group", nil, "`ID` of a campaign to pull all jobs of, instead of days; repeatable")
	flags.StringVar(&f.jobs, "jobs", "", "`FILE` of ids of jobs to pull, one per line, instead of days")
	flags.StringSliceVar(&f.discover, "discover", []string{"calls", "groups"}, "how to find jobs: calls, groups, or both; jobs never dialled are found by groups only")
	flags.Var(newSpan(&f.settle, 24*time.Hour), "settle", "how long after its last call a finished job is fetched again")
	flags.Var(newSpan(&f.refetch, 30*24*time.Hour), "refetch", "how long an unfinished or missing job is fetched again")
	flags.Var(newSpan(&f.catchUp, 7*24*time.Hour), "catch-up", "how far back to fetch uncovered days; older gaps are reported")
	flags.BoolVar(&f.check, "check", false, "check credentials, permissions, clock and quota; fetch nothing")
	flags.BoolVar(&f.dryRun, "dry-run", false, "count the jobs to fetch, and fetch none")
	f.allowMissing = allowance{number: 0.5, share: true}
	flags.Var(&f.allowMissing, "allow-missing", "missing ids tolerated before the exit code becomes 3: a number, or a share of those requested")
	flags.Int64Var(&f.minCalls, "min-calls", 0, "exit with code 3 if fewer jobs than this had calls")
	flags.IntVar(&f.keepRaw, "keep-raw", 14, "number of runs whose responses raw/ keeps")
}

// pullDefaults are the flags as they are when none is given.
func pullDefaults() *pullFlags {
	flags := &pullFlags{}
	flags.add(&cobra.Command{})
	return flags
}

func (f *pullFlags) validate() error {
	if len(f.discover) == 0 {
		return usagef("--discover must be calls, groups or both, got nothing")
	}
	for _, way := range f.discover {
		if way != "calls" && way != "groups" {
			return usagef("--discover must be calls, groups or both, got %q", way)
		}
	}
	for flag, ids := range map[string][]string{"--instance": f.instances, "--group": f.groups} {
		for _, id := range ids {
			if !isID(id) {
				return usagef("%s: invalid id %q", flag, id)
			}
		}
	}
	switch {
	case f.qps < 1:
		return usagef("--qps must be at least 1, got %d", f.qps)
	case f.keepRaw < 1:
		return usagef("--keep-raw must be at least 1, got %d", f.keepRaw)
	case f.catchUp < 24*time.Hour:
		return &hintError{usagef("--catch-up must be at least 1d, got %s", spell(f.catchUp)), "with less, yesterday might be left out"}
	case f.minCalls < 0:
		return usagef("--min-calls must not be negative, got %d", f.minCalls)
	case f.named() && (f.date != "" || f.from != "" || f.to != ""):
		return usagef("--group and --jobs name what to pull and cannot be combined with days")
	}
	return nil
}

// named reports whether campaigns or jobs are named, instead of days.
func (f *pullFlags) named() bool { return len(f.groups) > 0 || f.jobs != "" }
