package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
	"callmill/pipeline/decode"
	"callmill/pipeline/source"
	"callmill/schema"
)

func newConvert(env *environment) *cobra.Command {
	flags := &runFlags{}
	var instance, observedAt string
	c := &cobra.Command{
		Use:   "convert INPUT... --out DIR",
		Short: "Publish saved responses",
		Long: `Convert reads saved ListJobs responses and publishes them.

An input is a file, a folder (searched for *.json, *.jsonl and *.xml, also with
.gz or .zst; what is in them is found out by looking), or - for standard input.

Versions of a job are told apart by when they were received. Files do not say;
without --observed-at they count as received when the run started, and give
way to versions that know better.`,
		Example: `  callmill convert responses/ --out data
  callmill convert night.jsonl.zst --out data --observed-at 2026-01-22T01:30:00+08:00
  zcat old.xml.gz | callmill convert - --out data --instance collections`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			at, err := parseInstant(observedAt)
			if err != nil {
				return usagef("--observed-at: %w", err)
			}
			if instance == "" {
				return usagef("--instance must not be empty")
			}
			if !utf8.ValidString(instance) {
				return usagef("--instance: %q is not UTF-8", instance)
			}
			options := source.Options{Instance: instance, Cut: cut, Except: flags.out}
			var files *source.Files
			ready := func(*dataset.Dataset, *resolved) (err error) {
				if files, err = source.Open(args, options); errors.Is(err, fs.ErrNotExist) {
					return &usageError{err}
				}
				return err
			}
			open := func(ctx context.Context, d *dataset.Dataset, _ *resolved, r *report) (*input, error) {
				options.ObservedAt, options.Undated = at, at == 0
				if at == 0 {
					options.ObservedAt = r.run.Started.UnixMilli()
				}
				if slices.Contains(args, "-") {
					options.Stdin = untilDone(ctx, env.stdin)
				}
				if flags.lockWait > 0 { // more may have come while the dataset was waited for
					var err error
					if files, err = source.Open(args, options); err != nil {
						return nil, err
					}
				}
				_, bytes := files.Total()
				return responses(ctx, d, r.run, files.With(options), bytes)
			}
			j := &job{command: "convert", flags: flags, ready: ready, open: open}
			return j.execute(c.Context(), env)
		},
	}
	flags.add(c)
	c.Flags().StringVar(&instance, "instance", "default", "robot deployment the responses are from; raw lines carry their own")
	c.Flags().StringVar(&observedAt, "observed-at", "", "when the responses were received: 2026-01-22T01:30:00Z, or milliseconds since 1970")
	return c
}

// cut cuts inputs that are too large to be held.
func cut(base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error {
	return decode.Cut(decode.Options{}, base, open, yield)
}

// parseInstant reads an instant as RFC 3339 or in milliseconds; "" is 0.
func parseInstant(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t, notTime := time.Parse(time.RFC3339Nano, s)
		ms, err = t.UnixMilli(), notTime
	}
	// As in the responses: what dates can hold in every reader of the tables.
	end := time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	if err != nil || ms <= 0 || ms >= end {
		return 0, fmt.Errorf("invalid timestamp %q (e.g. 2026-01-22T01:30:00Z)", s)
	}
	return ms, nil
}
