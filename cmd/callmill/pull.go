package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/callapi"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/nightly"
	"callmill/schema"
)

func newPull(env *environment) *cobra.Command {
	return newPullWith(env, callapi.Options{})
}

// newPullWith is newPull for a client that is special in what no flag says.
func newPullWith(env *environment, client callapi.Options) *cobra.Command {
	flags, run := &pullFlags{client: client}, &runFlags{}
	c := &cobra.Command{
		Use:   "pull --out DIR",
		Short: "Fetch calls from the API and publish them",
		Long: `Pull fetches every day that is not covered yet, up to yesterday, and asks again
for jobs that were not over when they were last seen. It is made to be run every
night: it catches up by itself, and a run that was killed is resumed.

Days are those of the dataset's time zone. What is published is whole: a run
that fails publishes nothing, and the next one goes on from what it received.
` + "`callmill --help`" + ` lists the exit codes.

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
	n := &night{flags: flags, env: env, out: run.out}
	defer n.close()
	o := &operation{command: "pull", flags: run, settle: n.settle(run), open: n.open, finish: n.finish}
	if flags.check || flags.dryRun {
		return n.look(ctx, o)
	}
	err := o.execute(ctx, env)
	if caught(ctx) != 0 && errors.Is(err, context.Canceled) {
		return &hintError{err, "what was received is kept: run the same command again, and it goes on from there"}
	}
	return err
}

// night is one pull: what is due, and what became of it.
type night struct {
	flags   *pullFlags
	env     *environment
	out     string // the dataset's folder, as it was named
	client  *callapi.Client
	ids     []string // of --jobs
	tracker *nightly.Tracker
	work    []nightly.Work
	now     time.Time
	zone    *time.Location
	calls   int64 // jobs that came and were called, see isDue

	closeJournal func() error // nil: there is none
}

// settle returns the settings of the run, and checks what was asked for.
func (n *night) settle(run *runFlags) func(*dataset.Dataset) (*resolved, error) {
	return func(d *dataset.Dataset) (*resolved, error) {
		s, err := run.settings.resolve(d)
		if err == nil {
			err = n.ready(d, s)
		}
		return s, err
	}
}

// finish reports the night and closes its journal.
func (n *night) finish(r *report, m *dataset.Manifest) error {
	n.report(r, m)
	if n.closeJournal == nil {
		return nil
	}
	return n.closeJournal()
}

// ready looks at what was asked, and changes nothing.
func (n *night) ready(d *dataset.Dataset, s *resolved) (err error) {
	if err := n.flags.validate(); err != nil {
		return err
	}
	if n.ids, err = readIDs(n.flags.jobs); err != nil {
		return err
	}
	n.now, n.zone = time.Now(), s.location
	if _, err := n.findWork(d.Manifest()); err != nil || n.client != nil {
		return err
	}
	options := n.flags.client
	options.Endpoint, options.QPS = n.flags.endpoint, n.flags.qps
	n.client, err = callapi.New(options)
	return err
}

func (n *night) close() {
	if n.client != nil {
		n.client.Close()
	}
}

// plan finds what is due of each instance. tx is nil for a look only.
func (n *night) plan(d *dataset.Dataset, zone *time.Location, tx *commit.Tx) ([]callapi.Plan, error) {
	n.now, n.zone = time.Now(), zone
	instances, err := n.findWork(d.Manifest())
	if err != nil {
		return nil, err
	}
	var pending []schema.Pending
	if m := d.Manifest(); m != nil {
		pending = m.Pending
	}
	n.tracker = nightly.NewTracker(nightly.Rules{Now: n.now, Settle: n.flags.settle, Refetch: n.flags.refetch}, pending)
	known, err := d.JobGroups()
	if err != nil {
		return nil, err
	}
	var plans []callapi.Plan
	for _, instance := range instances {
		p := callapi.Plan{
			InstanceID: instance, Refetch: n.flags.refetch, Known: known[instance],
			GroupIDs: n.flags.groups, JobIDs: append(slices.Clip(n.ids), n.tracker.Ask(instance)...),
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

// findWork settles which instances are asked, and which days of each are due:
// none, where campaigns or jobs are named. m is nil where nothing is published.
func (n *night) findWork(m *dataset.Manifest) (instances []string, err error) {
	f := n.flags
	if m == nil {
		m = &dataset.Manifest{}
	}
	instances = f.instances
	if len(instances) == 0 {
		instances = slices.Collect(maps.Keys(m.Covered))
	}
	if len(instances) == 0 {
		return nil, &hintError{usagef("--instance is missing"), "name the robot deployment; later runs know it from the dataset"}
	}
	instances = slices.Compact(slices.Sorted(slices.Values(instances)))
	if f.named() {
		if n := len(instances); n > 1 && len(f.instances) == 0 {
			return nil, &hintError{usagef("--group and --jobs name what one robot deployment has, and the dataset has %d of them", n),
				"say which with --instance: " + strings.Join(instances, ", ")}
		}
		return instances, nil
	}
	request := nightly.Nightly(n.zone, n.now, f.catchUp)
	if f.date != "" || f.from != "" || f.to != "" {
		if request, err = nightly.Given(n.zone, n.now, f.date, f.from, f.to); err != nil {
			return nil, daysError(err)
		}
	}
	n.work = request.Plan(instances, m.Covered)
	return instances, nil
}

// daysError gives days that make no sense their hint.
func daysError(err error) error {
	var wrong *nightly.UsageError
	if errors.As(err, &wrong) {
		return &hintError{&usageError{err}, wrong.Hint()}
	}
	return &usageError{err}
}

// settled tells the jobs of a campaign that have nothing more to say: over
// when they were published, and not pending.
func (n *night) settled(instance string, tx *commit.Tx) func(string) bool {
	if tx == nil {
		return nil
	}
	pending := map[string]bool{}
	for _, id := range n.tracker.Ask(instance) {
		pending[id] = true
	}
	return func(id string) bool {
		final, err := tx.Final(instance, id)
		return err == nil && final && !pending[id] // a job that cannot be looked up is asked for
	}
}
