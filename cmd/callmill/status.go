package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
)

func newStatus(env *environment) *cobra.Command {
	var asJSON bool
	c := ofPublished(&cobra.Command{
		Use:   "status DIR",
		Short: "Show what is published and which days are covered",
		Example: `  callmill status data
  callmill status data --json | jq .instances`,
	}, func(d *dataset.Dataset) error {
		s, err := d.Status()
		if err != nil {
			return err
		}
		if asJSON {
			encoder := json.NewEncoder(env.stdout)
			encoder.SetIndent("", "  ")
			return encoder.Encode(s)
		}
		return printStatus(env.stdout, s)
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}

func printStatus(out io.Writer, s *dataset.Status) error {
	fmt.Fprintf(out, "snapshot   %s, published %s\n", s.Snapshot, s.Published.Format(time.RFC3339))
	fmt.Fprintf(out, "contains   %d jobs, %d tasks, %d turns, %d rejects in %.1f MB\n",
		s.Rows["jobs"], s.Rows["tasks"], s.Rows["turns"], s.Rows["rejects"], float64(s.Bytes)/1e6)
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
