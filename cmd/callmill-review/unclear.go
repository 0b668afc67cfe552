//go:build cgo

package main

import (
	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/unclear"
)

func newUnclear(env *environment) *cobra.Command {
	s := &selection{}
	c := &cobra.Command{
		Use:   "unclear DIR",
		Short: "Sort out what the robot did not understand: misheard words, missing intents, noise",
		Long: `Unclear sorts out the replies after which the robot asked again.

Misheard is a phrase that is not understood where another one that sounds the same is:
the recognizer writes the wrong characters, and the right word as a hot word mends it.
Pairs that only sound alike on the phone (n and l, in and ing, zh and z) are marked, and
come last. Without an intent are phrases that are not understood at nodes that otherwise
understand: the script lacks an answer. Noise is interjections and nothing else.

CSV is a table of hot words: each with what is heard in its place, and how often either
was understood.`,
		Example: `  callmill-review unclear data
  callmill-review unclear data --script 门诊预约提醒话术 --format csv > hotwords.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			lang, err := s.lang.Parse()
			if err != nil {
				return err
			}
			asked, err := s.load(c.Context(), args[0])
			if err != nil {
				return err
			}
			g := nodes.Find(asked.calls)
			p := &unclear.Page{
				Corpus: asked.calls, Graph: g, Report: unclear.Find(asked.calls, g, asked.selected),
				Filter: asked.chosen.String(), Notes: inferred(asked.calls, lang), Lang: lang,
			}
			return p.Write(env.stdout, s.format)
		},
	}
	s.add(c.Flags())
	return c
}
