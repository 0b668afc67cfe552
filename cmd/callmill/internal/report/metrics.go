package report

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/status"
	"callmill/schema"
)

// WriteMetrics writes the file of --metrics-file, if set, for the textfile
// collector of Prometheus' node exporter. It is called however the run ended. d is
// the dataset in dir, nil where it could not be read.
func (r *Report) WriteMetrics(file, dir string, d *dataset.Dataset) error {
	if file == "" {
		return nil
	}
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	registry := prometheus.NewRegistry()
	metrics := &metrics{prometheus.WrapRegistererWith(prometheus.Labels{"dataset": dir}, registry)}
	metrics.run(r)
	var unread error
	if d != nil && d.Manifest() != nil {
		unread = metrics.snapshot(r, d)
	}
	if r.Pull != nil {
		metrics.pull(r.Pull)
	}
	if err := prometheus.WriteToTextfile(file, registry); err != nil {
		return exit.WithHint(fmt.Errorf("--metrics-file %s: %w", file, err),
			"make its folder, and let this user write there; runs/ in the dataset has the same facts about this run")
	}
	return unread
}

// metrics are the gauges of one run on one dataset, whose folder is a label of each.
// OPERATE.md names them, with alert rules.
type metrics struct{ registry prometheus.Registerer }

// gauge adds a gauge, with labels where there are some.
func (m *metrics) gauge(name, help string, value float64, labels ...prometheus.Labels) {
	o := prometheus.GaugeOpts{Namespace: "callmill", Name: name, Help: help}
	for _, l := range labels {
		o.ConstLabels = l
	}
	g := prometheus.NewGauge(o)
	g.Set(value)
	m.registry.MustRegister(g)
}

func (m *metrics) run(r *Report) {
	m.gauge("last_run_timestamp_seconds", "When the last run ended.", seconds(r.Finished))
	m.gauge("last_run_duration_seconds", "How long the last run took.", r.Finished.Sub(r.Started).Seconds())
	m.gauge("last_run_exit_code", "Exit code of the last run.", float64(r.ExitCode))
	m.gauge("last_run_failed", "1 if the last run failed and published nothing.", truth(r.ExitCode != exit.Done && r.ExitCode != exit.Published))
	m.gauge("last_run_published", "1 if the last run published a new snapshot; 0 also if there was nothing new.",
		truth(r.Published != nil && r.Published.Changed))
	unclean := map[exit.ReasonCode]bool{}
	for _, reason := range r.Reasons {
		unclean[reason.Code] = true
	}
	for _, code := range exit.ReasonCodes() {
		m.gauge("last_run_unclean", "1 if this was a reason for exit code 3 of the last run.", truth(unclean[code]), prometheus.Labels{"reason": string(code)})
	}
	if p := r.Published; p != nil {
		m.gauge("last_run_seen", "Job versions seen by the last run.", float64(p.Counts.Seen))
		m.gauge("last_run_held", "Job versions held by the last run, since they lack something of a published one.", float64(p.Counts.Held))
		m.gauge("last_run_rejected", "Rejects met by the last run.", float64(p.Counts.Rejected))
	}
}

// snapshot adds the gauges of the published snapshot. After a failure, the last
// success is the time of that snapshot: what ran since failed or found nothing
// new. Those of what is pending are missing where that cannot be read.
func (m *metrics) snapshot(r *Report, d *dataset.Dataset) error {
	manifest := d.Manifest()
	success := manifest.Published
	if r.Published != nil {
		success = r.Finished
	}
	m.gauge("last_success_timestamp_seconds", "When a run last published or found nothing new.", seconds(success))
	m.gauge("snapshot_timestamp_seconds", "When the published snapshot was published.", seconds(manifest.Published))
	m.gauge("rejects", "Rejects in the published snapshot.", float64(manifest.Table(schema.TableRejects).Rows))
	m.gauge("jobs", "Jobs in the published snapshot.", float64(manifest.Table(schema.TableJobs).Rows))
	m.gauge("unlisted_statuses", "Undocumented statuses in the published snapshot.", float64(len(manifest.Unlisted())))
	s, err := status.Of(d, r.Finished)
	if err != nil {
		return fmt.Errorf("--metrics-file: %w", err)
	}
	var held int64
	for _, i := range s.Instances {
		if !i.Retired {
			m.instance(&i)
			held += i.ByReason[schema.PendingShrunk]
		}
	}
	m.gauge("without_facts", "Connected calls of the last 30 days without SearchTask's columns.", float64(s.WithoutFacts))
	m.gauge("shrunk", "Versions that are held, since they lack something of the published one of their job.", float64(held))
	return nil
}

// instance adds the gauges of an instance that is not gone. Reasons that no entry has
// are 0; an entry that is confirmed is about nothing that is missing.
func (m *metrics) instance(i *status.Instance) {
	label := func(more prometheus.Labels) prometheus.Labels {
		more["instance_id"] = i.InstanceID
		return more
	}
	if n := len(i.Covered); n > 0 {
		m.gauge("covered_until_timestamp_seconds", "End of the last covered day.", seconds(i.Covered[n-1].To), label(prometheus.Labels{}))
	}
	for _, reason := range reconcile.Reasons() {
		if reason != schema.PendingConfirmed {
			m.gauge("pending", "Jobs and calls that are expected and not in the tables whole, by reason.",
				float64(i.ByReason[reason]), label(prometheus.Labels{"reason": reason}))
		}
	}
}

func (m *metrics) pull(p *Pull) {
	m.gauge("last_run_calls", "Jobs fetched by the last run that were called on or after the days it fetched.", float64(p.Calls))
	m.gauge("last_run_missing", "Ids requested by the last run that did not come back.", float64(p.Missing))
	m.gauge("last_run_failures", "Windows, campaigns and instances that the last run left out.", float64(len(p.Failures)))
	m.gauge("last_run_retries", "Requests retried by the last run.", float64(p.Retries))
	m.gauge("last_run_throttles", "Requests of the last run that were throttled.", float64(p.Throttles))
	m.gauge("uncovered_gaps", "Spans of uncovered days that are too old for a nightly run to fetch.", float64(len(p.Gaps)))
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
