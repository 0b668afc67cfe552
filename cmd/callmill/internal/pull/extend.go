package pull

import (
	"fmt"
	"maps"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/nightly"
	"callmill/schema"
)

// Extend adds to the snapshot what the run saw whole. The source has ended.
func (p *Pull) Extend(e *dataset.Extent) error {
	outcomes := p.source.Outcomes()
	ahead, _ := p.source.Skew()
	e.Covered, e.Doubted, e.Campaigns = own(e.Covered), own(e.Doubted), own(e.Campaigns)
	p.after = p.after[:0]
	for i := range p.work {
		w, o := &p.work[i], &outcomes[i]
		seen := nightly.Seen{
			Searched: o.Searched, Calls: o.Calls, Listed: o.Listed, Ahead: ahead, TooFew: p.calls < p.options.MinCalls,
			Published: callsByDay(p.dataset, w.InstanceID),
		}
		for n := range o.Campaigns {
			seen.Campaigns = append(seen.Campaigns, nightly.Campaign{Row: &o.Campaigns[n].JobGroupRow, Listed: o.Campaigns[n].Listed})
		}
		for n := range o.Failures {
			if id := o.Failures[n].Campaign; id != "" {
				seen.Unread = append(seen.Unread, id)
			}
		}
		after, err := w.After(seen)
		if err != nil {
			return fmt.Errorf("instance %s: %w", w.InstanceID, err)
		}
		p.after = append(p.after, after)
		if _, known := e.Covered[w.InstanceID]; known || !p.options.named() {
			e.Covered[w.InstanceID] = after.Covered // later runs ask this instance
		}
		put(e.Doubted, w.InstanceID, after.Doubted, len(after.Doubted))
		put(e.Campaigns, w.InstanceID, after.Campaigns, len(after.Campaigns))
	}
	e.Covered, e.Doubted, e.Campaigns = orNil(e.Covered), orNil(e.Doubted), orNil(e.Campaigns)
	return nil
}

// own returns a copy of a map that can be written to.
func own[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

// put sets what is known of an instance, or removes it where it is nothing.
func put[V any](m map[string]V, instance string, value V, length int) {
	if length == 0 {
		delete(m, instance)
		return
	}
	m[instance] = value
}

// orNil returns nil for an empty map: manifests have it so.
func orNil[V any](m map[string]V) map[string]V {
	if len(m) == 0 {
		return nil
	}
	return m
}

// dayColumns are the columns of tasks that callsByDay reads.
type dayColumns struct {
	InstanceID string `parquet:"instance_id"`
	CallDate   *int32 `parquet:"call_date,optional,date"`
}

// callsByDay returns a function that says how many calls of an instance are
// published of a day. It reads them when it is first called.
func callsByDay(d *dataset.Dataset, instance string) func(day int32) (int64, error) {
	var counts map[int32]int64
	return func(day int32) (int64, error) {
		if counts != nil {
			return counts[day], nil
		}
		read := map[int32]int64{}
		for row, err := range tables.Rows[dayColumns](d, schema.TableTasks) {
			if err != nil {
				return 0, fmt.Errorf("count the calls of the weeks before: %w", err)
			}
			if row.InstanceID == instance && row.CallDate != nil {
				read[*row.CallDate]++
			}
		}
		counts = read
		return counts[day], nil
	}
}
