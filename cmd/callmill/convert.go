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

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/settings"
	"callmill/pipeline/dataset"
	"callmill/pipeline/decode"
	"callmill/pipeline/source"
	"callmill/schema"
)

func newConvert(env *environment) *cobra.Command {
	flags, options := &runFlags{}, source.Options{Cut: cut}
	var observedAt string
	var keepRaw int
	c := &cobra.Command{
		Use:   "convert INPUT... --out DIR",
		Short: "Publish saved responses",
		Long: `Convert reads saved ListJobs responses and publishes them.

An input is a file, a folder (searched for *.json, *.jsonl and *.xml, also with
.gz or .zst; the format is detected from the content), or - for standard input.

Of several versions of a job the one received last is published. Files do not
say when they were received; without --observed-at they count as received when
the run started, and never replace versions that have a timestamp.`,
		Example: `  callmill convert responses/ --out data
  callmill convert night.jsonl.zst --out data --observed-at 2026-01-22T01:30:00+08:00
  zcat old.xml.gz | callmill convert - --out data --instance collections`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if options.ObservedAt, err = parseInstant(observedAt); err != nil {
				return exit.Usagef("--observed-at: %w", err)
			}
			if options.Instance == "" {
				return exit.Usagef("--instance must not be empty")
			}
			if !utf8.ValidString(options.Instance) {
				return exit.Usagef("--instance: invalid name %q: want UTF-8", options.Instance)
			}
			if keepRaw < 0 {
				return exit.Usagef("--keep-raw must not be negative, got %d", keepRaw)
			}
			options.Except = flags.out
			return convertFiles(c.Context(), env, flags, args, options, keepRaw)
		},
	}
	flags.addOut(c.Flags())
	flags.add(c.Flags())
	c.Flags().StringVar(&options.Instance, "instance", "default", "robot deployment the responses are from; raw lines carry their own")
	c.Flags().IntVar(&keepRaw, "keep-raw", 0, "number of runs whose input raw/ keeps, this one included; 0 keeps nothing of this run")
	c.Flags().StringVar(&observedAt, "observed-at", "", "when the responses were received: 2026-01-22T01:30:00Z, or milliseconds since 1970")
	return c
}

// convertFiles publishes the inputs in args, which are undated where ObservedAt is
// 0. Where keepRaw is not 0, what is read is kept, and that of so many runs.
func convertFiles(ctx context.Context, env *environment, flags *runFlags, args []string, options source.Options, keepRaw int) error {
	var files *source.Files
	o := &operation{command: "convert", flags: flags}
	o.check = func(*dataset.Dataset, *settings.Loaded) (err error) {
		if files, err = source.Open(args, options); errors.Is(err, fs.ErrNotExist) {
			return exit.AsUsage(err)
		}
		return err
	}
	o.open = func(ctx context.Context, with opening) (_ *input, err error) {
		if options.ObservedAt == 0 {
			options.ObservedAt, options.Undated = with.report.Started.UnixMilli(), true
		}
		if slices.Contains(args, "-") {
			options.Stdin = untilDone(ctx, env.stdin)
		}
		if flags.folder.options.LockWait > 0 { // files may have come while the dataset was locked
			if files, err = source.Open(args, options); err != nil {
				return nil, err
			}
		}
		_, bytes := files.Total()
		in := &input{source: files.With(options), bytes: bytes, decoder: newDecoder}
		if keepRaw > 0 {
			return keepInput(in, with, keepRaw)
		}
		return in, nil
	}
	return o.execute(ctx, env)
}

// cut splits inputs that are too large to be held in memory.
func cut(base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error {
	return decode.Cut(decode.Options{}, base, open, yield)
}

// parseInstant parses a timestamp, RFC 3339 or milliseconds since 1970; "" is 0.
func parseInstant(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t, notTime := time.Parse(time.RFC3339Nano, s)
		ms, err = t.UnixMilli(), notTime
	}
	if err != nil || ms <= 0 || ms > schema.MaxInstant {
		return 0, fmt.Errorf("invalid timestamp %q (e.g. 2026-01-22T01:30:00Z)", s)
	}
	return ms, nil
}
