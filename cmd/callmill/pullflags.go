package main

import (
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/outboundbot/client"
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
	client          client.Options // options without flags, such as the keys of the simulated API
}

func (f *pullFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringArrayVar(&f.instances, "instance", nil, "`ID` of a robot deployment to pull; repeatable (default: those the dataset has)")
	flags.StringVar(&f.endpoint, "endpoint", client.DefaultEndpoint, "`HOST`[:PORT] or URL of the API; http on this machine only")
	flags.IntVar(&f.qps, "qps", 10, "requests per second that the API allows; lowered while it throttles")
	flags.StringVar(&f.date, "date", "", "fetch one `DAY`, such as 2026-01-21, even if it is covered")
	flags.StringVar(&f.from, "from", "", "first `DAY` to fetch, even if covered")
	flags.StringVar(&f.to, "to", "", "last `DAY` to fetch, included (default: yesterday)")
	flags.StringArrayVar(&f.groups, "group", nil, "pull all jobs of the campaign with this `ID`, instead of days; repeatable")
	flags.StringVar(&f.jobs, "jobs", "", "`FILE` of ids of jobs to pull, one per line, instead of days")
	flags.StringSliceVar(&f.discover, "discover", []string{"calls", "groups"}, "how to find jobs: calls, groups, or both; jobs that were never called are in groups only")
	flags.Var(newSpan(&f.settle, 24*time.Hour), "settle", "how long after its last call a final job is asked for again")
	flags.Var(newSpan(&f.refetch, 30*24*time.Hour), "refetch", "how long a job that is not final, or did not come, is asked for again")
	flags.Var(newSpan(&f.catchUp, 7*24*time.Hour), "catch-up", "how far back to fetch uncovered days; older gaps are reported")
	flags.BoolVar(&f.check, "check", false, "try credentials, permission, clock and quota, and fetch nothing")
	flags.BoolVar(&f.dryRun, "dry-run", false, "list what would be fetched, and fetch nothing")
	f.allowMissing = allowance{number: 0.5, share: true}
	flags.Var(&f.allowMissing, "allow-missing", "missing ids tolerated before the exit code becomes 3: a number, or a share of those asked for")
	flags.Int64Var(&f.minCalls, "min-calls", 0, "exit with code 3 if fewer jobs than this had calls on the days fetched")
	flags.IntVar(&f.keepRaw, "keep-raw", 14, "number of runs whose responses are kept in raw/")
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
		return &hintError{usagef("--catch-up must be at least 1d, got %s", spell(f.catchUp)), "with less, yesterday might be missed"}
	case f.minCalls < 0:
		return usagef("--min-calls must not be negative, got %d", f.minCalls)
	case f.named() && (f.date != "" || f.from != "" || f.to != ""):
		return usagef("--group and --jobs cannot be combined with days")
	}
	return nil
}

// named reports whether campaigns or jobs are named, instead of days.
func (f *pullFlags) named() bool { return len(f.groups) > 0 || f.jobs != "" }
