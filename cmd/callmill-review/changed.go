//go:build cgo

package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/internal/exit"
)

func newChanged(env *environment) *cobra.Command {
	f := &finder{}
	var before, after string
	c := &cobra.Command{
		Use:   "changed DIR",
		Short: "Find what changed between days",
		Long: `Changed compares calls after with calls before: by version of the script, line of the
robot, number, hour, attempt, batch and script, each with the same script and version
before. What is new is compared with the past of its script. What is found is taken out,
and the rest is looked at again. Things that nearly the same calls have, such as a new
version, its batch and its lines, are one finding with several names.

Beside it stands what the mix of scripts explains of the change, and what happened within
scripts. Without --after it is the last day of the calls that pass the filter; without
--before, the seven days before.`,
		Example: `  callmill-review changed data
  callmill-review changed data --after 2026-01-24..2026-01-26 --before 2026-01-17..2026-01-23`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			days, err := parseSides(before, after)
			if err != nil {
				return err
			}
			return f.run(c.Context(), env, args[0], func(calls *corpus.Corpus, selected []int32, m *measured) ([]asked, error) {
				days, err := days.fill(calls, selected)
				if err != nil {
					return nil, err
				}
				sides, graph, o := contrast.OnDays(calls, days.before, days.after), nodes.Find(calls), f.options
				o.Questions = len(m.measures)
				return m.each(calls, selected, func(one measure.Measure, values []measure.Value) asked {
					o.Fewer = one.Good()
					change := contrast.Changed(calls, graph, values, sides, o)
					return asked{
						About: days.String(), Measure: one.String(), verb: one.Verb(), Answer: change.Answer,
						Change: &changed{change.BeforeCalls, change.BeforeTrue, change.Mix, change.Within},
					}
				})
			})
		},
	}
	f.add(c.Flags(), 30, "failed", "answered")
	c.Flags().StringVar(&after, "after", "", "`DAYS` that are looked at: YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD")
	c.Flags().StringVar(&before, "before", "", "`DAYS` they are compared with")
	return c
}

// twoSides are days before and after; what was not given is chosen by the calls.
type twoSides struct {
	before, after           contrast.Days
	givenBefore, givenAfter bool
}

func parseSides(before, after string) (twoSides, error) {
	s := twoSides{givenBefore: before != "", givenAfter: after != ""}
	var err error
	if s.givenBefore {
		if s.before, err = parseDays("before", before); err != nil {
			return s, err
		}
	}
	if s.givenAfter {
		if s.after, err = parseDays("after", after); err != nil {
			return s, err
		}
	}
	return s, nil
}

func parseDays(flag, text string) (contrast.Days, error) {
	var days contrast.Days
	one, err := filter.One(filter.Day, text)
	days.First, days.Last = one.Days()
	if isOpen := days.First == 0 || days.Last == 0; err != nil || isOpen {
		return days, exit.Usagef("--%s: invalid days %q: want YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD, the first day first", flag, text)
	}
	return days, nil
}

// fill returns the days with those that were not given. There must be selected calls on
// the days after, and no day on both sides.
func (s twoSides) fill(c *corpus.Corpus, selected []int32) (twoSides, error) {
	lastBefore, lastAfter, ok := contrast.LastDay(c, selected)
	if !ok {
		return s, errors.New("none of the calls has a day: they were not made yet, or their times are not known")
	}
	if !s.givenAfter {
		s.after = lastAfter
	}
	if !s.givenBefore {
		s.before = lastBefore
		if s.givenAfter {
			s.before = contrast.Days{First: s.after.First - 7, Last: s.after.First - 1}
		}
	}
	if first, last := max(s.before.First, s.after.First), min(s.before.Last, s.after.Last); first <= last {
		return s, exit.Usagef("--before and --after have days in common: %s", contrast.Days{First: first, Last: last})
	}
	if !slices.ContainsFunc(selected, func(i int32) bool { return s.after.Has(c.Calls[i].Day) }) {
		all, _ := contrast.Over(c, selected)
		return s, exit.WithHint(fmt.Errorf("there is no call on %s", s.after), "calls are of "+all.String())
	}
	return s, nil
}

// String returns the days.
func (s twoSides) String() string { return s.before.String() + " → " + s.after.String() }
