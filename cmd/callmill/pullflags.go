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
	flags.StringVar(&f.endpoint, "endpoint", client.DefaultEndpoint, "where the API is: `HOST`[:PORT] or a URL, http on this machine only")
	flags.IntVar(&f.qps, "qps", 10, "requests in any one second, at most; fewer by itself while the API throttles")
	flags.StringVar(&f.date, "date", "", "one `DAY`, such as 2026-01-21, fetched whether it is covered or not")
	flags.StringVar(&f.from, "from", "", "first `DAY` of several, fetched whether they are covered or not")
	flags.StringVar(&f.to, "to", "", "last `DAY`, included (default: yesterday)")
	flags.StringArrayVar(&f.groups, "group", nil, "`ID` of a campaign of which all jobs are pulled, instead of days; repeatable")
	flags.StringVar(&f.jobs, "jobs", "", "`FILE` of ids of jobs to pull, one a line, instead of days")
	flags.StringSliceVar(&f.discover, "discover", []string{"calls", "groups"}, "how jobs are found: calls, groups, or both; jobs that were not called are in groups only")
	flags.Var(newSpan(&f.settle, 24*time.Hour), "settle", "how long after its last call a job that is over is asked for again")
	flags.Var(newSpan(&f.refetch, 30*24*time.Hour), "refetch", "how long a job that is not over, or did not come, is asked for again")
	flags.Var(newSpan(&f.catchUp, 7*24*time.Hour), "catch-up", "how far back days are fetched that are not covered; of older ones it tells")
	flags.BoolVar(&f.check, "check", false, "try credentials, permission, clock and quota, and fetch nothing")
	flags.BoolVar(&f.dryRun, "dry-run", false, "find the jobs there are to fetch, and fetch none")
	f.allowMissing = allowance{number: 0.5, share: true}
	flags.Var(&f.allowMissing, "allow-missing", "ids that may not come back without exit code 3: a number, or a share of those asked for")
	flags.Int64Var(&f.minCalls, "min-calls", 0, "fewer jobs with calls than this, on the days fetched, are a reason for exit code 3")
	flags.IntVar(&f.keepRaw, "keep-raw", 14, "runs of which raw/ keeps the responses")
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
				return usagef("%s: %q is no id", flag, id)
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
		return usagef("--group and --jobs name what to pull, they do not go with days")
	}
	return nil
}

// named reports whether campaigns or jobs are named, instead of days.
func (f *pullFlags) named() bool { return len(f.groups) > 0 || f.jobs != "" }
