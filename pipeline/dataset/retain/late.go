package retain

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/replace"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// Grace is how many days more than it is kept in new snapshots a job may be in kept
// ones, and in raw input: so a pinned snapshot is written again once a week at most.
const Grace = 7

// Kind is that of the intent of a sweep that was begun.
const Kind = "retention"

// work is what a sweep needs to be finished.
type work struct {
	Edge calendar.Day `json:"edge"`
}

// Sweeper replaces kept snapshots. Its dataset is open for writing.
type Sweeper struct {
	Dataset *dataset.Dataset
	OptOuts *OptOuts                       // notes what contacts asked for whose jobs go
	Job     func(*schema.Rows) *schema.Job // makes a job of its rows
}

// Finish finishes the sweeps that a crash ended. It has to be called before anything else
// is written to the dataset, so that the snapshots are those that the sweep found. It
// returns how many snapshots were replaced or removed.
func (l *Limits) Finish(ctx context.Context, s Sweeper) (replaced int, err error) {
	if l.Edge == 0 {
		return 0, nil
	}
	open, err := s.Dataset.Erased().Open()
	if err != nil {
		return 0, fmt.Errorf("look for a sweep that was begun: %w", err)
	}
	for _, intent := range open {
		if intent.Kind != Kind {
			continue
		}
		var w work
		err := json.Unmarshal(intent.Work, &w)
		n := 0
		if err == nil {
			n, err = l.sweep(ctx, s, intent, w.Edge)
		}
		if err != nil {
			return replaced, fmt.Errorf("finish sweep %s: %w", intent.ID, err)
		}
		replaced += n
	}
	return replaced, nil
}

// Sweep replaces the kept snapshots, but the published one, that hold what has been
// before the edge for longer than the grace: by ones without anything before it. The
// published one has nothing there any more; it gets a name of its own, too, where it
// comes after one of them. id identifies the sweep, at is when it begins. It returns how
// many snapshots were replaced or removed.
func (l *Limits) Sweep(ctx context.Context, s Sweeper, id string, at time.Time) (replaced int, err error) {
	late, err := l.Late(s.Dataset)
	if err != nil || len(late) == 0 {
		return 0, err
	}
	text, err := json.Marshal(work{l.Edge})
	if err != nil {
		return 0, err
	}
	intent := erased.Intent{ID: id, Kind: Kind, Begun: at, Work: text}
	if err := s.Dataset.Erased().Begin(intent); err != nil {
		return 0, fmt.Errorf("begin to replace snapshots: %w", err)
	}
	return l.sweep(ctx, s, intent, l.Edge)
}

// Late returns the kept snapshots, but the published one, that hold what has been before
// the edge for longer than the grace.
func (l *Limits) Late(d *dataset.Dataset) (names []string, err error) {
	if l.Edge == 0 {
		return nil, nil
	}
	list, err := dataset.List(d.Path())
	if err != nil {
		return nil, err
	}
	edge := l.Edge - Grace
	limit := limit{edge, edge.Start(l.zone).UnixMilli(), l.holds}
	for _, listed := range list {
		m := listed.Manifest
		if listed.Latest || m == nil || m.Edge != 0 && m.Edge >= edge && m.Settings.TimeZone == l.zone.String() {
			continue
		}
		late, err := limit.passed(d, listed.Name)
		if err != nil {
			return nil, fmt.Errorf("look through snapshot %s: %w", listed.Name, err)
		}
		if late {
			names = append(names, listed.Name)
		}
	}
	return names, nil
}

// Passed reports whether the published snapshot of d holds anything before the edge.
func (l *Limits) Passed(d *dataset.Dataset) (bool, error) {
	return (&limit{l.Edge, l.Millis(), l.holds}).passed(d, d.Name())
}

// limit is a day that nothing may lie before.
type limit struct {
	day   calendar.Day
	begin int64 // of the day, ms
	holds map[schema.Key]bool
}

// goes reports whether something of a job lies before the limit.
func (l *limit) goes(at int64, instanceID, jobID string) bool {
	return at < l.begin && (len(l.holds) == 0 || !l.holds[schema.JobKey(nil, instanceID, jobID)])
}

// passed reports whether a snapshot holds anything before the limit.
func (l *limit) passed(d *dataset.Dataset, name string) (bool, error) {
	at, err := d.At(name)
	if err != nil {
		return false, err
	}
	for _, p := range shard.List(at) {
		if passed, err := l.touches(p); passed || err != nil {
			return passed, err
		}
	}
	for row, err := range tables.Rows[rejectColumns](at, schema.TableRejects) {
		if err != nil || l.goes(row.FirstSeen, row.InstanceID, row.JobID) {
			return err == nil, err
		}
	}
	for row, err := range tables.Pending(at) {
		if err != nil || l.ends(row) {
			return err == nil, err
		}
	}
	return false, nil
}

// ends reports whether an entry of what is pending lies before the limit.
func (l *limit) ends(row *schema.PendingRow) bool {
	return row.Reason != schema.PendingConfirmed && l.goes(row.Since, row.InstanceID, row.JobID)
}

// jobColumns and rejectColumns are the columns that say how old a row is.
type jobColumns struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
	LastCall   int64  `parquet:"last_call_time,optional,timestamp(millisecond)"`
	FirstSeen  int64  `parquet:"first_seen,timestamp(millisecond)"`
}

type rejectColumns struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id,optional"`
	FirstSeen  int64  `parquet:"first_seen,timestamp(millisecond)"`
}

// touches reports whether a shard holds a job before the limit. A job lies under the day
// of its first call: one under a day from the limit on was called since, too.
func (l *limit) touches(p *shard.Published) (bool, error) {
	if p.Day != schema.NoDate && calendar.Day(p.Day) > l.day { // the time zone may have changed
		return false, nil
	}
	if p.Paths[shard.Jobs] == "" {
		return false, p.Damaged()
	}
	for row, err := range parquetio.All[jobColumns](p.Paths[shard.Jobs]) {
		if err != nil {
			return false, fmt.Errorf("read %s: %w", filepath.Base(p.Paths[shard.Jobs]), err)
		}
		if l.goes(cmp.Or(row.LastCall, row.FirstSeen), row.InstanceID, row.JobID) {
			return true, nil
		}
	}
	return false, nil
}

// sweep replaces the snapshots that hold what has been before an edge for longer than
// the grace, and ends the intent.
func (l *Limits) sweep(ctx context.Context, s Sweeper, intent erased.Intent, edge calendar.Day) (int, error) {
	begin := edge.Start(l.zone)
	late, err := (&Limits{Edge: edge, Begin: begin, zone: l.zone, holds: l.holds}).Late(s.Dataset)
	if err != nil {
		return 0, err
	}
	limit := &limit{edge, begin.UnixMilli(), l.holds}
	var noting error
	one, err := replace.Snapshots(ctx, s.Dataset, intent.ID, intent.Begun, replace.Change{
		Only:    func(name string) bool { return slices.Contains(late, name) },
		Touches: limit.touches,
		Job: func(rows *schema.Rows) bool {
			if !limit.goes(cmp.Or(rows.Job.LastCallTime, rows.Job.FirstSeen), rows.Job.InstanceID, rows.Job.JobID) {
				return true
			}
			noting = errors.Join(noting, s.OptOuts.Expired(s.Job(rows)))
			return false
		},
		Reject:  func(row *schema.RejectRow) bool { return !limit.goes(row.FirstSeen, row.InstanceID, row.JobID) },
		Pending: func(row *schema.PendingRow) bool { return !limit.ends(row) },
		Manifest: func(m *dataset.Manifest) bool {
			noting = errors.Join(noting, s.OptOuts.Keep()) // before the jobs are gone
			m.Edge = max(m.Edge, edge)
			return true
		},
		Count: func(c *dataset.Counts, jobs int64) { c.Expired += jobs },
	})
	if err := errors.Join(err, noting); err != nil {
		return 0, err
	}
	return len(one.Snapshots) + len(one.Removed), s.Dataset.Erased().End(intent.ID)
}
