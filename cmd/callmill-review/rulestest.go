//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules/dialogue"
	"callmill/cmd/callmill-review/internal/rules/file"
	"callmill/cmd/callmill-review/internal/rules/show"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/calendar"
)

func newRulesTest(env *environment) *cobra.Command {
	r := &reading{}
	book := &file.Flag{}
	var pasted string
	c := &cobra.Command{
		Use:   "test [DIR JOB [TASK]]",
		Short: "Show which conditions of rules hold in a call, or in a pasted dialogue",
		Long: `Test says of each rule whether it hits a call, and at which lines its conditions hold.

The call is one of a dataset, or a dialogue in a file, whose lines begin with their
speaker (机: 客: 坐席: or robot: contact: agent:); before the colon there may be a time
(10:02:04) or a pause (+3.5s). - is standard input. Rules for some scripts are then
tried as if the call were one of them.`,
		Example: `  callmill-review rules test --rules rules.yaml --dialogue call.txt
  printf '机: 您好\n客: 别再打了\n' | callmill-review rules test --dialogue -
  callmill-review rules test data 5f9b64f0-4a2c-4e0e-9e0b-1d3c5a2b7c11`,
		Args: cobra.MaximumNArgs(3),
		RunE: func(c *cobra.Command, args []string) error {
			lang, err := r.lang.Parse()
			if err != nil {
				return err
			}
			b, err := book.Read()
			if err != nil {
				return err
			}
			switch {
			case pasted != "" && len(args) == 0:
				one, err := readDialogue(c.InOrStdin(), pasted)
				if err != nil {
					return err
				}
				t := &show.Trial{Listing: show.Listing{Corpus: one, Lang: lang, Format: r.format}, AnyScript: true}
				return t.Print(env.stdout, b, &one.Calls[0])
			case pasted != "" || len(args) < 2:
				return exit.Usagef("want either DIR JOB, or --dialogue FILE")
			}
			db, err := r.open(c.Context(), args[0])
			if err != nil {
				return err
			}
			defer db.Close()
			attempts, err := db.Attempts(c.Context(), args[1], strings.Join(args[2:], ""))
			if err != nil {
				return err
			}
			if len(attempts) == 0 {
				return noCall(args[1], db.Snapshot(), lang)
			}
			for _, a := range attempts {
				if err := tryCall(c.Context(), db, &a, func(one *corpus.Corpus, call *corpus.Call) error {
					t := &show.Trial{Listing: show.Listing{Corpus: one, Lang: lang, Format: r.format}}
					return t.Print(env.stdout, b, call)
				}); err != nil {
					return err
				}
			}
			return nil
		},
	}
	r.add(c.Flags())
	book.Add(c.Flags())
	c.Flags().StringVar(&pasted, "dialogue", "", "`FILE` with a dialogue; - is standard input")
	return c
}

// readDialogue reads a dialogue from a file, or from in.
func readDialogue(in io.Reader, name string) (*corpus.Corpus, error) {
	var text []byte
	var err error
	if name == "-" {
		text, err = io.ReadAll(io.LimitReader(in, dialogue.MaxSize+1))
	} else {
		text, err = file.Read(name, dialogue.MaxSize)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Usagef("--dialogue: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read dialogue %s: %w", name, err)
	}
	c, err := dialogue.Read(name, text)
	return c, exit.AsUsage(err)
}

// tryCall finds an attempt among the calls of its day, with all that is known of it.
func tryCall(ctx context.Context, db *query.DB, a *query.Attempt, try func(*corpus.Corpus, *corpus.Call) error) error {
	var o query.LoadOptions
	if a.Start != 0 {
		o.From = calendar.DayOf(time.UnixMilli(a.Start), db.Zone())
		o.To = o.From
	}
	all, err := db.Load(ctx, o)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all.Calls, func(call corpus.Call) bool {
		return call.Job == a.Job && call.Task == a.Task && all.Instances.String(call.Instance) == a.Instance
	})
	if i < 0 {
		return fmt.Errorf("call %s of job %s is in no day of snapshot %s", a.Task, a.Job, db.Snapshot())
	}
	return try(all, &all.Calls[i])
}
