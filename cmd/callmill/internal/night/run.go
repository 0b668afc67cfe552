package night

import (
	"slices"

	"callmill/cmd/callmill/internal/report"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/nightly"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/rawlog"
	"callmill/schema"
)

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
