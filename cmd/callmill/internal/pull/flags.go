package pull

import (
	"github.com/spf13/pflag"

	"callmill/cmd/internal/quantity"
)

// Add adds the flags of pull besides those of every run. Their defaults are what o
// has.
func (o *Options) Add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.Instances, "instance", nil, "`ID` of a robot deployment to pull; repeatable (default: those in the dataset)")
	flags.StringVar(&o.Endpoint, "endpoint", o.Endpoint, "`HOST`[:PORT] or URL of the API; http is accepted on loopback only")
	flags.IntVar(&o.QPS, "qps", o.QPS, "maximum requests in any one second; lowered automatically while the API throttles")
	flags.StringVar(&o.Date, "date", "", "fetch one `DAY`, e.g. 2026-01-21, even if covered")
	flags.StringVar(&o.From, "from", "", "first `DAY` of a range to fetch, even if covered")
	flags.StringVar(&o.To, "to", "", "last `DAY` of the range, inclusive (default: yesterday)")
	flags.StringArrayVar(&o.Groups, "group", nil, "`ID` of a campaign to pull all jobs of, instead of days; repeatable")
	flags.StringVar(&o.Jobs, "jobs", "", "`FILE` of ids of jobs to pull, one per line, instead of days")
	flags.StringSliceVar(&o.Discover, "discover", o.Discover, "how to find jobs: calls, groups, or both; jobs never dialled are found by groups only")
	flags.Var((*quantity.Duration)(&o.Settle), "settle", "how long after its last call a finished job is fetched again")
	flags.Var((*quantity.Duration)(&o.Refetch), "refetch", "how long an unfinished or missing job is fetched again")
	flags.Var((*quantity.Duration)(&o.CatchUp), "catch-up", "how far back to fetch uncovered days; older gaps are reported")
	flags.Var((*quantity.Duration)(&o.Lookback), "lookback", "how far back to search covered days again, for calls that appear late")
	flags.Var(&o.AllowMissing, "allow-missing", "ids tolerated that are missing, or not whole, since this run, before the exit code becomes 3: a number, or a share of those requested")
	flags.Int64Var(&o.MinCalls, "min-calls", 0, "exit with code 3, and leave the days uncovered, if fewer jobs than this had calls")
	flags.IntVar(&o.KeepRaw, "keep-raw", o.KeepRaw, "number of runs whose responses raw/ keeps; none that has published, where --pii is not keep")
}
