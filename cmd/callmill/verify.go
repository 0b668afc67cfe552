package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/dataset/verify"
	"callmill/pipeline/flatten"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/redact"
)

func newVerify(env *environment) *cobra.Command {
	var quick bool
	var file string
	c := ofDataset(&cobra.Command{
		Use:   "verify DIR",
		Short: "Check the integrity of the published snapshot",
		Long: `Verify reads everything with a Parquet reader independent of the writer and
checks hashes, schemas, counts, keys, references and order; it derives every
derived column again. It prints what is wrong, and then exits with code 1. Of
the responses in raw/ it notes what cannot be read.`,
		Example: `  callmill verify data
  callmill verify data --quick`,
	}, func(ctx context.Context, dir string) error {
		options := verify.Options{Quick: quick, Rows: rowsIn(dir), Job: flatten.Job}
		if d, err := dataset.View(dir); err == nil { // else verify says what is wrong
			options.Job = settings.JobOf(d.Manifest().Settings)
			key, err := secret.Of(d, file)
			if err != nil && file != "" {
				return err
			}
			if key != nil && err == nil {
				options.ContactKey = redact.Keys(key)
			}
		}
		if env.limitMemory != nil {
			env.limitMemory(verifyMemory(runtime.GOMAXPROCS(0)))
		}
		report, err := verify.Snapshot(ctx, dir, options)
		if err != nil {
			return err
		}
		if !quick {
			damaged, err := rawlog.Check(ctx, filepath.Join(dir, "raw"))
			if err != nil {
				return err
			}
			report.Notes = append(report.Notes, damaged...)
		}
		if err := report.Print(env.stdout); err != nil {
			return err
		}
		if report.Damaged() {
			return exit.WithHint(fmt.Errorf("verify %s: %d findings", dir, len(report.Findings)),
				"`callmill repair "+quote.Shell(dir)+"` makes files again; or go back to a good snapshot with `callmill snapshots "+quote.Shell(dir)+" rollback NAME`")
		}
		return nil
	})
	c.Flags().StringVar(&file, "key", "", "`FILE` with the secret behind contact_key, where it is not in the dataset")
	c.Flags().BoolVar(&quick, "quick", false, "check names, sizes, footers and the manifest only, no pages")
	return c
}

// verifyMemory is how much memory a check may take that works on several processors: the
// pages of a shard on each take 40 MB. What is twice as much is seldom collected.
func verifyMemory(processors int) int64 { return int64(128+96*processors) << 20 }

// rowsIn returns the constructor of rows that a run on the dataset would use.
func rowsIn(dir string) func(dataset.Settings) (func() verify.Rows, error) {
	return func(own dataset.Settings) (func() verify.Rows, error) {
		d, err := dataset.View(dir)
		if err != nil {
			return nil, err
		}
		s, err := settings.Of(d, own)
		if err != nil {
			return nil, err
		}
		if !s.Derives(own) {
			return nil, errors.New("written by a callmill that segments words or derives columns differently")
		}
		return func() verify.Rows { return s.Flattener().Rows }, nil
	}
}
