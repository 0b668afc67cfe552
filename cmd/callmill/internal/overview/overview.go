// Package overview shows an operator the status of a dataset and how its last run
// ended.
package overview

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/callmill/internal/sweep"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/status"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// overview is what is shown, also as JSON.
type overview struct {
	*status.Status               // nil where nothing was ever published
	LastRun        *report.Ended `json:"last_run,omitempty"` // nil where no file says it
	// Unfinished are runs of which responses are kept, whole, until they are resumed; where
	// personal data is published anyway they are not named.
	Unfinished []string `json:"unfinished_runs,omitempty"`
	// Overdue are those of them that are kept for longer than they may be.
	Overdue []sweep.Overdue `json:"overdue_runs,omitempty"`
	// Erasures were begun, and the next command that writes goes on with them.
	Erasures []erasure `json:"open_erasures,omitempty"`
}

// erasure is one that was begun and has not ended.
type erasure struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	Begun time.Time `json:"begun"`
}

// erasures lists those that have not ended.
func erasures(d *dataset.Dataset) (list []erasure, err error) {
	open, err := d.Erased().Open()
	for _, i := range open {
		list = append(list, erasure{i.ID, i.Kind, i.Begun})
	}
	return list, err
}

// Show prints the overview of the dataset in a folder, as a JSON object if asked to.
// Where nothing was ever published it prints how the last run ended, and returns
// [dataset.ErrEmpty].
func Show(out io.Writer, dir string, now time.Time, asJSON bool) error {
	d, empty := dataset.View(dir)
	if errors.Is(empty, dataset.ErrEmpty) {
		d = dataset.Nothing(dir)
	} else if empty != nil {
		return empty
	}
	o := overview{LastRun: report.Last(d)}
	var err error
	if o.Erasures, err = erasures(d); err != nil {
		return err
	}
	if empty == nil {
		var err error
		if o.Status, err = status.Of(d, now); err != nil {
			return err
		}
	}
	if o.Status == nil || o.Settings.PII != redact.Keep {
		var err error
		if o.Unfinished, err = rawlog.Runs(d.RawDir()); err != nil {
			return err
		}
		own, err := settings.Strictest(d)
		if err != nil {
			return err
		}
		if o.Overdue, err = sweep.Unfinished(d, own, now); err != nil {
			return err
		}
	}
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return errors.Join(encoder.Encode(o), empty)
	}
	return errors.Join(o.print(out), empty)
}

func (o overview) print(out io.Writer) error {
	if o.Status != nil {
		fmt.Fprintf(out, "snapshot   %s, published %s\n", o.Snapshot, o.Published.Format(time.RFC3339))
	}
	if err := printEnd(out, o.LastRun); err != nil {
		return err
	}
	for _, e := range o.Erasures {
		fmt.Fprintf(out, "open       erasure %s (%s), begun %s: every command that writes goes on with it first\n", e.ID, e.Kind, e.Begun.Format(time.RFC3339))
	}
	for _, one := range o.Overdue {
		fmt.Fprintf(out, "OVERDUE    %s; %s\n", one.Says(), one.Hint())
	}
	for _, run := range o.Unfinished {
		fmt.Fprintf(out, "unfinished %s: its responses, with personal data, lie in raw/ until it is resumed or given up\n", run)
	}
	if o.Status == nil {
		return nil
	}
	fmt.Fprintf(out, "contains   %d jobs, %d tasks, %d turns, %d rejects in %.1f MB\n",
		o.Rows[schema.TableJobs], o.Rows[schema.TableTasks], o.Rows[schema.TableTurns], o.Rows[schema.TableRejects], float64(o.Bytes)/1e6)
	fmt.Fprintf(out, "settings   %s, segmenter %s, hmm %t, pii %s\n", o.Settings.TimeZone, o.Settings.Segmenter, o.Settings.HMM, o.Settings.PII)
	asks := slices.ContainsFunc(o.Instances, func(i status.Instance) bool { return len(i.Covered) > 0 })
	if o.WithoutFacts > 0 && asks {
		fmt.Fprintf(out, "lacking    %d connected calls of the last 30 days lack SearchTask's columns\n", o.WithoutFacts)
	}
	for i := range o.Instances {
		printInstance(out, &o.Instances[i])
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "JOB_DATE\tJOBS\tTASKS\tTURNS\tCOVERED")
	for _, day := range o.Days {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", day.JobDate, day.Jobs, day.Tasks, day.Turns, strings.Join(day.CoveredBy, " "))
	}
	return w.Flush()
}

// printEnd prints how a run ended, and why; nothing of nil.
func printEnd(out io.Writer, e *report.Ended) error {
	if e == nil {
		return nil
	}
	_, err := fmt.Fprintf(out, "last run   %s\n", e)
	why := strings.Split(e.Error, "\n")
	for _, r := range e.Reasons {
		why = append(why, r.Says)
	}
	for _, line := range why {
		if line != "" && err == nil {
			_, err = fmt.Fprintf(out, "           %s\n", line)
		}
	}
	return err
}

func printInstance(out io.Writer, i *status.Instance) {
	fmt.Fprintf(out, "instance   %s: %d pending", i.InstanceID, i.Pending)
	separator := " ("
	for _, reason := range slices.Sorted(maps.Keys(i.ByReason)) {
		fmt.Fprintf(out, "%s%d %s", separator, i.ByReason[reason], reason)
		separator = ", "
	}
	if len(i.ByReason) > 0 {
		fmt.Fprint(out, ")")
	}
	if i.Retired {
		fmt.Fprint(out, ", retired")
	}
	fmt.Fprintln(out)
	for _, c := range i.Covered {
		fmt.Fprintf(out, "           covered from %s to %s\n", c.From.Format(time.RFC3339), c.To.Format(time.RFC3339))
	}
	for _, d := range i.Doubted {
		fmt.Fprintf(out, "           no call on %s, which is searched again\n", d.Day)
	}
}
