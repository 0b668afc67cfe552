// Package findings says what is to be looked at: what changed on a day, lines that were
// reworded, what stands out, rules that hit more than before, opt-outs that were called
// again, and what is not understood; each with its calls, and where the way goes on from
// it. What a finding is of (its Subject) makes its id, so that it is the same one on later
// days and in later snapshots, and people can say what became of it: see [State], [Since].
//
// The findings themselves are those of packages contrast, effect, unclear and match. Here
// it is decided which are asked for, and how they are put in words. The report asks and
// words the same.
//
// All functions are pure, and safe for concurrent use.
package findings

import (
	"cmp"
	"math"
	"slices"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// Group is where a finding stands on a page.
type Group string

// The groups, in the order of a page.
const (
	Changes    Group = "changes"    // on the day
	Always     Group = "always"     // stands out over all days
	Compliance Group = "compliance" // opt-outs and rules
	NotHeard   Group = "not_heard"  // what is not understood
)

// Groups returns all of them.
func Groups() []Group { return []Group{Changes, Always, Compliance, NotHeard} }

// Finding is something to look at. One of the pointers is set, unless it is not found any
// more: then only its calls are counted.
type Finding struct {
	ID string
	Subject
	Group Group

	Contrast *contrast.Finding
	Reworded *Reworded
	Misheard *unclear.Misheard
	Missing  *unclear.Phrase
	Rule     *rules.Rule
	Asked    int // contacts that asked not to be called and were; of opt-outs

	// Observed of Calls, where Expected were to be, NaN where nothing is. Low and High are
	// the 95 % interval of the excess, Observed - Expected, NaN where there is none.
	Observed, Calls             int
	Expected, Low, High, Excess float64
	Z                           float64
	Worse                       bool // there is more than expected of what teams want less of

	Days     []Day     // up to the day, the earliest first
	Set      among.Set // all its calls
	Yes      among.Set // those of them that it is true of, the Observed ones
	Next     Next
	Examples []int32 // at most ten calls, by index in the corpus
	// Explains is the id of the finding that leads to this one's wording: they are about
	// the same calls.
	Explains string
}

// Day is what became of the calls of a finding on a day.
type Day struct {
	Day  calendar.Day
	K, N int
}

// Way says where a finding leads.
type Way string

// The ways.
const (
	ToNode     Way = "node"  // the line that explains it
	ToCalls    Way = "calls" // its calls
	ToHotWords Way = "hot_words"
	ToRule     Way = "rule"
)

// Next is where the way goes on.
type Next struct {
	Way     Way
	Node    string // id, of ToNode
	Wording string // id, likewise: the one that explains it
	Event   string // what becomes of calls there
	Set     among.Set
}

// Head is the day in numbers.
type Head struct {
	Day           calendar.Day
	Before        contrast.Days
	Dialled       int
	Answered      int
	Known, Failed int // answered calls of which it is known whether they failed
	KnownBefore   int
	FailedBefore  int
	Beyond        float64 // failed calls beyond the share before
	Mix, Within   float64 // of these, by the mix of scripts, and within scripts
}

// Quiet is a question that has no finding, and why.
type Quiet struct {
	Question schema.Text
	Reason   schema.Text
}

// List is the findings of a day.
type List struct {
	Head     Head
	Findings []Finding // by group, the surest first, what is worse before what is better
	Quiet    []Quiet
	Tests    int // comparisons that were made
	Chance   int // of them, within chance
}

// Of returns the finding with an id, nil where there is none.
func (l *List) Of(id string) *Finding {
	for i := range l.Findings {
		if l.Findings[i].ID == id {
			return &l.Findings[i]
		}
	}
	return nil
}

// Options say how findings are made. The zero value is useful.
type Options struct {
	Day    calendar.Day  // 0: the last day of the calls
	Limit  int           // of each question; 0 is 8
	Filter filter.Filter // by which calls were selected: the calls of findings pass it, too
	// Step is called before each of Steps parts of the work.
	Step func(step int, doing schema.Text)
	// Done is asked between them whether to end without all findings; nil: never.
	Done func() bool
}

// Asked is how many questions are asked of package contrast at once: each finding must be
// sure enough for all of them.
const Asked = 5

// Examples is how many calls a finding shows.
const Examples = 10

// Steps is how many parts the work of Make has.
const Steps = 7

// Make finds what is to be looked at in the selected calls, by index in the corpus, up to
// the day.
func Make(v among.View, selected []int32, o Options) *List {
	if o.Limit == 0 {
		o.Limit = 8
	}
	m := &maker{View: v, Options: o, list: &List{}}
	if !m.days(selected) {
		m.list.Quiet = []Quiet{{questionChanged(measure.IsFailed), noDays}}
		return m.list
	}
	for i, part := range []struct {
		do    func()
		doing schema.Text
	}{
		{func() { m.changed(measure.IsFailed) }, schema.Text{EN: "what changed: failed", ZH: "变化：失败"}},
		{func() { m.changed(measure.IsAnswered) }, schema.Text{EN: "what changed: answered", ZH: "变化：接听"}},
		{m.reworded, schema.Text{EN: "lines that were reworded", ZH: "改过的句子"}},
		{func() { m.standout(measure.IsFailed) }, schema.Text{EN: "what stands out: failed", ZH: "一直：失败"}},
		{func() { m.standout(measure.IsAnswered) }, schema.Text{EN: "what stands out: answered", ZH: "一直：接听"}},
		{m.compliance, schema.Text{EN: "rules and opt-outs", ZH: "规则与免打扰"}},
		{m.notHeard, schema.Text{EN: "what is not understood", ZH: "听不懂"}},
	} {
		if o.Done != nil && o.Done() {
			return m.list
		}
		if o.Step != nil {
			o.Step(i+1, part.doing)
		}
		part.do()
	}
	m.finish()
	return m.list
}

// maker makes a list.
type maker struct {
	among.View
	Options
	list     *List
	selected []int32 // up to the day
	before   contrast.Days
	after    contrast.Days
	robots   []corpus.RobotKey // by number
	robotOf  []int32           // by call
	values   map[string][]measure.Value
	changes  []Reworded
	heard    map[int32][]int32 // by wording: the selected calls that hear it
}

// days chooses the day, and the calls up to it.
func (m *maker) days(selected []int32) bool {
	days, ok := contrast.Over(m.Corpus, selected)
	if !ok {
		return false
	}
	if m.Day == 0 || m.Day == corpus.NoDay {
		m.Day = days.Last
	}
	m.before, m.after = contrast.Days{First: m.Day - 7, Last: m.Day - 1}, contrast.Days{First: m.Day, Last: m.Day}
	for _, i := range selected {
		if day := m.Corpus.Calls[i].Day; day != corpus.NoDay && day <= m.Day {
			m.selected = append(m.selected, i)
		}
	}
	m.robotOf, m.robots = m.Corpus.Robots()
	m.values = map[string][]measure.Value{}
	m.list.Head = m.head()
	return true
}

func (m *maker) head() Head {
	h := Head{Day: m.Day, Before: m.before}
	for _, i := range m.selected {
		call := &m.Corpus.Calls[i]
		facts := call.Facts
		failed := facts.Is(corpus.Answered | corpus.FailureKnown | corpus.Failed)
		known := facts.Is(corpus.Answered | corpus.FailureKnown)
		switch {
		case m.after.Has(call.Day):
			h.Dialled++
			h.Answered += one(facts.Is(corpus.Answered))
			h.Known += one(known)
			h.Failed += one(failed)
		case m.before.Has(call.Day):
			h.KnownBefore += one(known)
			h.FailedBefore += one(failed)
		}
	}
	if h.KnownBefore > 0 {
		h.Beyond = float64(h.Failed) - float64(h.FailedBefore)/float64(h.KnownBefore)*float64(h.Known)
	}
	return h
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// known returns what a measure says of the selected calls.
func (m *maker) known(of measure.Measure) []measure.Value {
	if values, ok := m.values[of.String()]; ok {
		return values
	}
	values := selectedOf(of.Values(m.Corpus), m.selected)
	m.values[of.String()] = values
	return values
}

func selectedOf(all []measure.Value, selected []int32) []measure.Value {
	values := make([]measure.Value, len(all))
	for _, i := range selected {
		values[i] = all[i]
	}
	return values
}

// contrastOptions are those of a question of package contrast.
func (m *maker) contrastOptions(of measure.Measure) contrast.Options {
	return ContrastOptions(of, m.Limit, Examples)
}

// ContrastOptions returns how package contrast is asked about a measure where all
// questions are asked at once.
func ContrastOptions(of measure.Measure, limit, examples int) contrast.Options {
	return contrast.Options{Limit: limit, Examples: examples, Questions: Asked, Fewer: of.Good()}
}

func (m *maker) quiet(question schema.Text, reason schema.Text) {
	m.list.Quiet = append(m.list.Quiet, Quiet{question, reason})
}

func reasonText(r contrast.Reason) schema.Text {
	return schema.Text{EN: r.In(schema.English), ZH: r.In(schema.Chinese)}
}

func (m *maker) changed(of measure.Measure) {
	change := contrast.Changed(m.Corpus, m.Graph, m.known(of), contrast.OnDays(m.Corpus, m.before, m.after), m.contrastOptions(of))
	if of.String() == measure.IsFailed.String() {
		m.list.Head.Mix, m.list.Head.Within = change.Mix, change.Within
	}
	m.ofContrast(Changed, Changes, of, change.Answer)
}

func (m *maker) standout(of measure.Measure) {
	m.ofContrast(StandOut, Always, of, contrast.StandOut(m.Corpus, m.known(of), nil, m.contrastOptions(of)))
}

func (m *maker) ofContrast(kind Kind, group Group, of measure.Measure, answer contrast.Answer) {
	m.list.Tests += answer.Tests
	m.list.Chance += max(0, answer.Tests-len(answer.Findings))
	if len(answer.Findings) == 0 {
		question := questionStandout(of)
		if kind == Changed {
			question = questionChanged(of)
		}
		m.quiet(question, reasonText(answer.Reason))
	}
	for i := range answer.Findings {
		f := &answer.Findings[i]
		found := Finding{
			Subject:  m.subject(kind, of.String(), f.Name),
			Group:    group,
			Contrast: f,
			Observed: f.Observed, Calls: f.Calls, Expected: f.Expected, Low: f.Low, High: f.High, Excess: f.Excess, Z: f.Z,
			Worse: f.Excess > 0 != of.Good(),
		}
		for _, e := range f.Examples {
			found.Examples = append(found.Examples, e.Call)
		}
		m.list.Findings = append(m.list.Findings, found)
	}
}

// finish sets what all findings have, and puts them in order.
func (m *maker) finish() {
	for i := range m.list.Findings {
		f := &m.list.Findings[i]
		f.ID = f.Subject.ID()
		m.follow(f)
	}
	led := map[string]string{} // by wording: the finding that leads to it
	for i := range m.list.Findings {
		f := &m.list.Findings[i]
		if f.Kind == Changed && f.Next.Way == ToNode && led[f.Next.Wording] == "" {
			led[f.Next.Wording] = f.ID
		}
	}
	for i := range m.list.Findings {
		f := &m.list.Findings[i]
		if f.Kind == RewordedLine {
			f.Explains = led[f.Next.Wording]
		}
	}
	order := Groups()
	slices.SortStableFunc(m.list.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Group), slices.Index(order, b.Group)),
			cmp.Compare(one(b.Worse), one(a.Worse)), cmp.Compare(size(&b), size(&a)))
	})
}

// size is by what findings of a group are ordered: in calls more than expected, so that
// what costs most comes first.
func size(f *Finding) float64 {
	if math.IsNaN(f.Excess) {
		return float64(f.Observed)
	}
	return math.Abs(f.Excess)
}

// follow sets the calls of a finding, by day too, and where the way goes on.
func (m *maker) follow(f *Finding) {
	f.Set, f.Yes = m.sets(&f.Subject)
	if f.Misheard != nil {
		f.Set.Unclear, f.Yes.Unclear = heard(f.Misheard), heard(f.Misheard)
	}
	if f.Group != NotHeard { // there are too many of these
		f.Days = m.byDay(&f.Subject)
	}
	f.Next = m.next(f)
	f.Line, f.Event = f.Next.Wording, f.Next.Event
}

// shownBefore is how many days are shown before those that are compared.
const shownBefore = 6
