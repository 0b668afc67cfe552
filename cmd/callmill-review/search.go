//go:build cgo

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/cmd/callmill-review/internal/transcript"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/schema"
)

// searching is the flags of search.
type searching struct {
	selection
	options query.SearchOptions
	speaker string
	pause   quantity.Duration
}

func newSearch(env *environment) *cobra.Command {
	f := &searching{}
	c := &cobra.Command{
		Use:   "search DIR TEXT",
		Short: "Find lines that contain a text",
		Long: `Search prints the lines that contain TEXT as it is, anywhere, those of the latest
day first, and how many there are in all. TEXT '' is in every line. With --regex it
is an expression of RE2: https://github.com/google/re2/wiki/Syntax

Where there is none it prints an empty list as JSON or CSV, says why, and exits with 1.`,
		Example: `  callmill-review search data 投诉 --speaker contact --context 1
  callmill-review search data '' --pause 8s --script 分期还款 --format csv --limit 0`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, env, args[0], args[1]) },
	}
	f.add(c.Flags())
	flags := c.Flags()
	flags.BoolVar(&f.options.Regex, "regex", false, "TEXT is an expression of RE2")
	flags.StringVar(&f.speaker, "speaker", "", "only lines of this `SPEAKER`: robot or contact")
	flags.IntVar(&f.options.MinChars, "min-chars", 0, "only lines of at least `N` characters")
	flags.IntVar(&f.options.MaxChars, "max-chars", 0, "only lines of at most `N` characters")
	flags.Var(&f.pause, "pause", "only lines that come so long after the one before, e.g. 5s, where it can be told")
	flags.IntVar(&f.options.Context, "context", 0, "print `N` lines before and after each")
	flags.IntVar(&f.options.Limit, "limit", 20, "print at most `N` lines; 0: all")
	return c
}

// check turns the flags into options.
func (f *searching) check(text string) (err error) {
	f.options.Text = text
	f.options.MinPause = time.Duration(f.pause).Milliseconds()
	switch f.speaker {
	case "":
	case "robot":
		f.options.Speaker = "Robot"
	case "contact":
		f.options.Speaker = "Contact"
	default:
		return exit.Usagef("invalid --speaker %q: want robot or contact", f.speaker)
	}
	for _, flag := range []struct {
		name string
		n    int
	}{{"min-chars", f.options.MinChars}, {"max-chars", f.options.MaxChars}, {"context", f.options.Context}, {"limit", f.options.Limit}} {
		if flag.n < 0 {
			return exit.Usagef("--%s must not be negative, got %d", flag.name, flag.n)
		}
	}
	if o := &f.options; o.MaxChars > 0 && o.MinChars > o.MaxChars {
		return exit.Usagef("--min-chars %d is more than --max-chars %d", o.MinChars, o.MaxChars)
	}
	f.options.Calls, err = f.parse()
	return err
}

func (f *searching) run(c *cobra.Command, env *environment, dir, text string) error {
	if err := f.check(text); err != nil {
		return err
	}
	lang, err := f.lang.Parse()
	if err != nil {
		return err
	}
	db, err := f.open(c.Context(), dir)
	if err != nil {
		return err
	}
	defer db.Close() // it is only read
	found, err := db.Search(c.Context(), f.options)
	if wrong, ok := errors.AsType[*query.TextError](err); ok {
		return exit.Usagef("search for %.40q: %w", text, wrong)
	}
	if err != nil {
		return err
	}
	if f.format != table.Text {
		if err := transcript.HitRows(found.Hits).Write(env.stdout, f.format); err != nil {
			return err
		}
	}
	if found.Total == 0 {
		return f.nothing(c, db, text, lang)
	}
	if f.format != table.Text {
		env.log.Tell(transcript.Counted(found, lang))
		return nil
	}
	if err := transcript.Hits(env.stdout, found.Hits, db.Zone(), lang); err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, transcript.Counted(found, lang))
	return err
}

// nothing returns the error of a search without a hit. Where no call passes the filter
// that is why, and the nearest that has calls is named.
func (f *searching) nothing(c *cobra.Command, db *query.DB, text string, lang schema.Language) error {
	says := schema.Text{EN: "no line that is as asked contains %.40q", ZH: "没有符合条件且包含 %.40q 的句子"}
	err := fmt.Errorf(says.In(lang), text)
	if f.options.Calls.IsEmpty() {
		return err
	}
	corpus, e := db.Load(c.Context(), query.LoadOptions{})
	if e != nil {
		return e
	}
	if _, none := f.some(corpus, f.options.Calls); none != nil {
		return none
	}
	beyond := schema.Text{EN: "there may be some in other calls than those of the filter %s", ZH: "条件 %s 之外的通话中可能有"}
	return exit.WithHint(err, fmt.Sprintf(beyond.In(lang), f.options.Calls))
}
