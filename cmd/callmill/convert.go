package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/instances"
	"callmill/cmd/callmill/internal/keeping"
	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/callmill/internal/stdin"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/pipeline/dataset"
	"callmill/pipeline/decode"
	"callmill/pipeline/source"
	"callmill/schema"
)

func newConvert(env *environment) *cobra.Command {
	flags, asked := &runFlags{}, conversion{Options: source.Options{Cut: cut}}
	var observedAt string
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
			if asked.ObservedAt, err = quantity.ReceivedAt(observedAt, env.now()); err != nil {
				return exit.Usagef("--observed-at: %w", err)
			}
			if asked.Instance == "" {
				return exit.Usagef("--instance must not be empty")
			}
			if !utf8.ValidString(asked.Instance) {
				return exit.Usagef("--instance: invalid name %q: want UTF-8", asked.Instance)
			}
			if asked.keepRaw < 0 {
				return exit.Usagef("--keep-raw must not be negative, got %d", asked.keepRaw)
			}
			asked.Except = flags.out
			asked.unnamed = !c.Flags().Changed("instance")
			return convertFiles(c.Context(), env, flags, args, asked)
		},
	}
	flags.addOut(c.Flags())
	flags.add(c.Flags())
	c.Flags().StringVar(&asked.Instance, "instance", "default", "robot deployment the responses are from; raw lines carry their own")
	c.Flags().IntVar(&asked.keepRaw, "keep-raw", 0, "number of runs of convert whose input raw/ keeps, this one included; 0 keeps nothing of this run")
	c.Flags().StringVar(&observedAt, "observed-at", "", "when the responses were received: 2026-01-22T01:30:00Z, or milliseconds since 1970")
	return c
}

// conversion is how files are to be published.
type conversion struct {
	source.Options      // undated where ObservedAt is 0
	unnamed        bool // Instance is the default and was not chosen
	keepRaw        int  // of how many runs the input is kept; 0: not this one's
}

// convertFiles publishes the inputs in args.
func convertFiles(ctx context.Context, env *environment, flags *runFlags, args []string, asked conversion) error {
	var files *source.Files
	o := &operation{command: "convert", flags: flags}
	o.check = func(_ *dataset.Dataset, s *settings.Loaded) (err error) {
		if asked.keepRaw > 0 && s.Redacts() {
			return exit.Usagef("--keep-raw keeps personal data, which --pii %s takes out", s.Settings.PII)
		}
		if files, err = source.Open(args, asked.Options); errors.Is(err, fs.ErrNotExist) {
			return exit.AsUsage(err)
		}
		return err
	}
	o.open = func(ctx context.Context, with opening) (_ *input, err error) {
		if asked.ObservedAt == 0 {
			asked.ObservedAt, asked.Undated = with.report.Started.UnixMilli(), true
		}
		if slices.Contains(args, "-") {
			asked.Stdin = stdin.Until(ctx, env.stdin)
		}
		if flags.folder.Options.LockWait > 0 { // files may have come while the dataset was locked
			if files, err = source.Open(args, asked.Options); err != nil {
				return nil, err
			}
		}
		_, bytes := files.Total()
		if passed := files.PassedOver(); passed.Files > 0 {
			with.report.FilesPassedOver = &passed
		}
		in := &input{bytes: bytes, decoder: newDecoder}
		if asked.unnamed {
			published, err := with.tx.Instances()
			if err != nil {
				return nil, err
			}
			in.guard = instances.NewGuard(flags.out, published, asked.Instance)
		}
		if in.guard != nil {
			asked.Instance = ""
		}
		in.source = files.With(asked.Options)
		if asked.keepRaw > 0 {
			kept, err := keeping.Open(in.source, with.dataset.RawDir(), with.report.Run, asked.keepRaw)
			if err != nil {
				return nil, err
			}
			in.source = kept
			in.finish = func(r *report.Report, _ *dataset.Manifest) error { return kept.Finish(r.Published != nil) }
		}
		return in, nil
	}
	return o.execute(ctx, env)
}

// cut splits inputs that are too large to be held in memory.
func cut(base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error {
	return decode.Cut(decode.Options{}, base, open, yield)
}
