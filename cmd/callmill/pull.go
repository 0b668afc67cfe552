package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/callapi"
	"callmill/pipeline/coverage"
	"callmill/pipeline/dataset"
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
	flags.StringArrayVar(&f.instances, "instance", nil, "robot deployment to pull; repeatable (default: those the dataset has)")
	flags.StringVar(&f.endpoint, "endpoint", callapi.DefaultEndpoint, "where the API is: HOST[:PORT] or a URL, http on loopback only")
	flags.IntVar(&f.qps, "qps", 10, "requests in any one second, at most")
	flags.StringVar(&f.date, "date", "", "one day, such as 2026-01-21, whether it is covered or not")
	flags.StringVar(&f.from, "from", "", "first day")
	flags.StringVar(&f.to, "to", "", "last day, included")
	flags.StringArrayVar(&f.groups, "group", nil, "campaign of which all jobs are pulled; repeatable")
	flags.StringVar(&f.jobs, "jobs", "", "file with ids of jobs to pull, one a line")
	flags.StringSliceVar(&f.discover, "discover", []string{"calls", "groups"}, "how jobs are found: calls, groups, or both")
	flags.Var(newSpan(&f.settle, 24*time.Hour), "settle", "how long after its last call a job is asked for again")
	flags.Var(newSpan(&f.refetch, 30*24*time.Hour), "refetch", "how long jobs that are not over are asked for")
	flags.Var(newSpan(&f.catchUp, 7*24*time.Hour), "catch-up", "how far back days are fetched that are not covered")
	flags.BoolVar(&f.check, "check", false, "try credentials, permission, clock and quota, and fetch nothing")
	flags.BoolVar(&f.dryRun, "dry-run", false, "find the jobs there are to fetch, and fetch none")
	f.allowMissing = allowance{number: 0.5, share: true}
	flags.Var(&f.allowMissing, "allow-missing", "ids that need not come back: a number, or a share")
	flags.Int64Var(&f.minCalls, "min-calls", 0, "fewer calls than this are a reason for exit code 3")
	flags.IntVar(&f.keepRaw, "keep-raw", 14, "runs of which the responses are kept")
}

// pullDefaults are the flags as they are when none is given.
func pullDefaults() *pullFlags {
	flags := &pullFlags{}
	flags.add(&cobra.Command{})
	return flags
}

func (f *pullFlags) validate() error {
	for _, way := range f.discover {
		if way != "calls" && way != "groups" {
			return usagef("--discover must be calls, groups or both, got %q", way)
		}
	}
	switch {
	case f.qps < 1:
		return usagef("--qps must be at least 1, got %d", f.qps)
	case f.keepRaw < 1:
		return usagef("--keep-raw must be at least 1, got %d", f.keepRaw)
	case (len(f.groups) > 0 || f.jobs != "") && (f.date != "" || f.from != "" || f.to != ""):
		return usagef("--group and --jobs name what to pull, they do not go with days")
	}
	return nil
}

func newPull(env *environment) *cobra.Command {
	return newPullWith(env, callapi.Options{})
}

// newPullWith is newPull for a client that is special in what no flag says.
func newPullWith(env *environment, client callapi.Options) *cobra.Command {
	flags, run := &pullFlags{client: client}, &runFlags{}
	c := &cobra.Command{
		Use:   "pull --out DIR",
		Short: "Fetch calls from the API and publish them",
		Long: `Pull fetches every day that is not covered yet, up to yesterday, and jobs that
had more to say when they were last seen. It is made to be run every night: it
catches up by itself, and a run that was killed is resumed.

Credentials come from Alibaba Cloud's own chain: the environment
(ALIBABA_CLOUD_ACCESS_KEY_ID, …_SECRET, …_SECURITY_TOKEN), the profile file,
the role of the machine. They are never in flags.`,
		Example: `  callmill pull --out data --instance af81a389-91f0-4157-8d82-720edd02b66a
  callmill pull --out data
  callmill pull --out data --from 2026-01-01 --to 2026-01-31
  callmill pull --out data --check`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return pull(c.Context(), env, flags, run)
		},
	}
	run.add(c)
	flags.add(c)
	return c
}

// pull runs one night.
func pull(ctx context.Context, env *environment, flags *pullFlags, run *runFlags) error {
	if err := flags.validate(); err != nil {
		return err
	}
	options := flags.client
	options.Endpoint, options.QPS = flags.endpoint, flags.qps
	client, err := callapi.New(options)
	if err != nil {
		return apiError(err)
	}
	defer client.Close()
	n := &night{flags: flags, client: client, env: env, out: run.out}
	if flags.check || flags.dryRun {
		return n.look(ctx, run)
	}
	j := &job{command: "pull", flags: run, open: n.open, finish: n.report}
	return apiError(j.execute(ctx, env))
}

// apiError gives an error of the API its hint.
func apiError(err error) error {
	var failed *callapi.Error
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Kind == callapi.Usage {
		err = &usageError{err}
	}
	return &hintError{err, failed.Hint()}
}

// night is one pull: what is due, and what became of it.
type night struct {
	flags   *pullFlags
	client  *callapi.Client
	env     *environment
	out     string // the dataset's folder, as it was named
	tracker *coverage.Tracker
	work    []coverage.Work
	now     time.Time
	zone    *time.Location
	calls   int64 // jobs that came and had been called
}

// plan finds what is due of each instance. tx is nil for a look only.
func (n *night) plan(d *dataset.Dataset, zone *time.Location, tx *dataset.Tx) ([]callapi.Plan, error) {
	n.now, n.zone = time.Now(), zone
	var covered map[string][]dataset.Interval
	var pending []dataset.Pending
	if m := d.Manifest(); m != nil {
		covered, pending = m.Covered, m.Pending
	}
	instances := n.flags.instances
	if len(instances) == 0 {
		instances = slices.Sorted(maps.Keys(covered))
	}
	if len(instances) == 0 {
		return nil, &hintError{usagef("--instance is missing"), "name the robot deployment; later runs know it from the dataset"}
	}
	instances = slices.Compact(slices.Sorted(slices.Values(instances)))
	if err := n.findWork(instances, covered); err != nil {
		return nil, err
	}
	n.tracker = coverage.NewTracker(coverage.Rules{Now: n.now, Settle: n.flags.settle, Refetch: n.flags.refetch}, pendingJobs(pending))
	ids, err := readIDs(n.flags.jobs)
	if err != nil {
		return nil, err
	}
	known, err := d.JobGroups()
	if err != nil {
		return nil, err
	}
	var plans []callapi.Plan
	for _, instance := range instances {
		p := callapi.Plan{
			InstanceID: instance, Refetch: n.flags.refetch, Known: known[instance],
			GroupIDs: n.flags.groups, JobIDs: append(slices.Clip(ids), n.tracker.Ask(instance)...),
			Calls: slices.Contains(n.flags.discover, "calls"), Groups: slices.Contains(n.flags.discover, "groups"),
			Settled: n.settled(instance, tx),
		}
		for _, w := range n.work {
			if w.InstanceID == instance {
				for _, window := range w.Windows {
					p.Windows = append(p.Windows, callapi.Window(window))
				}
			}
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// findWork settles which days are due: none, where campaigns or jobs are named.
func (n *night) findWork(instances []string, covered map[string][]dataset.Interval) (err error) {
	f := n.flags
	if len(f.groups) > 0 || f.jobs != "" {
		return nil
	}
	request := coverage.Nightly(n.zone, n.now, f.catchUp)
	if f.date != "" || f.from != "" || f.to != "" {
		if request, err = coverage.Given(n.zone, n.now, f.date, f.from, f.to); err != nil {
			return daysError(err)
		}
	}
	n.work = request.Plan(instances, intervals(covered))
	return nil
}

// daysError gives days that make no sense their hint.
func daysError(err error) error {
	var wrong *coverage.UsageError
	if errors.As(err, &wrong) {
		return &hintError{&usageError{err}, wrong.Hint()}
	}
	return &usageError{err}
}

// settled tells the jobs of a campaign that have nothing more to say: over
// when they were published, and not pending.
func (n *night) settled(instance string, tx *dataset.Tx) func(string) bool {
	if tx == nil {
		return nil
	}
	pending := map[string]bool{}
	for _, id := range n.tracker.Ask(instance) {
		pending[id] = true
	}
	return func(id string) bool { return !pending[id] && tx.Final(instance, id) }
}

// readIDs reads a file with an id a line; none for "".
func readIDs(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--jobs: %w", err)
	}
	ids := strings.Fields(string(text))
	if len(ids) == 0 {
		return nil, usagef("--jobs: %s holds no ids", path)
	}
	return ids, nil
}
