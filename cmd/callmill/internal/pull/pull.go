package pull

import (
	"slices"
	"time"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/callmill/internal/settings"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/decode"
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
	retain  int // days; 0: for good
	request nightly.Request
	work    []nightly.Work // of each instance that is asked
	after   []nightly.After
	calls   int64 // jobs that came and were called, see isDue

	dataset  *dataset.Dataset // what the run builds upon
	source   *discover.Source
	redacts  bool // personal data: what is received is not kept
	closeLog func(published bool) error
}

// New returns a pull whose options are not checked yet. Close must be called.
func New(o Options) *Pull { return &Pull{options: o} }

// Close closes the connections.
func (p *Pull) Close() {
	if p.client != nil {
		p.client.Close()
	}
}

// Validate validates the options for a run on d with some settings, and creates the
// client. It changes nothing on disk. It may be called again when d has changed.
func (p *Pull) Validate(d *dataset.Dataset, s *settings.Loaded) (err error) {
	if err := p.options.validate(); err != nil {
		return err
	}
	if err := settings.CheckRetain(s.Settings.RetainDays, p.options.Asks()); err != nil {
		return err
	}
	if p.ids, err = readIDs(p.options.Jobs); err != nil {
		return err
	}
	p.zone, p.retain, p.redacts = s.Location, s.Settings.RetainDays, s.Redacts()
	if err := p.findWork(d.Manifest(), nil); err != nil || p.client != nil {
		return err
	}
	o := p.options.Client
	o.Endpoint, o.QPS, o.Now, o.Text = p.options.Endpoint, p.options.QPS, p.options.Now, decode.Text
	p.client, err = client.New(o)
	return err
}

// Rules are those of what is pending for a run on d.
func (p *Pull) Rules(d *dataset.Dataset) reconcile.Rules {
	o := &p.options
	rules := reconcile.Rules{Now: o.Now(), Previous: previous(d), Settle: o.Settle, Refetch: o.Refetch, Lookback: o.Lookback, GiveUp: true}
	if m := d.Manifest(); m != nil {
		rules.Retired = m.Retired
	}
	return rules
}

// plan finds what is due of each instance now. tx is nil where nothing will be
// fetched: then nothing is searched again, and what is published counts as not.
func (p *Pull) plan(d *dataset.Dataset, tx *commit.Tx) ([]discover.Plan, error) {
	waiting, err := readAwaited(d)
	if err != nil {
		return nil, err
	}
	if err := p.findWork(d.Manifest(), waiting); err != nil {
		return nil, err
	}
	o, ways := &p.options, p.options.ways()
	plans := make([]discover.Plan, len(p.work))
	for i := range p.work {
		w := &p.work[i]
		plans[i] = discover.Plan{
			InstanceID: w.InstanceID, Windows: w.Windows, Zone: p.zone, Calls: ways.Calls, Groups: ways.Groups,
			GroupIDs: o.Groups, Named: p.ids, JobIDs: waiting.of(w.InstanceID).ask, Read: w.Read,
		}
		if tx != nil {
			plans[i].Again, plans[i].Due, plans[i].Facts = w.Again, p.due(w.InstanceID, tx, waiting.of(w.InstanceID)), w.Facts
		}
	}
	return plans, nil
}

// due returns the function that says which jobs are asked for that are listed in
// windows that were searched before, or by a campaign: those that are not published
// as they are, unless an operator gave them up, or their last call is too old to be kept.
func (p *Pull) due(instance string, tx *commit.Tx, waiting *awaited) func(string, int64) bool {
	edge := p.edge().UnixMilli()
	return func(id string, lastCall int64) bool {
		switch {
		case lastCall != 0 && lastCall < edge:
			return false
		case tx.IsErased(instance, id):
			return false
		case has(waiting.ask, id):
			return true
		case has(waiting.givenUp, id):
			return false
		}
		job, published, err := tx.Job(instance, id, lastCall)
		return err != nil || !published || !job.Final || lastCall > job.LastCall // one that cannot be looked up is asked for
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
	question, finished := p.options.question(p.ids), finishedIn(d)
	if p.redacts {
		if _, err := rawlog.Expire(nil, d.RawDir(), p.options.Now().Add(-p.options.Lookback)); err != nil {
			return nil, err
		}
	}
	resume, err := rawlog.Unfinished(nil, d.RawDir(), question, finished)
	if err != nil {
		return nil, err
	}
	log, err := rawlog.Open(rawlog.Options{Dir: d.RawDir(), Run: r.Run, Resume: resume, Question: question})
	if err != nil {
		return nil, err
	}
	r.Pull = &report.Pull{ResumedRun: resume}
	p.dataset = d
	p.source = discover.NewSource(p.client, plans, discover.Options{NewReader: p.options.NewReader, Log: log, Saw: p.saw})
	p.closeLog = func(published bool) error {
		if err := log.Close(); err != nil {
			return err
		}
		spare := rawlog.Spare{Keep: p.options.KeepRaw, Run: r.Run, Question: question, Finished: finished}
		if p.redacts { // what was received is not redacted
			spare.Keep, spare.Done, spare.Wait = 0, published, p.options.Lookback
		}
		_, err := rawlog.Prune(nil, d.RawDir(), spare)
		return err
	}
	return p.source, nil
}

// finishedIn reports which runs need not be resumed: what they fetched is published.
func finishedIn(d *dataset.Dataset) func(run string) bool {
	return func(run string) bool {
		// A run may have been killed between publishing and saying so.
		m := d.Manifest()
		return m != nil && m.Run == run || d.Finished(run)
	}
}

// saw notes what became of a job that was asked for.
func (p *Pull) saw(s schema.Sighting) {
	if !s.LastCall.IsZero() && p.isDue(s) {
		p.calls++
	}
}

// isDue reports whether a job was called on the days that are fetched or later.
// Pending jobs were called before, and would hide that there was no call on
// those days.
func (p *Pull) isDue(s schema.Sighting) bool {
	return p.options.named() || slices.ContainsFunc(p.work, func(w nightly.Work) bool {
		return w.InstanceID == s.InstanceID && len(w.Windows) > 0 && !s.LastCall.Before(w.Windows[0].From)
	})
}

// fetches reports whether days are searched for the first time.
func (p *Pull) fetches() bool {
	return slices.ContainsFunc(p.work, func(w nightly.Work) bool { return len(w.Windows) > 0 })
}
