//go:build cgo

package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/language"
	"callmill/cmd/internal/quantity"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// reading is the flags of every command: how the dataset is opened, how results are
// printed.
type reading struct {
	format table.Format
	lang   language.Flag
	memory quantity.Size
}

func (r *reading) add(flags *pflag.FlagSet) {
	r.format, r.lang, r.memory = table.Text, language.Flag(schema.Chinese), 400<<20
	flags.Var(&r.format, "format", "how results are printed: table, json or csv (UTF-8: to be imported by Excel as such, 数据 → 从文本/CSV)")
	r.lang.Add(flags, "language of what is printed: zh or en")
	flags.Var(&r.memory, "memory", "limit of what DuckDB holds, e.g. 400MB or 2GB")
}

// open opens the dataset in a folder.
func (r *reading) open(ctx context.Context, dir string) (*query.DB, error) {
	if r.memory < 64<<20 {
		return nil, exit.Usagef("--memory must be at least 64MB, got %s", r.memory)
	}
	return query.Open(ctx, dir, query.Options{Memory: int64(r.memory)})
}

// selection is the flags of commands that ask about some of the calls.
type selection struct {
	reading
	filters  []string
	from, to string
	values   map[string]*[]string // of the short forms, by key
}

// short are the keys of filters that have a flag of their own.
var short = []struct{ key, usage string }{
	{filter.Campaign, "only calls of this `CAMPAIGN`"},
	{filter.Script, "only calls of this `SCRIPT` of the robot"},
	{filter.Version, "only calls of this `VERSION` of the script"},
	{filter.Number, "only calls from this `NUMBER`"},
	{filter.Outcome, "only calls with this `OUTCOME`, e.g. hung_up"},
	{filter.Hour, "only calls in these `HOURS`, e.g. 9-11"},
	{filter.Attempt, "only these `ATTEMPTS`, e.g. 1 or 2-"},
	{filter.Instance, "only calls of this `INSTANCE`"},
}

func (s *selection) add(flags *pflag.FlagSet) {
	s.reading.add(flags)
	flags.StringArrayVar(&s.filters, "filter", nil, "only calls for which all of these hold, e.g. `'script=还款 hour=9-11 is=failed'`; repeatable")
	flags.StringVar(&s.from, "from", "", "first `DAY` of calls, YYYY-MM-DD")
	flags.StringVar(&s.to, "to", "", "last `DAY` of calls, YYYY-MM-DD")
	s.values = map[string]*[]string{}
	for _, f := range short {
		s.values[f.key] = flags.StringArray(f.key, nil, f.usage+"; repeatable")
	}
}

// parse returns the filter that all flags make.
func (s *selection) parse() (filter.Filter, error) {
	all, err := filter.Parse(strings.Join(s.filters, " "))
	if err != nil {
		return filter.Filter{}, exit.AsUsage(err)
	}
	for _, f := range short {
		values := *s.values[f.key]
		if len(values) == 0 {
			continue
		}
		one, err := filter.One(f.key, values...)
		if err != nil {
			return filter.Filter{}, exit.Usagef("--%s: %w", f.key, err)
		}
		all = all.And(one)
	}
	if s.from == "" && s.to == "" {
		return all, nil
	}
	for _, end := range []struct{ name, day string }{{"from", s.from}, {"to", s.to}} {
		if _, err := calendar.ParseDay(end.day); end.day != "" && err != nil {
			return filter.Filter{}, exit.Usagef("--%s: %w", end.name, err)
		}
	}
	if s.from != "" && s.to != "" && s.from > s.to {
		return filter.Filter{}, exit.Usagef("--from %s is after --to %s", s.from, s.to)
	}
	days, err := filter.One(filter.Day, s.from+".."+s.to)
	return all.And(days), exit.AsUsage(err)
}

// subject is what a command is asked about.
type subject struct {
	calls    *corpus.Corpus // of the days that may pass, or of all
	chosen   filter.Filter
	selected []int32 // the calls that pass it, some
}

// load loads the calls of the days that may pass from the dataset in a folder, and finds
// those that pass. If there are none, the error is that of some.
func (s *selection) load(ctx context.Context, dir string) (*subject, error) {
	chosen, err := s.parse()
	if err != nil {
		return nil, err
	}
	c, err := s.near(ctx, dir, chosen)
	if err != nil {
		return nil, err
	}
	selected, err := s.some(c, chosen)
	if err != nil {
		return nil, err
	}
	return &subject{c, chosen, selected}, nil
}

// near loads the calls of the days that may pass a filter; where none passes, those of
// other days are there, too.
func (s *selection) near(ctx context.Context, dir string, chosen filter.Filter) (*corpus.Corpus, error) {
	db, err := s.open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer db.Close() // its memory is free for what is computed then
	var o query.LoadOptions
	o.From, o.To = chosen.Days()
	c, err := db.Load(ctx, o)
	if bounded := o.From != 0 || o.To != 0; err == nil && bounded && len(chosen.Select(c)) == 0 {
		// The filters with calls that are nearest may be on other days.
		c, err = db.Load(ctx, query.LoadOptions{})
	}
	return c, err
}

// some returns the calls that pass a filter; if there are none, an error that says why,
// and names the nearest filters with calls.
func (s *selection) some(c *corpus.Corpus, f filter.Filter) ([]int32, error) {
	if selected := f.Select(c); len(selected) > 0 {
		return selected, nil
	}
	lang, err := s.lang.Parse()
	if err != nil {
		return nil, err
	}
	reason, hint := f.Nothing(c, lang)
	return nil, exit.WithHint(errors.New(reason), hint)
}
