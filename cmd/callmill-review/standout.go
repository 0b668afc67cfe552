//go:build cgo

package main

import (
	"slices"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/internal/exit"
)

func newStandOut(env *environment) *cobra.Command {
	f := &finder{}
	var by []string
	c := &cobra.Command{
		Use:   "standout DIR",
		Short: "Find numbers, hours, attempts, batches and versions whose calls stand out",
		Long: `Standout finds the calling numbers, hours, attempts, batches and versions of scripts
whose calls are answered less or fail more, or stand out by any other measure, among calls
of the same script at the same attempt and hour. A batch of wrong numbers shows by a
business result.`,
		Example: `  callmill-review standout data
  callmill-review standout data --measure result:联系结果=号码错误 --by batch`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			dimensions, err := dimensionsOf(by)
			if err != nil {
				return err
			}
			return f.run(c.Context(), env, args[0], func(calls *corpus.Corpus, selected []int32, m *measured) ([]asked, error) {
				o := f.options
				o.Questions = len(m.measures)
				return m.each(calls, selected, func(one measure.Measure, values []measure.Value) asked {
					o.Fewer = one.Good()
					return asked{Measure: one.String(), verb: one.Verb(), Answer: contrast.StandOut(calls, values, dimensions, o)}
				})
			})
		},
	}
	f.add(c.Flags(), 30, "answered", "failed")
	c.Flags().StringSliceVar(&by, "by", nil, "look only at these: `number`,hour,attempt,batch,version")
	return c
}

func dimensionsOf(by []string) ([]contrast.Dimension, error) {
	var list []contrast.Dimension
	for _, name := range by {
		d := contrast.Dimension(name)
		if !slices.Contains(contrast.StandOutDimensions(), d) {
			return nil, exit.Usagef("invalid --by %q: want number, hour, attempt, batch or version", name)
		}
		list = append(list, d)
	}
	return list, nil
}
