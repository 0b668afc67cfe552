// Package hold keeps disputed jobs of a dataset: a job on hold stays, however old it is,
// until it is released.
package hold

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// Options are what is asked for: a job is put on hold, or released; nothing lists those
// on hold.
type Options struct {
	Instance    string // of the job; "": the only one that has it
	Job, Reason string
	Release     string
	LockWait    time.Duration
	// Open opens the dataset for writing, with nothing unfinished in it.
	Open         func(context.Context, string, dataset.Options) (*dataset.Dataset, error)
	Now          time.Time
	GivenRelease bool // --release was given
	GivenJob     bool // --job was given
}

func (o *Options) check() error {
	switch {
	case o.GivenJob && o.GivenRelease:
		return exit.Usagef("--job and --release exclude each other")
	case o.GivenJob && (o.Job == "" || strings.TrimSpace(o.Reason) == ""):
		return exit.WithHint(exit.Usagef("--job or --reason is missing"), "say which job is kept, and why: --job ID --reason 'complaint 17'")
	case !o.GivenJob && o.Reason != "":
		return exit.WithHint(exit.Usagef("--reason is given without --job"), "name the job that is kept")
	case o.GivenRelease && o.Release == "":
		return exit.Usagef("--release is empty: want the id of a job on hold")
	}
	return nil
}

// Run does what is asked for of the dataset in a folder, and prints to out the jobs that
// are on hold then.
func Run(ctx context.Context, out io.Writer, dir string, o Options) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	d, err := dataset.View(dir)
	if err != nil {
		return err
	}
	if !o.GivenJob && !o.GivenRelease {
		return print(out, d)
	}
	if d, err = o.Open(ctx, dir, dataset.Options{LockWait: o.LockWait, Now: func() time.Time { return o.Now }}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if o.GivenJob {
		one, err := Of(d, o.Instance, o.Job, o.Reason, o.Now)
		if err == nil {
			err = Add(d, one)
		}
		if err != nil {
			return err
		}
	} else if err := release(d, o.Instance, o.Release); err != nil {
		return err
	}
	return print(out, d)
}

// jobColumns are the columns that tell which jobs there are.
type jobColumns struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
}

// Of returns the hold of a published job from today on. A job that is not there, or is in
// several instances, is a usage error.
func Of(d *dataset.Dataset, instance, job, reason string, now time.Time) (erased.Hold, error) {
	var in []string
	for row, err := range tables.Rows[jobColumns](d, schema.TableJobs) {
		if err != nil {
			return erased.Hold{}, fmt.Errorf("look for job %s: %w", job, err)
		}
		if row.JobID == job && (instance == "" || row.InstanceID == instance) && !slices.Contains(in, row.InstanceID) {
			in = append(in, row.InstanceID)
		}
	}
	switch {
	case len(in) == 0:
		return erased.Hold{}, exit.WithHint(exit.Usagef("no job %s is published", quote.Field(job)), "a job that is gone cannot be kept any more")
	case len(in) > 1:
		slices.Sort(in)
		return erased.Hold{}, exit.WithHint(exit.Usagef("job %s is in %d instances", quote.Field(job), len(in)), "say which with --instance: "+strings.Join(in, ", "))
	}
	zone := time.UTC
	if m := d.Manifest(); m != nil {
		if z, err := time.LoadLocation(m.Settings.TimeZone); err == nil {
			zone = z
		}
	}
	return erased.Hold{Job: erased.Job{InstanceID: in[0], JobID: job}, Reason: reason, Day: now.In(zone).Format(time.DateOnly)}, nil
}

// Add puts a job on hold in a dataset that is open for writing. One that was before has
// the reason given last.
func Add(d *dataset.Dataset, one erased.Hold) error {
	holds, err := d.Erased().Holds()
	if err == nil {
		err = d.Erased().WriteHolds(append(holds, one))
	}
	if err != nil {
		return fmt.Errorf("put job %s on hold: %w", one.JobID, err)
	}
	return nil
}

// release takes a job off hold.
func release(d *dataset.Dataset, instance, job string) error {
	holds, err := d.Erased().Holds()
	if err != nil {
		return fmt.Errorf("release job %s: %w", job, err)
	}
	stay := slices.DeleteFunc(slices.Clone(holds), func(h erased.Hold) bool {
		return h.JobID == job && (instance == "" || h.InstanceID == instance)
	})
	switch len(holds) - len(stay) {
	case 0:
		return exit.WithHint(exit.Usagef("job %s is not on hold", quote.Field(job)), "`callmill hold DIR` lists the jobs that are")
	case 1:
		if err := d.Erased().WriteHolds(stay); err != nil {
			return fmt.Errorf("release job %s: %w", job, err)
		}
		return nil
	}
	return exit.WithHint(exit.Usagef("job %s is on hold in several instances", quote.Field(job)), "say which with --instance")
}

// print prints the jobs on hold.
func print(out io.Writer, d *dataset.Dataset) error {
	holds, err := d.Erased().Holds()
	if err != nil {
		return fmt.Errorf("read which jobs are on hold: %w", err)
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "INSTANCE\tJOB\tSINCE\tREASON")
	for _, h := range holds {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", quote.Field(h.InstanceID), quote.Field(h.JobID), h.Day, quote.Field(h.Reason))
	}
	return w.Flush()
}
