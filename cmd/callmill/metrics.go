package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// writeMetrics writes what a run did for the text-file collector of
// Prometheus' node exporter, also after a failure: the last success is then
// that of the published snapshot.
func writeMetrics(path string, r *report, m *dataset.Manifest) error {
	registry := prometheus.NewRegistry()
	gauge := func(name, help string, value float64) {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "callmill", Name: name, Help: help})
		g.Set(value)
		registry.MustRegister(g)
	}
	gauge("last_run_timestamp_seconds", "When the last run ended.", seconds(r.Finished.UnixMilli()))
	gauge("last_run_duration_seconds", "How long the last run took.", r.Finished.Sub(r.Started).Seconds())
	gauge("last_run_failed", "Whether the last run failed: 1, and nothing was published.", truth(r.Error != ""))
	if m == nil {
		return prometheus.WriteToTextfile(path, registry)
	}
	gauge("last_success_timestamp_seconds", "When a run last ended well.", seconds(r.lastSuccess(m).UnixMilli()))
	gauge("snapshot_timestamp_seconds", "When the published snapshot was made.", seconds(m.Published.UnixMilli()))
	gauge("pending_jobs", "Jobs that are asked for again.", float64(len(m.Pending)))
	gauge("rejects", "Rejects in the published snapshot.", float64(m.Table(schema.TableRejects).Rows))
	gauge("jobs", "Jobs in the published snapshot.", float64(m.Table(schema.TableJobs).Rows))
	gauge("unlisted_statuses", "Undocumented statuses in the published snapshot.", float64(len(m.Unlisted())))
	for instance, covered := range m.Covered {
		g := prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "callmill", Name: "covered_until_timestamp_seconds", Help: "End of the last covered day.",
			ConstLabels: prometheus.Labels{"instance_id": instance},
		})
		g.Set(seconds(covered[len(covered)-1].To.UnixMilli()))
		if err := registry.Register(g); err != nil {
			return err
		}
	}
	if p := r.Published; p != nil {
		gauge("last_run_seen", "Versions of jobs the last run saw.", float64(p.Counts.Seen))
		gauge("last_run_rejected", "Rejects the last run met.", float64(p.Counts.Rejected))
	}
	if r.Pull != nil {
		gauge("last_run_calls", "Jobs the last run fetched that had been called.", float64(r.Pull.Calls))
		gauge("uncovered_gaps", "Spans of days that are not covered and too old for a nightly run to fetch.", float64(len(r.Pull.Gaps)))
		gauge("last_run_missing", "Ids the last run asked for that did not come back.", float64(r.Pull.Missing))
		gauge("last_run_retries", "Requests the last run had to repeat.", float64(r.Pull.Retries))
	}
	return prometheus.WriteToTextfile(path, registry)
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// lastSuccess is when this run ended, or where it failed, when the published
// snapshot was made: runs since then brought nothing, or failed.
func (r *report) lastSuccess(m *dataset.Manifest) time.Time {
	if r.Published != nil && r.Error == "" {
		return r.Finished
	}
	return m.Published
}
