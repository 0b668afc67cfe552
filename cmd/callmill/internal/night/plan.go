package night

import (
	"maps"
	"slices"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/nightly"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/schema"
)

// Night is one pull. Not safe for concurrent use.
type Night struct {
	options Options
	client  *client.Client
	ids     []string // of --jobs
	now     time.Time
	zone    *time.Location
	work    []nightly.Work
	tracker *nightly.Tracker
	calls   int64 // jobs that came and were called, see isDue

	source   *discover.Source
	closeLog func() error
}

// New returns a night whose options are not checked yet. Close must be called.
func New(o Options) *Night { return &Night{options: o} }

// Close closes the connections.
func (n *Night) Close() {
	if n.client != nil {
		n.client.Close()
	}
}

// Check validates the options for a run on d, whose days are those of zone, and
// changes nothing. It may be called again when d has changed.
func (n *Night) Check(d *dataset.Dataset, zone *time.Location) (err error) {
	if err := n.options.validate(); err != nil {
		return err
	}
	if n.ids, err = readIDs(n.options.Jobs); err != nil {
		return err
	}
	n.zone = zone
	if _, err := n.findWork(d.Manifest()); err != nil || n.client != nil {
		return err
	}
	o := n.options.Client
	o.Endpoint, o.QPS, o.Now = n.options.Endpoint, n.options.QPS, n.options.Now
	n.client, err = client.New(o)
	return err
}

// plan finds what is due of each instance now. tx is nil where nothing will be
// fetched.
func (n *Night) plan(d *dataset.Dataset, tx *commit.Tx) ([]discover.Plan, error) {
	o, m := &n.options, d.Manifest()
	instances, err := n.findWork(m)
	if err != nil {
		return nil, err
	}
	var pending []schema.Pending
	if m != nil {
		pending = m.Pending
	}
	n.tracker = nightly.NewTracker(nightly.Rules{Now: n.now, Settle: o.Settle, Refetch: o.Refetch}, pending)
	known, err := d.JobGroups()
	if err != nil {
		return nil, err
	}
	var plans []discover.Plan
	for _, instance := range instances {
		p := discover.Plan{
			InstanceID: instance, Refetch: o.Refetch, Known: known[instance],
			GroupIDs: o.Groups, JobIDs: append(slices.Clip(n.ids), n.tracker.Ask(instance)...),
			Calls: slices.Contains(o.Discover, "calls"), Groups: slices.Contains(o.Discover, "groups"),
			Settled: n.settled(instance, tx),
		}
		for _, w := range n.work {
			if w.InstanceID == instance {
				p.Windows = w.Windows
			}
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// findWork decides which instances are asked, and which days of each are due
// now: none where campaigns or jobs are named. m is nil where nothing is
// published.
func (n *Night) findWork(m *dataset.Manifest) (instances []string, err error) {
	o := &n.options
	n.now = o.Now()
	if m == nil {
		m = &dataset.Manifest{}
	}
	instances = o.Instances
	if len(instances) == 0 {
		instances = slices.Collect(maps.Keys(m.Covered))
	}
	if len(instances) == 0 {
		return nil, exit.WithHint(exit.Usagef("--instance is missing"), "name the robot deployment; later runs know it from the dataset")
	}
	instances = slices.Compact(slices.Sorted(slices.Values(instances)))
	if o.named() {
		if n := len(instances); n > 1 && len(o.Instances) == 0 {
			return nil, exit.WithHint(exit.Usagef("--group and --jobs name what one robot deployment has, and the dataset has %d of them", n),
				"say which with --instance: "+strings.Join(instances, ", "))
		}
		return instances, nil
	}
	request := nightly.Uncovered(n.zone, n.now, o.CatchUp)
	if o.days() {
		if request, err = nightly.Days(n.zone, n.now, o.Date, o.From, o.To); err != nil {
			return nil, exit.AsUsage(err)
		}
	}
	n.work = request.Plan(instances, m.Covered)
	return instances, nil
}

// settled reports which jobs of a campaign need not be asked for: those that were
// final when they were published, and are not pending. It is nil without tx.
func (n *Night) settled(instance string, tx *commit.Tx) func(string) bool {
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
