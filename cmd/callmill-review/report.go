//go:build cgo

package main

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/report"
	"callmill/cmd/callmill-review/internal/rules/file"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/cmd/internal/exit"
)

func newReport(env *environment) *cobra.Command {
	s, book, o := &selection{}, &file.Flag{}, report.Options{}
	var html string
	c := &cobra.Command{
		Use:   "report DIR",
		Short: "Report what changed, what stands out, and the trends of some calls",
		Long: `Report says what is to be looked at: what changed on the last day against the seven
days before, lines that were reworded, numbers, hours and batches that stand out, what
is said in calls that fail, what the robot does not understand, and the hits of rules;
each with how many calls there are, how many were expected, and ten of them. Then come
the shares of answered and failed calls by day and by campaign, with 95 % intervals.

--html writes it as one page that needs no other file and runs no script. --share makes
it fit to be passed on: what was said is masked, ids are shortened, and counts under 5
are not shown, nor what they could be computed from.`,
		Example: `  callmill-review report data
  callmill-review report data --from 2026-01-20 --html report.html --share`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			lang, err := s.lang.Parse()
			if err != nil {
				return err
			}
			if s.format != table.Text {
				return exit.WithHint(exit.Usagef("--format: a report is a text, or with --html a page"), "other commands print their findings as json and csv")
			}
			if o.Findings < 1 {
				return exit.Usagef("--top must be at least 1, got %d", o.Findings)
			}
			if o.Examples < 1 {
				return exit.Usagef("--examples must be at least 1, got %d", o.Examples)
			}
			var to *page
			if c.Flags().Changed("html") {
				if to, err = openPage(html, args[0]); err != nil {
					return err
				}
			}
			if o.Rules, err = book.Read(); err != nil {
				return err
			}
			asked, err := s.load(c.Context(), args[0])
			if err != nil {
				return err
			}
			if n := len(asked.selected); o.Share && n < report.LeastShared {
				return exit.WithHint(fmt.Errorf("--share: a report of %d calls is about the people in them: want at least %d calls", n, report.LeastShared), "select more days or campaigns")
			}
			o.Lang, o.Filter, o.Made, o.Run = lang, asked.chosen, env.now(), together
			r := report.Make(report.Data{Corpus: asked.calls, Graph: nodes.Find(asked.calls), Selected: asked.selected}, o)
			if to == nil {
				return r.WriteText(env.stdout)
			}
			var text bytes.Buffer
			if err := r.WriteHTML(&text); err != nil {
				return err
			}
			return to.write(env.stdout, text.Bytes())
		},
	}
	flags := c.Flags()
	s.add(flags)
	book.Add(flags)
	flags.StringVar(&html, "html", "", "write the report as a page to `FILE`, which is replaced; - is standard output")
	flags.BoolVar(&o.Share, "share", false, "mask what was said, shorten ids, and hide counts under 5")
	flags.IntVar(&o.Findings, "top", 8, "findings at most, of each question")
	flags.IntVar(&o.Examples, "examples", 10, "examples at most, of each finding")
	return c
}

// together runs as many tasks at the same time as there are processors: each has memory
// of its own.
func together(tasks []func()) {
	var workers sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1); i <= int64(len(tasks)); i = next.Add(1) {
				tasks[i-1]()
			}
		})
	}
	workers.Wait()
}
