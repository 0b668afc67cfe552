// Package awaited selects entries of what is pending, and prints them. Entries are
// taken one by one: there may be millions.
package awaited

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// Selection is which entries are meant: those that have one value of each list that
// is not empty. The zero value is all.
type Selection struct {
	Instances []string
	Jobs      []string
	Reasons   []string
	Before    string // a day: entries that are pending since a day before it; "" is any
}

// Filter returns what reports whether an entry is meant. Days are those of a time
// zone. A value that no entry can have is a usage error.
func (s *Selection) Filter(timeZone string) (func(*schema.PendingRow) bool, error) {
	for _, reason := range s.Reasons {
		if all := reconcile.Reasons(); !slices.Contains(all, reason) {
			return nil, exit.Usagef("invalid --reason %q: want one of %s", reason, strings.Join(all, ", "))
		}
	}
	var before int64
	if s.Before != "" {
		zone, err := time.LoadLocation(timeZone)
		if err != nil {
			return nil, err
		}
		day, err := time.ParseInLocation(time.DateOnly, s.Before, zone)
		if err != nil {
			return nil, exit.Usagef("invalid --before %q: want YYYY-MM-DD", s.Before)
		}
		before = day.UnixMilli()
	}
	has := func(values []string, value string) bool { return len(values) == 0 || slices.Contains(values, value) }
	return func(r *schema.PendingRow) bool {
		return has(s.Instances, r.InstanceID) && has(s.Jobs, r.JobID) && has(s.Reasons, r.Reason) && (s.Before == "" || r.Since < before)
	}, nil
}

// List prints the entries of the dataset in a folder that are meant, as a table or
// each as a JSON object on a line.
func (s *Selection) List(ctx context.Context, out io.Writer, dir string, asJSON bool) error {
	d, err := dataset.View(dir)
	if err != nil {
		return err
	}
	meant, err := s.Filter(d.Manifest().Settings.TimeZone)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(ctx, out, tables.Pending(d), meant)
	}
	return printTable(ctx, out, tables.Pending(d), meant)
}

// NoInput is the input of a run that only gives entries up.
type NoInput struct{}

// Raws yields nothing.
func (NoInput) Raws(context.Context, func(*schema.Raw) error) error { return nil }

// entry is an entry in JSON.
type entry struct {
	InstanceID  string    `json:"instance_id"`
	JobID       string    `json:"job_id"`
	TaskID      string    `json:"task_id,omitempty"` // it is about the job
	Since       time.Time `json:"since"`
	Reason      string    `json:"reason"`
	ContentHash string    `json:"content_hash,omitempty"` // of the version that is held
}

// printJSON prints the entries that are meant, each as a JSON object on a line.
func printJSON(ctx context.Context, out io.Writer, rows iter.Seq2[*schema.PendingRow, error], meant func(*schema.PendingRow) bool) error {
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	return each(ctx, rows, meant, func(r *schema.PendingRow) error {
		return lines.Encode(entry{r.InstanceID, r.JobID, r.TaskID, time.UnixMilli(r.Since).UTC(), r.Reason, r.ContentHash})
	})
}

// alignedLines is over how many lines columns are aligned: they are in memory until
// then.
const alignedLines = 1000

// printTable prints the entries that are meant as a table.
func printTable(ctx context.Context, out io.Writer, rows iter.Seq2[*schema.PendingRow, error], meant func(*schema.PendingRow) bool) error {
	table, lines := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0), 0
	fmt.Fprintln(table, "SINCE\tREASON\tINSTANCE\tJOB\tTASK")
	err := each(ctx, rows, meant, func(r *schema.PendingRow) error {
		lines++
		_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", time.UnixMilli(r.Since).UTC().Format(time.RFC3339), r.Reason,
			quote.Field(r.InstanceID), quote.Field(r.JobID), quote.Field(r.TaskID))
		if err == nil && lines%alignedLines == 0 {
			err = table.Flush()
		}
		return err
	})
	return errors.Join(err, table.Flush())
}

// CountStanding counts the entries that are meant and were not given up before, nor
// are about nothing that is missing.
func CountStanding(ctx context.Context, rows iter.Seq2[*schema.PendingRow, error], meant func(*schema.PendingRow) bool) (n int64, err error) {
	err = each(ctx, rows, meant, func(r *schema.PendingRow) error {
		if r.Reason != schema.PendingGivenUp && r.Reason != schema.PendingConfirmed {
			n++
		}
		return nil
	})
	return n, err
}

// each calls do for each entry that is meant.
func each(ctx context.Context, rows iter.Seq2[*schema.PendingRow, error], meant func(*schema.PendingRow) bool, do func(*schema.PendingRow) error) error {
	for row, err := range rows {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && meant(row) {
			err = do(row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
