package dataset

import (
	"cmp"
	"slices"
	"time"

	"callmill/pipeline/internal/calendar"
	"callmill/schema"
)

// Status is what an operator asks of a dataset.
type Status struct {
	Snapshot  string           `json:"snapshot"`
	Published time.Time        `json:"published"`
	Format    int              `json:"format"`
	Settings  Settings         `json:"settings"`
	Rows      map[string]int64 `json:"rows"` // per table
	Bytes     int64            `json:"bytes"`
	Instances []InstanceStatus `json:"instances"`
	Days      []DayStatus      `json:"days"` // by job_date, the latest last
}

// InstanceStatus is how much of an instance was fetched.
type InstanceStatus struct {
	InstanceID string              `json:"instance_id"`
	Covered    []calendar.Interval `json:"covered"` // in every way that was used; none for converted files
	Ways       calendar.Coverage   `json:"covered_by_way"`
	Doubted    []calendar.Doubt    `json:"doubted,omitempty"`
	Retired    bool                `json:"retired,omitempty"`
	Pending    int                 `json:"pending"`
}

// DayStatus is what is published of a day.
type DayStatus struct {
	JobDate string `json:"job_date"`
	Jobs    int64  `json:"jobs"`
	Tasks   int64  `json:"tasks"`
	Turns   int64  `json:"turns"`
	// CoveredBy are the instances of which the whole day was fetched; nil where
	// nothing was ever fetched by day.
	CoveredBy []string `json:"covered_by"`
}

// Status sums up the published snapshot.
func (d *Dataset) Status() (*Status, error) {
	m := d.manifest
	location, err := time.LoadLocation(m.Settings.TimeZone)
	if err != nil {
		return nil, err
	}
	s := &Status{Snapshot: d.name, Published: m.Published, Format: m.Format, Settings: m.Settings, Rows: map[string]int64{}}
	days := map[int32]*DayStatus{}
	for _, t := range m.Tables {
		s.Rows[t.Name] = t.Rows
		for _, f := range t.Files {
			s.Bytes += f.Bytes
			if number, ok := DayOf(f.Path); ok && f.Rows > 0 {
				if days[number] == nil {
					days[number] = &DayStatus{JobDate: calendar.Day(number).String(), CoveredBy: m.coveredBy(number, location)}
				}
				days[number].add(t.Name, f.Rows)
			}
		}
	}
	for _, day := range days {
		s.Days = append(s.Days, *day)
	}
	slices.SortFunc(s.Days, func(a, b DayStatus) int { return cmp.Compare(a.JobDate, b.JobDate) })
	s.Instances = m.instances()
	return s, nil
}

func (d *DayStatus) add(table string, rows int64) {
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
func (m *Manifest) coveredBy(day int32, location *time.Location) []string {
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

func (m *Manifest) instances() []InstanceStatus {
	byID := map[string]*InstanceStatus{}
	instance := func(id string) *InstanceStatus {
		if byID[id] == nil {
			byID[id] = &InstanceStatus{InstanceID: id}
		}
		return byID[id]
	}
	for id, covered := range m.Covered {
		s := instance(id)
		s.Covered, s.Ways = covered.Whole(), covered
	}
	for id, doubted := range m.Doubted {
		instance(id).Doubted = doubted
	}
	for _, id := range m.Retired {
		instance(id).Retired = true
	}
	for _, p := range m.Listed {
		instance(p.InstanceID).Pending++
	}
	list := []InstanceStatus{}
	for _, s := range byID {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b InstanceStatus) int { return cmp.Compare(a.InstanceID, b.InstanceID) })
	return list
}
