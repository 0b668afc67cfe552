// Package report makes the report of some calls: findings first, each with how many calls
// it is about, how many it was expected to be, and ten of them; then trends with their
// denominators. It writes the report as text or as one HTML page.
//
// The findings are those of packages contrast, effect, unclear and match; package findings
// says how they are asked for and what is said of them. Here it is decided how they are
// shown, and what is left of them in a report that is passed on: see [Options.Share].
package report

import (
	"slices"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/veil"
	"callmill/schema"
)

// Options say how a report is made.
type Options struct {
	Lang     schema.Language
	Filter   filter.Filter
	Made     time.Time
	Rules    *rules.Book // nil: no rules
	Findings int         // of each question; 0 is 8
	Examples int         // of each finding; 0 is 10

	// Share makes a report that can be passed on: what is said is masked by the rules of
	// --pii mask, numbers and ids are shortened, and no count from 1 to 4 is shown, nor
	// one from which it could be computed.
	Share bool
	// Run runs tasks that do not depend on each other, in any order or at the same time;
	// nil: one after the other.
	Run func(tasks []func())
}

// Report is a report, in its language.
type Report struct {
	Lang     schema.Language
	Title    string
	Facts    []Fact
	Notes    []string
	Sections []Section
	Trends   []Trend
}

// Fact is something to know, with its name.
type Fact struct{ Name, Value string }

// Section is the findings of a question.
type Section struct {
	Title    string
	About    string // what is compared with what
	Findings []Finding
	Empty    string // why there are none
}

// Finding is something to look at.
type Finding struct {
	Kind  string // a phrase, a number …
	Title string
	Where string // script
	Says  string // a sentence
	Also  string // other names of nearly the same calls
	Parts []effect.Part
	Facts []Fact

	// Observed of Calls, where Expected were to be, NaN where nothing is; shown as a bar
	// unless Hidden.
	Observed, Calls     int
	Expected, Low, High float64
	Hidden              bool

	Examples []Example
}

// Example is a call.
type Example struct {
	When, Campaign, Outcome string
	Job, Task               string
	Lines                   []Line
	Evidence                bool // the marked line is what it shows, whoever says it
}

// Line is a line of an example; Marked is what the finding is about.
type Line struct {
	Speaker, Text string
	Robot         bool
	Marked        bool
}

// Data is what a report is made of: a corpus, its graph, and the calls that are selected.
type Data struct {
	Corpus   *corpus.Corpus
	Graph    *nodes.Graph
	Selected []int32
}

// Make makes a report.
func Make(d Data, o Options) *Report {
	if o.Findings == 0 {
		o.Findings = 8
	}
	if o.Examples == 0 {
		o.Examples = 10
	}
	m := &maker{Data: d, Options: o, chosen: make([]bool, len(d.Corpus.Calls))}
	for _, i := range d.Selected {
		m.chosen[i] = true
	}
	r := &Report{Lang: o.Lang, Title: m.say(title), Facts: m.facts(), Notes: m.notes()}
	var tasks []func()
	sections := make([][]Section, len(parts))
	for i, part := range parts {
		tasks = append(tasks, func() { sections[i] = part(m.own()) })
	}
	trends := make([]Trend, len(trendMeasures))
	tasks = append(tasks, func() {
		for i, one := range trendMeasures {
			trends[i] = m.trend(one)
		}
	})
	if o.Run == nil {
		o.Run = inOrder
	}
	o.Run(tasks)
	r.Sections = slices.Concat(sections...)
	if o.Share {
		withhold(r.Sections)
	}
	r.Trends = slices.DeleteFunc(trends, func(t Trend) bool { return t.Title == "" })
	return r
}

func inOrder(tasks []func()) {
	for _, task := range tasks {
		task()
	}
}

// parts are the questions of a report, in its order. Each has a maker of its own.
var parts = []func(*maker) []Section{
	func(m *maker) []Section { return m.changed(measure.IsFailed) },
	func(m *maker) []Section { return m.changed(measure.IsAnswered) },
	(*maker).wordings,
	func(m *maker) []Section { return m.standout(measure.IsFailed) },
	func(m *maker) []Section { return m.standout(measure.IsAnswered) },
	(*maker).phrases,
	(*maker).unclear,
	(*maker).compliance,
}

// own returns a maker for a task of its own: a mask is not for two at a time.
func (m *maker) own() *maker {
	mine := *m
	if m.Share {
		mine.mask = veil.New()
	}
	return &mine
}

// maker makes the parts of a report.
type maker struct {
	Data
	Options
	chosen []bool     // by call
	mask   *veil.Mask // nil where nothing is masked
}

func (m *maker) say(t schema.Text) string { return t.In(m.Lang) }

// values returns what a measure says of the selected calls.
func (m *maker) values(one measure.Measure) []measure.Value {
	all := one.Values(m.Corpus)
	values := make([]measure.Value, len(all))
	for _, i := range m.Selected {
		values[i] = all[i]
	}
	return values
}
