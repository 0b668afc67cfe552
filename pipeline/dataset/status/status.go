// Package status sums up a snapshot for an operator: how much is in it, which days
// are covered, how much is awaited. It does not print.
package status

import (
	"cmp"
	"slices"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// Status is what an operator asks of a dataset.
type Status struct {
	Snapshot  string           `json:"snapshot"`
	Published time.Time        `json:"published"`
	Format    int              `json:"format"`
	Settings  dataset.Settings `json:"settings"`
	Rows      map[string]int64 `json:"rows"` // per table
	Bytes     int64            `json:"bytes"`
	// WithoutFacts are the connected calls without SearchTask's columns, of jobs that
	// live under one of the last 30 days.
	WithoutFacts int64      `json:"without_facts"`
	Instances    []Instance `json:"instances"`
	Days         []Day      `json:"days"` // by job_date, the latest last
}

// Instance is how much of an instance was fetched, and what is awaited.
type Instance struct {
	InstanceID string              `json:"instance_id"`
	Covered    []calendar.Interval `json:"covered"` // in every way that was used; none for converted files
	Ways       calendar.Coverage   `json:"covered_by_way"`
	Doubted    []calendar.Doubt    `json:"doubted,omitempty"`
	Retired    bool                `json:"retired,omitempty"`
	Pending    int64               `json:"pending"` // entries of jobs that are asked for again
	ByReason   map[string]int64    `json:"pending_by_reason,omitempty"`
}

// Day is what is published of a day.
type Day struct {
	JobDate string `json:"job_date"`
	Jobs    int64  `json:"jobs"`
	Tasks   int64  `json:"tasks"`
	Turns   int64  `json:"turns"`
	// CoveredBy are the instances of which the whole day was fetched; nil where
	// nothing was ever fetched by day.
	CoveredBy []string `json:"covered_by"`
}

// Of returns the status of the published snapshot of d, which has one, at an instant.
func Of(d *dataset.Dataset, now time.Time) (*Status, error) {
	m := d.Manifest()
	location, err := time.LoadLocation(m.Settings.TimeZone)
	if err != nil {
		return nil, err
	}
	s := &Status{WithoutFacts: withoutFacts(m, calendar.DayOf(now, location)), Snapshot: d.Name(), Published: m.Published, Format: m.Format, Settings: m.Settings, Rows: map[string]int64{}}
	days := map[int32]*Day{}
	for _, t := range m.Tables {
		s.Rows[t.Name] = t.Rows
		for _, f := range t.Files {
			s.Bytes += f.Bytes
			if number, ok := dataset.DayOf(f.Path); ok && f.Rows > 0 {
				if days[number] == nil {
					days[number] = &Day{JobDate: calendar.Day(number).String(), CoveredBy: coveredBy(m, number, location)}
				}
				days[number].add(t.Name, f.Rows)
			}
		}
	}
	for _, day := range days {
		s.Days = append(s.Days, *day)
	}
	slices.SortFunc(s.Days, func(a, b Day) int { return cmp.Compare(a.JobDate, b.JobDate) })
	s.Instances, err = instances(d, m)
	return s, err
}

// recent is how many days, up to today, calls without SearchTask's columns are
// counted of.
const recent = 30

// WithoutFacts counts the connected calls without SearchTask's columns, of jobs that
// live under one of the 30 days up to an instant.
func WithoutFacts(m *dataset.Manifest, now time.Time) (int64, error) {
	location, err := time.LoadLocation(m.Settings.TimeZone)
	if err != nil {
		return 0, err
	}
	return withoutFacts(m, calendar.DayOf(now, location)), nil
}

func withoutFacts(m *dataset.Manifest, today calendar.Day) (n int64) {
	for _, f := range m.Table(schema.TableTasks).Files {
		if day, ok := dataset.DayOf(f.Path); ok && int32(today)-recent < day && day <= int32(today) {
			n += f.WithoutFacts
		}
	}
	return n
}

func (d *Day) add(table string, rows int64) {
	switch table {
	case schema.TableJobs:
		d.Jobs += rows
	case schema.TableTasks:
		d.Tasks += rows
	case schema.TableTurns:
		d.Turns += rows
	}
}

// coveredBy returns the instances with an interval that holds the whole day.
func coveredBy(m *dataset.Manifest, day int32, location *time.Location) []string {
	if day == schema.NoDateIn(m.Format) {
		return nil
	}
	whole := calendar.Day(day).Interval(location)
	var by []string
	for instance, covered := range m.Covered {
		if slices.ContainsFunc(covered.Whole(), func(i calendar.Interval) bool { return i.Holds(whole) }) {
			by = append(by, instance)
		}
	}
	slices.Sort(by)
	return by
}

// instances returns those that are fetched, are gone, or have something pending.
func instances(d *dataset.Dataset, m *dataset.Manifest) ([]Instance, error) {
	byID := map[string]*Instance{}
	instance := func(id string) *Instance {
		if byID[id] == nil {
			byID[id] = &Instance{InstanceID: id, ByReason: map[string]int64{}}
		}
		return byID[id]
	}
	for id, covered := range m.Covered {
		i := instance(id)
		i.Covered, i.Ways = covered.Whole(), covered
	}
	for id, doubted := range m.Doubted {
		instance(id).Doubted = doubted
	}
	for _, id := range m.Retired {
		instance(id).Retired = true
	}
	for row, err := range tables.Pending(d) {
		if err != nil {
			return nil, err
		}
		i := instance(row.InstanceID)
		i.ByReason[row.Reason]++
		if reconcile.Asked(row.Reason) {
			i.Pending++
		}
	}
	list := []Instance{}
	for _, i := range byID {
		list = append(list, *i)
	}
	slices.SortFunc(list, func(a, b Instance) int { return cmp.Compare(a.InstanceID, b.InstanceID) })
	return list, nil
}
