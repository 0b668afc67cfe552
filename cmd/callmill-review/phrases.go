//go:build cgo

package main

import (
	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/internal/exit"
	"callmill/schema"
)

func newPhrases(env *environment) *cobra.Command {
	f := &finder{}
	var a, b, by string
	c := &cobra.Command{
		Use:   "phrases DIR",
		Short: "Find the words and lines that go with calls that failed",
		Long: `Phrases finds what contacts say, one to three words together, and the lines of the
robot that calls have which failed, or for which any other measure is true. Calls are
compared at the moment they have a phrase first, with calls of the same script that came
as far without it. Each finding says of how many of its calls the measure is true, and of
how many it would be in calls like them, with a 95 % interval of the difference. Once a
phrase is found, what only repeats it falls away.

With --a and --b the calls of two filters are compared instead of a measure.`,
		Example: `  callmill-review phrases data
  callmill-review phrases data --measure hung_up --by script
  callmill-review phrases data --script 分期还款提醒话术 --a version=1.7.0 --b version=1.6.0`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q, err := newPhraseQuestion(a, b, by, c.Flags().Changed("measure"))
			if err != nil {
				return err
			}
			return f.run(c.Context(), env, args[0], func(calls *corpus.Corpus, selected []int32, m *measured) ([]asked, error) {
				return q.ask(calls, selected, m, f.options)
			})
		},
	}
	f.add(c.Flags(), 10, "failed")
	c.Flags().StringVar(&a, "a", "", "compare the calls of this `FILTER` …")
	c.Flags().StringVar(&b, "b", "", "… with those of this one; without it, with all others")
	c.Flags().StringVar(&by, "by", "", "ask for each `campaign` or script by itself")
	return c
}

// phraseQuestion is what phrases are looked for.
type phraseQuestion struct {
	sides bool // a and b instead of measures
	a, b  filter.Filter
	all   bool // b is all calls but those of a
	by    string
}

func newPhraseQuestion(a, b, by string, measured bool) (*phraseQuestion, error) {
	q := &phraseQuestion{sides: a != "", all: b == "", by: by}
	switch {
	case by != "" && by != filter.Campaign && by != filter.Script:
		return nil, exit.Usagef("invalid --by %q: want campaign or script", by)
	case a == "" && b != "":
		return nil, exit.Usagef("--b needs --a")
	case a != "" && measured:
		return nil, exit.Usagef("--a and --measure exclude each other")
	}
	var err error
	if q.a, err = filter.Parse(a); err != nil {
		return nil, exit.Usagef("--a: %w", err)
	}
	if q.b, err = filter.Parse(b); err != nil {
		return nil, exit.Usagef("--b: %w", err)
	}
	return q, nil
}

// ask answers the question for each measure and each part of the calls.
func (q *phraseQuestion) ask(c *corpus.Corpus, selected []int32, m *measured, o contrast.Options) ([]asked, error) {
	parts := partsOf(c, selected, q.by)
	graph := nodes.Find(c)
	var list []asked
	answer := func(name string, verb schema.Text, values []measure.Value) {
		for _, part := range parts {
			within := values
			if q.by != "" {
				within = contrast.Within(c, values, part.has)
			}
			list = append(list, asked{About: part.name, Measure: name, verb: verb, sides: q.sides, Answer: contrast.Phrases(c, graph, within, o)})
		}
	}
	if q.sides {
		o.Questions = len(parts)
		answer(q.name(), schema.Text{ZH: "属于甲方", EN: "are of a"}, q.values(c, selected))
		return list, nil
	}
	o.Questions = len(parts) * len(m.measures)
	for _, one := range m.measures {
		values, err := m.values(c, one, selected)
		if err != nil {
			return nil, err
		}
		answer(one.String(), one.Verb(), values)
	}
	return list, nil
}

func (q *phraseQuestion) name() string {
	if q.all {
		return "a: " + q.a.String()
	}
	return "a: " + q.a.String() + " / b: " + q.b.String()
}

func (q *phraseQuestion) values(c *corpus.Corpus, selected []int32) []measure.Value {
	isA := func(call *corpus.Call) bool { return q.a.Match(c, call) }
	isB := func(call *corpus.Call) bool { return q.all && !isA(call) || !q.all && q.b.Match(c, call) }
	return only(contrast.Sides(c, isA, isB), selected)
}

// part is some of the calls that are asked about.
type part struct {
	name string
	has  func(*corpus.Call) bool
}

// partsOf returns the campaigns or scripts of calls, or the one part that all of them are.
func partsOf(c *corpus.Corpus, selected []int32, by string) []part {
	var of func(*corpus.Call) corpus.Code
	var dict *corpus.Dict
	switch by {
	case filter.Campaign:
		of, dict = func(call *corpus.Call) corpus.Code { return call.Campaign }, &c.Campaigns
	case filter.Script:
		of, dict = func(call *corpus.Call) corpus.Code { return call.Script }, &c.Scripts
	default:
		return []part{{}}
	}
	has := make([]bool, dict.Len())
	for _, i := range selected {
		has[of(&c.Calls[i])] = true
	}
	var parts []part
	for code := range has {
		if has[code] {
			parts = append(parts, part{dict.String(corpus.Code(code)), func(call *corpus.Call) bool { return of(call) == corpus.Code(code) }})
		}
	}
	return parts
}
