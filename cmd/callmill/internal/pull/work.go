package pull

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/nightly"
)

// findWork decides which instances are asked, and which days of each are due
// now: none where campaigns or jobs are named. m is nil where nothing is
// published; waiting may be nil where it does not matter what is searched again.
func (p *Pull) findWork(m *dataset.Manifest, waiting waitingFor) error {
	if m == nil {
		m = &dataset.Manifest{}
	}
	p.now = p.options.Now()
	instances, err := p.options.instances(m)
	if err != nil {
		return err
	}
	if p.request, err = p.options.request(p.zone, p.now, p.edge()); err != nil {
		return err
	}
	p.work = p.work[:0]
	for _, id := range instances {
		p.work = append(p.work, p.request.Plan(id, p.options.ways(), nightly.Known{
			Covered: m.Covered[id], Doubted: m.Doubted[id], Campaigns: m.Campaigns[id], Unnamed: waiting.of(id).unnamed,
		}))
	}
	return nil
}

// instances returns those that are asked, in order: those that are named, or those
// of the dataset; none that is retired.
func (o *Options) instances(m *dataset.Manifest) ([]string, error) {
	asked := o.Instances
	if len(asked) == 0 {
		asked = slices.Collect(maps.Keys(m.Covered))
	}
	if len(asked) == 0 {
		return nil, exit.WithHint(exit.Usagef("--instance is missing"), "name the robot deployment; later runs know it from the dataset")
	}
	retired := func(id string) bool { return slices.Contains(m.Retired, id) }
	active := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(asked))), retired)
	if len(active) == 0 {
		return nil, exit.WithHint(exit.Usagef("no instance is left to ask, retired are %s", strings.Join(m.Retired, ", ")), "name an instance that is in use with --instance")
	}
	if n := len(active); n > 1 && len(o.Instances) == 0 && o.named() {
		return nil, exit.WithHint(exit.Usagef("--group and --jobs name what one robot deployment has, and the dataset has %d of them", n),
			"say which with --instance: "+strings.Join(active, ", "))
	}
	return active, nil
}

// edge returns the beginning of the first day that is kept; zero: all are.
func (p *Pull) edge() time.Time {
	if p.retain == 0 {
		return time.Time{}
	}
	return retain.Edge(p.retain, p.now, p.zone).Start(p.zone)
}

// request returns the days that are asked for.
func (o *Options) request(zone *time.Location, now, edge time.Time) (nightly.Request, error) {
	with := nightly.Options{Zone: zone, Now: now, CatchUp: o.CatchUp, Lookback: o.Lookback, Refetch: o.Refetch, Edge: edge}
	switch {
	case o.named():
		return nightly.Nothing(with), nil
	case o.days():
		request, err := nightly.Days(with, o.Date, o.From, o.To)
		return request, exit.AsUsage(err)
	case o.through != "":
		return nightly.Uncovered(with).Through(o.through)
	}
	return nightly.Uncovered(with), nil
}

func (o *Options) ways() nightly.Ways {
	return nightly.Ways{Calls: slices.Contains(o.Discover, "calls"), Groups: slices.Contains(o.Discover, "groups")}
}

// previous returns when the last pull began that published or found nothing new;
// zero where there was none.
func previous(d *dataset.Dataset) time.Time {
	for _, text := range d.Reports() {
		var run struct {
			Command  string
			Started  time.Time
			ExitCode int `json:"exit_code"`
		}
		if json.Unmarshal(text, &run) == nil && run.Command == "pull" && (run.ExitCode == exit.Done || run.ExitCode == exit.Published) {
			return run.Started
		}
	}
	return time.Time{}
}
