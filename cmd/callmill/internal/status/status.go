// Package status shows an operator what is published, how the last run ended, and
// what is awaited.
package status

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"callmill/cmd/callmill/internal/report"
	"callmill/pipeline/dataset"
	"callmill/schema"
)

// status is what is shown, also as JSON. What is about the snapshot is missing where
// nothing was ever published.
type status struct {
	*dataset.Status
	LastRun *report.Ended `json:"last_run,omitempty"`
}

// Show prints the status of the dataset in a folder, as JSON if asked to. Where
// nothing is published it prints how the last run ended, and returns
// [dataset.ErrEmpty].
func Show(out io.Writer, dir string, asJSON bool) error {
	d, err := dataset.View(dir)
	if errors.Is(err, dataset.ErrEmpty) {
		d = dataset.Nothing(dir)
	} else if err != nil {
		return err
	}
	s := status{LastRun: report.Last(d)}
	if err == nil {
		if s.Status, err = d.Status(); err != nil {
			return err
		}
	}
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return errors.Join(encoder.Encode(s), err)
	}
	return errors.Join(s.print(out), err)
}

func (s status) print(out io.Writer) error {
	if s.Status != nil {
		fmt.Fprintf(out, "snapshot   %s, published %s\n", s.Snapshot, s.Published.Format(time.RFC3339))
	}
	if err := s.printLastRun(out); err != nil || s.Status == nil {
		return err
	}
	fmt.Fprintf(out, "contains   %d jobs, %d tasks, %d turns, %d rejects in %.1f MB\n",
		s.Rows[schema.TableJobs], s.Rows[schema.TableTasks], s.Rows[schema.TableTurns], s.Rows[schema.TableRejects], float64(s.Bytes)/1e6)
	fmt.Fprintf(out, "settings   %s, segmenter %s, hmm %t, pii %s\n", s.Settings.TimeZone, s.Settings.Segmenter, s.Settings.HMM, s.Settings.PII)
	for _, i := range s.Instances {
		fmt.Fprintf(out, "instance   %s: %d pending\n", i.InstanceID, i.Pending)
		for _, c := range i.Covered {
			fmt.Fprintf(out, "           covered from %s to %s\n", c.From.Format(time.RFC3339), c.To.Format(time.RFC3339))
		}
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "JOB_DATE\tJOBS\tTASKS\tTURNS\tCOVERED")
	for _, day := range s.Days {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", day.JobDate, day.Jobs, day.Tasks, day.Turns, strings.Join(day.CoveredBy, " "))
	}
	return w.Flush()
}

// printLastRun prints how the last run ended, and why.
func (s status) printLastRun(out io.Writer) error {
	if s.LastRun == nil {
		return nil
	}
	_, err := fmt.Fprintf(out, "last run   %s\n", s.LastRun)
	why := strings.Split(s.LastRun.Error, "\n")
	for _, r := range s.LastRun.Reasons {
		why = append(why, r.Says)
	}
	for _, line := range why {
		if line != "" && err == nil {
			_, err = fmt.Fprintf(out, "           %s\n", line)
		}
	}
	return err
}
