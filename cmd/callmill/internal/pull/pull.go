package pull

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

// Pull is one run of the command pull. Not safe for concurrent use.
type Pull struct {
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

// New returns a pull whose options are not checked yet. Close must be called.
func New(o Options) *Pull { return &Pull{options: o} }

// Close closes the connections.
func (p *Pull) Close() {
	if p.client != nil {
		p.client.Close()
	}
}

// Validate validates the options for a run on d, whose days are those of zone, and
// creates the client. It changes nothing on disk. It may be called again when d
// has changed.
func (p *Pull) Validate(d *dataset.Dataset, zone *time.Location) (err error) {
	if err := p.options.validate(); err != nil {
		return err
	}
	if p.ids, err = readIDs(p.options.Jobs); err != nil {
		return err
	}
	p.zone = zone
	if _, err := p.findWork(d.Manifest()); err != nil || p.client != nil {
		return err
	}
	o := p.options.Client
	o.Endpoint, o.QPS, o.Now = p.options.Endpoint, p.options.QPS, p.options.Now
	p.client, err = client.New(o)
	return err
}

// plan finds what is due of each instance now. tx is nil where nothing will be
// fetched.
func (p *Pull) plan(d *dataset.Dataset, tx *commit.Tx) ([]discover.Plan, error) {
	o, m := &p.options, d.Manifest()
	instances, err := p.findWork(m)
	if err != nil {
		return nil, err
	}
	var pending []schema.Pending
	if m != nil {
		pending = m.Listed
	}
	p.tracker = nightly.NewTracker(nightly.Rules{Now: p.now, Settle: o.Settle, Refetch: o.Refetch}, pending)
	known, err := d.JobGroups()
	if err != nil {
		return nil, err
	}
	var plans []discover.Plan
	for _, instance := range instances {
		plan := discover.Plan{
			InstanceID: instance, Refetch: o.Refetch, Known: known[instance],
			GroupIDs: o.Groups, JobIDs: append(slices.Clip(p.ids), p.tracker.Ask(instance)...),
			Calls: slices.Contains(o.Discover, "calls"), Groups: slices.Contains(o.Discover, "groups"),
			Settled: p.settled(instance, tx),
		}
		for _, w := range p.work {
			if w.InstanceID == instance {
				plan.Windows = w.Windows
			}
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

// findWork decides which instances are asked, and which days of each are due
// now: none where campaigns or jobs are named. m is nil where nothing is
// published.
func (p *Pull) findWork(m *dataset.Manifest) (instances []string, err error) {
	o := &p.options
	p.now = o.Now()
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
	request := nightly.Uncovered(p.zone, p.now, o.CatchUp)
	if o.days() {
		if request, err = nightly.Days(p.zone, p.now, o.Date, o.From, o.To); err != nil {
			return nil, exit.AsUsage(err)
		}
	}
	p.work = request.Plan(instances, m.Covered)
	return instances, nil
}

// settled reports which jobs of a campaign need not be asked for: those that were
// final when they were published, and are not pending. It is nil without tx.
func (p *Pull) settled(instance string, tx *commit.Tx) func(string) bool {
	if tx == nil {
		return nil
	}
	pending := map[string]bool{}
	for _, id := range p.tracker.Ask(instance) {
		pending[id] = true
	}
	return func(id string) bool {
		job, _, err := tx.Job(instance, id)
		return err == nil && job.Final && !pending[id] // a job that cannot be looked up is asked for
	}
}

// Begin finds what is due and returns the source of a run that fetches it.
// Validate has been called with the same dataset. It sets r.Pull; Finish completes
// it, and must be called where Begin returns no error.
func (p *Pull) Begin(d *dataset.Dataset, tx *commit.Tx, r *report.Report) (*discover.Source, error) {
	plans, err := p.plan(d, tx)
	if err != nil {
		return nil, err
	}
	finished := func(run string) bool {
		// A run may have been killed between publishing and saying so.
		m := d.Manifest()
		return m != nil && m.Run == run || d.Finished(run)
	}
	question := p.options.question(p.ids)
	resume, err := rawlog.Unfinished(nil, d.RawDir(), question, finished)
	if err != nil {
		return nil, err
	}
	log, err := rawlog.Open(rawlog.Options{Dir: d.RawDir(), Run: r.Run, Resume: resume, Question: question})
	if err != nil {
		return nil, err
	}
	r.Pull = &report.Pull{ResumedRun: resume}
	p.source = discover.NewSource(p.client, plans, discover.Options{NewReader: p.options.NewReader, Log: log, Saw: p.saw})
	p.closeLog = func() error {
		if err := log.Close(); err != nil {
			return err
		}
		_, err := rawlog.Prune(nil, d.RawDir(), rawlog.Spare{Keep: p.options.KeepRaw, Run: r.Run, Question: question, Finished: finished})
		return err
	}
	return p.source, nil
}

// saw notes what became of a job that was asked for.
func (p *Pull) saw(s schema.Sighting) {
	if !s.LastCall.IsZero() && p.isDue(s) {
		p.calls++
	}
	p.tracker.Saw(s)
}

// isDue reports whether a job was called on the days that are fetched or later.
// Pending jobs were called before, and would hide that there was no call on
// those days.
func (p *Pull) isDue(s schema.Sighting) bool {
	return p.options.named() || slices.ContainsFunc(p.work, func(w nightly.Work) bool {
		return w.InstanceID == s.InstanceID && len(w.Windows) > 0 && !s.LastCall.Before(w.Windows[0].From)
	})
}

// Extend adds to the snapshot what was covered and what is pending.
func (p *Pull) Extend(e *dataset.Extent) {
	e.Covered = nightly.Cover(e.Covered, p.work, p.zone, p.now)
	e.Listed = p.tracker.Pending()
}
