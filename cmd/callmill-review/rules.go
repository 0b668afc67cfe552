//go:build cgo

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/file"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/rules/show"
	"callmill/cmd/internal/exit"
)

func newRules(env *environment) *cobra.Command {
	r := &rulesCommand{env: env}
	c := &cobra.Command{
		Use:   "rules DIR",
		Short: "Count the hits of rules: opt-outs, complaints, missing introductions …",
		Long: `Rules looks for what a file of rules says in the calls that a person answered, and
counts it: in how many calls a rule could hit (those of its scripts that came far
enough), in how many it did, with a 95 % interval. Calls that a machine took are left
out by the outcome that the platform gives them (intercepted); the rule assistant of
the starter set finds those that it missed.

--by counts per day, per campaign, or both. --rule NAME lists the hits of one rule with
the lines that are the evidence. --opt-outs lists the calls that were made to contacts
after they had asked not to be called, by words or by a result such as 免打扰=是.

` + "`callmill-review rules starter`" + ` prints the starter set, to begin a file of one's own
from; its keys are described in the documentation of internal/rules.`,
		Example: `  callmill-review rules data --from 2026-01-20
  callmill-review rules data --rules rules.yaml --rule complaint --format csv
  callmill-review rules data --opt-outs
  callmill-review rules test --rules rules.yaml --dialogue call.txt`,
		Args: cobra.ExactArgs(1),
		RunE: r.run,
	}
	r.add(c.Flags())
	r.book.Add(c.Flags())
	c.Flags().StringVar(&r.rule, "rule", "", "list the hits of the rule `NAME`")
	c.Flags().BoolVar(&r.optOuts, "opt-outs", false, "list the calls that were made after an opt-out")
	c.Flags().StringVar(&r.by, "by", "total", "count per `WHAT`: total, day, campaign, or day,campaign")
	c.Flags().IntVar(&r.limit, "limit", 20, "list at most `N` hits as a table; 0: all")
	c.AddCommand(newRulesTest(env), newRulesStarter(env))
	return c
}

func newRulesStarter(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "starter",
		Short: "Print the starter set of rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(env.stdout, rules.StarterText())
			return err
		},
	}
}

// rulesCommand is the command rules with its flags.
type rulesCommand struct {
	env *environment
	selection
	book    file.Flag
	rule    string
	optOuts bool
	by      string
	limit   int
}

// groupings are the values of --by.
var groupings = []string{"total", "day", "campaign", "day,campaign"}

func (r *rulesCommand) run(c *cobra.Command, args []string) error {
	lang, err := r.lang.Parse()
	if err != nil {
		return err
	}
	if !slices.Contains(groupings, r.by) {
		return exit.Usagef("--by: invalid value %q: want %s", r.by, strings.Join(groupings, ", "))
	}
	if r.limit < 0 {
		return exit.Usagef("--limit must be at least 0, got %d", r.limit)
	}
	switch {
	case r.rule != "" && r.optOuts:
		return exit.Usagef("--rule lists hits, --opt-outs lists calls after opt-outs: want one of them")
	case r.by != groupings[0] && (r.rule != "" || r.optOuts):
		return exit.Usagef("--by counts, --rule and --opt-outs list: want one of them")
	}
	book, err := r.book.Read()
	if err != nil {
		return err
	}
	chosenRule := -1
	if r.rule != "" {
		if chosenRule = book.Find(r.rule); chosenRule < 0 {
			return exit.WithHint(exit.Usagef("--rule: no rule %q in %s", r.rule, book.File), "rules: "+strings.Join(ruleNames(book), ", "))
		}
	}
	chosen, err := r.parse()
	if err != nil {
		return err
	}
	db, err := r.open(c.Context(), args[0])
	if err != nil {
		return err
	}
	defer db.Close()
	// All days: an opt-out before the days that are asked for counts.
	all, err := db.Load(c.Context(), query.LoadOptions{})
	if err != nil {
		return err
	}
	selected, err := r.some(all, chosen)
	if err != nil {
		return err
	}
	hits := match.Find(book, all)
	r.warn(book, hits)
	list := &show.Listing{Corpus: all, Lang: lang, Format: r.format, Limit: r.limit, Selected: make([]bool, len(all.Calls))}
	for _, i := range selected {
		list.Selected[i] = true
	}
	switch {
	case r.optOuts:
		return list.OptOuts(r.env.stdout, hits)
	case chosenRule >= 0:
		return list.Hits(r.env.stdout, &hits.Rules[chosenRule])
	}
	return list.Counts(r.env.stdout, hits, r.by)
}

func ruleNames(book *rules.Book) (list []string) {
	for i := range book.Rules {
		list = append(list, book.Rules[i].Name)
	}
	return list
}

func (r *rulesCommand) warn(book *rules.Book, hits *match.Hits) {
	if len(hits.UnknownScripts) > 0 {
		r.env.log.Note(fmt.Sprintf("%s names scripts that no call has: %s", book.File, strings.Join(hits.UnknownScripts, ", ")),
			"a rule for such a script alone finds nothing; names and versions are those of the table nodes")
	}
}
