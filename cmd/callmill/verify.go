package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/verify"
	"callmill/pipeline/flatten"
	"callmill/pipeline/redact"
	"callmill/schema"
)

func newVerify(env *environment) *cobra.Command {
	var quick bool
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check the integrity of the published snapshot",
		Long: `Verify reads everything with a Parquet reader independent of the writer and
checks hashes, schemas, counts, keys, references and order; it derives every
derived column again. It prints what is wrong, and then exits with code 1.`,
		Example: `  callmill verify data
  callmill verify data --quick`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			options := verify.Options{Quick: quick, Rows: rowsIn(args[0]), Job: flatten.Job}
			if key, err := dataset.ReadKey(args[0]); err == nil {
				options.ContactKey = func() func(string) string { return redact.New(key).Key }
			}
			report, err := verify.Snapshot(c.Context(), args[0], options)
			if err != nil {
				return err
			}
			if err := report.Print(env.stdout); err != nil {
				return err
			}
			if report.Damaged() {
				return &hintError{
					fmt.Errorf("verify %s: %d findings", args[0], len(report.Findings)),
					"go back to a good snapshot with `callmill snapshots " + args[0] + " rollback NAME`"}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&quick, "quick", false, "check names, sizes, footers and the manifest only, no pages")
	return c
}

// rowsIn returns the constructor of rows that a run on the dataset would use.
func rowsIn(dir string) func(dataset.Settings) (func() verify.Rows, error) {
	return func(s dataset.Settings) (func() verify.Rows, error) {
		d, err := dataset.View(dir)
		if err != nil {
			return nil, err
		}
		dicts, err := d.Dictionaries()
		if err != nil {
			return nil, err
		}
		r, err := realize(s, dicts)
		if err != nil {
			return nil, err
		}
		if r.settings.Words != s.Words || s.Derivation != flatten.Version || s.Outcomes != schema.OutcomesVersion {
			return nil, errors.New("written by a callmill that segments words or derives columns differently")
		}
		return func() verify.Rows { return flatten.New(r.location, r.words).Rows }, nil
	}
}
