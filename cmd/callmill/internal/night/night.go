package night

import (
	"maps"
	"slices"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/report"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/nightly"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/rawlog"
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

// Begin finds what is due and returns the source of a run that fetches it.
// Check has been called with the same dataset. It sets r.Pull; Finish completes
// it, and must be called where Begin returns no error.
func (n *Night) Begin(d *dataset.Dataset, tx *commit.Tx, r *report.Report) (*discover.Source, error) {
	plans, err := n.plan(d, tx)
	if err != nil {
		return nil, err
	}
	resume, err := rawlog.Unfinished(nil, d.RawDir(), func(run string) bool {
		// A run may have been killed between publishing and saying so.
		m := d.Manifest()
		return m != nil && m.Run == run || d.Finished(run)
	})
	if err != nil {
		return nil, err
	}
	log, err := rawlog.Open(rawlog.Options{Dir: d.RawDir(), Run: r.Run, Resume: resume})
	if err != nil {
		return nil, err
	}
	r.Pull = &report.Pull{ResumedRun: resume}
	n.source = discover.NewSource(n.client, plans, discover.Options{NewReader: n.options.NewReader, Log: log, Saw: n.saw})
	n.closeLog = func() error {
		if err := log.Close(); err != nil {
			return err
		}
		_, err := rawlog.Prune(nil, d.RawDir(), n.options.KeepRaw, r.Run)
		return err
	}
	return n.source, nil
}

// saw notes what became of a job that was asked for.
func (n *Night) saw(s schema.Sighting) {
	if !s.LastCall.IsZero() && n.isDue(s) {
		n.calls++
	}
	n.tracker.Saw(s)
}

// isDue reports whether a job was called on the days that are fetched or later.
// Pending jobs were called before, and would hide that there was no call on
// those days.
func (n *Night) isDue(s schema.Sighting) bool {
	return n.options.named() || slices.ContainsFunc(n.work, func(w nightly.Work) bool {
		return w.InstanceID == s.InstanceID && len(w.Windows) > 0 && !s.LastCall.Before(w.Windows[0].From)
	})
}

// Extend adds to the snapshot what the night covered and what is pending.
func (n *Night) Extend(e *dataset.Extent) {
	e.Covered = nightly.Cover(e.Covered, n.work, n.zone, n.now)
	e.Pending = n.tracker.Pending()
}
