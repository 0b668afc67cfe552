//go:build cgo

package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/file"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/cmd/internal/exit"
	"callmill/schema"
)

// asked is a question and its answer, as the commands that find something print it.
type asked struct {
	About   string `json:"about,omitempty"` // part of the calls: a campaign or script
	Measure string `json:"measure"`
	contrast.Answer
	Change *changed `json:"change,omitempty"`
	// Message says the reason in words.
	Message string `json:"message,omitempty"`

	verb  schema.Text
	sides bool // two filters were compared, there is no measure
}

// heading names the question.
func (a *asked) heading(lang schema.Language) string {
	what := a.Measure
	if lang == schema.Chinese && !a.sides {
		what = a.verb.ZH
	}
	return table.OneLine(strings.TrimSpace(a.About + " " + what))
}

// changed is what the command of that name has beside an answer.
type changed struct {
	BeforeCalls    int     `json:"before_calls"`
	BeforeObserved int     `json:"before_observed"`
	Mix            float64 `json:"mix"`
	Within         float64 `json:"within"`
}

// finding adds words to a finding.
type finding struct {
	*contrast.Finding
	Sentence string `json:"sentence"`
}

// json returns what is printed as JSON: a sentence for each finding.
func (a asked) json(lang schema.Language) any {
	withWords := func(list []contrast.Finding) []finding {
		words := make([]finding, len(list))
		for i := range list {
			words[i] = finding{&list[i], list[i].Sentence(lang, a.verb)}
		}
		return words
	}
	type plain asked
	return struct {
		plain
		Findings []finding `json:"findings"`
		Symptoms []finding `json:"symptoms,omitempty"`
	}{plain(a), withWords(a.Findings), withWords(a.Symptoms)}
}

// answers are what a command prints.
type answers struct {
	snapshot string
	filter   string
	notes    []string // what is inferred
	asked    []asked
}

// write prints answers.
func (a *answers) write(w io.Writer, format table.Format, lang schema.Language) error {
	for i := range a.asked {
		a.asked[i].Message = a.asked[i].Reason.In(lang)
	}
	switch format {
	case table.JSON:
		return a.writeJSON(w, lang)
	case table.CSV:
		return a.table(lang).Write(w, format)
	}
	return a.writeText(w, lang)
}

func (a *answers) writeJSON(w io.Writer, lang schema.Language) error {
	list := make([]any, len(a.asked))
	for i := range a.asked {
		list[i] = a.asked[i].json(lang)
	}
	return table.WriteJSON(w, struct {
		Snapshot string   `json:"snapshot"`
		Filter   string   `json:"filter,omitempty"`
		Notes    []string `json:"notes,omitempty"`
		Answers  []any    `json:"answers"`
	}{a.snapshot, a.filter, a.notes, list})
}

// table returns a row for each finding.
func (a *answers) table(lang schema.Language) *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Name: "about"}, {Name: "measure"}, {Name: "rank", Right: true}, {Name: "symptom"}, {Name: "dimension"}, {Name: "value"}, {Name: "script"}, {Name: "new"},
		{Name: "calls", Right: true}, {Name: "observed", Right: true}, {Name: "expected", Right: true, Digits: 1},
		{Name: "excess", Right: true, Digits: 1}, {Name: "low", Right: true, Digits: 1}, {Name: "high", Right: true, Digits: 1},
		{Name: "z", Right: true, Digits: 2}, {Name: "q", Digits: -1}, {Name: "aliases"}, {Name: "examples"}, {Name: "sentence"},
	}}
	for i := range a.asked {
		q := &a.asked[i]
		for _, list := range [][]contrast.Finding{q.Findings, q.Symptoms} {
			for rank := range list {
				f := &list[rank]
				t.Add(q.About, q.Measure, rank+1, f.Symptom, string(f.Dimension), f.Value, scriptsOf(f), f.New,
					f.Calls, f.Observed, f.Expected, f.Excess, f.Low, f.High, f.Z, f.Q, names(f.Aliases, lang), callsOf(f.Examples), f.Sentence(lang, q.verb))
			}
		}
	}
	return t
}

func scriptsOf(f *contrast.Finding) string {
	scripts := strings.Join(f.Scripts, ", ")
	if f.Script != "" {
		scripts = f.Script
	}
	if f.Instance != "" {
		scripts += " (" + f.Instance + ")"
	}
	return scripts
}

func names(list []contrast.Name, lang schema.Language) []string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = n.In(lang)
	}
	return words
}

// callsOf returns examples as the command call takes them.
func callsOf(examples []contrast.Example) []string {
	ids := make([]string, len(examples))
	for i, e := range examples {
		ids[i] = e.Job + " " + e.Task
	}
	return ids
}

// headings of a text, in both languages.
var (
	inCalls      = schema.Text{EN: "%d calls, of which %d %s; %d tests\n", ZH: "%d 通，其中%[3]s %[2]d 通；检验 %[4]d 次\n"}
	beforeAfter  = schema.Text{EN: "before: %d of %d calls; after: %d of %d: %+.0f calls by another mix of scripts, %+.0f within scripts\n", ZH: "之前 %[2]d 通中 %[1]d，之后 %[4]d 通中 %[3]d：话术构成 %+.0[5]f 通，话术内部 %+.0[6]f 通\n"}
	symptomsHead = schema.Text{EN: "lines said because of what went before them:\n", ZH: "因前文而说的句子（结束语、重问、静默提示）：\n"}
	moreHead     = schema.Text{EN: "more than in calls like them:\n", ZH: "高于同类：\n"}
	fewerHead    = schema.Text{EN: "fewer than in calls like them:\n", ZH: "低于同类：\n"}
	alsoHead     = schema.Text{EN: "also: ", ZH: "又名："}
	examplesHead = schema.Text{EN: "e.g. ", ZH: "例："}
	newHead      = schema.Text{EN: "new ", ZH: "新 "}
	listEnd      = schema.Text{EN: "; ", ZH: "；"}
)

const (
	shownExamples = 3
	shownSymptoms = 5
)

func (a *answers) writeText(w io.Writer, lang schema.Language) error {
	var b strings.Builder
	for _, note := range a.notes {
		b.WriteString(note + "\n")
	}
	for i := range a.asked {
		q := &a.asked[i]
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("— " + q.heading(lang) + "\n")
		if q.Change == nil {
			fmt.Fprintf(&b, inCalls.In(lang), q.Calls, q.Observed, q.verb.In(lang), q.Tests)
		} else {
			fmt.Fprintf(&b, beforeAfter.In(lang), q.Change.BeforeObserved, q.Change.BeforeCalls, q.Observed, q.Calls, q.Change.Mix, q.Change.Within)
		}
		if q.Message != "" {
			b.WriteString(q.Message + "\n")
		}
		// What is worse is listed apart from what is better; phrases are all of one kind.
		apart := slices.ContainsFunc(q.Findings, isFewer)
		for rank := range q.Findings {
			f := &q.Findings[rank]
			if apart && (rank == 0 || isFewer(*f) != isFewer(q.Findings[rank-1])) {
				head := moreHead
				if isFewer(*f) {
					head = fewerHead
				}
				b.WriteString(head.In(lang))
			}
			writeFinding(&b, rank+1, f, q.verb, lang)
		}
		if len(q.Symptoms) > 0 {
			b.WriteString(symptomsHead.In(lang))
		}
		for rank := range q.Symptoms[:min(len(q.Symptoms), shownSymptoms)] {
			writeFinding(&b, rank+1, &q.Symptoms[rank], q.verb, lang)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func isFewer(f contrast.Finding) bool { return f.Excess < 0 }

func writeFinding(b *strings.Builder, rank int, f *contrast.Finding, verb schema.Text, lang schema.Language) {
	kind := f.Dimension.In(lang)
	if f.Symptom != "" {
		kind = f.SymptomIn(lang)
	}
	if f.New {
		kind = newHead.In(lang) + kind
	}
	fmt.Fprintf(b, "%3d  %s  %s", rank, kind, table.OneLine(f.Value))
	if scripts := scriptsOf(f); scripts != "" {
		fmt.Fprintf(b, "  ‹%s›", table.OneLine(scripts))
	}
	fmt.Fprintf(b, "\n     %s  z %.1f\n", table.OneLine(f.Sentence(lang, verb)), f.Z)
	if len(f.Aliases) > 0 {
		fmt.Fprintf(b, "     %s%s\n", alsoHead.In(lang), table.OneLine(strings.Join(names(f.Aliases, lang), listEnd.In(lang))))
	}
	for _, call := range callsOf(f.Examples[:min(len(f.Examples), shownExamples)]) {
		fmt.Fprintf(b, "     %s%s\n", examplesHead.In(lang), call)
	}
}

// finder is the flags of the commands that find something, and how they run.
type finder struct {
	selection
	measures
	options contrast.Options
}

// add adds the flags: what is counted without --measure, and in how many calls something
// must be to be tried.
func (f *finder) add(flags *pflag.FlagSet, minCalls int, usual ...string) {
	f.selection.add(flags)
	f.measures.add(flags, usual...)
	flags.IntVar(&f.options.Limit, "top", 20, "findings at most, for each measure")
	flags.IntVar(&f.options.MinCalls, "min-calls", minCalls, "leave out what fewer calls have")
}

// run loads the calls of a dataset, asks of those that pass the filter, and prints the
// answers.
func (f *finder) run(ctx context.Context, env *environment, dir string, ask func(c *corpus.Corpus, selected []int32, m *measured) ([]asked, error)) error {
	lang, err := f.lang.Parse()
	if err != nil {
		return err
	}
	switch o := f.options; {
	case o.Limit < 1:
		return exit.Usagef("--top must be at least 1, got %d", o.Limit)
	case o.MinCalls < 1:
		return exit.Usagef("--min-calls must be at least 1, got %d", o.MinCalls)
	}
	m, err := f.measures.parse()
	if err != nil {
		return err
	}
	about, err := f.load(ctx, dir)
	if err != nil {
		return err
	}
	found := &answers{snapshot: about.calls.Snapshot, filter: about.chosen.String(), notes: inferred(about.calls, lang)}
	if found.asked, err = ask(about.calls, about.selected, m); err != nil {
		return err
	}
	return found.write(env.stdout, f.format, lang)
}

// measures is the flags --measure and --rules.
type measures struct {
	texts []string
	book  file.Flag
}

func (m *measures) add(flags *pflag.FlagSet, usual ...string) {
	flags.StringArrayVar(&m.texts, "measure", usual, "what is counted: answered, failed, hung_up, not_understood, transferred, result:NAME=VALUE or rule:NAME; repeatable")
	m.book.Add(flags)
}

// parse returns the measures, with the book of rules that one of them needs.
func (m *measures) parse() (*measured, error) {
	list := &measured{}
	for _, text := range m.texts {
		one, err := measure.Parse(text)
		if err != nil {
			return nil, exit.Usagef("--measure: %w", err)
		}
		list.measures = append(list.measures, one)
		name := one.RuleName()
		if name == "" {
			continue
		}
		if list.book == nil {
			if list.book, err = m.book.Read(); err != nil {
				return nil, err
			}
		}
		if list.book.Find(name) < 0 {
			return nil, exit.WithHint(exit.Usagef("--measure: no rule %q in %s", name, list.book.File), "rules: "+strings.Join(ruleNames(list.book), ", "))
		}
	}
	return list, nil
}

// measured is what is counted in a corpus.
type measured struct {
	measures []measure.Measure
	book     *rules.Book // nil where no measure is a rule
	hits     *match.Hits // once they were asked for
}

// values returns what a measure says of the calls that pass a filter.
func (m *measured) values(c *corpus.Corpus, one measure.Measure, selected []int32) ([]measure.Value, error) {
	if err := one.Check(c); err != nil {
		return nil, err
	}
	if name := one.RuleName(); name != "" {
		if m.hits == nil {
			m.hits = match.Find(m.book, c)
		}
		rule := &m.hits.Rules[m.book.Find(name)]
		one = measure.Rule(name, func(call int32) (hit, could bool) { return rule.Hit(call), rule.Could(call) })
	}
	return only(one.Values(c), selected), nil
}

// each asks of every measure.
func (m *measured) each(c *corpus.Corpus, selected []int32, ask func(one measure.Measure, values []measure.Value) asked) ([]asked, error) {
	var list []asked
	for _, one := range m.measures {
		values, err := m.values(c, one, selected)
		if err != nil {
			return nil, err
		}
		list = append(list, ask(one, values))
	}
	return list, nil
}

// only returns the values of the selected calls; nothing is known of the others.
func only(all []measure.Value, selected []int32) []measure.Value {
	values := make([]measure.Value, len(all))
	for _, i := range selected {
		values[i] = all[i]
	}
	return values
}

// inferred says what of a corpus is not known but read from other things.
func inferred(c *corpus.Corpus, lang schema.Language) []string {
	var notes []string
	if c.EndsInferred {
		notes = append(notes, schema.Text{
			EN: "(whether calls reached their end is read from the robot's last lines: without SearchTask it is not known)",
			ZH: "（没有 SearchTask 的记录，流程是否走完由机器人最后的话推断）",
		}.In(lang))
	}
	if c.ScriptsInferred {
		notes = append(notes, schema.Text{
			EN: "(scripts have no names and versions here: robots stand for them)",
			ZH: "（没有话术名称和版本，以机器人代替话术）",
		}.In(lang))
	}
	return notes
}
